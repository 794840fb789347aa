"""When a road user's foot crosses the stop line in the direction of legal travel."""

from collections import deque
from dataclasses import dataclass, field

from vision.camera import Approach
from vision.tracks import Look

KEPT_LOOKS = 120
BEFORE_S = 0.3
BEFORE_LOOKS = 3
AFTER_LOOKS = 2
BEFORE_WINDOW_S = 1.0
AFTER_HEIGHTS = 0.1
JUMP_HEIGHTS = 0.5
# How far beside the ends of the line a foot still counts, in heights of the box.
BESIDE_HEIGHTS = 0.3
FORGET_S = 30.0


@dataclass(frozen=True)
class Crossing:
    """A crossing of the stop line; ``time_ms`` lies between the looks before and after it."""

    track_id: int
    time_ms: int
    at: Look
    looks_before: int
    speed_heights_s: float
    error_s: float


@dataclass
class History:
    """One track's looks near one approach: how far past the stop line each was, in pixels along legal travel."""

    looks: deque[Look] = field(default_factory=lambda: deque(maxlen=KEPT_LOOKS))
    past_px: deque[float] = field(default_factory=lambda: deque(maxlen=KEPT_LOOKS))
    crossed: Crossing | None = None
    maybe: int | None = None  # looks left of the deque's end when the foot first came over the line

    @property
    def past_heights(self) -> float:
        """How far past the line it is now, in heights of its box."""
        return self.past_px[-1] / max(self.looks[-1].height_px, 1.0)


class LineWatcher:
    """Follows every track against one approach's stop line.

    Parameters
    ----------
    approach : Approach
        The approach; without a stop line nothing ever crosses.
    """

    def __init__(self, approach: Approach) -> None:
        self._approach = approach
        self.histories: dict[int, History] = {}

    def past_px(self, ground: tuple[float, float]) -> float:
        """Return how far past the stop line a point is along legal travel, pixels; negative is before it."""
        line = self._approach.stop_line
        assert line is not None
        (x0, y0), (x1, y1) = line
        tx, ty = self._approach.travel_px
        across_x, across_y = y1 - y0, x0 - x1  # normal of the line
        along = tx * across_x + ty * across_y
        if abs(along) < 1e-9:
            return 0.0
        return -((x0 - ground[0]) * across_x + (y0 - ground[1]) * across_y) / along

    def is_abreast(self, ground: tuple[float, float], room_px: float = 0.0) -> bool:
        """Tell whether a point lies before or behind the stop line, not beside its ends, give or take some pixels."""
        line = self._approach.stop_line
        assert line is not None
        (x0, y0), (x1, y1) = line
        length_2 = (x1 - x0) ** 2 + (y1 - y0) ** 2
        share = ((ground[0] - x0) * (x1 - x0) + (ground[1] - y0) * (y1 - y0)) / max(length_2, 1e-9)
        room = room_px / max(length_2**0.5, 1e-9)
        return bool(-room <= share <= 1 + room)

    def _is_beside(self, look: Look) -> bool:
        return not self.is_abreast(look.ground, BESIDE_HEIGHTS * look.height_px)

    def step(self, time_ms: int, looks: list[Look]) -> list[Crossing]:
        """Take one frame's looks; return the crossings that became certain."""
        if self._approach.stop_line is None:
            return []
        found = []
        for look in looks:
            history = self.histories.setdefault(look.track_id, History())
            history.looks.append(look)
            history.past_px.append(self.past_px(look.ground))
            crossing = self._crossing(history) if history.crossed is None else None
            if crossing is not None and not self._is_beside(crossing.at):
                history.crossed = crossing
                found.append(crossing)
        old_ms = time_ms - round(FORGET_S * 1000)
        for gone in [i for i, h in self.histories.items() if h.looks[-1].time_ms < old_ms]:
            del self.histories[gone]
        return found

    def _crossing(self, history: History) -> Crossing | None:
        past, looks = list(history.past_px), list(history.looks)
        if past[-1] < AFTER_HEIGHTS * looks[-1].height_px:
            return None
        over = len(past)
        while over > 0 and past[over - 1] >= 0:
            over -= 1
        if over == 0 or len(past) - over < AFTER_LOOKS:
            return None  # joined midway, or seen too little behind the line
        before, after = looks[over - 1], looks[over]
        seen_s = (before.time_ms - looks[0].time_ms) / 1000
        if seen_s < BEFORE_S or not _came_from_before(past, looks, over) or _jumps(past, looks, over):
            return None
        share = -past[over - 1] / max(past[over] - past[over - 1], 1e-6)
        gap_ms = after.time_ms - before.time_ms
        time_ms = before.time_ms + round(share * gap_ms)
        last_s = max((looks[-1].time_ms - before.time_ms) / 1000, 1e-3)
        return Crossing(
            track_id=after.track_id,
            time_ms=time_ms,
            at=after if share > 0.5 else before,
            looks_before=over,
            speed_heights_s=(past[-1] - past[over - 1]) / looks[-1].height_px / last_s,
            error_s=gap_ms / 2000,
        )


def _came_from_before(past: list[float], looks: list[Look], over: int) -> bool:
    """Tell whether most looks of the last second were before the line, and enough of them."""
    from_ms = looks[over].time_ms - BEFORE_WINDOW_S * 1000
    recent = [past[i] < 0 for i in range(over) if looks[i].time_ms >= from_ms]
    return sum(recent) >= BEFORE_LOOKS and sum(recent) * 2 >= len(recent)


def _jumps(past: list[float], looks: list[Look], over: int) -> bool:
    """Tell whether the track leaps near the line, as when it was handed from one road user to another."""
    for i in range(max(1, over - 2), min(len(looks), over + AFTER_LOOKS)):
        height = max(looks[i].height_px, looks[i - 1].height_px, 1.0)
        aside = abs(looks[i].ground[0] - looks[i - 1].ground[0])
        if abs(past[i] - past[i - 1]) > JUMP_HEIGHTS * height or aside > JUMP_HEIGHTS * height:
            return True
    return False
