"""Traffic of a rendered junction: one lane group drives up the picture, obeys a signal, and now and then does not."""

import random
from dataclasses import dataclass, field

FPS = 10
GREEN_S, YELLOW_S, RED_S = 16.0, 3.0, 19.0
CYCLE_S = GREEN_S + YELLOW_S + RED_S
LINE_Y = 210.0
LANES = (232.0, 272.0, 316.0, 360.0, 404.0)
SIZE = {"motorcycle": (14, 30), "car": (30, 54), "bus": (34, 96)}
GAP_PX = 10.0
RUNNER_SHARE = 0.3


@dataclass
class RoadUser:
    """One painted road user; ``foot_y`` is its rear, pixels from the top; it drives upwards."""

    number: int
    label: str
    lane: int
    foot_y: float
    speed_px_s: float
    wish_px_s: float
    runs_red: bool
    has_crossed: bool = False

    @property
    def front_y(self) -> float:
        """Pixels from the top to its front."""
        return self.foot_y - SIZE[self.label][1]


@dataclass(frozen=True)
class TruthEvent:
    """What really happened: a road user's rear crossed the stop line while the lamp was red."""

    frame: int
    time_s: float
    kind: str
    number: int
    label: str
    box: tuple[float, float, float, float]
    after_red_s: float
    red_left_s: float


@dataclass
class Traffic:
    """All road users of one junction; the same seed gives the same traffic for ever.

    Attributes
    ----------
    seed : int
        The seed.
    """

    seed: int
    tick: int = 0
    users: list[RoadUser] = field(default_factory=list)
    truth: list[TruthEvent] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)  # noqa: S311 - a scene, not a secret
        self._next = 1

    @property
    def time_s(self) -> float:
        """Seconds since the scene began."""
        return self.tick / FPS

    def lamp(self) -> tuple[str, float]:
        """Return the colour now and the seconds it stays."""
        phase = self.time_s % CYCLE_S
        for colour, length in (("green", GREEN_S), ("yellow", YELLOW_S), ("red", RED_S)):
            if phase < length:
                return colour, length - phase
            phase -= length
        return "red", 0.0

    def step(self) -> None:
        """Move everybody on by one tenth of a second."""
        self.tick += 1
        colour, left_s = self.lamp()
        for lane in range(len(LANES)):
            queue = sorted((u for u in self.users if u.lane == lane), key=lambda u: u.foot_y)
            ahead_foot = -1e9
            for user in queue:
                self._drive(user, ahead_foot, colour, left_s)
                ahead_foot = user.foot_y
            self._arrive(lane, queue)
        self.users = [u for u in self.users if u.foot_y > -10]

    def _drive(self, user: RoadUser, ahead_foot: float, colour: str, left_s: float) -> None:
        room = user.front_y - ahead_foot - GAP_PX
        stops = colour != "green" and not user.runs_red and user.front_y > LINE_Y - 2
        if stops and (colour == "red" or user.front_y - LINE_Y > 25):
            room = min(room, user.front_y - LINE_Y - 8)
        wanted = min(user.wish_px_s, max(0.0, room) * 1.6)
        change = max(-140.0, min(50.0, (wanted - user.speed_px_s) * FPS)) / FPS
        user.speed_px_s = max(0.0, user.speed_px_s + change)
        before = user.foot_y
        user.foot_y -= min(user.speed_px_s / FPS, max(0.0, room))
        if before > LINE_Y >= user.foot_y and colour == "red":
            width, height = SIZE[user.label]
            x = LANES[user.lane]
            box = (x - width / 2, user.foot_y - height, x + width / 2, user.foot_y)
            self.truth.append(
                TruthEvent(
                    self.tick,
                    self.time_s,
                    "red_light",
                    user.number,
                    user.label,
                    box,
                    round(RED_S - left_s, 1),
                    round(left_s, 1),
                )
            )

    def _arrive(self, lane: int, queue: list[RoadUser]) -> None:
        chance = self._random.random()
        kind = self._random.random()
        wish = self._random.uniform(60.0, 95.0)
        runs_red = self._random.random() < RUNNER_SHARE
        last = max((u.foot_y for u in queue), default=0.0)
        if chance > 0.022 or last > 350:
            return
        label = "motorcycle" if lane in (0, 2, 4) or kind < 0.4 else ("bus" if kind > 0.95 else "car")
        foot = 362.0 + SIZE[label][1]
        self.users.append(RoadUser(self._next, label, lane, foot, wish * 0.8, wish, runs_red and label == "motorcycle"))
        self._next += 1
