"""Where road users stand on the road: in metres where the camera's ground is known, else measured by their own size."""

from collections.abc import Sequence
from math import hypot, isfinite

import msgspec
import numpy as np
from msgspec.structs import replace

from vision.camera_values import CameraConfig, Point
from vision.ground import GroundPlane, fit_ground
from vision.mast import find_mast
from vision.speed import FOOT_SD_HEIGHTS
from vision.tracks import Look

# Length, width and height of a usual road user of each class, metres.
SIZE_M: dict[str, tuple[float, float, float]] = {
    "person": (0.5, 0.5, 1.65),
    "bicycle": (1.7, 0.6, 1.7),
    "motorcycle": (1.9, 0.75, 1.65),
    "car": (4.4, 1.8, 1.5),
    "truck": (7.0, 2.4, 3.0),
    "bus": (11.5, 2.5, 3.2),
    "ambulance": (5.5, 2.0, 2.5),
    "fire_engine": (8.0, 2.5, 3.2),
    "police_car": (4.6, 1.8, 1.6),
}

LIGHT_M = 2.0
# A box that ends so near to the picture's lower edge, pixels or shares of its height, is cut by it.
EDGE_PX, EDGE_SHARE = 3.0, 0.03
# A place below a head is so much less sure than one at a foot; of less than such a share of somebody nothing is told.
HEAD_SDS, LEAST_SHOWN = 1.5, 0.2


class Place(msgspec.Struct, frozen=True, gc=False):
    """Where the foot of one look stands.

    Attributes
    ----------
    x, y : float
        Metres east and north where the ground is known, else pixels right and down.
    away : tuple of float
        Direction away from the camera there, length 1.
    per_m : float
        How many of such units are a metre: 1 where the ground is known, else by the road user's own height.
    sd_m : float
        How unsure the foot is, metres along ``away``.
    tall_m : float
        How tall the box is, metres across the line of sight; 0 where the ground is not known.
    dip : float
        Sine of the angle at which the camera looks down on it.
    is_foot : bool
        Whether it surely touches the road there; what is left of a covered box ends higher up.
    is_told : bool
        Whether it surely stands there, by its foot or, where that is hidden, by its head.
    """

    x: float
    y: float
    away: Point
    per_m: float
    sd_m: float
    tall_m: float = 0.0
    dip: float = 0.0
    is_foot: bool = True
    is_told: bool = True

    def metres_to(self, other: "Place") -> float:
        """Return how far another place is, metres."""
        return 2 * hypot(other.x - self.x, other.y - self.y) / (self.per_m + other.per_m)


class Road:
    """The road under one camera.

    Parameters
    ----------
    camera : CameraConfig
        With at least four ground marks its road is known in metres.
    """

    def __init__(self, camera: CameraConfig) -> None:
        self._lowest_px = camera.frame[1]
        self.plane: GroundPlane | None = fit_ground(camera.ground) if camera.ground else None
        self.mast = find_mast(self.plane, camera.frame) if self.plane is not None else None

    @property
    def is_metric(self) -> bool:
        """Whether places are in metres."""
        return self.plane is not None

    def places(self, looks: Sequence[Look]) -> list[Place | None]:
        """Return where each look stands; ``None`` for a foot that is not on the road."""
        if self.plane is None:
            return [_by_height(look) for look in looks]
        feet = np.array([look.ground for look in looks]).reshape(-1, 2)
        here = self.plane.metres(feet)
        step = self.plane.metres(feet - [0.0, 1.0]) - here
        length = np.hypot(step[:, 0], step[:, 1])
        aside = self.plane.metres(feet - [1.0, 0.0]) - here
        wide = np.hypot(aside[:, 0], aside[:, 1])
        made: list[Place | None] = []
        rows = zip(looks, here.tolist(), step.tolist(), length.tolist(), wide.tolist(), strict=True)
        for look, (x, y), (dx, dy), m, across_m in rows:
            if not m > 0:  # nan beyond the horizon
                made.append(None)
                continue
            height_px, dip = look.height_px, self.mast.dip(x, y) if self.mast is not None else min(1.0, across_m / m)
            away = dx / m, dy / m
            made.append(Place(x, y, away, 1.0, FOOT_SD_HEIGHTS * height_px * m, height_px * across_m, dip))
        return made

    def points(self, px: Sequence[Point]) -> list[Point]:
        """Return pixels as places on the road; those beyond the horizon are ``nan``."""
        if self.plane is None:
            return list(px)
        return [(x, y) for x, y in self.plane.metres(np.array(px, np.float64)).tolist()]

    def direction(self, at: Point, along: Point) -> Point:
        """Return a direction of the picture at a pixel as one on the road, length 1."""
        (x0, y0), (x1, y1) = self.points([at, (at[0] + along[0], at[1] + along[1])])
        length = hypot(x1 - x0, y1 - y0)
        return ((x1 - x0) / length, (y1 - y0) / length) if length > 0 else (0.0, 0.0)

    def reach(self, label: str, place: Place, heading: Point) -> tuple[float, float]:
        """Return how far from its foot a road user reaches ahead and behind along its heading, metres.

        The foot of a box is the end that the camera sees: the rear of one that drives away, the front of one that
        comes. Without a known ground the box itself bounds how far it reaches.
        """
        length, width, height = SIZE_M[label]
        along = heading[0] * place.away[0] + heading[1] * place.away[1]
        across = abs(heading[0] * place.away[1] - heading[1] * place.away[0])
        if self.plane is None:
            tall, half = _share(label) * height, across * length / 2
            return tall * max(0.0, along) + half, tall * max(0.0, -along) + half
        middle = along * (abs(along) * length + across * width) / 2
        return middle + length / 2, length / 2 - middle

    def tallness(self, look: Look, place: Place, heading: Point | None) -> float:
        """Return how tall a box is beside that of a usual road user of its class there; 1 where that is not known."""
        if self.plane is None or self.mast is None:
            return 1.0
        length, width, height = SIZE_M[look.label]
        if height >= self.mast.height_m:
            return 1.0
        along = 1.0 if heading is None else abs(heading[0] * place.away[0] + heading[1] * place.away[1])
        deep = along * length + (1 - min(along, 1.0) ** 2) ** 0.5 * width
        if length < LIGHT_M:
            deep /= 2  # its highest point is the rider's head, over its middle
        x, y = place.x + deep * place.away[0], place.y + deep * place.away[1]
        usual_px = look.box[3] - self.plane.row_px(*self.mast.behind((x, y), height))
        return look.height_px / usual_px if usual_px > 0 else 1.0

    def is_cut(self, look: Look) -> bool:
        """Tell whether the picture ends above a foot; where the ground is not known that matters to nobody."""
        return self.is_metric and look.box[3] >= self._lowest_px - max(EDGE_PX, EDGE_SHARE * look.height_px)

    def head_m(self, look: Look, place: Place, heading: Point | None) -> float | None:
        """Return how high above the road a head is, of a whole box, metres; ``None`` where that cannot be told."""
        behind = self._behind_top(look)
        if behind is None or self.mast is None:
            return None
        far_m = self.mast.far_m(*behind)
        share = self.mast.far_m(*self.middle(look.label, place, heading)) / far_m if far_m > 0 else 1.0
        return self.mast.height_m * (1 - share)

    def by_head(self, look: Look, place: Place, heading: Point | None, head_m: float) -> Place:
        """Return where somebody on foot or two wheels stands whose foot is hidden: below its head, which is so high.

        Parameters
        ----------
        look : Look
            Of which the top of the box is seen, but not its foot.
        place : Place
            Where that box ends on the road.
        heading : tuple of float or None
            Where it drives.
        head_m : float
            How high the top is above the road, see `head_m`.

        Returns
        -------
        Place
            No foot; not told where the camera's height is not known.
        """
        behind = self._behind_top(look)
        is_sliver = place.tall_m < LEAST_SHOWN * head_m
        if behind is None or self.mast is None or is_sliver or head_m >= self.mast.height_m:
            return replace(place, is_foot=False, is_told=False)
        x, y = self.mast.below(behind, head_m)
        x0, y0 = self.middle(look.label, place, heading or place.away)
        sd_m = HEAD_SDS * FOOT_SD_HEIGHTS * head_m / max(place.dip, 1e-3)
        return replace(place, x=x - (x0 - place.x), y=y - (y0 - place.y), sd_m=sd_m, is_foot=False)

    def _behind_top(self, look: Look) -> Point | None:
        """Return the place on the road that a head hides; ``None`` at the horizon and where the top is a roof.

        Which end of a roof is the top of a box changes by metres while a long vehicle turns.
        """
        if self.plane is None or look.head_hidden or SIZE_M[look.label][0] >= LIGHT_M:
            return None
        behind = self.plane.metre((look.box[0] + look.box[2]) / 2, look.box[1])
        return behind if isfinite(behind[0]) else None

    def middle(self, label: str, place: Place, heading: Point | None) -> Point:
        """Return the middle of a road user on the road, in units of places."""
        length, width, _ = SIZE_M[label]
        if not self.is_metric:
            return place.x, place.y
        if heading is None:
            half = width / 2
        else:
            along = abs(heading[0] * place.away[0] + heading[1] * place.away[1])
            half = (along * length + (1 - along**2) ** 0.5 * width) / 2 if along < 1 else length / 2
        return place.x + half * place.away[0], place.y + half * place.away[1]


def _by_height(look: Look) -> Place:
    x, y = look.ground
    per_m = max(look.height_px, 1.0) / SIZE_M[look.label][2]
    return Place(x, y, (0.0, -1.0), per_m, FOOT_SD_HEIGHTS * SIZE_M[look.label][2])


def _share(label: str) -> float:
    """Return which share of a box's height, seen from a mast, is the length of the road user on the road."""
    return 0.3 if SIZE_M[label][0] < LIGHT_M else 0.5
