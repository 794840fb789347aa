"""A thing as the camera sees it: which of its parts, in what order, in what colour."""

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from vision.scenes.paint.lens import Lens, dot, project, turn
from vision.scenes.paint.light import Light
from vision.scenes.paint.solids import Floats, Model

FARTHEST_PX = 20_000.0
Box = tuple[float, float, float, float]


@dataclass(frozen=True, eq=False)
class Thing:
    """A model at a place of the ground: metres east and north, heading from east anticlockwise, radians."""

    model: Model
    x: float
    y: float
    heading_rad: float
    number: int = 0
    speed_mps: float = 0.0
    lit: frozenset[str] = frozenset()
    footprint: tuple[float, float] | None = None


@dataclass(eq=False)
class Seen:
    """A thing as the camera sees it."""

    thing: Thing
    pixels: Floats
    depths: Floats
    scale_px: float
    order: list[int] = field(default_factory=list)
    colours: list[list[int]] = field(default_factory=list)
    radii_px: Floats = field(default_factory=lambda: np.zeros(0))
    facing: Floats = field(default_factory=lambda: np.zeros(0))

    @cached_property
    def depth_m(self) -> float:
        """Metres to its middle."""
        return round(float(self.depths.mean()), 6)

    def box(self) -> Box:
        """Return left, top, right, bottom."""
        return self._box

    def box_of(self, owner: int) -> Box:
        """Return left, top, right, bottom of the vehicle (0) or of one person."""
        mine = self.thing.model.point_owners == owner
        radii = self.thing.model.point_radii[mine, None] * self.scale_px
        return _around(self.pixels[mine] - radii, self.pixels[mine] + radii)

    @cached_property
    def _box(self) -> Box:
        radii = self.thing.model.point_radii[:, None] * self.scale_px
        return _around(self.pixels - radii, self.pixels + radii)


def _around(low: Floats, high: Floats) -> Box:
    left, top = low.min(0).tolist()
    right, bottom = high.max(0).tolist()
    return left, top, right, bottom


def look_at(thing: Thing, lens: Lens) -> Seen | None:
    """Put a thing's points into the picture.

    Parameters
    ----------
    thing : Thing
        The thing.
    lens : Lens
        The camera.

    Returns
    -------
    Seen or None
        ``None`` where it is outside of the picture or a part is beside or behind the camera.
    """
    place, axes = lens.in_frame_of(thing.x, thing.y, thing.heading_rad)
    depth = -float((place * axes[2]).sum())
    if depth < 0.5:
        return None
    pixels, depths = project(thing.model.points - place, axes, lens.focal_px, lens.middle)
    if float(depths.min()) < 0.5:
        return None
    low, high = pixels.min(0), pixels.max(0)
    if (
        low[0] > lens.size[0]
        or low[1] > lens.size[1]
        or high[0] < 0
        or high[1] < 0
        or float(np.abs(pixels).max()) > FARTHEST_PX
    ):
        return None
    return Seen(thing, pixels, depths, lens.focal_px / max(depth, 1.0))


def shade(seen: Seen, lens: Lens, light: Light) -> None:
    """Choose what is drawn, its order and its colours.

    Parameters
    ----------
    seen : Seen
        Filled in place.
    lens : Lens
        The camera.
    light : Light
        What shines.
    """
    thing, model = seen.thing, seen.thing.model
    place, axes = lens.in_frame_of(thing.x, thing.y, thing.heading_rad)
    towards = place - model.anchors
    facing = (
        model.normals[:, 0] * towards[:, 0] + model.normals[:, 1] * towards[:, 1] + model.normals[:, 2] * towards[:, 2]
    )
    drawn = (~model.is_sided | (facing > 0)) & (model.detail_px <= seen.scale_px)
    depths = dot(model.middles - place, axes[2])
    body_depths = dot(model.body_middles - place, axes[2])
    order = np.lexsort((-depths, model.layers, -np.round(body_depths, 6), model.bodies // 10))
    seen.order = [i for i in order.tolist() if drawn[i]]
    seen.radii_px = model.radii * lens.focal_px / np.maximum(depths, 0.5)
    cos, sin = turn(thing.heading_rad)
    east, north, up = light.sun
    sun = (east * cos + north * sin, north * cos - east * sin, up)
    shine = np.where(model.is_sided, np.maximum(dot(model.normals, sun), 0.0), 0.55)
    seen.colours = light.on(model.colours, shine)
    seen.facing = facing / np.sqrt((towards * towards).sum(1))
