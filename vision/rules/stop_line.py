"""A driver comes to stand wholly past the stop line while the lamp is red."""

from collections.abc import Mapping

from vision.lights import Light
from vision.road import Place
from vision.rules.approach import ApproachView
from vision.rules.base import Finding, Scene
from vision.rules.crossing import SLOW_MPS, History
from vision.rules.excuses import exceptions_of
from vision.rules.once import OncePerTrack
from vision.rules.settle import settle
from vision.trails import Trail

# Farther past the line it is the red-light rule's.
NEAR_M = 6.0
# Who creeps over the line with somebody close behind was pushed by the queue.
CREEP_MPS, BEHIND_M, LANE_M = 1.5, 4.0, 1.5
# Who rides on within so long, still on red, rode through it: that is the red-light rule's.
RODE_ON_MS = 15_000


class StopLine(OncePerTrack):
    """Says once for each road user that crossed on red and then stood near the line for ``standing_s``.

    It waits until red is over or somebody surely stays: who stands past the line and then rides on in the same red
    is no case of this rule. Who creeps over the line came with the queue, perhaps with its front before red.

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
        self._open: dict[int, Finding] = {}

    @property
    def place_id(self) -> str:
        """The approach it watches."""
        return self._view.id

    def step(self, scene: Scene) -> list[Finding]:
        """Take one frame and return the acts that became certain."""
        for finding in super().step(scene):
            self._open[finding.track_id] = finding
        found = []
        for track_id, finding in list(self._open.items()):
            stays = self._stays(finding, scene)
            if stays is None:
                continue
            del self._open[track_id]
            found += [finding] if stays else []
        return found

    def judge(self, trail: Trail, scene: Scene) -> Finding | None:
        """Return the act of one driver, ``None`` while there is none."""
        history, light = self._view.histories.get(trail.track_id), scene.lights.get(self._view.id)
        if history is None or history.crossed is None or light is None:
            return None
        now, stood_s = history.last, trail.still_s()
        if not (now.tail_m > 0 or now.foot_m >= self._limits["past_line_m"]) or now.tail_m > NEAR_M:
            return None
        if stood_s < self._limits["standing_s"] or not self._stood_past(history):
            return None
        after_red_s = self._after_red_s(history, light)
        if after_red_s is None or self._is_pushed(history):
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
            since_ms=history.crossed.time_ms,
        )

    def _after_red_s(self, history: History, light: Light) -> float | None:
        """Return how long after red began it came over the line; ``None`` where that was not surely on red."""
        assert history.crossed is not None
        crossing = settle(history, history.crossed)
        span = light.span_at(crossing.time_ms)
        if span is None or span.colour != "red" or span.end_ms < light.seen_until_ms:
            return None
        if self._view.road.is_metric and history.entered_mps(crossing.time_ms) < SLOW_MPS:
            return None
        grace_ms = max(self._limits["grace_s"] * 1000, 2000 * crossing.error_s + 2 * span.error_ms)
        nose_ms = history.nose_over_ms()
        if nose_ms is None or min(nose_ms, crossing.time_ms) - span.start_ms < grace_ms:
            return None
        if self._view.road.is_metric and not history.was_before(span.start_ms, crossing.time_ms):
            return None
        return (crossing.time_ms - span.start_ms) / 1000

    def _stays(self, finding: Finding, scene: Scene) -> bool | None:
        """Tell whether it stood there to the end of red, or so long that it surely stays; ``None`` before that."""
        light, history = scene.lights[self._view.id], self._view.histories.get(finding.track_id)
        span = light.span_at(finding.time_ms)
        is_red = span is not None and span.colour == "red" and span.end_ms >= light.seen_until_ms
        if history is not None and history.last.tail_m > NEAR_M and span is not None:
            rode_ms = next(
                (p.time_ms for p in history.pasts if p.time_ms > finding.time_ms and p.tail_m > NEAR_M), None
            )
            if rode_ms is not None and rode_ms <= span.end_ms:
                return False
        is_over = not is_red or scene.is_end or history is None
        return True if is_over or scene.time_ms - finding.time_ms >= RODE_ON_MS else None

    def _stood_past(self, history: History) -> bool:
        """Tell whether it was past the line all the time that it must have stood there.

        Whose foot is covered now must be well past it, for by its head its place is told more roughly.
        """
        since_ms = history.last.time_ms - self._limits["standing_s"] * 1000
        by_head_m = None if history.last.place.is_foot else history.by_head_m(since_ms)
        is_well_past = by_head_m is None or by_head_m >= self._limits["past_line_m"]
        return is_well_past and history.was_past(since_ms, self._limits["past_line_m"] / 2)

    def _is_pushed(self, history: History) -> bool:
        """Tell whether it came slowly over the line with somebody close behind it."""
        assert history.crossed is not None
        over_ms = settle(history, history.crossed).time_ms
        own = history.at(over_ms)
        if own is None or history.entered_mps(over_ms) >= CREEP_MPS:
            return own is None
        others = (
            h.at(over_ms) for track_id, h in self._view.histories.items() if track_id != history.last.look.track_id
        )
        return any(
            -1.0 <= own.tail_m - other.nose_m <= BEHIND_M
            and _aside_m(own.place, other.place, self._view.line.travel) <= LANE_M
            for other in others
            if other is not None
        )


def _aside_m(one: Place, other: Place, travel: tuple[float, float]) -> float:
    dx, dy = other.x - one.x, other.y - one.y
    return abs(dx * travel[1] - dy * travel[0]) / one.per_m
