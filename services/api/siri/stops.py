"""SIRI SM: what comes to one place, live, planned or not at all."""

from collections.abc import Mapping, Sequence
from xml.etree.ElementTree import SubElement

from schemas.position import BusPosition
from services.api.arrivals import STALE_AFTER_MS, Arrival
from services.api.live import RunKey
from services.api.siri.calls import Call, add_monitored_call, call_of
from services.api.siri.document import Document
from services.api.siri.journey import Journey, add_journey
from services.api.timetable import CityTimetable


def stop_monitoring(
    doc: Document,
    monitoring_ref: str,
    arrivals: Sequence[Arrival],
    positions: Mapping[str, BusPosition],
    timetable: CityTimetable,
    now_ms: int,
) -> bytes:
    """Return a StopMonitoringDelivery.

    Parameters
    ----------
    doc : Document
        Empty.
    monitoring_ref : str
        The stop that was asked for.
    arrivals : sequence of Arrival
        Those of its place, by time.
    positions : mapping of str to BusPosition
        The newest of each bus among them.
    timetable : CityTimetable
        Names of lines and stops.
    now_ms : int
        The city's time.

    Returns
    -------
    bytes
        XML; a trip that is not coming stands there as ``cancelled``.
    """
    doc.token(doc.delivery, "MonitoringRef", monitoring_ref)
    for row in arrivals:
        visit = SubElement(doc.delivery, "MonitoredStopVisit")
        doc.time(visit, "RecordedAtTime", row.fix_time_ms or now_ms)
        doc.token(visit, "ItemIdentifier", f"{row.trip_id}:{row.start_date}:{row.stop_id}:{row.scheduled_ms or 0}")
        doc.time(visit, "ValidUntilTime", now_ms + STALE_AFTER_MS)
        doc.token(visit, "MonitoringRef", monitoring_ref)
        out = SubElement(visit, "MonitoredVehicleJourney")
        add_journey(doc, out, _journey(row, positions), timetable)
        add_monitored_call(doc, out, _call(row), timetable)
    return doc.encode()


def _journey(row: Arrival, positions: Mapping[str, BusPosition]) -> Journey:
    return Journey(
        run=RunKey(row.trip_id, row.start_date),
        route_id=row.route_id,
        position=positions.get(row.vehicle_id or ""),
        delay_s=row.delay_s,
        reason=row.reason,
        is_stale=row.status == "stale",
        is_cancelled=row.status == "not_coming",
    )


def _call(row: Arrival) -> Call:
    if row.vehicle_id is None:
        return Call(row.stop_id, row.scheduled_ms, status="cancelled" if row.status == "not_coming" else "noReport")
    return call_of(row, stops_away=row.stops_away)
