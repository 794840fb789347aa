"""One road user of a scene: what it is, what it means to do, and where it is."""

from dataclasses import dataclass, field

from vision.scenes.kinds import KINDS, Kind
from vision.scenes.path import Path


@dataclass(frozen=True)
class Rider:
    """One person on a two-wheeler, the driver first."""

    has_helmet: bool = True
    is_child: bool = False


@dataclass(frozen=True)
class Look:
    """How it looks: sizes in metres, hue and lightness from 0 to 1, plate, riders."""

    kind: str
    length_m: float
    width_m: float
    height_m: float
    hue: float
    lightness: float
    plate: str = ""
    plate_colour: str = "white"
    riders: tuple[Rider, ...] = ()
    is_brt: bool = False
    is_priority: bool = False
    is_officer: bool = False


@dataclass(frozen=True)
class Pose:
    """Where one road user is at one instant: middle of its body on the road, heading from east anticlockwise, radians.

    ``indicator`` is ``left``, ``right``, ``both`` or empty; ``acts`` names the behaviours that it was born with.
    """

    user_id: int
    look: Look
    x: float
    y: float
    heading_rad: float
    speed_mps: float
    is_braking: bool = False
    indicator: str = ""
    acts: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """What a detector calls it."""
        return KINDS[self.look.kind].label


@dataclass
class Halt:
    """A stop that it means to make: where its middle comes to stand, metres along and right of its path; how long."""

    s: float
    aside_m: float | None
    seconds: float
    reason: str
    since_s: float | None = None
    is_over: bool = False
    pulls_in: bool = False


@dataclass
class Intent:
    """What one driver means to do; behaviours change it at birth.

    Attributes
    ----------
    stop_s : float
        Where its front stops at red, metres from the stop line; negative is before it.
    red : str
        ``stop``, ``run`` (drives on) or ``late`` (goes on at yellow while red is not yet there).
    holds_lane : bool
        It does not filter or pass what stands.
    makes_way : bool
        It has moved over the line for a priority vehicle behind it.
    """

    stop_s: float = -1.0
    red: str = "stop"
    halts: list[Halt] = field(default_factory=list)
    holds_lane: bool = False
    makes_way: bool = False


@dataclass
class RoadUser:
    """A road user that moves; ``s`` is its middle's place on its path, ``aside_m`` right of it."""

    user_id: int
    kind: Kind
    look: Look
    path: Path
    enter: str
    leave: str
    turn: str
    across_m: float
    wish_mps: float
    born_s: float
    intent: Intent = field(default_factory=Intent)
    acts: list[str] = field(default_factory=list)
    s: float = 0.0
    aside_m: float = 0.0
    aside_wish_m: float = 0.0
    speed_mps: float = 0.0
    accel_mps2: float = 0.0
    stuck_s: float = 0.0
    free_until_s: float = -1.0
    goes_on: bool | None = None
    before: tuple[float, float, float] = (0.0, 0.0, 0.0)

    @property
    def front_s(self) -> float:
        """Where its front is, metres past the stop line."""
        return self.s + self.look.length_m / 2

    @property
    def rear_s(self) -> float:
        """Where its rear is."""
        return self.s - self.look.length_m / 2

    def pose(self, share: float) -> Pose:
        """Return where it is between its last step (0) and now (1)."""
        s0, aside0, speed0 = self.before
        s = s0 + (self.s - s0) * share
        x, y, heading = self.path.at(s, aside0 + (self.aside_m - aside0) * share)
        speed = speed0 + (self.speed_mps - speed0) * share
        return Pose(
            self.user_id, self.look, x, y, heading, speed, self.accel_mps2 < -0.8, self._indicator(), tuple(self.acts)
        )

    def _indicator(self) -> str:
        halt = self.halt
        if halt is not None and halt.since_s is not None and halt.reason == "breakdown":
            return "both"
        near = -40.0 < self.s < 25.0
        return {"left": "left", "right": "right", "uturn": "left"}.get(self.turn, "") if near else ""

    @property
    def halt(self) -> Halt | None:
        """The next stop that it means to make."""
        return next((halt for halt in self.intent.halts if not halt.is_over), None)
