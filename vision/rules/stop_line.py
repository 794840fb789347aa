"""A driver comes to stand wholly past the stop line while the lamp is red."""

from vision.rules.base import Finding, Scene
from vision.rules.crossing import History
from vision.rules.once import OncePerTrack

STILL_HEIGHTS = 0.15


class StopLine(OncePerTrack):
    """Says once for each road user that crossed on red and then stood near the line for ``standing_s``.

    Its limits are ``grace_s``, ``standing_s`` and ``past_line_heights`` (farther on it is the red-light rule's).
    """

    name = "stop_line"

    def _is_near(self, history: History) -> bool:
        return 0 < history.past_heights < self.limits["past_line_heights"]

    def judge(self, history: History, scene: Scene) -> Finding | None:
        """Return the act of one driver, ``None`` while there is none."""
        crossing, lamp = history.crossed, scene.lamp
        if crossing is None or lamp is None or not self._is_near(history):
            return None
        span = lamp.span_at(crossing.time_ms)
        if span is None or span.colour != "red" or span.end_ms < lamp.seen_until_ms:
            return None
        after_red_s = (crossing.time_ms - span.start_ms) / 1000
        stood_s = _stood_s(history)
        if after_red_s < self.limits["grace_s"] or stood_s < self.limits["standing_s"]:
            return None
        look = history.looks[-1]
        return Finding(
            rule=self.name,
            approach_id=scene.approach.id,
            track_id=look.track_id,
            at=look,
            time_ms=look.time_ms,
            confidence=round(min(0.99, look.confidence), 4),
            measured={
                "stood_s": round(stood_s, 3),
                "past_line_heights": round(history.past_heights, 2),
                "crossed_after_red_s": round(after_red_s, 3),
            },
        )


def _stood_s(history: History) -> float:
    """Return for how long it has stood, seconds up to its last look."""
    last = history.looks[-1]
    room = STILL_HEIGHTS * last.height_px
    since_ms = last.time_ms
    for look in reversed(history.looks):
        if abs(look.ground[0] - last.ground[0]) > room or abs(look.ground[1] - last.ground[1]) > room:
            break
        since_ms = look.time_ms
    return (last.time_ms - since_ms) / 1000
