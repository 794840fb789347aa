"""When a road user crosses the stop line in the direction of legal travel, and how sure that time is."""

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from vision.camera_values import Approach, Point
from vision.road import SIZE_M, Place, Road
from vision.rules.curve import HEAD_OFF_M, Told, crosses
from vision.rules.line import DirectedLine
from vision.tracks import Look
from vision.trails import KEPT_MS, Trail

BEFORE_S = 0.3
BEFORE_LOOKS = 3
AFTER_LOOKS = 2
BEFORE_WINDOW_MS = 1000
AFTER_M = 0.2
# Who came over the line so long ago without a crossing that can be told has none.
UNSURE_MS = 5_000
# A leap near the line, beyond what the speed around it explains, is one track handed to another road user.
JUMP_M, JUMP_SDS = 0.8, 5.0
# Speeds are told over such a time at least; while it was not seen it may have braked so hard.
STEP_MS, BRAKE_MPS2 = 80, 6.0
ASIDE_HEIGHTS = 0.5
# How far beside the ends of the line a foot still counts.
BESIDE_M = 0.5
# Who waits at the line may have its front a little over it.
NOSE_M = 1.0
# The time of a crossing is that of a curve through the looks of so long before and after it.
SETTLE_MS = 800
NEAR_MS = 500
# The foot of one who stands on the line shakes by so much.
SHAKES_M = 0.6
# Slower than this over the line one creeps: when its front came over it cannot be told.
SLOW_MPS = 1.0
# Looks at its front may be off by so much at rest, or by so large a share of its class's usual length.
FRONT_M, FRONT_SHARE = 0.4, 0.1
# By its head its place is told with an error of its own: so many deviations of it are held for possible.
HEAD_SDS = 2.0


class Past(NamedTuple):
    """One look and how far past the stop line it was, metres: the foot, the front, the rear."""

    look: Look
    place: Place
    foot_m: float
    nose_m: float
    tail_m: float

    @property
    def time_ms(self) -> int:
        """The look's time."""
        return self.look.time_ms


@dataclass(frozen=True)
class Crossing:
    """A crossing of the stop line by the foot that is seen; ``time_ms`` lies between the looks before and after it."""

    track_id: int
    time_ms: int
    at: Look
    looks_before: int
    speed_mps: float
    error_s: float


def told_by_head(past: Past) -> Told | None:
    """Return where a look is by its head, ``None`` where its foot was seen."""
    return None if past.place.is_foot else Told(0.0, past.foot_m, past.place.sd_m, is_head=True)


@dataclass
class History:
    """One track's looks beside one approach's stop line; ``by_head`` says where each is by a head of usual height."""

    pasts: deque[Past] = field(default_factory=deque)  # where its foot was seen, or it stands by its head
    crossed: Crossing | None = None
    seen_ms: int = 0  # its last look, of whatever part of it
    over_ms: int | None = None  # when its foot came over the line, while it is not told whether that is a crossing
    by_head: Callable[[Past], Told | None] = told_by_head
    settled: tuple[Crossing, Crossing] | None = None  # a crossing, and the same by all looks around it

    @property
    def last(self) -> Past:
        """The last look."""
        return self.pasts[-1]

    def between(self, from_ms: float, until_ms: float) -> list[Past]:
        """Return the looks of a stretch of time."""
        near: list[Past] = []
        for past in reversed(self.pasts):
            if past.look.time_ms < from_ms:
                break
            near += [past] if past.look.time_ms <= until_ms else []
        return near[::-1]

    def nose_over_ms(self) -> float | None:
        """Return when the front last came over the line, ``None`` where that was not seen."""
        for after, before in pairwise(reversed(self.pasts)):
            if before.nose_m < 0 <= after.nose_m:
                share = -before.nose_m / (after.nose_m - before.nose_m)
                rough = before.time_ms + share * (after.time_ms - before.time_ms)
                near = self.between(rough - SETTLE_MS, rough + SETTLE_MS)
                when = crosses(
                    [
                        Told((past.time_ms - rough) / 1000, past.nose_m, past.place.sd_m, not past.place.is_foot)
                        for past in near
                    ]
                )
                return rough if when is None else rough + when[0] * 1000
        return None

    def only_shook_over(self) -> bool:
        """Tell whether its foot never was farther past the line than boxes shake, and mostly is before it of late.

        Who stands on the line crosses later; who stands a little past it has crossed, though its box shakes back.
        """
        if self.crossed is None:
            return False
        of_late = [past.foot_m < 0 for past in self.between(self.last.time_ms - BEFORE_WINDOW_MS, self.last.time_ms)]
        return (
            sum(of_late) * 2 >= len(of_late)
            and max((p.foot_m for p in self.pasts if p.time_ms >= self.crossed.time_ms), default=0.0) < SHAKES_M
        )

    def at(self, time_ms: float) -> Past | None:
        """Return the look nearest to a moment, ``None`` where there is none within half a second."""
        nearest = min(self.pasts, key=lambda past: abs(past.time_ms - time_ms), default=None)
        return nearest if nearest is not None and abs(nearest.time_ms - time_ms) <= NEAR_MS else None

    def came_mps(self, time_ms: float) -> float:
        """Return how fast it came in the last moments before one, metres a second."""
        near = self.between(time_ms - SETTLE_MS, time_ms)
        gap_s = (near[-1].time_ms - near[0].time_ms) / 1000 if near else 0.0
        return (near[-1].foot_m - near[0].foot_m) / gap_s if gap_s > 0 else 0.0

    def entered_mps(self, crossing_ms: float) -> float:
        """Return how fast its front came over the line, or its foot where that is faster."""
        nose_ms = self.nose_over_ms()
        return max(self.came_mps(crossing_ms), 0.0 if nose_ms is None else self.came_mps(nose_ms))

    def was_before(self, from_ms: float, until_ms: float) -> bool:
        """Tell whether in a stretch of time the front was surely before the line, in two looks one after the other.

        Looks at its foot tell, and those at its head where that is so far before the line that both its errors fit.
        """
        near = self.between(from_ms, until_ms)
        behind = [past.nose_m <= -front_off_m(past) for past in near]
        return any(one and other for one, other in pairwise(behind))

    def was_past(self, from_ms: float, foot_m: float) -> bool:
        """Tell whether it was past the line in each look since a moment: its rear, or its foot by so many metres.

        By its head alone it need only not be surely before the line.
        """
        return all(
            past.tail_m > 0 or past.foot_m >= (foot_m if past.place.is_foot else -HEAD_OFF_M)
            for past in self.pasts
            if past.time_ms >= from_ms
        )

    def by_head_m(self, from_ms: float) -> float | None:
        """Return how far past the line it was by its head since a moment, metres; ``None`` where its foot was seen."""
        told = [past.foot_m for past in self.pasts if past.time_ms >= from_ms and not past.place.is_foot]
        return sum(told) / len(told) if told else None


class LineWatcher:
    """Follows every track against one approach's stop line.

    Parameters
    ----------
    approach : Approach
        The approach; without a stop line nothing ever crosses.
    road : Road
        Lays places on the road.
    """

    def __init__(self, approach: Approach, road: Road) -> None:
        self.approach, self._road = approach, road
        self.histories: dict[int, History] = {}
        self.travel: Point = approach.travel_px
        if approach.stop_line is not None:
            middle = tuple(np.mean(approach.stop_line, axis=0).tolist())
            self.travel = road.direction((middle[0], middle[1]), approach.travel_px)
            ends = road.points(approach.stop_line)
            self._on_road = DirectedLine((ends[0], ends[1]), self.travel)

    def is_before(self, look: Look, place: Place, room_m: float) -> bool:
        """Tell whether a road user is in the lanes that lead to the line, its front not over it."""
        is_behind = self.past(look, place).nose_m < NOSE_M
        return is_behind and self._on_road.is_abreast(place.x, place.y, room_m * place.per_m)

    def is_over(self, look: Look, place: Place, room_m: float) -> bool:
        """Tell whether a road user whose foot is seen is past the line, and beside it by no more than some metres."""
        here = place.is_foot and self._on_road.is_abreast(place.x, place.y, room_m * place.per_m)
        return here and self.past(look, place).foot_m >= AFTER_M

    def step(self, time_ms: int, trails: Iterable[Trail]) -> list[Crossing]:
        """Take the trails seen in one frame; return the crossings that became certain."""
        if self.approach.stop_line is None:
            return []
        found = []
        for trail in trails:
            history = self.histories.get(trail.track_id) or History(by_head=self._by_head)
            for look, place in _new(trail, history.seen_ms):
                crossing = self._take(history, look, place)
                found += [] if crossing is None else [crossing]
            if history.pasts:
                self.histories[trail.track_id] = history
        for gone in [i for i, h in self.histories.items() if h.seen_ms < time_ms - KEPT_MS]:
            del self.histories[gone]
        return found

    def past(self, look: Look, place: Place) -> Past:
        """Return how far past the line one look is; that of the last look of its track is known."""
        history = self.histories.get(look.track_id)
        if history is not None and history.pasts and history.pasts[-1].look is look:
            return history.pasts[-1]
        return self._reckon(look, place)

    def _reckon(self, look: Look, place: Place) -> Past:
        foot = self._on_road.past(place.x, place.y) / place.per_m
        ahead, behind = self._road.reach(look.label, place, self.travel)
        return Past(look, place, foot, foot + ahead, foot - behind)

    def _by_head(self, past: Past) -> Told | None:
        place = self._road.by_head(past.look, past.place, self.travel, SIZE_M[past.look.label][2])
        if not place.is_told:
            return None
        past_m = self._on_road.past(place.x, place.y) / place.per_m
        return Told(0.0, past_m, place.sd_m, is_head=True)

    def _take(self, history: History, look: Look, place: Place) -> Crossing | None:
        history.seen_ms = look.time_ms
        if not place.is_told:
            return None
        now = self._reckon(look, place)
        came_over = bool(history.pasts) and history.last.foot_m < 0 <= now.foot_m
        history.pasts.append(now)
        while history.pasts[0].look.time_ms < look.time_ms - KEPT_MS:
            history.pasts.popleft()
        if now.foot_m < 0 and history.only_shook_over():
            history.crossed = None
        if came_over and history.crossed is None:
            history.over_ms = look.time_ms
        elif now.foot_m < 0 or (history.over_ms is not None and look.time_ms > history.over_ms + UNSURE_MS):
            history.over_ms = None
        if history.over_ms is None or now.foot_m < AFTER_M:
            return None
        crossing = _crossing(list(history.pasts), place.sd_m)
        if crossing is None:
            return None
        history.over_ms = None
        at = next(past.place for past in history.pasts if past.look is crossing.at)
        if not self._on_road.is_abreast(at.x, at.y, BESIDE_M * at.per_m):
            return None
        history.crossed = crossing
        return crossing


def front_off_m(past: Past) -> float:
    """Return how far off one look at a front may be, metres."""
    at_rest_m = max(FRONT_M, FRONT_SHARE * SIZE_M[past.look.label][0])
    return at_rest_m if past.place.is_foot else at_rest_m + HEAD_SDS * past.place.sd_m


def _new(trail: Trail, until_ms: int) -> list[tuple[Look, Place]]:
    """Return the looks of a trail after a moment, oldest first."""
    fresh = []
    for look, place in zip(reversed(trail.looks), reversed(trail.places), strict=True):
        if look.time_ms <= until_ms:
            break
        fresh.append((look, place))
    return fresh[::-1]


def _crossing(pasts: Sequence[Past], sd_m: float) -> Crossing | None:
    over = len(pasts)
    while over > 0 and pasts[over - 1].foot_m >= 0:
        over -= 1
    if over == 0 or len(pasts) - over < AFTER_LOOKS:
        return None  # joined midway, or seen too little behind the line
    before, after, last = pasts[over - 1], pasts[over], pasts[-1]
    seen_s = (before.time_ms - pasts[0].time_ms) / 1000
    near = [*_thinned(pasts[over - 1 :: -1])[2::-1], *_thinned(pasts[over:])[:2]]
    if seen_s < BEFORE_S or not _came_from_before(pasts, over) or _leaps(near, sd_m):
        return None
    share = -before.foot_m / max(after.foot_m - before.foot_m, 1e-6)
    gap_ms = after.time_ms - before.time_ms
    last_s = max((last.time_ms - before.time_ms) / 1000, 1e-3)
    return Crossing(
        track_id=after.look.track_id,
        time_ms=before.time_ms + round(share * gap_ms),
        at=after.look if share > 0.5 else before.look,
        looks_before=over,
        speed_mps=(last.foot_m - before.foot_m) / last_s,
        error_s=gap_ms / 2000,
    )


def _came_from_before(pasts: Sequence[Past], over: int) -> bool:
    """Tell whether most looks of the last second were before the line, and enough of them."""
    from_ms = pasts[over].time_ms - BEFORE_WINDOW_MS
    recent = [past.foot_m < 0 for past in pasts[:over] if past.time_ms >= from_ms]
    return sum(recent) >= BEFORE_LOOKS and sum(recent) * 2 >= len(recent)


def _thinned(pasts: Iterable[Past]) -> list[Past]:
    """Return the first of some looks and each that is a step of time from the one before."""
    kept: list[Past] = []
    for past in pasts:
        if not kept or abs(past.time_ms - kept[-1].time_ms) >= STEP_MS:
            kept.append(past)
            if len(kept) == BEFORE_LOOKS:
                break
    return kept


def _leaps(near: Sequence[Past], sd_m: float) -> bool:
    """Tell whether the track leaps near the line, as when it was handed from one road user to another."""
    gaps_s = [max((b.time_ms - a.time_ms) / 1000, 1e-3) for a, b in pairwise(near)]
    along_m = [b.foot_m - a.foot_m for a, b in pairwise(near)]
    aside_px = [b.look.ground[0] - a.look.ground[0] for a, b in pairwise(near)]
    room_m, room_px = max(JUMP_M, JUMP_SDS * sd_m), ASIDE_HEIGHTS * max(past.look.height_px for past in near)
    return any(
        along > room_m + BRAKE_MPS2 / 2 * gap_s**2 or aside > room_px
        for along, aside, gap_s in zip(_unlike(along_m, gaps_s), _unlike(aside_px, gaps_s), gaps_s, strict=True)
    )


def _unlike(steps: Sequence[float], gaps_s: Sequence[float]) -> list[float]:
    """Return how far each step is from one at the median speed of all."""
    usual = sorted(step / gap_s for step, gap_s in zip(steps, gaps_s, strict=True))[len(steps) // 2]
    return [abs(step - usual * gap_s) for step, gap_s in zip(steps, gaps_s, strict=True)]
