"""SIRI SX: what riders should know of lines, trips, stops and streets, in Vietnamese and English."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import Element, SubElement

from schemas.fleet_alert import AlertKind, FleetAlert
from schemas.incident import Incident
from schemas.text import Text
from services.api.disruptions.responses import hidden_id, incident_text, rider_text
from services.api.feeds.moment import OF_RUNS, Moment, run_of
from services.api.live import RunKey
from services.api.roads import Roads
from services.api.siri.document import Document
from services.api.timetable import CityTimetable

CONDITIONS = {
    AlertKind.NOT_COMING: "tripCancellation",
    AlertKind.MAY_NOT_RUN: "delayed",
    AlertKind.STUCK: "delayed",
    AlertKind.BUNCHING: "irregularTraffic",
    AlertKind.BIG_GAP: "irregularTraffic",
    AlertKind.DETOUR: "diverted",
    AlertKind.OFF_ROUTE: "diverted",
    AlertKind.EARLY_DEPARTURE: "altered",
}
OF_ROADS = "delayed"


@dataclass(frozen=True)
class Situation:
    """One thing to know: of lines, or of one trip, and of the stops that are not served."""

    number: str
    created_ms: int
    updated_ms: int
    condition: str
    text: Text
    route_ids: Sequence[str] = ()
    run: RunKey | None = None
    stop_ids: Sequence[str] = ()
    is_verified: bool = False


def situation_exchange(
    doc: Document, moment: Moment, timetable: CityTimetable, roads: Roads | None, line_ref: str | None
) -> bytes:
    """Return a SituationExchangeDelivery.

    Parameters
    ----------
    doc : Document
        Empty.
    moment : Moment
        What is known.
    timetable : CityTimetable
        Names of lines and stops.
    roads : Roads or None
        Names of streets.
    line_ref : str or None
        Only what concerns this line.

    Returns
    -------
    bytes
        XML; never names a bus.
    """
    told = [one for one in _situations(moment, timetable, roads) if line_ref is None or line_ref in one.route_ids]
    whole = SubElement(doc.delivery, "Situations")
    for situation in told:
        _add(doc, whole, situation, timetable)
    return doc.encode()


def _situations(moment: Moment, timetable: CityTimetable, roads: Roads | None) -> Iterator[Situation]:
    for alert in moment.list_told():
        yield from _of_alert(alert, timetable)
    for incident in moment.incidents:
        yield from _of_incident(incident, timetable, roads)


def _of_alert(alert: FleetAlert, timetable: CityTimetable) -> Iterator[Situation]:
    text, condition = rider_text(alert, timetable), CONDITIONS.get(alert.kind)
    if text is None or condition is None or timetable.short_name(alert.route_id) is None:
        return
    yield Situation(
        number=hidden_id(alert),
        created_ms=alert.started_ms,
        updated_ms=alert.updated_ms,
        condition=condition,
        text=text,
        route_ids=(alert.route_id or "",),
        run=run_of(alert) if alert.kind in OF_RUNS else None,
        stop_ids=() if alert.detour is None else alert.detour.missed_stop_ids,
    )


def _of_incident(incident: Incident, timetable: CityTimetable, roads: Roads | None) -> Iterator[Situation]:
    routes = [name for name in incident.evidence.route_ids if timetable.short_name(name) is not None]
    if routes:
        text = incident_text(incident, roads)
        yield Situation(
            number=incident.incident_id,
            created_ms=incident.started_ms,
            updated_ms=incident.updated_ms,
            condition=OF_ROADS,
            text=text,
            route_ids=routes,
            is_verified=True,
        )


def _add(doc: Document, whole: Element, said: Situation, timetable: CityTimetable) -> None:
    out = SubElement(whole, "PtSituationElement")
    doc.time(out, "CreationTime", said.created_ms)
    doc.token(out, "ParticipantRef", doc.producer)
    doc.token(out, "SituationNumber", said.number)
    doc.value(out, "Version", max(0, said.updated_ms - said.created_ms) // 1000)
    doc.value(SubElement(out, "Source"), "SourceType", "directReport" if said.is_verified else "feed")
    doc.time(out, "VersionedAtTime", said.updated_ms)
    doc.value(out, "Verification", "verified" if said.is_verified else "unverified")
    doc.value(out, "Progress", "open")
    doc.time(SubElement(out, "ValidityPeriod"), "StartTime", said.created_ms)
    doc.value(out, "AlertCause", "incident" if said.is_verified else "unknown")
    doc.value(out, "Severity", "normal")
    doc.value(out, "Audience", "public")
    doc.words(out, "Summary", said.text)
    affects = SubElement(out, "Affects")
    _add_lines(doc, affects, said.route_ids, timetable)
    _add_stops(doc, affects, said.stop_ids, timetable)
    if said.run is not None:
        _add_run(doc, affects, said.run, said.route_ids[0])
    consequence = SubElement(SubElement(out, "Consequences"), "Consequence")
    doc.value(consequence, "Condition", said.condition)
    doc.value(consequence, "Severity", "normal")


def _add_lines(doc: Document, affects: Element, route_ids: Sequence[str], timetable: CityTimetable) -> None:
    network = SubElement(SubElement(affects, "Networks"), "AffectedNetwork")
    for route_id in route_ids:
        line = SubElement(network, "AffectedLine")
        doc.token(line, "LineRef", route_id)
        doc.words(line, "PublishedLineName", timetable.short_name(route_id))


def _add_stops(doc: Document, affects: Element, stop_ids: Sequence[str], timetable: CityTimetable) -> None:
    if not stop_ids:
        return
    whole = SubElement(affects, "StopPoints")
    for stop_id in stop_ids:
        stop = SubElement(whole, "AffectedStopPoint")
        doc.token(stop, "StopPointRef", stop_id)
        doc.words(stop, "StopPointName", timetable.stop_name(stop_id))


def _add_run(doc: Document, affects: Element, run: RunKey, route_id: str) -> None:
    journey = SubElement(SubElement(affects, "VehicleJourneys"), "AffectedVehicleJourney")
    framed = SubElement(journey, "FramedVehicleJourneyRef")
    doc.token(framed, "DataFrameRef", f"{run.start_date[:4]}-{run.start_date[4:6]}-{run.start_date[6:]}")
    doc.token(framed, "DatedVehicleJourneyRef", run.trip_id)
    doc.token(journey, "LineRef", route_id)
