"""A four-arm junction in metres: arms, lanes, stop lines, crossings and zones; x east, y north of its middle."""

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from schemas.earth import degree_m

Floats = NDArray[np.float64]
Place = tuple[float, float]
CROSSING_M = (1.5, 5.5)  # of the zebra crossing past the stop line
PAVEMENT_M = 4.0
ROAD_M = 115.0


@dataclass(frozen=True)
class Lane:
    """One inbound lane: ``kind`` is brt, car, mixed or motorbike; metres right of the centre line."""

    kind: str
    left_m: float
    right_m: float

    @property
    def middle_m(self) -> float:
        """Its middle."""
        return (self.left_m + self.right_m) / 2


@dataclass(frozen=True)
class Arm:
    """One arm in its own frame: ``along`` counts from the stop line with inbound traffic, ``across`` rightwards.

    Attributes
    ----------
    name : str
        ``south``, ``east``, ``north`` or ``west``: where it leads from the middle.
    bearing_deg : float
        The same, clockwise from north.
    reach_m : float
        From the middle of the junction to the stop line.
    lanes : tuple of Lane
        Inbound, from the centre line to the kerb; outbound they lie mirrored.
    """

    name: str
    bearing_deg: float
    reach_m: float
    lanes: tuple[Lane, ...]

    @property
    def half_m(self) -> float:
        """From the centre line to the kerb."""
        return self.lanes[-1].right_m

    @property
    def heading(self) -> Place:
        """Unit vector of inbound traffic."""
        angle = math.radians(self.bearing_deg)
        return -math.sin(angle), -math.cos(angle)

    def place(self, along: float, across: float) -> Place:
        """Return x, y of a point of the arm's frame."""
        hx, hy = self.heading
        return hx * (along - self.reach_m) + hy * across, hy * (along - self.reach_m) - hx * across

    def frame(self, x: float, y: float) -> Place:
        """Return along, across of a point of the ground."""
        hx, hy = self.heading
        return x * hx + y * hy + self.reach_m, x * hy - y * hx

    def strip(self, along: Place, across: Place) -> tuple[Place, ...]:
        """Return the corners of a rectangle of the arm's frame, in the order of a walk around it."""
        (a0, a1), (c0, c1) = along, across
        return tuple(self.place(a, c) for a, c in ((a0, c0), (a0, c1), (a1, c1), (a1, c0)))


@dataclass(frozen=True)
class GroundZone:
    """An area with a meaning; ``kind`` and ``allowed`` as in the camera file, corners in metres."""

    id: str
    kind: str
    corners: tuple[Place, ...]
    arm: str
    allowed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Layout:
    """A whole junction; ``origin`` is lon, lat (WGS 84) of its middle.

    ``forbidden`` names the turns that signs forbid, by arm.
    """

    origin: Place
    arms: dict[str, Arm]
    zones: tuple[GroundZone, ...]
    forbidden: dict[str, tuple[str, ...]] = field(default_factory=dict)
    limit_mps: float = 50 / 3.6

    def lon_lat(self, x: float, y: float) -> Place:
        """Return lon, lat of a place in metres."""
        east, north = degree_m(self.origin[1])
        return self.origin[0] + x / east, self.origin[1] + y / north


def _lanes(*widths: tuple[str, float]) -> tuple[Lane, ...]:
    made, left = [], 0.0
    for kind, width in widths:
        made.append(Lane(kind, left, left + width))
        left += width
    return tuple(made)


MAIN = _lanes(("brt", 3.5), ("car", 3.3), ("mixed", 3.3), ("motorbike", 3.0))
SIDE = _lanes(("car", 3.3), ("mixed", 3.5))


def hanoi_junction(origin: Place = (105.8531, 21.0234)) -> Layout:
    """Return a main road with a bus lane, south to north, crossed by a street of two lanes a direction.

    Parameters
    ----------
    origin : tuple of float
        Lon, lat of its middle.
    """
    north_south = SIDE[-1].right_m + 8.0, MAIN
    east_west = MAIN[-1].right_m + 8.0, SIDE
    arms = {
        name: Arm(name, bearing, *of)
        for name, bearing, of in (
            ("south", 180.0, north_south),
            ("east", 90.0, east_west),
            ("north", 0.0, north_south),
            ("west", 270.0, east_west),
        )
    }
    return Layout(origin, arms, _zones(arms), {"south": ("left", "uturn"), "north": ("uturn",)})


def _zones(arms: dict[str, Arm]) -> tuple[GroundZone, ...]:
    south = arms["south"]
    kerb, brt = south.half_m, south.lanes[0]

    def lane(number: int) -> tuple[Place, ...]:
        return south.strip((-ROAD_M, -1.0), (south.lanes[number].left_m, south.lanes[number].right_m))

    half_x, half_y = arms["north"].half_m, arms["east"].half_m
    box = ((-half_x, -half_y), (half_x, -half_y), (half_x, half_y), (-half_x, half_y))
    return (
        GroundZone("brt", "brt_lane", south.strip((-ROAD_M, -1.0), (brt.left_m, brt.right_m)), "south"),
        GroundZone("inbound", "one_way", south.strip((-ROAD_M, -1.0), (0.3, kerb)), "south"),
        GroundZone("cars", "lane", lane(1), "south", ("car", "truck", "bus")),
        GroundZone("bikes", "lane", lane(3), "south", ("motorcycle", "bicycle")),
        GroundZone("kerb", "no_stopping", south.strip((-72.0, -44.0), (kerb - 3.0, kerb)), "south"),
        GroundZone("stop", "bus_stop", south.strip((-98.0, -76.0), (kerb - 3.0, kerb)), "south"),
        GroundZone("walk", "pavement", south.strip((-ROAD_M, -1.0), (kerb + 0.3, kerb + PAVEMENT_M)), "south"),
        GroundZone("box", "junction", box, "south"),
        GroundZone("turn", "no_u_turn", south.strip((-1.0, south.reach_m + half_y), (-kerb, kerb)), "south"),
    )
