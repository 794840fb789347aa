"""A driver comes to stand wholly past the stop line while the lamp is red."""

from collections.abc import Mapping

from vision.rules.approach import ApproachView
from vision.rules.base import Finding, Scene
from vision.rules.crossing import History, settle
from vision.rules.excuses import exceptions_of
from vision.rules.once import OncePerTrack
from vision.trails import Trail

# Farther past the line it is the red-light rule's.
NEAR_M = 6.0
# Who creeps over the line with somebody close behind was pushed by the queue.
CREEP_MPS, BEHIND_M, LANE_M = 1.5, 4.0, 1.5


class StopLine(OncePerTrack):
    """Says once for each road user that crossed on red and then stood near the line for ``standing_s``.

    Parameters
    ----------
    view : ApproachView
        The approach.
    limits : Mapping of str to float
        ``grace_s``, ``standing_s``, ``past_line_m``.
    """

    name = "stop_line"

    def __init__(self, view: ApproachView, limits: Mapping[str, float]) -> None:
        super().__init__()
        self._view, self._limits = view, limits

    @property
    def place_id(self) -> str:
        """The approach it watches."""
        return self._view.id

    def judge(self, trail: Trail, scene: Scene) -> Finding | None:
        """Return the act of one driver, ``None`` while there is none."""
        history, light = self._view.histories.get(trail.track_id), scene.lights.get(self._view.id)
        if history is None or history.crossed is None or light is None:
            return None
        crossing, now = history.crossed, history.last
        if not (now.tail_m > 0 or now.foot_m >= self._limits["past_line_m"]) or now.tail_m > NEAR_M:
            return None
        span = light.span_at(crossing.time_ms)
        if span is None or span.colour != "red" or span.end_ms < light.seen_until_ms:
            return None
        after_red_s, stood_s = (crossing.time_ms - span.start_ms) / 1000, trail.still_s()
        grace_s = max(self._limits["grace_s"], 2 * (crossing.error_s + span.error_ms / 1000))
        nose_ms = history.nose_over_ms()
        if after_red_s < grace_s or nose_ms is None or (nose_ms - span.start_ms) / 1000 < grace_s:
            return None
        if stood_s < self._limits["standing_s"] or not self._stood_past(history):
            return None
        if self._is_pushed(trail, history, scene):
            return None
        return Finding(
            rule=self.name,
            approach_id=self._view.id,
            track_id=trail.track_id,
            at=now.look,
            time_ms=now.time_ms,
            confidence=round(min(0.99, now.look.confidence), 4),
            measured={
                "stood_s": round(stood_s, 3),
                "past_line_m": round(max(now.tail_m, 0.0), 2),
                "crossed_after_red_s": round(after_red_s, 3),
            },
            exceptions=exceptions_of(self._view.road),
            since_ms=crossing.time_ms,
        )

    def _stood_past(self, history: History) -> bool:
        """Tell whether it was past the line all the time that it must have stood there."""
        since_ms = history.last.time_ms - self._limits["standing_s"] * 1000
        return all(
            past.tail_m > 0 or past.foot_m >= self._limits["past_line_m"] / 2
            for past in history.between(since_ms, history.last.time_ms)
        )

    def _is_pushed(self, trail: Trail, history: History, scene: Scene) -> bool:
        if history.crossed is None or settle(history, history.crossed).speed_mps >= CREEP_MPS:
            return False
        own = history.last
        for other in scene.seen:
            behind = self._view.histories.get(other.track_id)
            if other is trail or behind is None:
                continue
            gap_m = own.tail_m - behind.last.nose_m
            aside_m = _aside_m(trail, other, self._view.line.travel)
            if -1.0 <= gap_m <= BEHIND_M and aside_m <= LANE_M:
                return True
        return False


def _aside_m(one: Trail, other: Trail, travel: tuple[float, float]) -> float:
    dx, dy = other.place.x - one.place.x, other.place.y - one.place.y
    return abs(dx * travel[1] - dy * travel[0]) / one.place.per_m
