"""One approach as rules see it: its stop line, who crossed it, and which way out each of them took."""

from collections.abc import Sequence
from itertools import islice

from vision.camera_values import Approach, Line, Point, Turn
from vision.road import LIGHT_M, SIZE_M, Road
from vision.rules.crossing import Crossing, History, LineWatcher
from vision.trails import Trail

# So many looks back one that tells a place is sought.
LOOKED_BACK = 100


class ApproachView:
    """Follows the road users of one approach; all rules of the approach share it.

    Parameters
    ----------
    approach : Approach
        The approach.
    road : Road
        Lays places on the road.
    """

    def __init__(self, approach: Approach, road: Road) -> None:
        self.approach, self.road = approach, road
        self.line = LineWatcher(approach, road)
        self.histories: dict[int, History] = self.line.histories  # of each track beside the stop line
        self.crossings: list[Crossing] = []
        self.leaving: list[tuple[str, str]] = []  # who took a way out in the last frame: the turn and the class
        self._turns: list[tuple[Turn, Line]] = []
        for turn in approach.turns:
            start, end = road.points(turn.line)
            self._turns.append((turn, (start, end)))
        self._taken: dict[int, Turn] = {}

    @property
    def id(self) -> str:
        """The approach's id."""
        return self.approach.id

    def step(self, time_ms: int, seen: Sequence[Trail]) -> None:
        """Take the trails of one frame."""
        self.crossings, self.leaving = self.line.step(time_ms, seen), []
        if self._turns:
            self._follow_turns(seen)

    def turn_of(self, track_id: int) -> Turn | None:
        """Return the way out a track took after the stop line, ``None`` while it took none that is drawn."""
        return self._taken.get(track_id)

    def _follow_turns(self, seen: Sequence[Trail]) -> None:
        for trail in seen:
            history = self.histories.get(trail.track_id)
            if history is None or history.crossed is None or trail.track_id in self._taken:
                continue
            # Where one on two wheels is not told it may be anywhere; a long vehicle that turns is not told either.
            is_long = SIZE_M[trail.label][0] >= LIGHT_M
            told = [p for p in islice(reversed(trail.places), LOOKED_BACK) if p.is_told or is_long]
            if len(told) < 2 or told[0] is not trail.place:
                continue
            before, now = (self.road.middle(trail.label, at, trail.heading) for at in (told[1], told[0]))
            for turn, line in self._turns:
                if crosses(before, now, line):
                    self._taken[trail.track_id] = turn
                    self.leaving.append((turn.turn, trail.label))
                    break
        self._taken = {i: turn for i, turn in self._taken.items() if i in self.histories}


def crosses(start: Point, end: Point, line: Line) -> bool:
    """Tell whether a step crosses a line between its ends."""
    a, b = _side(start, end, line[0]), _side(start, end, line[1])
    c, d = _side(line[0], line[1], start), _side(line[0], line[1], end)
    return a * b < 0 and c * d <= 0 and c != d


def _side(start: Point, end: Point, at: Point) -> float:
    return (end[0] - start[0]) * (at[1] - start[1]) - (end[1] - start[1]) * (at[0] - start[0])
