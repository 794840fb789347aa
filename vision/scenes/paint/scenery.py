"""What stands beside the road: houses, trees, lamp posts and signal heads."""

import random

from vision.scenes.lamp_places import COLOURS, LAMP_M, STEP_M, TOP_M
from vision.scenes.paint.solids import Colour, Model, Point, Sculptor

WALLS: tuple[Colour, ...] = (
    (150, 190, 215), (190, 205, 215), (140, 170, 160), (120, 150, 200), (175, 175, 175), (150, 200, 225),
    (200, 190, 170), (90, 120, 150),
)  # fmt: skip
SHOPS: tuple[Colour, ...] = ((50, 60, 160), (60, 120, 60), (150, 90, 40), (60, 150, 200), (70, 70, 70), (140, 60, 120))
LEAVES: tuple[Colour, ...] = ((40, 90, 50), (46, 104, 62), (36, 78, 44), (60, 112, 78))
BARK: Colour = (58, 70, 84)
STEEL: Colour = (120, 118, 116)
IRON: Colour = (32, 32, 32)
LAMPS: dict[str, Colour] = {"red": (60, 60, 255), "yellow": (60, 215, 255), "green": (140, 255, 90)}
# Segments of a seven-segment digit as (x0, y0, x1, y1) in shares, and which are lit by digit.
SEGMENTS = (
    (0, 0, 1, 0),
    (1, 0, 1, 0.5),
    (1, 0.5, 1, 1),
    (0, 1, 1, 1),
    (0, 0.5, 0, 1),
    (0, 0, 0, 0.5),
    (0, 0.5, 1, 0.5),
)
DIGITS = ("012345", "12", "01643", "01623", "5612", "05623", "056432", "012", "0123456", "012356")


def house(rng: random.Random, width: float, depth: float = 8.0) -> Model:
    """Build a narrow street house whose front looks along minus left.

    Parameters
    ----------
    rng : random.Random
        Chooses height, colours and windows.
    width, depth : float
        Metres along the street and away from it.

    Returns
    -------
    Model
        The middle of its footprint is the origin.
    """
    s = Sculptor()
    floors = rng.choice([2, 3, 3, 4, 5, 6])
    wall = rng.choice(WALLS)
    high = 3.6 + (floors - 1) * 3.1
    s.box((0.0, 0.0, high / 2), (width, depth, high), wall)
    inside, y = (0.0, 0.0, 1.0), -depth / 2 - 0.02

    def front(x0: float, x1: float, z0: float, z1: float) -> list[Point]:
        return [(x0, y, z0), (x1, y, z0), (x1, y, z1), (x0, y, z1)]

    half = width / 2
    shop = rng.choice(SHOPS)
    s.face(front(-half + 0.3, half - 0.3, 0.1, 2.7), (66, 64, 62), away_from=inside, layer=1)
    s.face(front(-half + 0.1, half - 0.1, 2.75, 3.5), shop, away_from=inside, layer=1)
    s.face(front(-half * 0.6, half * 0.6, 2.95, 3.3), (225, 225, 225), away_from=inside, layer=2)
    count = max(1, int(width // 1.9))
    for floor in range(1, floors):
        low = 3.6 + (floor - 1) * 3.1 + 0.7
        for k in range(count):
            x = -half + width * (k + 0.5) / count
            glass: Colour = (90, 84, 76) if rng.random() < 0.8 else (120, 130, 110)
            s.face(front(x - 0.55, x + 0.55, low, low + 1.6), glass, away_from=inside, layer=1)
        if rng.random() < 0.5:
            s.face(front(-half, half, low - 0.75, low - 0.45), (170, 180, 185), away_from=inside, layer=2)
    return s.model()


def tree(rng: random.Random) -> Model:
    """Build a street tree.

    Parameters
    ----------
    rng : random.Random
        Chooses size and crown.

    Returns
    -------
    Model
        Its foot is the origin.
    """
    s = Sculptor()
    high, wide = rng.uniform(5.5, 9.0), rng.uniform(1.6, 2.6)
    s.rod((0.0, 0.0, 0.0), (0.1, 0.0, high - wide), rng.uniform(0.12, 0.22), BARK)
    s.body = 10
    for _ in range(11):
        x, y, z = rng.uniform(-1, 1) * wide * 0.6, rng.uniform(-1, 1) * wide * 0.6, high - wide * rng.uniform(0.2, 1.3)
        s.ball((x, y, z), wide * rng.uniform(0.35, 0.6), rng.choice(LEAVES))
    return s.model()


def lamp_post() -> Model:
    """Build a street lamp with its arm ahead.

    Returns
    -------
    Model
        Its foot is the origin.
    """
    s = Sculptor()
    s.rod((0.0, 0.0, 0.0), (0.0, 0.0, 8.5), 0.09, STEEL)
    s.rod((0.0, 0.0, 8.5), (1.8, 0.0, 8.9), 0.06, STEEL)
    s.ball((1.8, 0.0, 8.85), 0.2, (190, 200, 205), glow="street")
    return s.model()


def signal_head(lit: str | None, arrows: tuple[str, ...] = (), seconds: int | None = None) -> Model:
    """Build a signal head that looks ahead: round lamps, two green arrows beside them, a countdown below.

    Parameters
    ----------
    lit : str or None
        A key of `LAMPS`, ``None`` when dark.
    arrows : tuple of str
        Which arrows are lit: ``left``, ``right``.
    seconds : int, optional
        What the countdown shows, 0 to 99; dark without it.

    Returns
    -------
    Model
        Its foot is the origin; lamps where `vision.scenes.lamp_places` says.
    """
    s = Sculptor()
    s.rod((-0.05, 0.0, 0.0), (-0.05, 0.0, TOP_M), 0.07, STEEL)
    s.body = 10
    s.box((-0.12, 0.0, TOP_M - STEP_M), (0.2, 0.40, 3 * STEP_M), IRON)
    s.box((-0.12, 1.5 * STEP_M, TOP_M - 2 * STEP_M), (0.2, 2 * STEP_M, STEP_M), IRON)
    s.box((-0.12, 0.0, TOP_M - 3 * STEP_M), (0.2, 0.5, 0.40), IRON)
    s.body = 20
    for row, colour in enumerate(COLOURS):
        on = colour == lit
        s.ball(
            (0.0, 0.0, TOP_M - row * STEP_M),
            LAMP_M / 2,
            _lamp(colour, on=on),
            glow=colour if on else None,
            towards=(1.0, 0.0, 0.0),
        )
    for k, turn in enumerate(("left", "right")):
        _arrow(s, (k + 1) * STEP_M, turn, _lamp("green", on=turn in arrows))
    if seconds is not None:
        for place, digit in ((-0.12, seconds // 10 % 10), (0.12, seconds % 10)):
            _digit(s, place, digit, LAMPS[lit or "red"])
    return s.model()


def _lamp(colour: str, *, on: bool) -> Colour:
    blue, green, red = LAMPS[colour]
    return (blue, green, red) if on else (blue // 7 + 14, green // 7 + 14, red // 7 + 14)


def _arrow(s: Sculptor, y: float, turn: str, colour: Colour) -> None:
    """Add an arrow; seen from ahead, the head's left is on the right hand."""
    up, tip = TOP_M - 2 * STEP_M, 0.13 if turn == "right" else -0.13
    s.face([(0.0, y, up + 0.12), (0.0, y + tip, up), (0.0, y, up - 0.12)], colour)
    s.face([(0.0, y, up + 0.04), (0.0, y - tip, up + 0.04), (0.0, y - tip, up - 0.04), (0.0, y, up - 0.04)], colour)


def _digit(s: Sculptor, y: float, digit: int, colour: Colour) -> None:
    wide, high, up = 0.15, 0.30, TOP_M - 3 * STEP_M
    for k in DIGITS[digit]:
        x0, y0, x1, y1 = SEGMENTS[int(k)]
        # Seen from ahead, what lies to the head's left is on the right.
        start = (0.0, y - wide / 2 + x0 * wide, up + high / 2 - y0 * high)
        end = (0.0, y - wide / 2 + x1 * wide, up + high / 2 - y1 * high)
        s.rod(start, end, 0.022, colour)
