"""What a tracker remembers of one bus, and what one of several trackers saw of the whole."""

import msgspec

from schemas.feed import FeedHealth
from schemas.fleet_alert import FleetAlert
from schemas.message import Message
from schemas.trip import Phase
from schemas.units import Id, Lat, Lon, Probability, ServiceDate, TimeMs


class TrackState(Message, frozen=True):
    """The memory of one bus as bytes; they are good for the form of the code and the timetable they name."""

    vehicle_id: Id
    state: bytes


class TrackLearnt(Message, frozen=True):
    """One part of what was learnt over days, as bytes; links in it are known by their stop ids."""

    part: Id
    state: bytes


class BusShare(Message, frozen=True):
    """A bus as the tracker that speaks for the city must know it.

    ``probability`` is that of its way, whichever trip of it; ``pace`` the seconds it took for its last links, and those
    planned; ``calls`` the numbers of its next stop and of that it is at, with arrival and departure there.
    """

    vehicle_id: Id
    source: Id
    time_ms: TimeMs
    lon: Lon
    lat: Lat
    phase: Phase
    probability: Probability
    pace: tuple[float, float]
    calls: tuple[int, int | None, TimeMs | None, TimeMs | None]
    anchor_ms: TimeMs | None = None
    trip_id: str | None = None
    start_date: ServiceDate | None = None
    distance_m: float = 0.0
    off_m: float = 0.0


class WayShare(Message, frozen=True):
    """A bus's way beside its line: where along it left and came back (m), when, and x, y of the timetable's frame."""

    vehicle_id: Id
    trip_id: Id
    ends: tuple[float, float, TimeMs, TimeMs]
    way_m: tuple[tuple[float, float], ...]


class TrackShare(Message, frozen=True):
    """What one of several trackers saw of the city in the last seconds; the one that speaks for all adds them up.

    ``trips`` are ``TRIP_ID/START_DATE`` that buses were seen to run, ``routes`` those with a bus in service.
    ``buses`` are all that it follows, ``ways`` those by which buses went around since its last share; both are of
    ``timetable`` and left aside by trackers of another. ``city`` is what the one that speaks has said of the city and
    not taken back, for who speaks after it; ``None`` from the others.
    """

    tracker: Id
    time_ms: TimeMs
    feeds: tuple[FeedHealth, ...] = ()
    trips: dict[str, TimeMs] = msgspec.field(default_factory=dict)
    routes: dict[str, TimeMs] = msgspec.field(default_factory=dict)
    timetable: str = ""
    buses: tuple[BusShare, ...] = ()
    ways: tuple[WayShare, ...] = ()
    city: tuple[FleetAlert, ...] | None = None
