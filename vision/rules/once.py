"""What rules share that judge a whole history and speak once for each road user."""

from abc import abstractmethod
from collections.abc import Mapping

from vision.rules.base import DRIVERS, Finding, Rule, Scene
from vision.rules.crossing import History

FORGET_MS = 600_000


class OncePerTrack(Rule):
    """Asks `judge` of every driver in sight, and no more once it has spoken of one.

    Parameters
    ----------
    limits : Mapping of str to float
        What the rule judges by.
    """

    def __init__(self, limits: Mapping[str, float]) -> None:
        super().__init__(limits)
        self._said: dict[int, int] = {}

    def step(self, scene: Scene) -> list[Finding]:
        """Take one frame and return the acts that became certain."""
        self._said = {i: t for i, t in self._said.items() if scene.time_ms - t < FORGET_MS}
        found = []
        for look in scene.looks:
            history = scene.histories.get(look.track_id)
            if look.track_id in self._said or look.label not in DRIVERS or history is None:
                continue
            finding = self.judge(history, scene)
            if finding is not None:
                self._said[look.track_id] = scene.time_ms
                found.append(finding)
        return found

    @abstractmethod
    def judge(self, history: History, scene: Scene) -> Finding | None:
        """Return the act of one driver, ``None`` while there is none."""
