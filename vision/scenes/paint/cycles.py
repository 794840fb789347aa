"""Motorcycles and bicycles with one to three people on them."""

import math
import random

from vision.scenes.paint.cars import LAMP, RIM, TAIL, TYRE, add_plate
from vision.scenes.paint.people import Look, dress, sit, walk
from vision.scenes.paint.solids import Colour, Model, Point, Sculptor

PAINTS: tuple[Colour, ...] = (
    (40, 40, 44), (45, 40, 160), (225, 225, 228), (140, 60, 30), (120, 122, 125), (30, 30, 90), (60, 110, 60),
    (150, 160, 165),
)  # fmt: skip
SEAT: Colour = (34, 34, 38)
IRON: Colour = (90, 90, 94)
BOXES: tuple[Colour, ...] = ((70, 160, 40), (40, 110, 230), (40, 40, 190), (150, 160, 170), (190, 150, 60))


def motorcycle(
    rng: random.Random, *, helmets: tuple[bool, ...] = (True,), plate: tuple[str, ...] = (), child: bool = False
) -> Model:
    """Build a motorcycle or scooter with its riders.

    Parameters
    ----------
    rng : random.Random
        Chooses paint and clothes.
    helmets : tuple of bool
        One entry a person, the driver first: whether a helmet is worn. Nobody sits on it when empty.
    plate : tuple of str
        Two lines.
    child : bool
        Whether the second of three is a child.

    Returns
    -------
    Model
        The middle of its footprint is the origin; owner 0 is the machine.
    """
    s = Sculptor()
    _machine(s, rng, plate)
    seats = {0: (), 1: (-0.10,), 2: (0.02, -0.40), 3: (0.06, -0.24, -0.54)}[min(3, len(helmets))]
    for number, (x, helmet) in enumerate(zip(seats, helmets, strict=False), 1):
        s.owner = number
        look = dress(rng, helmet=helmet, child=child and number == 2 and len(seats) == 3)
        _rider(s, rng, look, x, is_driver=number == 1)
    s.owner = 0
    if len(helmets) == 1 and rng.random() < 0.12:
        s.box((-0.72, 0.0, 1.05), (0.5, 0.48, 0.46), rng.choice(BOXES))
    return s.model()


def _machine(s: Sculptor, rng: random.Random, plate: tuple[str, ...]) -> None:
    paint = rng.choice(PAINTS)
    for x in (-0.62, 0.64):
        s.disc((x, 0.0, 0.28), 0.28, TYRE, sides=10)
        s.disc((x, 0.03, 0.28), 0.15, RIM, sides=8, out=1.0)
        s.disc((x, -0.03, 0.28), 0.15, RIM, sides=8, out=-1.0)
        s.rod((x, 0.0, 0.06), (x, 0.0, 0.5), 0.055, TYRE)
    s.loft(
        [(-0.95, 0.55, 0.12), (-0.90, 0.78, 0.13), (0.12, 0.74, 0.13), (0.10, 0.32, 0.14), (-0.5, 0.36, 0.14)],
        [paint] * 5,
        paint,
    )
    s.rod((-0.85, 0.0, 0.80), (0.05, 0.0, 0.78), 0.10, SEAT)
    s.box((0.22, 0.0, 0.30), (0.34, 0.30, 0.08), IRON)
    s.loft(
        [(0.34, 0.35, 0.20), (0.50, 0.95, 0.17), (0.58, 0.95, 0.14), (0.52, 0.40, 0.18)],
        [SEAT, paint, paint, paint],
        paint,
    )
    s.rod((0.64, 0.0, 0.30), (0.50, 0.0, 0.98), 0.045, IRON)
    s.rod((0.46, -0.32, 1.04), (0.46, 0.32, 1.04), 0.03, SEAT)
    s.ball((0.55, 0.0, 0.99), 0.10, paint)
    s.rod((-0.90, -0.18, 0.34), (-0.3, -0.16, 0.28), 0.05, IRON)
    s.detail_px = 16.0
    for side in (-1, 1):
        s.rod((0.47, side * 0.26, 1.05), (0.44, side * 0.32, 1.20), 0.015, SEAT)
        s.ball((0.43, side * 0.33, 1.22), 0.05, SEAT)
    s.detail_px = 0.0
    s.face(_upright(0.655, 0.12, 0.92, 1.06), LAMP, away_from=(0.0, 0.0, 1.0), layer=2, glow="head")
    s.face(_upright(-0.955, 0.10, 0.66, 0.76), TAIL, away_from=(0.0, 0.0, 0.7), layer=2, glow="tail")
    if plate:
        add_plate(s, (-0.985, 0.0, 0.55), (0.19, 0.14), plate, ahead=False)


def _upright(x: float, half: float, low: float, high: float) -> list[Point]:
    return [(x, -half, low), (x, half, low), (x, half, high), (x, -half, high)]


def _rider(s: Sculptor, rng: random.Random, look: Look, x: float, *, is_driver: bool) -> None:
    lean = rng.uniform(0.02, 0.14)
    if is_driver:
        hands: tuple[Point, Point] = ((0.44, 0.31, 1.06), (0.44, -0.31, 1.06))
        feet: tuple[Point, Point] = ((0.22, 0.16, 0.38), (0.22, -0.16, 0.38))
    else:
        hands = ((x + 0.28, 0.17, 1.05), (x + 0.28, -0.17, 1.05))
        feet = ((x + 0.20, 0.22, 0.38), (x + 0.20, -0.22, 0.38))
    sit(s, look, (x, 0.0, 0.88), hands, feet, lean)


def bicycle(rng: random.Random, *, helmet: bool = False, has_rider: bool = True) -> Model:
    """Build a bicycle with its rider.

    Parameters
    ----------
    rng : random.Random
        Chooses paint and clothes.
    helmet : bool
        Whether the rider wears one.
    has_rider : bool
        Whether somebody rides it.

    Returns
    -------
    Model
        The middle of its footprint is the origin; owner 0 is the bicycle.
    """
    s = Sculptor()
    paint = rng.choice(PAINTS)
    for x in (-0.52, 0.54):
        ring = [(x + 0.33 * math.cos(a), 0.0, 0.33 + 0.33 * math.sin(a)) for a in (k * math.pi / 6 for k in range(12))]
        for k in range(12):
            s.rod(ring[k], ring[(k + 1) % 12], 0.02, TYRE)
        s.detail_px = 20.0
        for k in range(0, 12, 2):
            s.rod((x, 0.0, 0.33), ring[k], 0.005, IRON)
        s.detail_px = 0.0
    joints = {
        "rear": (-0.52, 0.0, 0.33),
        "pedals": (-0.05, 0.0, 0.30),
        "seat": (-0.18, 0.0, 0.82),
        "head": (0.40, 0.0, 0.85),
    }
    joints |= {"front": (0.54, 0.0, 0.33), "bar": (0.36, 0.0, 1.00)}
    for start, end in (
        ("rear", "pedals"),
        ("rear", "seat"),
        ("pedals", "seat"),
        ("pedals", "head"),
        ("seat", "head"),
        ("head", "front"),
        ("head", "bar"),
    ):
        s.rod(joints[start], joints[end], 0.022, paint)
    s.rod((0.36, -0.26, 1.0), (0.36, 0.26, 1.0), 0.02, SEAT)
    s.box((-0.2, 0.0, 0.88), (0.26, 0.16, 0.07), SEAT)
    if rng.random() < 0.5:
        s.box((0.60, 0.0, 0.88), (0.26, 0.32, 0.22), IRON)
    if has_rider:
        s.owner = 1
        look = dress(rng, helmet=helmet)
        up = rng.uniform(-0.14, 0.14)
        sit(
            s,
            look,
            (-0.2, 0.0, 0.94),
            ((0.36, 0.24, 1.02), (0.36, -0.24, 1.02)),
            ((-0.02, 0.12, 0.3 + up), (-0.02, -0.12, 0.3 - up)),
            0.16,
        )
    return s.model()


def pedestrian(rng: random.Random, phase: float = 0.0) -> Model:
    """Build a person on foot.

    Parameters
    ----------
    rng : random.Random
        Chooses clothes.
    phase : float
        Of the step, 0 to 1.

    Returns
    -------
    Model
        Owner 1 is the person.
    """
    s = Sculptor()
    s.owner = 1
    walk(s, dress(rng, helmet=False, child=rng.random() < 0.12), phase)
    return s.model()
