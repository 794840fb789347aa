"""Who comes next: kinds, lanes, turns, looks and plates of new road users, drawn from one seed."""

from dataclasses import dataclass, field
from random import Random

from vision.scenes.kinds import KINDS, MIX, RIDERS, Kind
from vision.scenes.layout import Arm, Layout
from vision.scenes.path import Path, through
from vision.scenes.road_user import Look, Rider, RoadUser

TURNS = {"straight": 0.72, "right": 0.14, "left": 0.12, "uturn": 0.02}
CLOCKWISE = ("south", "west", "north", "east")
STEPS = {"left": 1, "straight": 2, "right": 3, "uturn": 0}
SERIES = "ABCDEFGHKLMNPSTUVXYZ"


@dataclass(frozen=True)
class Flow:
    """How many come by each arm in an hour, and how many buses the bus lane and people the crossings carry.

    ``mix`` has the shares of kinds.
    """

    per_hour: dict[str, float] = field(
        default_factory=lambda: {"south": 1800.0, "north": 1500.0, "east": 700.0, "west": 700.0}
    )
    brt_per_hour: float = 30.0
    people_per_hour: float = 250.0
    mix: dict[str, float] = field(default_factory=lambda: dict(MIX))


def leave_by(enter: str, turn: str) -> str:
    """Return the arm by which a turn leaves."""
    return CLOCKWISE[(CLOCKWISE.index(enter) + STEPS[turn]) % 4]


def make_driver(rng: Random, layout: Layout, mix: dict[str, float], enter: str, number: int) -> RoadUser:
    """Draw a driver that keeps every rule.

    Parameters
    ----------
    rng : Random
        The scene's own.
    layout : Layout
        The junction.
    mix : dict of str to float
        Shares of kinds.
    enter : str
        The arm it comes by.
    number : int
        Its number.
    """
    kind = KINDS[rng.choices(list(mix), list(mix.values()))[0]]
    allowed = {turn: p for turn, p in TURNS.items() if turn not in layout.forbidden.get(enter, ())}
    if kind.name in ("bus", "truck"):
        allowed.pop("uturn", None)
    turn = rng.choices(list(allowed), list(allowed.values()))[0]
    return _born(rng, layout, kind, enter, turn, number)


def make_brt(rng: Random, layout: Layout, enter: str, number: int) -> RoadUser:
    """Draw a bus of the bus lane; it goes straight on."""
    return _born(rng, layout, KINDS["bus"], enter, "straight", number, is_brt=True)


def _born(
    rng: Random, layout: Layout, kind: Kind, enter: str, turn: str, number: int, *, is_brt: bool = False
) -> RoadUser:
    arm, leave = layout.arms[enter], leave_by(enter, turn)
    look = make_look(rng, kind, is_brt=is_brt)
    across = lane_across(rng, arm, kind, turn, is_brt=is_brt)
    path = path_of(layout, enter, across, turn, kind, is_brt=is_brt)
    wish = kind.speed_mps * min(1.25, max(0.75, rng.gauss(1.0, 0.12)))
    user = RoadUser(number, kind, look, path, enter, leave, turn, across, min(wish, layout.limit_mps * 0.95), 0.0)
    user.intent.stop_s = -rng.uniform(0.4, 1.6)
    user.s = path.start_m
    user.speed_mps = user.wish_mps * 0.9
    return user


def path_of(layout: Layout, enter: str, across: float, turn: str, kind: Kind, *, is_brt: bool = False) -> Path:
    """Return the way of a turn from a place across its arm."""
    arm, leave = layout.arms[enter], layout.arms[leave_by(enter, turn)]
    return through(arm, across, leave, -_across_out(arm, leave, across, turn, kind, is_brt=is_brt))


def _across_out(arm: Arm, leave: Arm, across: float, turn: str, kind: Kind, *, is_brt: bool) -> float:
    if turn == "straight" and (is_brt or leave.half_m == arm.half_m):
        return across
    open_lanes = [lane for lane in leave.lanes if lane.kind != "brt"]
    if kind.is_two_wheeler or turn == "right":
        return max(leave.half_m - 1.6, open_lanes[-1].middle_m) if turn != "uturn" else open_lanes[-1].middle_m
    return open_lanes[0].middle_m


def lane_across(rng: Random, arm: Arm, kind: Kind, turn: str, *, is_brt: bool = False) -> float:
    """Return where across its arm a driver of a kind rides, metres right of the centre line."""
    if is_brt:
        return next(lane.middle_m for lane in arm.lanes if lane.kind == "brt")
    low, high = lane_bounds(arm, kind)
    if kind.is_two_wheeler:
        if turn in ("left", "uturn"):
            return rng.uniform(low, low + 1.2)
        return high - 0.1 if turn == "right" else rng.uniform(low, high)
    lanes = [lane for lane in arm.lanes if lane.kind in ("car", "mixed")]
    lane = lanes[-1] if turn == "right" or kind.name in ("bus", "truck") else lanes[0]
    if turn == "straight" and kind.name == "car":
        lane = rng.choice(lanes)
    return lane.middle_m + rng.uniform(-0.2, 0.2)


def lane_bounds(arm: Arm, kind: Kind) -> tuple[float, float]:
    """Return the strip of an arm where a kind may ride, for its middle, metres right of the centre line."""
    kinds = ("mixed", "motorbike") if kind.is_two_wheeler else ("car", "mixed")
    lanes = [lane for lane in arm.lanes if lane.kind in kinds]
    return lanes[0].left_m + kind.width_m / 2 + 0.1, lanes[-1].right_m - kind.width_m / 2 - 0.3


def make_look(rng: Random, kind: Kind, *, is_brt: bool = False) -> Look:
    """Draw how a road user looks."""

    def size(mean: float) -> float:
        return mean * min(1.2, max(0.8, rng.gauss(1.0, kind.spread)))

    riders: tuple[Rider, ...] = ()
    if kind.is_two_wheeler:
        count = rng.choices((1, 2), RIDERS)[0] if kind.name == "motorbike" else 1
        riders = tuple(Rider(has_helmet=kind.name == "motorbike") for _ in range(count))
    colour = "yellow" if kind.name in ("truck", "bus") or (kind.name == "car" and rng.random() < 0.25) else "white"
    return Look(
        kind=kind.name,
        length_m=size(kind.length_m),
        width_m=size(kind.width_m),
        height_m=size(kind.height_m),
        hue=rng.random(),
        lightness=rng.random(),
        plate=make_plate(rng, kind),
        plate_colour=colour,
        riders=riders,
        is_brt=is_brt,
    )


def make_plate(rng: Random, kind: Kind) -> str:
    """Draw a plate's signs without dots and dashes: ``29B123456``, ``30A12345``; empty where a kind bears none."""
    number = f"{rng.randrange(1, 100_000):05d}"
    if kind.name == "motorbike":
        return f"{rng.choice((29, 30))}{rng.choice(SERIES)}{rng.choice('123456789' + SERIES)}{number}"
    if kind.name in ("car", "truck", "bus"):
        return f"{rng.choice((29, 30, 31, 32, 33, 40))}{rng.choice(SERIES)}{number}"
    return ""
