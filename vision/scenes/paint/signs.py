"""The signs of Vietnamese number plates as strokes of one width: tall and narrow, with open sixes and nines.

A printing font will not do: its six and nine close where a plate's stay open, and readers of real plates take them for
eights.
"""

import math

# Width and stroke as shares of a sign's height.
WIDTH, STROKE = 0.46, 0.125
WIDTHS = {"1": 0.30, "-": 0.26, ".": STROKE, "M": 0.56, "A": 0.52, "V": 0.50, "E": 0.42, "F": 0.42, "L": 0.42}
Point = tuple[float, float]
Stroke = tuple[Point, ...]


def _arc(x: float, y: float, wide: float, tall: float, start: float, end: float) -> Stroke:
    """Return a part of an ellipse around a place, by degrees, from the right downwards."""
    steps = max(3, round(abs(end - start) / 15))
    turns = (math.radians(start + (end - start) * i / steps) for i in range(steps + 1))
    return tuple((round(x + wide * math.cos(a), 4), round(y + tall * math.sin(a), 4)) for a in turns)


def _turned(strokes: tuple[Stroke, ...]) -> tuple[Stroke, ...]:
    return tuple(tuple((1 - x, 1 - y) for x, y in stroke) for stroke in strokes)


_SIX = ((*_arc(0.5, 0.3, 0.5, 0.3, -20, -180), (0.0, 0.7)), _arc(0.5, 0.71, 0.5, 0.29, 0, 360))
_OPEN = (*_arc(0.5, 0.28, 0.5, 0.28, -10, -180), *_arc(0.5, 0.72, 0.5, 0.28, 180, 10))
# Middles of strokes: shares of width and height, right and down.
STROKES: dict[str, tuple[Stroke, ...]] = {
    "0": ((*_arc(0.5, 0.28, 0.5, 0.28, 180, 360), *_arc(0.5, 0.72, 0.5, 0.28, 0, 180), (0.0, 0.28)),),
    "1": (((0.0, 0.22), (1.0, 0.0), (1.0, 1.0)),),
    "2": ((*_arc(0.5, 0.27, 0.5, 0.27, 180, 385), (0.0, 1.0), (1.0, 1.0)),),
    "3": (_arc(0.48, 0.25, 0.46, 0.25, 190, 450), _arc(0.5, 0.74, 0.5, 0.26, 270, 530)),
    "4": (((0.62, 0.0), (0.0, 0.72), (1.0, 0.72)), ((0.72, 0.45), (0.72, 1.0))),
    "5": (((0.92, 0.0), (0.1, 0.0), (0.05, 0.46), *_arc(0.48, 0.67, 0.52, 0.33, 225, 510)),),
    "6": _SIX,
    "7": (((0.0, 0.0), (1.0, 0.0), (0.35, 1.0)),),
    "8": (_arc(0.5, 0.24, 0.44, 0.24, 0, 360), _arc(0.5, 0.73, 0.5, 0.27, 0, 360)),
    "9": _turned(_SIX),
    "A": (((0.0, 1.0), (0.5, 0.0), (1.0, 1.0)), ((0.17, 0.68), (0.83, 0.68))),
    "B": (
        ((0.0, 0.48), (0.0, 0.0), (0.5, 0.0), *_arc(0.5, 0.24, 0.42, 0.24, 270, 450), (0.0, 0.48)),
        ((0.0, 0.48), (0.5, 0.48), *_arc(0.5, 0.74, 0.5, 0.26, 270, 450), (0.0, 1.0), (0.0, 0.48)),
    ),
    "C": (_OPEN,),
    "D": (
        (
            (0.0, 0.0), (0.4, 0.0), *_arc(0.4, 0.3, 0.6, 0.3, 270, 360), *_arc(0.4, 0.7, 0.6, 0.3, 0, 90), (0.0, 1.0),
            (0.0, 0.0),
        ),
    ),
    "E": (((1.0, 0.0), (0.0, 0.0), (0.0, 1.0), (1.0, 1.0)), ((0.0, 0.48), (0.8, 0.48))),
    "F": (((1.0, 0.0), (0.0, 0.0), (0.0, 1.0)), ((0.0, 0.48), (0.8, 0.48))),
    "G": (_OPEN, ((1.0, 0.72), (1.0, 0.55), (0.55, 0.55))),
    "H": (((0.0, 0.0), (0.0, 1.0)), ((1.0, 0.0), (1.0, 1.0)), ((0.0, 0.5), (1.0, 0.5))),
    "K": (((0.0, 0.0), (0.0, 1.0)), ((1.0, 0.0), (0.0, 0.6)), ((0.35, 0.42), (1.0, 1.0))),
    "L": (((0.0, 0.0), (0.0, 1.0), (1.0, 1.0)),),
    "M": (((0.0, 1.0), (0.0, 0.0), (0.5, 0.62), (1.0, 0.0), (1.0, 1.0)),),
    "N": (((0.0, 1.0), (0.0, 0.0), (1.0, 1.0), (1.0, 0.0)),),
    "P": (((0.0, 1.0), (0.0, 0.0), (0.5, 0.0), *_arc(0.5, 0.27, 0.5, 0.27, 270, 450), (0.0, 0.54)),),
    "Q": (((*_arc(0.5, 0.28, 0.5, 0.28, 180, 360), *_arc(0.5, 0.72, 0.5, 0.28, 0, 180), (0.0, 0.28))),
          ((0.6, 0.75), (1.0, 1.0))),
    "R": (
        ((0.0, 1.0), (0.0, 0.0), (0.5, 0.0), *_arc(0.5, 0.27, 0.5, 0.27, 270, 450), (0.0, 0.54)),
        ((0.5, 0.54), (1.0, 1.0)),
    ),
    "S": ((*_arc(0.5, 0.26, 0.48, 0.26, -15, -270), *_arc(0.5, 0.76, 0.5, 0.24, 270, 525)),),
    "T": (((0.0, 0.0), (1.0, 0.0)), ((0.5, 0.0), (0.5, 1.0))),
    "U": (((0.0, 0.0), *_arc(0.5, 0.72, 0.5, 0.28, 180, 0), (1.0, 0.0)),),
    "V": (((0.0, 0.0), (0.5, 1.0), (1.0, 0.0)),),
    "X": (((0.0, 0.0), (1.0, 1.0)), ((1.0, 0.0), (0.0, 1.0))),
    "Y": (((0.0, 0.0), (0.5, 0.5), (1.0, 0.0)), ((0.5, 0.5), (0.5, 1.0))),
    "Z": (((0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (1.0, 1.0)),),
    "-": (((0.0, 0.5), (1.0, 0.5)),),
    ".": (((0.0, 1.0), (0.0, 1.0)),),
}  # fmt: skip


def strokes_of(sign: str) -> tuple[tuple[Stroke, ...], float]:
    """Return the middles of a sign's strokes, one sign height high, and its width.

    Parameters
    ----------
    sign : str
        A digit, a capital of plates, dot or dash.

    Returns
    -------
    strokes : tuple
        Lines of points, right and down from the sign's top left, heights of a sign.
    width : float
        In heights of a sign.
    """
    width = WIDTHS.get(sign, WIDTH)
    across, down = width - STROKE, 1.0 - STROKE
    half = STROKE / 2
    return tuple(tuple((half + x * across, half + y * down) for x, y in stroke) for stroke in STROKES[sign]), width
