"""One incident as a message of the Common Alerting Protocol 1.2."""

from xml.etree.ElementTree import Element, SubElement, tostring
from zoneinfo import ZoneInfo

from schemas.incident import Incident
from services.api.exports.event import RoadEvent
from services.api.exports.kinds import said_of
from services.api.exports.times import moment
from services.api.siri.names import clean_text, write_token

NAMESPACE = "urn:oasis:names:tc:emergency:cap:1.2"
RADIUS_KM = 0.3
EXPIRES_MS = 2 * 60 * 60_000


def alert(event: RoadEvent, publisher: str, zone: ZoneInfo) -> bytes:
    """Return the newest message about an incident.

    Parameters
    ----------
    event : RoadEvent
        The incident; one that has ended is cancelled.
    publisher : str
        The city's id.
    zone : ZoneInfo
        In which times are written.

    Returns
    -------
    bytes
        Vietnamese and English. ``identifier`` is the incident and the second of its change; an update and a
        cancellation refer to the first message, so that whoever holds it knows what is meant.
    """
    incident = event.incident
    sender = f"{publisher}@hanoi-traffic"
    first = incident.updated_ms // 1000 == incident.started_ms // 1000
    root = Element("alert", {"xmlns": NAMESPACE})
    _put(root, "identifier", identifier(incident, incident.updated_ms))
    _put(root, "sender", sender)
    _put(root, "sent", moment(incident.updated_ms, zone))
    _put(root, "status", "Actual")
    _put(root, "msgType", "Cancel" if event.has_ended else "Alert" if first else "Update")
    _put(root, "scope", "Public")
    if not first or event.has_ended:
        begun = identifier(incident, incident.started_ms)
        _put(root, "references", f"{sender},{begun},{moment(incident.started_ms, zone)}")
    _put(root, "incidents", write_token(incident.incident_id))
    for language in ("vi", "en"):
        _info(root, event, language, zone)
    return bytes(tostring(root, encoding="utf-8", xml_declaration=True))


def identifier(incident: Incident, time_ms: int) -> str:
    """Return what a message about an incident is called; it holds no space, comma or ``<``, as the standard asks."""
    return f"{write_token(incident.incident_id)}.{time_ms // 1000}"


def _info(root: Element, event: RoadEvent, language: str, zone: ZoneInfo) -> None:
    incident, said = event.incident, said_of(event.incident.kind)
    info = SubElement(root, "info")
    title = getattr(incident.title, language)
    _put(info, "language", {"vi": "vi-VN", "en": "en-US"}[language])
    _put(info, "category", said.cap_category)
    _put(info, "event", incident.kind.replace("_", " "))
    _put(info, "responseType", "AllClear" if event.has_ended else "Avoid" if event.closed else "Monitor")
    _put(info, "urgency", "Past" if event.has_ended else "Immediate")
    _put(info, "severity", "Severe" if event.closed else said.cap_severity)
    _put(info, "certainty", "Observed")
    _put(info, "onset", moment(incident.started_ms, zone))
    _put(info, "expires", moment(incident.updated_ms + EXPIRES_MS, zone))
    _put(info, "headline", title[:160])
    _put(info, "description", getattr(incident.why, language))
    area = SubElement(info, "area")
    streets = dict.fromkeys(stretch.street for stretch in (*event.closed, *event.slow) if stretch.street)
    _put(area, "areaDesc", ", ".join(streets) or title)
    _put(area, "circle", f"{incident.lat:.6f},{incident.lon:.6f} {RADIUS_KM}")


def _put(parent: Element, name: str, text: str) -> None:
    SubElement(parent, name).text = clean_text(text)
