"""The standing queue before a stop line: how far back it reaches, how many stand in it, and since when."""

from collections.abc import Iterable
from dataclasses import dataclass

from vision.rules.approach import ApproachView
from vision.rules.base import DRIVERS
from vision.trails import Trail

# Slower than 5 km/h over a second one queues, as traffic engineers count it.
SLOW_MPS, OVER_S = 1.4, 1.0
# It begins so near the line, and whoever stands farther behind the next than this is no more of it.
FIRST_M, GAP_M = 15.0, 15.0
# Who is hidden for a moment still stands there; a queue that is gone for as long is over.
HIDDEN_MS = 2_000
BESIDE_M = 0.5


@dataclass(frozen=True)
class Queue:
    """A queue at one moment: from the line to the rear of the last, how many stand in it, since when there is one."""

    metres: float
    vehicles: int
    since_ms: int


class QueueWatcher:
    """Follows the queue of one approach.

    Parameters
    ----------
    view : ApproachView
        The approach; it has a stop line.
    """

    def __init__(self, view: ApproachView) -> None:
        self._view = view
        self._since_ms: int | None = None
        self._seen_ms = 0

    def step(self, time_ms: int, trails: Iterable[Trail]) -> Queue | None:
        """Take one frame.

        Parameters
        ----------
        time_ms : int
            The frame's time.
        trails : iterable of Trail
            Those of the last half minute.

        Returns
        -------
        Queue or None
            ``None`` where nobody queues.
        """
        standing = [self._reach(trail) for trail in trails if self._queues(trail, time_ms)]
        rear_m, vehicles = chain(standing)
        if not vehicles:
            if time_ms - self._seen_ms > HIDDEN_MS:
                self._since_ms = None
            return None
        if self._since_ms is None:
            self._since_ms = time_ms
        self._seen_ms = time_ms
        return Queue(rear_m, vehicles, self._since_ms)

    def _queues(self, trail: Trail, time_ms: int) -> bool:
        is_here = time_ms - trail.last.time_ms <= HIDDEN_MS and trail.track_id in self._view.histories
        if not is_here or trail.label not in DRIVERS or trail.last.time_ms - trail.born_ms < OVER_S * 1000:
            return False
        if not self._view.line.is_before(trail.last, trail.place, BESIDE_M):
            return False
        return trail.still_s() >= OVER_S or trail.moved_m(OVER_S) < SLOW_MPS * OVER_S

    def _reach(self, trail: Trail) -> tuple[float, float]:
        """Return how far its front and its rear are before the line, metres."""
        past = self._view.histories[trail.track_id].last
        return -past.nose_m, -past.tail_m


def chain(standing: Iterable[tuple[float, float]]) -> tuple[float, int]:
    """Return how far back a queue reaches and how many are of it.

    Parameters
    ----------
    standing : iterable of tuple
        Of each that stands, how far its front and its rear are before the line, metres.
    """
    rear_m, vehicles = 0.0, 0
    for front_m, back_m in sorted(standing):
        if front_m - rear_m > (GAP_M if vehicles else FIRST_M):
            break
        rear_m, vehicles = max(rear_m, back_m), vehicles + 1
    return rear_m, vehicles
