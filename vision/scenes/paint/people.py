"""People: riders, pillions, children between, and those on foot."""

import math
import random
from dataclasses import dataclass

from vision.scenes.paint.solids import Colour, Point, Sculptor

SKIN: tuple[Colour, ...] = ((140, 170, 205), (125, 155, 190), (110, 140, 180))
HAIR: tuple[Colour, ...] = ((22, 22, 26), (30, 32, 40), (40, 48, 62))
SHIRTS: tuple[Colour, ...] = (
    (235, 235, 235), (200, 200, 205), (60, 60, 180), (150, 90, 50), (60, 130, 70), (40, 40, 44), (90, 170, 210),
    (170, 120, 200), (200, 170, 110), (80, 80, 88), (50, 150, 230), (120, 60, 110), (180, 190, 150),
)  # fmt: skip
TROUSERS: tuple[Colour, ...] = ((60, 46, 38), (40, 40, 42), (95, 70, 50), (120, 120, 118), (70, 90, 110), (30, 30, 34))
HELMETS: tuple[Colour, ...] = (
    (230, 230, 230), (40, 40, 44), (40, 40, 190), (170, 90, 40), (60, 150, 60), (60, 190, 230), (190, 140, 210),
    (120, 120, 124),
)  # fmt: skip
SHOE: Colour = (40, 40, 46)
STRAW: Colour = (140, 195, 215)


@dataclass(frozen=True)
class Look:
    """What one person wears; ``hat`` is helmet, hair, cap or straw."""

    skin: Colour
    hair: Colour
    shirt: Colour
    trousers: Colour
    helmet: Colour
    hat: str
    has_mask: bool
    has_bag: bool
    scale: float


def dress(rng: random.Random, *, helmet: bool, child: bool = False) -> Look:
    """Choose what a person wears.

    Parameters
    ----------
    rng : random.Random
        Chooses.
    helmet : bool
        Whether the person wears a helmet.
    child : bool
        Whether it is a child.

    Returns
    -------
    Look
        See there.
    """
    hat = "helmet" if helmet else rng.choices(["hair", "cap", "straw"], (80, 14, 6))[0]
    return Look(
        rng.choice(SKIN), rng.choice(HAIR), rng.choice(SHIRTS), rng.choice(TROUSERS), rng.choice(HELMETS), hat,
        rng.random() < 0.4, rng.random() < 0.18, (0.66 if child else 1.0) * rng.uniform(0.94, 1.06),
    )  # fmt: skip


def sit(
    s: Sculptor, look: Look, hip: Point, hands: tuple[Point, Point], feet: tuple[Point, Point], lean: float
) -> None:
    """Add a sitting person.

    Parameters
    ----------
    s : Sculptor
        The vehicle so far.
    look : Look
        What the person wears.
    hip : tuple of float
        Where it sits.
    hands, feet : tuple of tuple
        Left and right.
    lean : float
        How far the shoulders are ahead of the hip, metres.
    """
    k = look.scale
    x, y, z = hip
    neck = (x + lean, y, z + 0.52 * k)
    for side, hand, foot in ((1, hands[0], feet[0]), (-1, hands[1], feet[1])):
        shoulder = (neck[0], y + side * 0.19 * k, neck[2] - 0.06)
        elbow = (
            (shoulder[0] + hand[0]) / 2 - 0.04,
            (shoulder[1] + hand[1]) / 2 + side * 0.09,
            (shoulder[2] + hand[2]) / 2 - 0.08,
        )
        knee = (x + 0.36 * k, y + side * 0.20, z - 0.06)
        s.rod((x, y + side * 0.09, z), knee, 0.085 * k, look.trousers)
        s.rod(knee, foot, 0.065 * k, look.trousers)
        s.ball((foot[0] + 0.05, foot[1], foot[2]), 0.065 * k, SHOE)
        s.rod(shoulder, elbow, 0.055 * k, look.shirt)
        s.rod(elbow, hand, 0.042 * k, look.skin if look.has_mask else look.shirt)
    _trunk(s, look, hip, neck)
    head(s, look, (neck[0] + 0.03, y, neck[2] + 0.17 * k))


def walk(s: Sculptor, look: Look, phase: float) -> None:
    """Add a person on foot at the origin.

    Parameters
    ----------
    s : Sculptor
        The model so far.
    look : Look
        What the person wears.
    phase : float
        Of the step, 0 to 1; a half step is one leg.
    """
    k, swing = look.scale, round(math.sin(2 * math.pi * phase), 6)
    hip, neck = (0.0, 0.0, 0.90 * k), (0.02, 0.0, 1.42 * k)
    for side in (1, -1):
        ahead = side * swing * 0.28 * k
        knee = (ahead * 0.6 + 0.05, side * 0.09 * k, 0.48 * k)
        foot = (ahead, side * 0.09 * k, 0.07)
        s.rod((0.0, side * 0.08 * k, 0.9 * k), knee, 0.085 * k, look.trousers)
        s.rod(knee, foot, 0.065 * k, look.trousers)
        s.ball((foot[0] + 0.07, foot[1], 0.06), 0.06, SHOE)
        hand = (-ahead * 0.8 + 0.04, side * 0.26 * k, 0.85 * k)
        s.rod((0.02, side * 0.2 * k, 1.36 * k), hand, 0.05 * k, look.shirt)
        s.ball(hand, 0.05 * k, look.skin)
    _trunk(s, look, hip, neck)
    head(s, look, (0.04, 0.0, 1.60 * k))


def _trunk(s: Sculptor, look: Look, hip: Point, neck: Point) -> None:
    k = look.scale
    x, y, z = hip
    for side in (-0.07, 0.07):
        s.rod((x, y + side * k, z + 0.06), (neck[0], y + side * 1.5 * k, neck[2] - 0.13), 0.12 * k, look.shirt)
    s.rod((neck[0], y - 0.16 * k, neck[2] - 0.06), (neck[0], y + 0.16 * k, neck[2] - 0.06), 0.075 * k, look.shirt)
    if look.has_bag:
        s.box((x - 0.2 * k, y, z + 0.34 * k), (0.16 * k, 0.28 * k, 0.38 * k), look.helmet)


def head(s: Sculptor, look: Look, at: Point) -> None:
    """Add a head with face, hair or hat.

    Parameters
    ----------
    s : Sculptor
        The model so far.
    look : Look
        What the person wears.
    at : tuple of float
        The head's middle.
    """
    x, y, z = at
    k = look.scale
    s.ball((x + 0.02, y, z), 0.105 * k, look.skin)
    if look.has_mask:
        s.ball((x + 0.055, y, z - 0.04 * k), 0.075 * k, (210, 190, 150))
    if look.hat == "helmet":
        s.ball((x - 0.015, y, z + 0.045 * k), 0.142 * k, look.helmet)
        s.ball((x + 0.08, y, z - 0.005), 0.075 * k, look.skin if not look.has_mask else (60, 56, 52))
    elif look.hat == "straw":
        ring = [
            (x + 0.25 * math.cos(a), y + 0.25 * math.sin(a), z + 0.06) for a in (k2 * math.pi / 5 for k2 in range(10))
        ]
        s.face(ring, STRAW)
        s.ball((x, y, z + 0.12), 0.09, STRAW)
    else:
        s.ball((x - 0.03, y, z + 0.035 * k), 0.112 * k, look.hair if look.hat == "hair" else look.helmet)
