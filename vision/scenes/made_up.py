"""Made-up junctions, cameras, light and traffic, as different as streets are, for training."""

import math
import random

from vision.plates.grammar import LETTERS
from vision.scenes.kinds import KINDS
from vision.scenes.layout import Arm, Lane, Layout
from vision.scenes.paint.picture import Setting
from vision.scenes.paint.sensor import Flaws
from vision.scenes.pinhole import PinholeCamera
from vision.scenes.road_user import Look, Pose, Rider

SIZE = (960, 540)
MIX = {"motorbike": 0.53, "car": 0.22, "bicycle": 0.12, "truck": 0.06, "bus": 0.07}
RIDERS = {"motorbike": (6, 58, 28, 8), "bicycle": (10, 90)}  # how often nobody, one, two, three
# How many of each kind a cast has, and how often somebody new takes a place in it.
CAST = {"motorbike": 300, "car": 150, "bicycle": 120, "truck": 50, "bus": 50, "person": 60}
NEW_SHARE = 0.03


class Cast:
    """Road users that are painted again and again, in other places: most of a picture's work is to build them.

    Parameters
    ----------
    first : int
        Number of the first.
    """

    def __init__(self, first: int) -> None:
        self._next = first
        self._known: dict[str, list[tuple[int, Look]]] = {kind: [] for kind in CAST}

    def choose(self, kind: str, rng: random.Random) -> tuple[int, Look]:
        """Return the number and the look of one of a kind.

        Parameters
        ----------
        kind : str
            A key of `CAST`.
        rng : random.Random
            Chooses.

        Returns
        -------
        tuple
            Somebody new now and then, and until there are enough.
        """
        known = self._known[kind]
        if len(known) < CAST[kind] or rng.random() < NEW_SHARE:
            one = (self._next, _look(kind, rng))
            self._next += 1
            if len(known) < CAST[kind]:
                known.append(one)
            else:
                known[rng.randrange(len(known))] = one
            return one
        return rng.choice(known)


def some_layout(rng: random.Random) -> Layout:
    """Make up a junction: two roads of one to four lanes a direction.

    Parameters
    ----------
    rng : random.Random
        Chooses.

    Returns
    -------
    Layout
        See there.
    """
    main, side = (_lanes(rng, rng.randint(1, 4)), _lanes(rng, rng.randint(1, 3)))
    reach = {"main": side[-1].right_m + 8.0, "side": main[-1].right_m + 8.0}
    arms = {
        name: Arm(name, bearing, reach[road], main if road == "main" else side)
        for name, bearing, road in (
            ("south", 180.0, "main"),
            ("east", 90.0, "side"),
            ("north", 0.0, "main"),
            ("west", 270.0, "side"),
        )
    }
    return Layout((105.85, 21.02), arms, ())


def _lanes(rng: random.Random, count: int) -> tuple[Lane, ...]:
    made, left = [], 0.0
    for number in range(count):
        width = rng.uniform(2.9, 3.8)
        kind = "brt" if number == 0 and count > 2 and rng.random() < 0.3 else "mixed"
        made.append(Lane(kind, left, left + width))
        left += width
    return tuple(made)


def some_camera(layout: Layout, rng: random.Random) -> PinholeCamera:
    """Hang a camera somewhere along an arm: above the road or beside it, looking with, against or across traffic.

    Parameters
    ----------
    layout : Layout
        The junction.
    rng : random.Random
        Chooses.

    Returns
    -------
    PinholeCamera
        See there.
    """
    arm = rng.choice(list(layout.arms.values()))
    across = rng.uniform(-arm.half_m - 1.5, arm.half_m + 1.5)
    inbound = (arm.bearing_deg + 180.0) % 360.0
    if rng.random() < 0.6:
        along, yaw = rng.uniform(-55.0, -12.0), inbound + rng.gauss(0, 12)
    else:
        along, yaw = rng.uniform(-6.0, 16.0), arm.bearing_deg + rng.gauss(0, 18)
    x, y = arm.place(along, across)
    height = rng.uniform(4.0, 11.0)
    focal = math.exp(rng.uniform(math.log(480), math.log(1500)))
    pitch = min(40.0, 8.0 + height * rng.uniform(0.4, 2.2))
    return PinholeCamera((x, y, height), yaw % 360.0, pitch, focal, size=SIZE, roll_deg=rng.gauss(0, 1.5))


def some_setting(rng: random.Random, seed: int) -> Setting:
    """Choose light, weather and a camera's flaws.

    Parameters
    ----------
    rng : random.Random
        Chooses.
    seed : int
        Handed on.

    Returns
    -------
    Setting
        See there.
    """
    hour = rng.choices(["day", "dusk", "night"], (60, 15, 25))[0]
    rain = rng.uniform(0.2, 1.0) if rng.random() < 0.2 else 0.0
    noise = rng.uniform(0.5, 4.0) + (rng.uniform(0, 5) if hour == "night" else 0.0)
    exposure = rng.uniform(0.001, 0.012) + (rng.uniform(0, 0.015) if hour != "day" else 0.0)
    flaws = Flaws(noise, rng.choice([0, 0, 0, 1]), rng.choice([0.0, 0.0, 1.5]), exposure, rng.randint(55, 95))
    return Setting(hour, rain, flaws, seed)


def some_traffic(
    layout: Layout, crowd: float, rng: random.Random, *, first: int, cast: Cast | None = None
) -> list[Pose]:
    """Put road users on lanes, into the junction, at kerbs, on crossings and on pavements.

    Parameters
    ----------
    layout : Layout
        The junction.
    crowd : float
        How full, 0 to 1.
    rng : random.Random
        Chooses.
    first : int
        Number of the first road user.
    cast : Cast, optional
        Who appears, with numbers of their own, the same perhaps twice; else everybody is new.

    Returns
    -------
    list of Pose
        Nobody stands in anybody.
    """
    spots: list[tuple[str, float, float, float]] = []
    for arm in layout.arms.values():
        hx, hy = arm.heading
        ahead = math.atan2(hy, hx)
        spots += _lane_spots(arm, ahead, crowd, rng)
        for _ in range(round(crowd * rng.randint(0, 14))):
            side = rng.choice([1, -1])
            x, y = arm.place(rng.uniform(-60, 2), side * (arm.half_m + rng.uniform(0.4, 3.4)))
            spots.append(("person", x, y, rng.uniform(0, 2 * math.pi)))
        for _ in range(round(crowd * rng.randint(0, 8))):
            x, y = arm.place(rng.uniform(1.5, 5.5), rng.uniform(-arm.half_m, arm.half_m))
            spots.append(("person", x, y, ahead + rng.choice([1, -1]) * math.pi / 2 + rng.gauss(0, 0.15)))
    for _ in range(round(crowd * rng.randint(0, 14))):
        kind = rng.choices(list(MIX), list(MIX.values()))[0]
        spots.append((kind, rng.uniform(-9, 9), rng.uniform(-9, 9), rng.uniform(0, 2 * math.pi)))
    return _apart(spots, rng, first, cast)


def _lane_spots(arm: Arm, ahead: float, crowd: float, rng: random.Random) -> list[tuple[str, float, float, float]]:
    spots = []
    for lane in arm.lanes:
        for direction in (1, -1):
            along = -1.0 - rng.uniform(0, 12)
            while along > -90.0:
                kind = rng.choices(list(MIX), list(MIX.values()))[0]
                size = KINDS[kind]
                spare = max(0.0, (lane.right_m - lane.left_m - size.width_m) / 2)
                across = direction * (lane.middle_m + rng.uniform(-spare, spare))
                x, y = arm.place(along - size.length_m / 2, across)
                spots.append((kind, x, y, ahead + (0 if direction > 0 else math.pi) + rng.gauss(0, 0.05)))
                along -= size.length_m * rng.uniform(0.55, 1.0) + rng.expovariate(crowd / 3.0)
    return spots


def _apart(
    spots: list[tuple[str, float, float, float]], rng: random.Random, first: int, cast: Cast | None
) -> list[Pose]:
    kept: list[Pose] = []
    rng.shuffle(spots)
    for kind, x, y, heading in spots:
        number, look = cast.choose(kind, rng) if cast else (first + len(kept), _look(kind, rng))
        speed = (
            0.0 if rng.random() < 0.35 or (not look.riders and KINDS[kind].is_two_wheeler) else rng.uniform(2.0, 13.0)
        )
        pose = Pose(number, look, x, y, heading, speed, rng.random() < 0.3)
        if all(_clear(pose, other) for other in kept):
            kept.append(pose)
    return kept


def _clear(first: Pose, second: Pose) -> bool:
    """Return whether two road users do not touch: circles along the one do not reach circles along the other."""
    far = math.hypot(first.x - second.x, first.y - second.y)
    if far > (first.look.length_m + second.look.length_m) / 2:
        return True
    mine, others = _circles(first), _circles(second)
    reach = (first.look.width_m + second.look.width_m) / 2 * 1.08
    return all(math.hypot(ax - bx, ay - by) > reach for ax, ay in mine for bx, by in others)


def _circles(pose: Pose) -> list[tuple[float, float]]:
    half = max(0.0, pose.look.length_m - pose.look.width_m) / 2
    count = max(2, math.ceil(pose.look.length_m / pose.look.width_m))
    steps = [-half + 2 * half * k / (count - 1) for k in range(count)]
    return [(pose.x + step * math.cos(pose.heading_rad), pose.y + step * math.sin(pose.heading_rad)) for step in steps]


def _look(kind: str, rng: random.Random) -> Look:
    size = KINDS[kind]
    length, width, height = (
        v * rng.uniform(1 - size.spread, 1 + size.spread) for v in (size.length_m, size.width_m, size.height_m)
    )
    riders: tuple[Rider, ...] = ()
    if kind in RIDERS:
        count = rng.choices(range(len(RIDERS[kind])), RIDERS[kind])[0]
        riders = tuple(Rider(rng.random() < 0.8, rng.random() < 0.2) for _ in range(count))
    return Look(kind, length, width, height, rng.random(), rng.random(), some_plate(kind, rng), riders=riders)


def some_plate(kind: str, rng: random.Random) -> str:
    """Make up a plate.

    Parameters
    ----------
    kind : str
        A key of `KINDS`.
    rng : random.Random
        Chooses.

    Returns
    -------
    str
        Signs without dots and dashes; empty where the kind carries none.
    """
    if kind in {"person", "bicycle"}:
        return ""
    letter, digits = rng.choice(LETTERS), f"{rng.randrange(100_000):05d}"
    series = f"{letter}{rng.randint(1, 9)}" if kind == "motorbike" else letter
    return f"{rng.choice([29, 30, 31, 33, 36, 37, 88, 90, 98, 99])}{series}{digits}"
