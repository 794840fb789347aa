"""SIRI VM: where the buses are, with their next call, or all calls ahead."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import SubElement

from schemas.position import BusPosition
from schemas.prediction import StopPrediction, TripPrediction
from services.api.arrivals import STALE_AFTER_MS
from services.api.feeds.moment import Moment
from services.api.feeds.rt.vehicle_positions import find_run
from services.api.siri.calls import Call, add_calls, add_monitored_call, call_of
from services.api.siri.document import Document
from services.api.siri.journey import Journey, add_journey
from services.api.timetable import CityTimetable


@dataclass(frozen=True)
class VehicleQuery:
    """Which buses are asked for, and whether with all calls ahead."""

    line_ref: str | None = None
    vehicle_ref: str | None = None
    with_calls: bool = False


def vehicle_monitoring(doc: Document, moment: Moment, timetable: CityTimetable, query: VehicleQuery) -> bytes:
    """Return a VehicleMonitoringDelivery.

    Parameters
    ----------
    doc : Document
        Empty.
    moment : Moment
        What is known.
    timetable : CityTimetable
        Names of lines and stops.
    query : VehicleQuery
        Which buses.

    Returns
    -------
    bytes
        XML; buses that run no trip are not journeys and stand in GTFS-realtime only.
    """
    for position, journey, prediction in _journeys(moment, timetable, query):
        activity = SubElement(doc.delivery, "VehicleActivity")
        doc.time(activity, "RecordedAtTime", position.time_ms)
        doc.token(activity, "ItemIdentifier", f"{position.vehicle_id}:{position.time_ms}")
        doc.time(activity, "ValidUntilTime", position.time_ms + STALE_AFTER_MS)
        out = SubElement(activity, "MonitoredVehicleJourney")
        add_journey(doc, out, journey, timetable)
        calls = _calls(prediction.stops) if prediction else []
        if calls:
            add_monitored_call(doc, out, calls[0], timetable)
        if query.with_calls:
            add_calls(doc, out, calls[1:], timetable)
    return doc.encode()


def _journeys(
    moment: Moment, timetable: CityTimetable, query: VehicleQuery
) -> Iterator[tuple[BusPosition, Journey, TripPrediction | None]]:
    table = timetable.table
    for position in moment.positions:
        run = find_run(position, timetable)
        if run is None or table is None or query.vehicle_ref not in (None, position.vehicle_id):
            continue
        route_id = table.route_ids[table.trip_route[table.trip_number[run.trip_id]]]
        if query.line_ref not in (None, route_id):
            continue
        prediction = moment.predictions.get(run)
        if prediction is not None and prediction.vehicle_id != position.vehicle_id:
            prediction = None
        reason = None if prediction is None else prediction.reason
        yield position, Journey(run, route_id, position, position.delay_s, reason), prediction


def _calls(stops: Sequence[StopPrediction]) -> list[Call]:
    return [call_of(stop, order=stop.stop_sequence, stops_away=away) for away, stop in enumerate(stops)]
