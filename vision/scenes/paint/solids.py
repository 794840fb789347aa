"""What things are made of: flat faces, rods and balls in metres, in the thing's own frame (ahead, left, up)."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Point = tuple[float, float, float]
Colour = tuple[int, int, int]  # blue, green, red of the surface in full light


@dataclass(frozen=True)
class Part:
    """One face (three or more ``corners``), rod (two) or ball (one) of a model.

    ``body`` numbers the convex piece it belongs to, ``layer`` orders parts inside a body, ``owner`` 0 is the
    vehicle and n its n-th person. A lamp's ``glow`` is ``"head"``, ``"tail"`` or a signal's colour. A part with
    ``detail_px`` is left out where a metre has fewer pixels.
    """

    corners: tuple[int, ...]
    colour: Colour
    normal: Point | None = None
    radius: float = 0.0
    body: int = 0
    layer: int = 0
    owner: int = 0
    glow: str | None = None
    detail_px: float = 0.0
    is_hull: bool = False
    text: tuple[str, ...] = ()


class Model:
    """A thing: its points and its parts, and the same as arrays for the painter.

    Parameters
    ----------
    points : ndarray
        n × 3, metres.
    parts : tuple of Part
        See there.
    """

    def __init__(self, points: Floats, parts: tuple[Part, ...]) -> None:
        self.points, self.parts = points, parts
        self.normals = np.array([part.normal or (0.0, 0.0, 0.0) for part in parts])
        self.is_sided = np.array([part.normal is not None for part in parts])
        self.colours = np.array([part.colour for part in parts], np.float64)
        self.corners = [np.array(part.corners) for part in parts]
        self.anchors = points[[part.corners[0] for part in parts]]
        sums = np.add.reduceat(points, [part.corners[0] for part in parts], axis=0)
        self.middles = sums / np.array([len(part.corners) for part in parts])[:, None]
        self.radii = np.array([part.radius for part in parts])
        self.detail_px = np.array([part.detail_px for part in parts])
        self.bodies = np.array([part.body for part in parts])
        self.layers = np.array([part.layer - 0.5 * part.is_hull for part in parts])
        self.owners = sorted({part.owner for part in parts})
        means = {body: self.middles[self.bodies == body].mean(0) for body in set(self.bodies.tolist())}
        self.body_middles = np.array([means[int(body)] for body in self.bodies])
        counts = [len(part.corners) for part in parts]  # parts hold their points one after another
        self.point_radii = np.repeat(self.radii, counts)
        self.point_owners = np.repeat([part.owner for part in parts], counts)

    def scaled(self, length: float, width: float, height: float) -> "Model":
        """Return the same made longer, wider and higher by factors."""
        return Model(self.points * np.array([length, width, height]), self.parts)

    def size(self) -> Point:
        """Return length, width and height in metres."""
        length, width, height = self.points.max(0) - self.points.min(0)
        return float(length), float(width), float(height)


class Sculptor:
    """Puts parts together; ``body``, ``owner`` and ``detail_px`` hold for what is added next."""

    def __init__(self) -> None:
        self.points: list[Point] = []
        self.parts: list[Part] = []
        self.body = 0
        self.owner = 0
        self.detail_px = 0.0

    def model(self) -> Model:
        """Return what was put together."""
        return Model(np.array(self.points, np.float64), tuple(self.parts))

    def face(
        self,
        corners: Sequence[Point],
        colour: Colour,
        *,
        away_from: Point | None = None,
        layer: int = 0,
        glow: str | None = None,
        text: tuple[str, ...] = (),
    ) -> None:
        """Add a flat convex face, seen only from its outside: the side away from a point; without one from both."""
        normal = None if away_from is None else _normal(corners, away_from)
        self._add(corners, colour, normal=normal, layer=layer, glow=glow, text=text)

    def rod(self, start: Point, end: Point, radius: float, colour: Colour, *, layer: int = 0) -> None:
        """Add a rod with round ends."""
        self._add((start, end), colour, radius=radius, layer=layer)

    def ball(
        self,
        middle: Point,
        radius: float,
        colour: Colour,
        *,
        layer: int = 0,
        glow: str | None = None,
        towards: Point | None = None,
    ) -> None:
        """Add a ball; a lamp may shine ``towards`` one side only."""
        self._add((middle,), colour, radius=radius, layer=layer, glow=glow, normal=towards)

    def loft(
        self,
        loop: Sequence[tuple[float, float, float]],
        colours: Sequence[Colour],
        side: Colour,
        *,
        layer: int = 0,
        middle_y: float = 0.0,
    ) -> list[list[Point]]:
        """Add a convex body: a loop of (ahead, up, half width) seen from the left, mirrored to the right.

        Parameters
        ----------
        loop : sequence
            Points around the side view.
        colours : sequence
            Of the strip from each point to the next; the last closes the loop.
        side : tuple of int
            Colour of both sides.
        layer : int
            See `Part`.
        middle_y : float
            Metres to the left of the body's middle plane.

        Returns
        -------
        list of list
            The left and the right side's corners.
        """
        left: list[Point] = [(x, middle_y + w, z) for x, z, w in loop]
        right: list[Point] = [(x, middle_y - w, z) for x, z, w in loop]
        middle = _mean([*left, *right])
        first = len(self.points)
        self._add([*left, *right], side, layer=layer, is_hull=True)
        for corners in (left, right):
            self.face(corners, side, away_from=middle, layer=layer)
        for i, colour in enumerate(colours):
            j = (i + 1) % len(loop)
            self.face((left[i], left[j], right[j], right[i]), colour, away_from=middle, layer=layer)
        assert len(self.points) > first
        return [left, right]

    def box(self, middle: Point, size: Point, colour: Colour, *, layer: int = 0) -> None:
        """Add a box of (length, width, height) around a middle."""
        x, y, z = middle
        length, width, height = (v / 2 for v in size)
        loop = [(x - length, z - height, width), (x - length, z + height, width)]
        loop += [(x + length, z + height, width), (x + length, z - height, width)]
        self.loft(loop, [colour] * 4, colour, layer=layer, middle_y=y)

    def disc(
        self, middle: Point, radius: float, colour: Colour, *, sides: int = 10, out: float = 0.0, layer: int = 0
    ) -> None:
        """Add an upright disc along the way ahead; seen from one side only when ``out`` is ±1 (left, right)."""
        x, y, z = middle
        corners = [
            (x + radius * math.cos(a), y, z + radius * math.sin(a))
            for a in (2 * math.pi * k / sides for k in range(sides))
        ]
        self.face(corners, colour, away_from=(x, y - out, z) if out else None, layer=layer)

    def _add(self, corners: Sequence[Point], colour: Colour, **more: object) -> None:
        first = len(self.points)
        self.points.extend(corners)
        numbers = tuple(range(first, first + len(corners)))
        part = Part(numbers, colour, body=self.body, owner=self.owner, detail_px=self.detail_px, **more)  # type: ignore[arg-type]
        self.parts.append(part)


def on_face(corners: Sequence[Point], u: float, v: float) -> Point:
    """Return the place on a four-cornered face at shares u (first → second corner) and v (first → fourth).

    Parameters
    ----------
    corners : sequence
        Four corners in a round.
    u, v : float
        0 to 1.

    Returns
    -------
    tuple of float
        Ahead, left, up.
    """
    x, y, z = ((a + (b - a) * u) * (1 - v) + (d + (c - d) * u) * v for a, b, c, d in zip(*corners, strict=True))
    return x, y, z


def patch(corners: Sequence[Point], u0: float, u1: float, v0: float, v1: float) -> list[Point]:
    """Return the corners of a piece of a four-cornered face.

    Parameters
    ----------
    corners : sequence
        Four corners in a round.
    u0, u1, v0, v1 : float
        Shares, see `on_face`.

    Returns
    -------
    list of tuple
        Four corners.
    """
    return [on_face(corners, u, v) for u, v in ((u0, v0), (u1, v0), (u1, v1), (u0, v1))]


def _mean(points: Sequence[Point]) -> Point:
    x, y, z = (sum(values) / len(points) for values in zip(*points, strict=True))
    return x, y, z


def _normal(corners: Sequence[Point], away_from: Point) -> Point:
    (ax, ay, az), (bx, by, bz), (cx, cy, cz) = corners[:3]
    ux, uy, uz, vx, vy, vz = bx - ax, by - ay, bz - az, cx - ax, cy - ay, cz - az
    x, y, z = uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx
    out = x * (ax - away_from[0]) + y * (ay - away_from[1]) + z * (az - away_from[2])
    length = math.sqrt(x * x + y * y + z * z) or 1.0
    scale = (1.0 if out >= 0 else -1.0) / length
    return round(x * scale, 9), round(y * scale, 9), round(z * scale, 9)
