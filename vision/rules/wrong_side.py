"""A driver rides in the direction of legal travel on the wrong side of the centre line."""

from vision.camera import Approach
from vision.rules.base import Finding, Scene
from vision.rules.crossing import History
from vision.rules.once import OncePerTrack

AWAY_HEIGHTS = 0.15
FARTHEST_HEIGHTS = 1.5
MOVED_HEIGHTS = 0.8
LOOKS = 4


class WrongSide(OncePerTrack):
    """Says once for each road user that rode beyond the centre line for ``wrong_side_s``.

    Its limit is ``wrong_side_s``.
    """

    name = "wrong_side"

    def judge(self, history: History, scene: Scene) -> Finding | None:
        """Return the act of one driver, ``None`` while there is none."""
        if len(scene.approach.centre_line) < 2:
            return None
        run = []
        for look in reversed(history.looks):
            beyond = _beyond_px(scene.approach, look.ground) / max(look.height_px, 1.0)
            if not AWAY_HEIGHTS <= beyond <= FARTHEST_HEIGHTS:
                break
            run.append(look)
        if len(run) < LOOKS:
            return None
        last, first = run[0], run[-1]
        ridden_s = (last.time_ms - first.time_ms) / 1000
        tx, ty = scene.approach.travel_px
        moved = (last.ground[0] - first.ground[0]) * tx + (last.ground[1] - first.ground[1]) * ty
        if ridden_s < self.limits["wrong_side_s"] or moved < MOVED_HEIGHTS * last.height_px:
            return None
        return Finding(
            rule=self.name,
            approach_id=scene.approach.id,
            track_id=last.track_id,
            at=last,
            time_ms=last.time_ms,
            confidence=round(min(0.99, sum(x.confidence for x in run) / len(run)), 4),
            measured={"ridden_s": round(ridden_s, 3), "moved_heights": round(moved / last.height_px, 2)},
        )


def _beyond_px(approach: Approach, ground: tuple[float, float]) -> float:
    """Return how far a point lies beyond the centre line, pixels; negative on its own side or off the line's ends.

    A stop line tells which side is its own: the one its middle lies on.
    """
    start, end = approach.centre_line[0], approach.centre_line[-1]
    along_x, along_y = end[0] - start[0], end[1] - start[1]
    length = (along_x**2 + along_y**2) ** 0.5 or 1.0
    share = ((ground[0] - start[0]) * along_x + (ground[1] - start[1]) * along_y) / length**2
    if not 0 <= share <= 1:
        return -1.0
    off = ((ground[0] - start[0]) * along_y - (ground[1] - start[1]) * along_x) / length
    if approach.stop_line is None:
        own = 1.0 if -approach.travel_px[1] * along_y > 0 else -1.0
    else:
        (x0, y0), (x1, y1) = approach.stop_line
        own = ((x0 + x1) / 2 - start[0]) * along_y - ((y0 + y1) / 2 - start[1]) * along_x
    return -off if own > 0 else off
