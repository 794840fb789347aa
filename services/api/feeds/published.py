"""The feeds as they were made last: made at most once in five seconds of the city's time, however many ask."""

import threading
from collections.abc import Callable, Hashable

from google.protobuf.json_format import MessageToJson
from google.transit import gtfs_realtime_pb2 as pb

from services.api.feeds.moment import Moment
from services.api.feeds.rt.alerts import add_alerts
from services.api.feeds.rt.message import new_feed
from services.api.feeds.rt.trip_modifications import add_trip_modifications
from services.api.feeds.rt.trip_updates import add_trip_updates
from services.api.feeds.rt.vehicle_positions import add_vehicles
from services.api.responses import Kept
from services.api.roads import Roads
from services.api.timetable import CityTimetable

HOLDS_MS = 5_000


class Edition:
    """All feeds of one moment; each is made when it is first asked for.

    Parameters
    ----------
    moment : Moment
        What is known.
    timetable : CityTimetable
        Whose ids the feeds use.
    roads : Roads or None
        Names of streets.
    static_version : str or None
        Of the timetable's feed.
    """

    def __init__(
        self, moment: Moment, timetable: CityTimetable, roads: Roads | None = None, static_version: str | None = None
    ) -> None:
        self.moment, self.timetable, self.roads, self.static_version = moment, timetable, roads, static_version
        self._lock = threading.Lock()
        self._messages: dict[str, pb.FeedMessage] = {}
        self._kept: dict[Hashable, Kept] = {}

    def message(self, name: str) -> pb.FeedMessage:
        """Return one of `NAMES` as a FeedMessage; nobody may change it."""
        if name not in self._messages:
            feed = new_feed(self.moment.now_ms, self.static_version)
            MAKERS[name](self, feed)
            self._messages[name] = feed
        return self._messages[name]

    def kept(self, name: str, form: str) -> Kept:
        """Return one of `NAMES` encoded as ``pb`` or ``json``."""
        return self.remember((name, form), lambda: FORMS[form](self.message(name), self.moment.now_ms))

    def remember(self, key: Hashable, make: Callable[[], Kept]) -> Kept:
        """Return what was made under a key at this moment; made once however many ask at the same time."""
        with self._lock:
            if key not in self._kept:
                self._kept[key] = make()
            return self._kept[key]


MAKERS: dict[str, Callable[[Edition, pb.FeedMessage], None]] = {
    "vehicle-positions": lambda e, feed: add_vehicles(feed, e.moment, e.timetable),
    "trip-updates": lambda e, feed: add_trip_updates(feed, e.moment, e.timetable),
    "alerts": lambda e, feed: add_alerts(feed, e.moment, e.timetable, e.roads),
    "trip-modifications": lambda e, feed: add_trip_modifications(feed, e.moment, e.timetable),
}
NAMES = tuple(MAKERS)
FORMS: dict[str, Callable[[pb.FeedMessage, int], Kept]] = {
    "pb": lambda feed, now_ms: Kept(feed.SerializeToString(), "application/x-protobuf", now_ms),
    "json": lambda feed, now_ms: Kept(MessageToJson(feed, indent=None).encode(), modified_ms=now_ms),
}


class Feeds:
    """The newest edition; safe to call from several threads.

    Parameters
    ----------
    make : callable
        Makes the edition of a moment of the city's time.
    """

    def __init__(self, make: Callable[[int], Edition]) -> None:
        self._make = make
        self._newest: Edition | None = None
        self._lock = threading.Lock()

    def edition(self, now_ms: int) -> Edition:
        """Return the edition of less than five seconds ago, or a new one."""
        with self._lock:
            newest = self._newest
            if newest is None or not 0 <= now_ms - newest.moment.now_ms < HOLDS_MS:
                newest = self._newest = self._make(now_ms)
            return newest
