"""Something about a bus or a trip that somebody should know."""

import enum

from schemas.detour import Detour
from schemas.message import Message
from schemas.text import Text
from schemas.units import DurationS, Id, Lat, Lon, ServiceDate, TimeMs


class AlertKind(enum.StrEnum):
    """What is wrong with the bus or the trip."""

    STUCK = "stuck"
    OFF_ROUTE = "off_route"
    NOT_COMING = "not_coming"
    MAY_NOT_RUN = "may_not_run"
    EARLY_DEPARTURE = "early_departure"
    LOST = "lost"
    BUNCHING = "bunching"
    BIG_GAP = "big_gap"
    LONG_STOP = "long_stop"
    SKIPPED_STOP = "skipped_stop"
    DOORS_OPEN_MOVING = "doors_open_moving"
    DETOUR = "detour"
    SILENT_FEED = "silent_feed"
    GPS_FROZEN = "gps_frozen"
    SPEEDING = "speeding"
    GHOST = "ghost"
    IN_DEPOT = "in_depot"
    LATE = "late"
    RUNNING_EARLY = "running_early"
    SILENT_OPERATOR = "silent_operator"


class FleetAlert(Message, frozen=True):
    """An alert with a life: ``ended_ms`` is ``None`` while it holds.

    ``stop_id`` is the stop it is about; ``expected_ms`` when what is foreseen comes about; ``hold_s`` how long to hold
    the bus at that stop so that it does not.
    """

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
    stop_id: str | None = None
    expected_ms: TimeMs | None = None
    hold_s: DurationS | None = None
    detour: Detour | None = None
