"""Something about a bus or a trip that somebody should know."""

import enum

from schemas.message import Message
from schemas.text import Text
from schemas.units import Id, Lat, Lon, ServiceDate, TimeMs


class AlertKind(enum.StrEnum):
    """What is wrong with the bus or the trip."""

    STUCK = "stuck"
    OFF_ROUTE = "off_route"
    NOT_COMING = "not_coming"
    EARLY_DEPARTURE = "early_departure"
    LOST = "lost"
    BUNCHING = "bunching"


class FleetAlert(Message, frozen=True):
    """An alert with a life: ``ended_ms`` is ``None`` while it holds."""

    alert_id: Id
    kind: AlertKind
    started_ms: TimeMs
    updated_ms: TimeMs
    text: Text
    vehicle_id: str | None = None
    trip_id: str | None = None
    start_date: ServiceDate | None = None
    route_id: str | None = None
    lon: Lon | None = None
    lat: Lat | None = None
    ended_ms: TimeMs | None = None
