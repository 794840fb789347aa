"""A driver takes a turn that is forbidden at this approach (P.123, R.411)."""

from collections.abc import Mapping

from vision.rules.approach import ApproachView
from vision.rules.base import Finding, Scene
from vision.rules.excuses import exceptions_of
from vision.rules.once import OncePerTrack
from vision.trails import Trail


class ForbiddenTurn(OncePerTrack):
    """Came over the approach's stop line and left by a way out that the camera file marks ``forbidden``.

    Parameters
    ----------
    view : ApproachView
        The approach.
    limits : Mapping of str to float
        None of them.
    """

    name = "forbidden_turn"

    def __init__(self, view: ApproachView, limits: Mapping[str, float]) -> None:
        super().__init__()
        self._view, self._limits = view, limits

    @property
    def place_id(self) -> str:
        """The approach it watches."""
        return self._view.id

    def judge(self, trail: Trail, _scene: Scene) -> Finding | None:
        """Return the act of one driver, ``None`` while there is none."""
        turn = self._view.turn_of(trail.track_id)
        history = self._view.histories.get(trail.track_id)
        if turn is None or not turn.forbidden or turn.turn == "u_turn" or history is None or history.crossed is None:
            return None
        look = trail.last
        return Finding(
            rule=self.name,
            approach_id=self._view.id,
            track_id=trail.track_id,
            at=look,
            time_ms=look.time_ms,
            confidence=round(min(0.99, look.confidence), 4),
            measured={"moved_m": round(history.last.foot_m, 1)},
            exceptions=exceptions_of(self._view.road),
            since_ms=history.crossed.time_ms,
        )
