"""Who passed a stop line, for counts: a claim has to prove its crossing, a count only loses what it leaves out."""

from collections.abc import Iterable

from vision.rules.approach import ApproachView
from vision.trails import KEPT_MS, Trail

# How far beside the ends of the line one still comes over it, metres.
BESIDE_M = 0.5


class Passing:
    """Remembers who was before one approach's stop line and tells who is past it.

    Any look says that somebody is before the line, also one of a covered road user, whose box ends too far up; only
    one whose foot is seen says that it is past.

    Parameters
    ----------
    view : ApproachView
        The approach; it has a stop line.
    """

    def __init__(self, view: ApproachView) -> None:
        self._line = view.line
        self._before_ms: dict[int, int] = {}
        self._done_ms: dict[int, int] = {}

    def step(self, time_ms: int, seen: Iterable[Trail]) -> list[str]:
        """Take the trails of one frame; return the classes of those that came to be past the line."""
        passed = []
        for trail in seen:
            if trail.track_id in self._done_ms:
                self._done_ms[trail.track_id] = time_ms
            elif self._line.past(trail.last, trail.place).foot_m < 0:
                if self._line.is_before(trail.last, trail.place, BESIDE_M):
                    self._before_ms[trail.track_id] = time_ms
            elif trail.track_id in self._before_ms and self._line.is_over(trail.last, trail.place, BESIDE_M):
                self._done_ms[trail.track_id] = time_ms
                passed.append(trail.label)
        for known in (self._before_ms, self._done_ms):
            for gone in [i for i, last_ms in known.items() if last_ms < time_ms - KEPT_MS]:
                del known[gone]
        return passed
