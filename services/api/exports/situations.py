"""Incidents and closures as a DATEX II v3 SituationPublication."""

from collections.abc import Callable, Sequence
from xml.etree.ElementTree import Element, SubElement
from zoneinfo import ZoneInfo

from services.api.exports.datex import XSI_TYPE, Publication
from services.api.exports.event import RoadEvent, Stretch
from services.api.exports.kinds import said_of

Place = Callable[[Element], None]


def situations(events: Sequence[RoadEvent], publisher: str, now_ms: int, zone: ZoneInfo) -> bytes:
    """Return the publication.

    Parameters
    ----------
    events : sequence of RoadEvent
        What is told; one that has ended is told with its end.
    publisher : str
        The city's id.
    now_ms : int
        The city's time.
    zone : ZoneInfo
        In which times are written.

    Returns
    -------
    bytes
        A situation an incident, by its id; in it a record of what happened on each stretch and one of each closure.
        The ids stay the same as long as the incident lives; ``version`` rises with each change.
    """
    doc = Publication("sit:SituationPublication", publisher, now_ms, zone)
    for event in events:
        _add(doc, event)
    return doc.encode()


def _add(doc: Publication, event: RoadEvent) -> None:
    incident = event.incident
    situation = SubElement(doc.root, "sit:situation", {"id": incident.incident_id})
    doc.value(situation, "sit:overallSeverity", "high" if event.closed else "medium")
    doc.time(situation, "sit:situationVersionTime", incident.updated_ms)
    doc.header(situation, "sit")
    kind, element, value = said_of(incident.kind).datex
    for stretch in event.slow or event.closed:
        _record(doc, situation, event, (f"sit:{kind}", f"{stretch.id}/what"), _on(doc, stretch), (element, value))
    if not (event.slow or event.closed):
        place = _at(doc, incident.lon, incident.lat)
        _record(doc, situation, event, (f"sit:{kind}", f"{incident.incident_id}/what"), place, (element, value))
    for stretch in event.closed:
        name = "sit:RoadOrCarriagewayOrLaneManagement", f"{stretch.id}/closed"
        said = "roadOrCarriagewayOrLaneManagementType", "roadClosed"
        _record(doc, situation, event, name, _on(doc, stretch), ("complianceOption", "mandatory"), said)


def _record(
    doc: Publication, situation: Element, event: RoadEvent, name: tuple[str, str], place: Place, *own: tuple[str, str]
) -> None:
    incident = event.incident
    version = {XSI_TYPE: name[0], "id": name[1], "version": str(incident.updated_ms // 1000)}
    record = SubElement(situation, "sit:situationRecord", version)
    doc.time(record, "sit:situationRecordCreationTime", incident.started_ms)
    doc.time(record, "sit:situationRecordVersionTime", incident.updated_ms)
    doc.value(record, "sit:probabilityOfOccurrence", "certain")
    validity = SubElement(record, "sit:validity")
    doc.value(validity, "com:validityStatus", "definedByValidityTimeSpec" if event.has_ended else "active")
    span = SubElement(validity, "com:validityTimeSpecification")
    doc.time(span, "com:overallStartTime", incident.started_ms)
    if event.has_ended:
        doc.time(span, "com:overallEndTime", max(incident.updated_ms, incident.started_ms))
    doc.words(SubElement(record, "sit:generalPublicComment"), "sit:comment", incident.title)
    place(record)
    for element, value in own:
        doc.value(record, f"sit:{element}", value)


def _on(doc: Publication, stretch: Stretch) -> Place:
    code = stretch.id.split("/", 1)[1]
    return lambda record: doc.line(record, "sit:locationReference", stretch.lonlat, code)


def _at(doc: Publication, lon: float, lat: float) -> Place:
    return lambda record: doc.point(record, "sit:locationReference", lon, lat)
