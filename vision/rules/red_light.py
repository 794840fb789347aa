"""A driver crosses the stop line while the lamp is red and rides on into the junction."""

from collections.abc import Mapping

from vision.rules.base import DRIVERS, UNSEEN, Finding, Rule, Scene
from vision.rules.crossing import Crossing, History

# Two claims this near in time and place are one road user seen as two.
SAME_S, SAME_HEIGHTS = 1.5, 0.8


class RedLight(Rule):
    """Waits until the act is certain: past the line by a share of its own height, red before and well after.

    A start in the last ``early_start_s`` of red is not claimed: lamp, eye and frame times differ by as
    much. A queue that was pushed over the line and stands there does not come far enough past it.

    Parameters
    ----------
    limits : Mapping of str to float
        ``grace_s``, ``early_start_s``, ``past_line_heights``.
    """

    name = "red_light"

    def __init__(self, limits: Mapping[str, float]) -> None:
        super().__init__(limits)
        self._open: list[Crossing] = []
        self._said: list[Crossing] = []

    def step(self, scene: Scene) -> list[Finding]:
        """Take one frame and return the acts that became certain."""
        self._open += [c for c in scene.crossings if c.at.label in DRIVERS or c.at.label == "person"]
        found, still = [], []
        for crossing in self._open:
            verdict = self._judge(crossing, scene)
            if verdict is None:
                still.append(crossing)
            elif isinstance(verdict, Finding) and not self._is_said(crossing):
                self._said = [*self._said[-20:], crossing]
                found.append(verdict)
        self._open = still
        return found

    def _judge(self, crossing: Crossing, scene: Scene) -> Finding | bool | None:
        """Return the finding, ``False`` where there is none, ``None`` while it is open."""
        span = scene.lamp.span_at(crossing.time_ms) if scene.lamp else None
        history = scene.histories.get(crossing.track_id)
        if scene.lamp is None or history is None:
            return False
        if span is None:
            return None if scene.lamp.seen_until_ms < crossing.time_ms and not scene.is_end else False
        after_red_s = (crossing.time_ms - span.start_ms) / 1000
        if span.colour != "red" or after_red_s < self.limits["grace_s"]:
            return False
        red_left_s = (span.end_ms - crossing.time_ms) / 1000
        moved_on = _moved_on(history, crossing, span.end_ms, self.limits["past_line_heights"])
        if red_left_s < self.limits["early_start_s"] or not moved_on:
            ended = scene.is_end or scene.lamp.seen_until_ms > span.end_ms
            if not ended:
                return None
            if not (scene.is_end and scene.lamp.seen_until_ms == span.end_ms and moved_on):
                return False
        if history.looks[-1].label not in DRIVERS:
            return False
        return self._finding(crossing, history, scene, after_red_s, red_left_s)

    def _finding(
        self, crossing: Crossing, history: History, scene: Scene, after_red_s: float, red_left_s: float
    ) -> Finding:
        near = [look.confidence for look in history.looks if abs(look.time_ms - crossing.time_ms) <= 1000]
        exceptions = dict(UNSEEN)
        if red_left_s < self.limits["early_start_s"]:
            exceptions["recording_ends"] = f"the recording ends {red_left_s:.1f} s later, still red"
        return Finding(
            rule=self.name,
            approach_id=scene.approach.id,
            track_id=crossing.track_id,
            at=crossing.at,
            time_ms=crossing.time_ms,
            confidence=round(min(0.99, sum(near) / max(len(near), 1)), 4),
            measured={
                "after_red_s": round(after_red_s, 3),
                "red_left_at_least_s": round(red_left_s, 3),
                "crossing_error_s": round(crossing.error_s, 3),
                "lamp_error_s": round(scene.lamp.error_s if scene.lamp else 0.0, 3),
                "looks_before_line": float(crossing.looks_before),
                "speed_heights_s": round(crossing.speed_heights_s, 2),
            },
            exceptions=exceptions,
        )

    def _is_said(self, crossing: Crossing) -> bool:
        x, y = crossing.at.ground
        for other in self._said:
            ox, oy = other.at.ground
            near_px = SAME_HEIGHTS * max(crossing.at.height_px, other.at.height_px)
            if abs(crossing.time_ms - other.time_ms) <= SAME_S * 1000 and abs(x - ox) + abs(y - oy) <= near_px:
                return True
        return False


def _moved_on(history: History, crossing: Crossing, until_ms: int, heights: float) -> bool:
    return any(
        past >= heights * look.height_px
        for look, past in zip(history.looks, history.past_px, strict=True)
        if crossing.time_ms <= look.time_ms <= until_ms
    )
