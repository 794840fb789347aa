"""Closures as WZDx 4.2, GeoJSON of the United States' Work Zone Data Exchange."""

import math
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from services.api.exports.event import RoadEvent, Stretch

VERSION = "4.2"
SOURCE = "control"
# The format wants an end: nobody knows it yet, so it is told anew with each feed and marked as not verified.
END_AHEAD_MS = 60 * 60_000
QUARTERS = ("northbound", "eastbound", "southbound", "westbound")


def wzdx(events: Sequence[RoadEvent], city: tuple[str, str], now_ms: int) -> dict[str, Any]:
    """Return the feed of closed stretches; what is not closed is no road event of this format.

    Parameters
    ----------
    events : sequence of RoadEvent
        What is told; what has ended is left out.
    city : tuple of str
        Its id and its name.
    now_ms : int
        The city's time.

    Returns
    -------
    dict
        A GeoJSON FeatureCollection.
    """
    source = {"data_source_id": SOURCE, "organization_name": city[1]}
    info = {"publisher": city[1], "update_date": _utc(now_ms), "version": VERSION, "data_sources": [source]}
    features = [_feature(e, s, now_ms) for e in events if not e.has_ended for s in e.closed]
    return {"feed_info": info, "type": "FeatureCollection", "features": features}


def _feature(event: RoadEvent, stretch: Stretch, now_ms: int) -> dict[str, Any]:
    incident = event.incident
    core = {
        "event_type": "work-zone",
        "data_source_id": SOURCE,
        "direction": direction_of(stretch.lonlat),
        "road_names": [stretch.street or "unnamed road"],
        "description": incident.title.en,
        "creation_date": _utc(incident.started_ms),
        "update_date": _utc(incident.updated_ms),
    }
    return {
        "id": stretch.id,
        "type": "Feature",
        "properties": {
            "core_details": core,
            "start_date": _utc(incident.started_ms),
            "end_date": _utc(max(now_ms, incident.started_ms) + END_AHEAD_MS),
            "is_start_date_verified": True,
            "is_end_date_verified": False,
            "is_start_position_verified": True,
            "is_end_position_verified": True,
            "vehicle_impact": "all-lanes-closed",
            "location_method": "other",
        },
        "geometry": {"type": "LineString", "coordinates": [list(point) for point in stretch.lonlat]},
    }


def direction_of(lonlat: Sequence[tuple[float, float]]) -> str:
    """Return the quarter of the compass that a line leads to."""
    (from_lon, from_lat), (to_lon, to_lat) = lonlat[0], lonlat[-1]
    east = (to_lon - from_lon) * math.cos(math.radians(from_lat))
    degrees = math.degrees(math.atan2(east, to_lat - from_lat)) % 360.0
    return QUARTERS[round(degrees / 90.0) % 4]


def _utc(time_ms: int) -> str:
    return datetime.fromtimestamp(time_ms // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
