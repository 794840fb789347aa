"""What really happened in a scene: passes of stop lines and acts, with their times to the millisecond."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Pass:
    """A stop line passed with inbound traffic, seconds: by the nose, and by the tail once it came over.

    ``colour`` and ``arrows`` are what the lamp showed to the nose; ``reason`` says why a pass on red is allowed
    (``arrow``, ``queue``, ``priority_vehicle``, ``yields``, ``police_signal``, ``breakdown``), empty where none does.
    """

    user_id: int
    kind: str
    arm: str
    turn: str
    nose_s: float
    tail_s: float | None
    x: float
    y: float
    colour: str
    since_s: float
    left_s: float
    arrows: tuple[str, ...]
    reason: str = ""

    @property
    def nose_ms(self) -> int:
        """When the nose passed, milliseconds of the scene."""
        return round(self.nose_s * 1000)

    @property
    def tail_ms(self) -> int | None:
        """When the tail passed."""
        return None if self.tail_s is None else round(self.tail_s * 1000)

    @property
    def is_red(self) -> bool:
        """Whether the lamp was red for its turn."""
        return self.colour == "red" and self.turn not in self.arrows


@dataclass(frozen=True)
class Act:
    """A violation: ``rule`` as the candidate will name it; it lasts from ``time_s`` to ``until_s``.

    ``exception`` says why it is none after all; ``measured`` has what the rule turns on, units in the names.
    """

    rule: str
    user_id: int
    kind: str
    arm: str
    time_s: float
    until_s: float
    x: float
    y: float
    exception: str = ""
    measured: dict[str, float] = field(default_factory=dict)

    @property
    def time_ms(self) -> int:
        """When it began, milliseconds of the scene."""
        return round(self.time_s * 1000)


@dataclass
class Truth:
    """Everything so far, in the order in which it was settled."""

    passes: list[Pass] = field(default_factory=list)
    acts: list[Act] = field(default_factory=list)
