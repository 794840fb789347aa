"""Buses and trucks."""

import random

from vision.scenes.paint.cars import GLASS, LAMP, PAINTS, RUBBER, TAIL, add_plate, side_quad, underside, wheel
from vision.scenes.paint.solids import Colour, Model, Point, Sculptor, patch

# Body, stripe and roof of city buses and coaches.
LIVERIES: tuple[tuple[Colour, Colour], ...] = (
    ((40, 190, 230), (40, 40, 190)), ((60, 150, 60), (235, 235, 235)), ((235, 235, 235), (160, 90, 40)),
    ((190, 170, 60), (235, 235, 235)), ((50, 50, 170), (230, 230, 230)), ((235, 235, 235), (60, 60, 200)),
)  # fmt: skip
LOADS: tuple[Colour, ...] = ((210, 212, 214), (120, 70, 30), (60, 100, 60), (70, 110, 150), (90, 92, 96), (40, 60, 120))


def bus(rng: random.Random, plate: tuple[str, ...] = (), *, half: float | None = None) -> Model:
    """Build a bus.

    Parameters
    ----------
    rng : random.Random
        Chooses length and livery.
    plate : tuple of str
        Its plate's lines.
    half : float, optional
        Half its length, metres.

    Returns
    -------
    Model
        The middle of its footprint is the origin.
    """
    half = half or rng.choice([4.1, 5.2, 6.0, 6.0])
    body, stripe = rng.choice(LIVERIES)
    width, high = 1.24, 3.05 if half > 4.5 else 2.75
    s = Sculptor()
    underside(s, half, width)
    s.body = 10
    loop = [(-half, 0.34, width), (-half + 0.05, high - 0.2, width), (-half + 0.25, high, width * 0.92)]
    loop += [(half - 0.3, high, width * 0.92), (half - 0.08, high - 0.25, width), (half, 0.34, width)]
    s.loft(loop, [body, body, (225, 225, 225), body, body, RUBBER], body)
    for y in (-width, width):
        _bus_side(s, half, y, high, stripe, has_door=y < 0)
        for x in (-half * 0.52, half * 0.60):
            wheel(s, x, y * 1.002, 0.48)
    _bus_ends(s, half, width, high, stripe)
    if plate:
        add_plate(s, (half + 0.03, 0.0, 0.55), (0.52, 0.11), plate, ahead=True, colour="yellow")
        add_plate(s, (-half - 0.03, 0.0, 0.75), (0.52, 0.11), plate, ahead=False, colour="yellow")
    s.body = 20
    s.box((-half * 0.2, 0.0, high + 0.11), (2.4, 1.5, 0.22), (205, 205, 205))
    return s.model()


def _side(half: float, y: float, x0: float, x1: float, low: float, high: float) -> list[Point]:
    del half
    return [(x0, y, low), (x1, y, low), (x1, y, high), (x0, y, high)]


def _bus_side(s: Sculptor, half: float, y: float, high: float, stripe: Colour, *, has_door: bool) -> None:
    inside = (0.0, 0.0, 1.5)
    s.face(_side(half, y, -half + 0.02, half - 0.05, 0.85, 1.12), stripe, away_from=inside, layer=1)
    s.face(_side(half, y, -half + 0.25, half - 0.25, 1.35, high - 0.55), GLASS, away_from=inside, layer=2)
    s.detail_px = 9.0
    count = round(half)
    for i in range(1, count):
        x = -half + 0.25 + (2 * half - 0.5) * i / count
        s.face(_side(half, y, x - 0.06, x + 0.06, 1.35, high - 0.55), RUBBER, away_from=inside, layer=3)
    s.detail_px = 0.0
    if has_door:
        for x in (half - 1.5, -0.3):
            s.face(_side(half, y, x, x + 1.05, 0.45, high - 0.5), (78, 72, 66), away_from=inside, layer=4)


def _bus_ends(s: Sculptor, half: float, width: float, high: float, stripe: Colour) -> None:
    for turn in (1.0, -1.0):
        x = turn * (half + 0.01)
        inside = (x - turn, 0.0, 1.5)

        def across(y0: float, y1: float, z0: float, z1: float, x: float = x) -> list[Point]:
            return [(x, y0, z0), (x, y1, z0), (x, y1, z1), (x, y0, z1)]

        low = 1.05 if turn > 0 else 1.75
        s.face(across(-width * 0.92, width * 0.92, low, high - 0.55), GLASS, away_from=inside, layer=2)
        s.face(across(-width * 0.98, width * 0.98, 0.78, 0.98), stripe, away_from=inside, layer=2)
        s.detail_px = 7.0
        s.face(across(-width * 0.7, width * 0.7, high - 0.5, high - 0.25), (30, 60, 70), away_from=inside, layer=2)
        s.detail_px = 0.0
        for side in (-1, 1):
            y0, y1 = sorted((side * width * 0.68, side * width * 0.95))
            colour, glow = (LAMP, "head") if turn > 0 else (TAIL, "tail")
            s.face(across(y0, y1, 0.52, 0.72), colour, away_from=inside, layer=3, glow=glow)


def truck(rng: random.Random, plate: tuple[str, ...] = (), *, half: float | None = None) -> Model:
    """Build a truck with a box, a covered bed or an open one.

    Parameters
    ----------
    rng : random.Random
        Chooses size, load and paint.
    plate : tuple of str
        Its plate's lines.
    half : float, optional
        Half its length, metres.

    Returns
    -------
    Model
        The middle of its footprint is the origin.
    """
    half = half or rng.choice([2.3, 2.7, 3.3, 4.2])
    width = min(1.2, 0.72 + half * 0.13)
    roof = 1.75 + half * 0.2
    cab = min(1.9, half * 0.56)
    paint = rng.choice(PAINTS)
    s = Sculptor()
    underside(s, half, width * 0.9)
    _load(s, rng, half, width, cab, roof)
    s.body = 11
    back = half - cab
    loop = [(back, 0.45, width * 0.92), (back, roof, width * 0.86), (half - 0.45, roof, width * 0.86)]
    loop += [(half - 0.05, roof * 0.58, width * 0.92), (half, 0.42, width * 0.92)]
    left, right = s.loft(loop, [paint, paint, GLASS, paint, RUBBER], paint)
    for side in (left, right):
        quad = side_quad([side[0], side[1], side[2], side[3]])
        s.face(patch(quad, 0.35, 0.86, 0.40, 0.86), GLASS, away_from=(back, 0.0, 0.5), layer=1)
    _truck_lamps(s, half, width)
    radius = 0.34 + half * 0.035
    for y in (-width * 0.93, width * 0.93):
        wheel(s, half - cab * 0.5, y, radius)
    if plate:
        add_plate(s, (half + 0.03, 0.0, 0.55), (0.52, 0.11), plate, ahead=True)
    return s.model()


def _load(s: Sculptor, rng: random.Random, half: float, width: float, cab: float, roof: float) -> None:
    s.body = 12
    colour, end = rng.choice(LOADS), half - cab - 0.08
    high = rng.choice([roof + 0.5, roof + 0.15, 1.35])
    middle = ((end - half) / 2, 0.0, (0.75 + high) / 2)
    s.box(middle, (end + half, width * 2, high - 0.75), colour)
    s.detail_px = 8.0
    dark: Colour = (colour[0] * 7 // 10, colour[1] * 7 // 10, colour[2] * 7 // 10)
    for y in (-width - 0.01, width + 0.01):
        for i in range(1, 5):
            x = -half + (end + half) * i / 5
            s.face(_side(half, y, x - 0.04, x + 0.04, 0.78, high), dark, away_from=(0.0, 0.0, 1.0), layer=1)
    x, edge = -half - 0.01, 0.03
    s.face(
        [(x, -edge, 0.78), (x, edge, 0.78), (x, edge, high), (x, -edge, high)], dark, away_from=(0.0, 0.0, 1.0), layer=1
    )
    s.detail_px = 0.0
    for y in (-width * 0.95, width * 0.95):
        wheel(s, -half * 0.55, y, 0.34 + half * 0.035)
    for side in (-1, 1):
        y0, y1 = sorted((side * width * 0.7, side * width * 0.95))
        lamp: list[Point] = [(x, y0, 0.78), (x, y1, 0.78), (x, y1, 0.95), (x, y0, 0.95)]
        s.face(lamp, TAIL, away_from=(0.0, 0.0, 0.9), layer=2, glow="tail")


def _truck_lamps(s: Sculptor, half: float, width: float) -> None:
    x = half + 0.01
    for side in (-1, 1):
        y0, y1 = sorted((side * width * 0.55, side * width * 0.86))
        lamp: list[Point] = [(x, y0, 0.62), (x, y1, 0.62), (x, y1, 0.84), (x, y0, 0.84)]
        s.face(lamp, LAMP, away_from=(0.0, 0.0, 0.7), layer=3, glow="head")
    grille: list[Point] = [
        (x, -width * 0.5, 0.65),
        (x, width * 0.5, 0.65),
        (x, width * 0.5, 1.0),
        (x, -width * 0.5, 1.0),
    ]
    s.face(grille, RUBBER, away_from=(0.0, 0.0, 0.7), layer=3)
