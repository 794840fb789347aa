"""What cameras say: somebody stands longer than is usual here; fewer get through while the view is as full as ever."""

import math
from collections import defaultdict, deque
from dataclasses import dataclass, field

from routing.incidents.odds import Piece, stand_odds
from routing.incidents.settings import IncidentSettings
from routing.incidents.usual import UsualStands

TOGETHER = 3
LEARN = 0.02
LEAST_INTERVALS = 20
FEWEST = 6.0
# A stand that began within so much of the one before is the same one; one not seen for so long is over.
SAME_STAND_MS = 15_000
OVERLOOKED_MS = 40_000


@dataclass(frozen=True, slots=True)
class Count:
    """One interval of one view, on the edge that it watches; ``occupancy`` and ``standing_s`` where they are known.

    ``flow`` is how many crossed, ``units`` what crossed in motorcycle units, both in ``seconds``: for so long it was
    watched.
    """

    edge: int
    place: str
    end_ms: int
    flow: float
    occupancy: float | None
    standing_s: float | None
    units: float | None = None
    seconds: float = 60.0


@dataclass
class _View:
    """The last intervals (how many crossed, in how many seconds, how full), and what is usual: flow in a second."""

    recent: deque[tuple[float, float, float]] = field(default_factory=lambda: deque(maxlen=TOGETHER))
    flow: float = 0.0
    occupancy: float = 0.0
    seen: int = 0
    stand_s: float = 0.0
    stood_ms: int = -1
    end_ms: int = -1


class Cameras:
    """Learns what is usual in each view, and tells what is not.

    Parameters
    ----------
    settings : IncidentSettings
        How long one stands where the road is blocked, the most that one piece may say.
    """

    def __init__(self, settings: IncidentSettings) -> None:
        self._set = settings
        self.stands = UsualStands()
        self._views: dict[str, _View] = defaultdict(_View)

    def begin_anew(self) -> None:
        """Forget when each view was seen last; keep what is usual in it."""
        for view in self._views.values():
            view.end_ms, view.stand_s, view.stood_ms = -1, 0.0, -1
            view.recent.clear()

    def see(self, count: Count, *, learn: bool) -> list[Piece]:
        """Take an interval, not older than the last of its view; return what it says.

        Parameters
        ----------
        count : Count
            What was seen. Negative or undefined numbers are refused by the schema.
        learn : bool
            False where an incident is known, whose stands and flows are not usual.
        """
        view = self._views[count.place]
        if count.end_ms <= view.end_ms:
            return []
        view.end_ms = count.end_ms
        return [*self._standing(view, count, learn=learn), *self._flow(view, count, learn=learn)]

    def _standing(self, view: _View, count: Count, *, learn: bool) -> list[Piece]:
        seconds = count.standing_s
        if seconds is None:
            return []
        since_ms = count.end_ms - round(seconds * 1000)
        if view.stand_s > 0 and since_ms > view.stood_ms - round(view.stand_s * 1000) + SAME_STAND_MS:
            if count.end_ms - view.stood_ms <= OVERLOOKED_MS:
                return []  # a tracker loses who stands for a moment: it is asked once more
            if learn:
                self.stands.learn(count.place, view.stand_s)
        view.stand_s, view.stood_ms = seconds, count.end_ms
        value = 0.0
        if seconds >= self._set.least_camera_s:
            value = stand_odds(seconds, self.stands.longer(count.place, seconds), self._set)
        return [Piece("camera_standing", count.place, count.edge, value, count.end_ms, seconds)]

    def _flow(self, view: _View, count: Count, *, learn: bool) -> list[Piece]:
        if count.occupancy is None or count.seconds <= 0.0:
            return []
        view.recent.append((count.flow, count.seconds, count.occupancy))
        crossed, seconds, full = (sum(values) for values in zip(*view.recent, strict=True))
        usual, usual_full, known = view.flow * seconds, view.occupancy * len(view.recent), view.seen
        if learn or known < LEAST_INTERVALS:
            view.seen += 1
            share = max(1.0 / view.seen, LEARN)
            view.flow += share * (count.flow / count.seconds - view.flow)
            view.occupancy += share * (count.occupancy - view.occupancy)
        if known < LEAST_INTERVALS or usual < FEWEST or len(view.recent) < TOGETHER:
            return []
        short = (usual - crossed) / math.sqrt(usual + (0.2 * usual) ** 2)
        value = min(max(short - 1.5, 0.0), 2.0) if full >= usual_full else 0.0
        return [Piece("camera_flow", count.place, count.edge, value, count.end_ms, crossed / usual)]
