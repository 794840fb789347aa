"""A driver rides in the direction of legal travel on the wrong side of the centre line."""

from collections.abc import Mapping
from math import hypot

from vision.camera_values import Point
from vision.rules.approach import ApproachView
from vision.rules.base import Finding, Scene
from vision.rules.excuses import exceptions_of
from vision.rules.once import OncePerTrack
from vision.tracks import Look
from vision.trails import Trail

AWAY_M, FARTHEST_M = 0.25, 2.5
# Where the ground is known, so far beyond is still the other half of the same road.
OTHER_HALF_M = 12.0
MOVED_M = 1.3
LOOKS = 4
# It has ridden on in the last moments, and along the road: across it, it only turns.
LATELY_MS, ALONG = 3000, 0.7
LONG = frozenset({"bus", "truck"})


class WrongSide(OncePerTrack):
    """Says once for each road user that rode beyond the centre line for ``wrong_side_s``.

    Parameters
    ----------
    view : ApproachView
        The approach.
    limits : Mapping of str to float
        ``wrong_side_s``.
    """

    name = "wrong_side"

    def __init__(self, view: ApproachView, limits: Mapping[str, float]) -> None:
        super().__init__()
        self._view, self._limits = view, limits
        self._farthest_m = OTHER_HALF_M if view.road.is_metric else FARTHEST_M
        line = view.road.points(view.approach.centre_line)
        self._is_drawn = len(line) >= 2
        if self._is_drawn:
            (x0, y0), (x1, y1) = line[0], line[-1]
            self._start, self._along = (x0, y0), (x1 - x0, y1 - y0)
            self._length = hypot(*self._along) or 1.0
            self._own = self._own_side()

    @property
    def place_id(self) -> str:
        """The approach it watches."""
        return self._view.id

    def judge(self, trail: Trail, _scene: Scene) -> Finding | None:
        """Return the act of one driver, ``None`` while there is none."""
        if not self._is_drawn:
            return None
        tx, ty = self._view.line.travel
        if trail.heading is None or trail.heading[0] * tx + trail.heading[1] * ty < ALONG:
            return None  # it turns across
        run = []
        for look, place in zip(reversed(trail.looks), reversed(trail.places), strict=True):
            if not place.is_foot:
                continue
            beyond_m = self._beyond(self._view.road.middle(look.label, place, trail.heading)) / place.per_m
            if not AWAY_M <= beyond_m <= self._farthest_m:
                break
            run.append((look, place))
        if len(run) < LOOKS:
            return None
        (last, at), (first, began) = run[0], run[-1]
        ridden_s = (last.time_ms - first.time_ms) / 1000
        moved_m = ((at.x - began.x) * tx + (at.y - began.y) * ty) / at.per_m
        then = next((place for look, place in run if last.time_ms - look.time_ms >= LATELY_MS), began)
        lately_m = ((at.x - then.x) * tx + (at.y - then.y) * ty) / at.per_m
        if ridden_s < self._limits["wrong_side_s"] or lately_m < MOVED_M:
            return None  # or it stands, and its box creeps
        if last.label in LONG and not self._is_wholly_beyond(last):
            return None
        return Finding(
            rule=self.name,
            approach_id=self._view.id,
            track_id=trail.track_id,
            at=last,
            time_ms=last.time_ms,
            confidence=round(min(0.99, sum(look.confidence for look, _ in run) / len(run)), 4),
            measured={"ridden_s": round(ridden_s, 3), "moved_m": round(moved_m, 2)},
            exceptions=exceptions_of(self._view.road),
            since_ms=first.time_ms,
        )

    def _is_wholly_beyond(self, look: Look) -> bool:
        """Tell whether both ends of a box's foot are beyond: the box of a long vehicle has its side in it."""
        left, _, right, foot = look.box
        return all(self._beyond(at) > 0 for at in self._view.road.points([(left, foot), (right, foot)]))

    def _beyond(self, at: Point) -> float:
        """Return how far a place lies beyond the centre line; negative on its own side or off the line's ends."""
        (x0, y0), (dx, dy) = self._start, self._along
        x, y = at[0] - x0, at[1] - y0
        is_beside = 0 <= (x * dx + y * dy) / self._length**2 <= 1
        return -self._own * self._off(at) if is_beside else -1.0

    def _own_side(self) -> float:
        """Tell its own side: the one the stop line's middle lies on, else the right of the direction of travel."""
        stop = self._view.approach.stop_line
        if stop is not None:
            (x0, y0), (x1, y1) = self._view.road.points(stop)
            at = (x0 + x1) / 2, (y0 + y1) / 2
        else:
            tx, ty = self._view.approach.travel_px
            (px, py), *_ = self._view.approach.centre_line
            right = self._view.road.points([(px - 20 * ty, py + 20 * tx)])[0]
            at = right
        return 1.0 if self._off(at) > 0 else -1.0

    def _off(self, at: Point) -> float:
        """Return how far right of the centre line a place is, as it is drawn."""
        (x0, y0), (dx, dy) = self._start, self._along
        return ((at[0] - x0) * dy - (at[1] - y0) * dx) / self._length
