"""Cars: saloon, hatchback, off-roader, van, with windows, wheels, lamps and plates."""

import random

from vision.scenes.paint.solids import Colour, Model, Point, Sculptor, patch

PAINTS: tuple[Colour, ...] = (
    (235, 235, 235), (225, 228, 230), (40, 40, 42), (28, 28, 30), (150, 152, 155), (110, 112, 115), (60, 62, 66),
    (40, 40, 165), (120, 60, 35), (160, 110, 60), (70, 90, 120), (140, 170, 185), (60, 90, 60), (30, 60, 110),
)  # fmt: skip
TAXIS: tuple[Colour, ...] = ((80, 150, 30), (200, 190, 40), (235, 235, 235))
GLASS: Colour = (62, 56, 50)
TYRE: Colour = (32, 32, 34)
RUBBER: Colour = (45, 45, 48)
RIM: Colour = (150, 150, 152)
LAMP: Colour = (235, 240, 240)
TAIL: Colour = (40, 36, 190)
# Half length, half width, height of belt, bonnet and roof; ends of the glass as shares of half the length.
SHAPES = {
    "saloon": (2.28, 0.90, 0.92, 0.86, 1.45, (-0.80, -0.42, 0.08, 0.42)),
    "hatch": (1.95, 0.86, 0.95, 0.90, 1.50, (-0.97, -0.80, 0.10, 0.46)),
    "offroad": (2.30, 0.94, 1.08, 1.04, 1.72, (-0.97, -0.85, 0.12, 0.42)),
    "van": (2.45, 0.95, 1.10, 1.05, 1.92, (-0.98, -0.95, 0.45, 0.80)),
}


def car(rng: random.Random, plate: tuple[str, ...] = (), *, shape: str | None = None) -> Model:
    """Build a car.

    Parameters
    ----------
    rng : random.Random
        Chooses shape and paint.
    plate : tuple of str
        Its plate's lines; one or two.
    shape : str, optional
        A key of `SHAPES`.

    Returns
    -------
    Model
        The middle of its footprint is the origin.
    """
    shape = shape or rng.choices(list(SHAPES), (40, 28, 24, 8))[0]
    is_taxi = shape != "offroad" and rng.random() < 0.15
    paint = rng.choice(TAXIS if is_taxi else PAINTS)
    half, width, belt, bonnet, roof, glass = SHAPES[shape]
    s = Sculptor()
    underside(s, half, width)
    s.body = 10
    lower = [(-half, 0.30, width * 0.94), (-half + 0.04, belt, width * 0.96), (half * glass[3], belt, width * 0.98)]
    lower += [(half - 0.06, bonnet - 0.08, width * 0.93), (half, 0.55, width * 0.92), (half - 0.05, 0.26, width * 0.92)]
    s.loft(lower, [paint] * 5 + [RUBBER], paint)
    _wheels(s, half, width, 0.31 + 0.02 * (shape == "offroad"))
    _lamps(s, half, width, belt, bonnet)
    _plates(s, half, plate, belt)
    s.body = 20
    _cabin(s, half, width, belt, roof, glass, paint)
    if is_taxi:
        s.body, s.detail_px = 30, 8.0
        s.box((0.0, 0.0, roof + 0.08), (0.2, 0.5, 0.14), (90, 230, 235))
    return s.model()


def underside(s: Sculptor, half: float, width: float) -> None:
    """Add the dark below a vehicle, so that light does not pass.

    Parameters
    ----------
    s : Sculptor
        The vehicle so far.
    half, width : float
        Half its length and width, metres.
    """
    s.body = 0  # bodies of one ten lie side by side, those of the next ten above
    s.box((0.0, 0.0, 0.24), (half * 1.84, width * 1.8, 0.36), (22, 22, 24))


def wheel(s: Sculptor, x: float, y: float, radius: float) -> None:
    """Add a wheel at the outside of a vehicle's side.

    Parameters
    ----------
    s : Sculptor
        The vehicle so far.
    x, y : float
        Where: metres ahead and to the left.
    radius : float
        Metres.
    """
    out = 1.0 if y > 0 else -1.0
    s.disc((x, y, radius), radius * 1.13, (18, 18, 20), out=out, layer=1, sides=12)
    s.disc((x, y, radius), radius, TYRE, out=out, layer=2, sides=12)
    before, s.detail_px = s.detail_px, 14.0
    s.disc((x, y, radius), radius * 0.62, RIM, out=out, layer=3, sides=10)
    s.disc((x, y, radius), radius * 0.2, RUBBER, out=out, layer=4, sides=6)
    s.detail_px = before


def _wheels(s: Sculptor, half: float, width: float, radius: float) -> None:
    for x in (-half * 0.60, half * 0.62):
        for y in (-width * 0.985, width * 0.985):
            wheel(s, x, y, radius)


def _lamps(s: Sculptor, half: float, width: float, belt: float, bonnet: float) -> None:
    ahead, behind = (-5.0, 0.0, 0.5), (5.0, 0.0, 0.5)
    front = half - 0.02
    for side in (-1, 1):
        out, inner = side * width * 0.90, side * width * 0.52
        high = bonnet - 0.10
        lamp: list[Point] = [
            (front, inner, high - 0.13),
            (front, out, high - 0.13),
            (front, out, high),
            (front, inner, high),
        ]
        s.face(lamp, LAMP, away_from=ahead, layer=5, glow="head")
        out, inner = side * width * 0.93, side * width * 0.58
        lamp = [
            (-half, inner, belt - 0.26),
            (-half, out, belt - 0.26),
            (-half, out, belt - 0.08),
            (-half, inner, belt - 0.08),
        ]
        s.face(lamp, TAIL, away_from=behind, layer=5, glow="tail")
    s.detail_px = 10.0
    grille: list[Point] = [(half + 0.01, -width * 0.45, 0.42), (half + 0.01, width * 0.45, 0.42)]
    grille += [(half + 0.01, width * 0.45, bonnet - 0.14), (half + 0.01, -width * 0.45, bonnet - 0.14)]
    s.face(grille, RUBBER, away_from=ahead, layer=5)
    bumper: list[Point] = [(-half - 0.01, -width * 0.9, 0.30), (-half - 0.01, width * 0.9, 0.30)]
    bumper += [(-half - 0.01, width * 0.9, 0.44), (-half - 0.01, -width * 0.9, 0.44)]
    s.face(bumper, RUBBER, away_from=behind, layer=5)
    s.detail_px = 0.0


def _plates(s: Sculptor, half: float, plate: tuple[str, ...], belt: float) -> None:
    if plate:
        size = (0.52, 0.11) if len(plate) == 1 else (0.33, 0.165)
        add_plate(s, (half + 0.03, 0.0, 0.44), size, plate, ahead=True)
        add_plate(s, (-half - 0.02, 0.0, (0.44 + belt) / 2 + 0.02), size, plate, ahead=False)


PLATE_PAPER: dict[str, Colour] = {
    "white": (232, 236, 236),
    "yellow": (40, 200, 240),
    "blue": (170, 90, 30),
    "red": (40, 40, 190),
}


def add_plate(
    s: Sculptor, middle: Point, size: tuple[float, float], plate: tuple[str, ...], *, ahead: bool, colour: str = "white"
) -> None:
    """Add a plate that looks ahead or back.

    Parameters
    ----------
    s : Sculptor
        The vehicle so far.
    middle : tuple of float
        The plate's middle.
    size : tuple of float
        Width and height, metres.
    plate : tuple of str
        Lines.
    ahead : bool
        Whether it is the front plate.
    colour : str
        A key of `PLATE_PAPER`.
    """
    x, y, z = middle
    turn = 1.0 if ahead else -1.0
    left, right = y - turn * size[0] / 2, y + turn * size[0] / 2  # as read: from the reader's left to his right
    low, high = z - size[1] / 2, z + size[1] / 2
    corners: list[Point] = [(x, left, high), (x, right, high), (x, right, low), (x, left, low)]
    before, s.detail_px = s.detail_px, 12.0
    s.face(corners, PLATE_PAPER[colour], away_from=(x - turn, y, z), layer=6, text=plate)
    s.detail_px = before


def _cabin(
    s: Sculptor, half: float, width: float, belt: float, roof: float, glass: tuple[float, ...], paint: Colour
) -> None:
    rear, rear_top, top, front = (half * share for share in glass)
    loop = [
        (rear, belt, width * 0.95),
        (rear_top, roof, width * 0.76),
        (top, roof, width * 0.76),
        (front, belt, width * 0.93),
    ]
    left, right = s.loft(loop, [GLASS, paint, GLASS], paint)
    for side in (left, right):
        inside = (0.0, 0.0, belt)
        for u0, u1 in ((0.08, 0.47), (0.53, 0.93)):
            s.face(patch(side_quad(side), u0, u1, 0.12, 0.88), GLASS, away_from=inside, layer=1)
    s.detail_px = 12.0
    for y in (-width - 0.08, width + 0.08):
        s.ball((front - 0.25, y, belt + 0.06), 0.09, paint, layer=2)
    s.detail_px = 0.0


def side_quad(side: list[Point]) -> list[Point]:
    """Return a cabin side's corners from its rear foot: along the foot, up the front, back along the roof.

    Parameters
    ----------
    side : list of tuple
        As `Sculptor.loft` gives: rear foot, rear top, front top, front foot.

    Returns
    -------
    list of tuple
        Four corners in a round.
    """
    return [side[0], side[3], side[2], side[1]]
