"""What every rule is given for one frame, and what it may say."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from vision.camera import Approach
from vision.rules.crossing import Crossing, History
from vision.signals import LampReader
from vision.tracks import Look

DRIVERS = frozenset({"bicycle", "motorcycle", "car", "bus", "truck"})
# What a machine at a camera cannot know and an officer has to look for.
UNSEEN = {
    "priority_vehicle": "not told by the machine: look whether it is an emergency vehicle on duty",
    "police_signal": "not told by the machine: look whether an officer waved it through",
}


@dataclass(frozen=True)
class Scene:
    """One approach at one frame: who is seen, who just crossed, what the lamp shows."""

    time_ms: int
    approach: Approach
    lamp: LampReader | None
    looks: Sequence[Look]
    crossings: Sequence[Crossing]
    histories: Mapping[int, History]
    is_end: bool = False


@dataclass(frozen=True)
class Finding:
    """An act that one rule is sure enough of to show to an officer."""

    rule: str
    approach_id: str
    track_id: int
    at: Look
    time_ms: int
    confidence: float
    measured: dict[str, float]
    exceptions: dict[str, str] = field(default_factory=lambda: dict(UNSEEN))


class Rule(ABC):
    """One rule at one approach; it keeps what it needs between frames.

    Parameters
    ----------
    limits : Mapping of str to float
        The camera's limits, units in the names.
    """

    name: str

    def __init__(self, limits: Mapping[str, float]) -> None:
        self.limits = limits

    @abstractmethod
    def step(self, scene: Scene) -> list[Finding]:
        """Take one frame and return what became certain."""
