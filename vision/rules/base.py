"""What every rule is given for one frame, and what it may say."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from vision.camera_values import CameraConfig, Zone
from vision.circumstances import Circumstances
from vision.lights import Light
from vision.road import Road
from vision.rules.approach import ApproachView
from vision.tracks import Look
from vision.trails import Trail, Trails

DRIVERS = frozenset({"bicycle", "motorcycle", "car", "bus", "truck"})
FOUR_WHEELS = frozenset({"car", "bus", "truck"})
# What a machine at a camera cannot know and an officer has to look for.
UNSEEN = {
    "priority_vehicle": "not told by the machine: look whether it is an emergency vehicle on duty",
    "police_signal": "not told by the machine: look whether an officer waved it through",
    "breakdown": "not told by the machine: look whether it broke down or was in a crash",
}
NO_GROUND = "lengths are guessed from the road user's own height: the camera file has no ground marks"


@dataclass(frozen=True)
class Scene:
    """One camera at one frame: who is seen, who was, what the lamps show.

    ``seen`` are the trails of this frame, ``trails`` those of the last half minute.
    """

    time_ms: int
    seen: Sequence[Trail]
    trails: Trails
    lights: Mapping[str, Light]
    circumstances: Circumstances
    is_end: bool = False


@dataclass(frozen=True)
class Finding:
    """An act that one rule is sure enough of to show to an officer.

    ``approach_id`` names the approach or the zone. ``since_ms`` is when an act that lasts began.
    """

    rule: str
    approach_id: str
    track_id: int
    at: Look
    time_ms: int
    confidence: float
    measured: dict[str, float]
    exceptions: dict[str, str] = field(default_factory=lambda: dict(UNSEEN))
    since_ms: int | None = None


class Rule(ABC):
    """One rule at one place; it keeps what it needs between frames.

    Attributes
    ----------
    name : str
        As in the camera file and the law catalogue.
    """

    name: ClassVar[str]

    @abstractmethod
    def step(self, scene: Scene) -> list[Finding]:
        """Take one frame and return what became certain."""


__all__ = [
    "DRIVERS",
    "FOUR_WHEELS",
    "UNSEEN",
    "ApproachView",
    "CameraConfig",
    "Finding",
    "Road",
    "Rule",
    "Scene",
    "Zone",
]
