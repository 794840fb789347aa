"""Incidents and closures as Waze's Closure and Incident Feed Specification."""

from collections.abc import Iterator, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from services.api.exports.event import RoadEvent, Stretch
from services.api.exports.kinds import said_of
from services.api.exports.times import moment

MAX_DESCRIPTION = 40
NAMELESS = "Đường không tên"


def cifs(events: Sequence[RoadEvent], zone: ZoneInfo) -> dict[str, Any]:
    """Return the feed; a queue without a closure is left out, as Waze sees queues itself, and so is what has ended.

    Parameters
    ----------
    events : sequence of RoadEvent
        What is told.
    zone : ZoneInfo
        In which times are written.

    Returns
    -------
    dict
        ``{"incidents": […]}``, one entry a stretch; a stretch that is closed is a ``ROAD_CLOSED``, which alone changes
        routes.
    """
    return {"incidents": [entry for event in events if not event.has_ended for entry in _entries(event, zone)]}


def _entries(event: RoadEvent, zone: ZoneInfo) -> Iterator[dict[str, Any]]:
    said = said_of(event.incident.kind).cifs
    for stretch in event.closed:
        reason = "ROAD_CLOSED_HAZARD" if said is not None else "ROAD_CLOSED_EVENT"
        yield _entry(event, stretch, ("ROAD_CLOSED", reason), zone)
    if said is not None:
        for stretch in event.slow:
            yield _entry(event, stretch, said, zone)


def _entry(event: RoadEvent, stretch: Stretch, said: tuple[str, str], zone: ZoneInfo) -> dict[str, Any]:
    incident = event.incident
    return {
        "id": stretch.id,
        "type": said[0],
        "subtype": said[1],
        "polyline": " ".join(f"{lat:.6f} {lon:.6f}" for lon, lat in stretch.lonlat),
        "direction": "ONE_DIRECTION",
        "street": stretch.street or NAMELESS,
        "starttime": moment(incident.started_ms, zone),
        "creationtime": moment(incident.started_ms, zone),
        "updatetime": moment(incident.updated_ms, zone),
        "description": incident.title.vi[:MAX_DESCRIPTION],
    }
