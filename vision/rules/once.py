"""What rules share that judge one trail at a time and speak once for each road user."""

from abc import abstractmethod
from typing import ClassVar

from vision.rules.base import DRIVERS, Finding, Rule, Scene
from vision.rules.excuses import excused, is_sure
from vision.trails import Trail

FORGET_MS = 600_000


class OncePerTrack(Rule):
    """Asks `judge` of every road user of some classes in sight, and no more once it has spoken of one."""

    users: ClassVar[frozenset[str]] = DRIVERS

    def __init__(self) -> None:
        self._said: dict[int, int] = {}

    @property
    @abstractmethod
    def place_id(self) -> str:
        """The approach or zone it watches."""

    def step(self, scene: Scene) -> list[Finding]:
        """Take one frame and return the acts that became certain."""
        found = []
        for trail in scene.seen:
            if trail.label not in self.users or trail.track_id in self._said:
                continue
            finding = self.judge(trail, scene)
            if finding is None:
                continue
            self._said[trail.track_id] = scene.time_ms
            from_ms = finding.since_ms if finding.since_ms is not None else finding.time_ms
            if is_sure(trail.last, from_ms) and not excused(scene, self.place_id, trail.track_id, finding.time_ms):
                found.append(finding)
        if found:
            self._said = {i: t for i, t in self._said.items() if scene.time_ms - t < FORGET_MS}
        return found

    @abstractmethod
    def judge(self, trail: Trail, scene: Scene) -> Finding | None:
        """Return the act of one road user, ``None`` while there is none."""
