"""What a tracker remembers of one bus, and what one of several trackers saw of the whole."""

import msgspec

from schemas.feed import FeedHealth
from schemas.message import Message
from schemas.units import Id, TimeMs


class TrackState(Message, frozen=True):
    """The memory of one bus as bytes; they are good for the form of the code and the timetable they name."""

    vehicle_id: Id
    state: bytes


class TrackLearnt(Message, frozen=True):
    """One part of what was learnt over days, as bytes; links in it are known by their stop ids."""

    part: Id
    state: bytes


class TrackShare(Message, frozen=True):
    """What one of several trackers saw of the city in the last seconds; the one that speaks for all adds them up.

    ``trips`` are ``TRIP_ID/START_DATE`` that buses were seen to run, ``routes`` those with a bus in service.
    """

    tracker: Id
    time_ms: TimeMs
    feeds: tuple[FeedHealth, ...] = ()
    trips: dict[str, TimeMs] = msgspec.field(default_factory=dict)
    routes: dict[str, TimeMs] = msgspec.field(default_factory=dict)
