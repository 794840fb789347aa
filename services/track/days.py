"""A tracker for one run of the city's time: when its time goes back, as when a day is played again, it begins anew."""

from collections.abc import Callable, Sequence

from fleet.tracker import Tracker, TrackOutputs
from schemas.fix import Fix

BACK_MS = 3_600_000


class Days:
    """Hands fixes to a tracker, a new one where a whole batch was received over an hour before the newest fix.

    Parameters
    ----------
    make : callable
        Makes a tracker that knows nothing yet.
    """

    def __init__(self, make: Callable[[], Tracker]) -> None:
        self._make = make
        self._tracker = make()
        self._newest_ms = 0
        self.speaks_for_all = True

    @property
    def tracker(self) -> Tracker:
        """The tracker of the present run of time."""
        return self._tracker

    def adopt(self, make: Callable[[], Tracker]) -> None:
        """Go over to another timetable while buses drive; ``make`` makes trackers of it."""
        self._make = make
        self._tracker.adopt(make())

    def load(self, vehicle_id: str, data: bytes) -> bool:
        """Remember of a bus what ``Tracker.dump`` said; ``False`` if it cannot be used."""
        newest_ms = self._tracker.load(vehicle_id, data)
        self._newest_ms = max(self._newest_ms, newest_ms or 0)
        return newest_ms is not None

    def step(self, fixes: Sequence[Fix], now_ms: int) -> TrackOutputs:
        """Take a batch as ``Tracker.step`` does; within the batch buses are put in the order of reception."""
        ordered = sorted(fixes, key=lambda fix: fix.received_ms)
        if ordered and ordered[-1].received_ms < self._newest_ms - BACK_MS:
            self._tracker = self._make()
            self._newest_ms = 0
        self._tracker.speaks_for_all = self.speaks_for_all
        self._newest_ms = max([self._newest_ms, *(fix.received_ms for fix in ordered[-1:])])
        return self._tracker.step(ordered, now_ms)
