"""What stands along a junction's arms and may hide road users."""

import math
import random
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vision.frames import Image
from vision.scenes.layout import PAVEMENT_M, Arm, Layout
from vision.scenes.paint.backdrop import FAR_M
from vision.scenes.paint.brush import draw, draw_ids
from vision.scenes.paint.lens import Lens
from vision.scenes.paint.light import Light
from vision.scenes.paint.order import painting_order
from vision.scenes.paint.scenery import house, lamp_post, tree
from vision.scenes.paint.sight import Seen, Thing, look_at, shade

Depths = NDArray[np.float32]
HOUSE_M = 8.0  # deep
HALO_PX = 16  # a blurred thing reaches beyond its box
CLEAR_M = 11.0  # no tree hangs so near before the camera


def roadside(layout: Layout, lens: Lens, rng: random.Random, *, lit: bool) -> list[Seen]:
    """Return houses, trees and lamp posts that are in the picture.

    Parameters
    ----------
    layout : Layout
        The junction.
    lens : Lens
        The camera.
    rng : random.Random
        Chooses them.
    lit : bool
        Whether street lamps shine.

    Returns
    -------
    list of Seen
        In no order.
    """
    things = [
        thing for arm in layout.arms.values() for thing in (*_houses(layout, arm, rng), *_posts(arm, rng, lit=lit))
    ]
    east, north = float(lens.at[0]), float(lens.at[1])
    seen = []
    for thing in things:
        if thing.number == 0 and abs(thing.x - east) + abs(thing.y - north) < CLEAR_M:
            continue
        one = look_at(thing, lens)
        if one is not None:
            seen.append(one)
    return seen


def _houses(layout: Layout, arm: Arm, rng: random.Random) -> Iterator[Thing]:
    widest = max(other.half_m for other in layout.arms.values()) + PAVEMENT_M
    hx, hy = arm.heading
    for side in (1, -1):
        along = arm.reach_m - widest - 4.0
        while along > -FAR_M:
            width = rng.uniform(4.0, 8.0)
            x, y = arm.place(along - width / 2, side * (arm.half_m + PAVEMENT_M + 0.3 + HOUSE_M / 2))
            heading = math.atan2(-hx * side, hy * side) - math.pi / 2
            yield Thing(house(rng, width, HOUSE_M), x, y, heading, -100, footprint=(width, HOUSE_M))
            along -= width


def _posts(arm: Arm, rng: random.Random, *, lit: bool) -> Iterator[Thing]:
    post, glow = lamp_post(), frozenset({"street"}) if lit else frozenset()
    hx, hy = arm.heading
    for side in (1, -1):
        along = -12.0
        while along > -FAR_M * 0.7:
            x, y = arm.place(along, side * (arm.half_m + 1.0))
            model = post if rng.random() < 0.35 else tree(rng)
            yield Thing(model, x, y, math.atan2(hx * side, -hy * side), lit=glow, footprint=(0.4, 0.4))
            along -= rng.uniform(9, 18)


def settle(image: Image, seen: Sequence[Seen], lens: Lens, light: Light) -> Depths:
    """Draw what stands beside the road into the empty picture.

    Parameters
    ----------
    image : ndarray
        The empty junction; changed in place.
    seen : sequence of Seen
        What stands beside the road.
    lens : Lens
        The camera.
    light : Light
        What shines.

    Returns
    -------
    ndarray
        Height × width: metres to what stands there, infinite where nothing does.
    """
    depths = np.full(image.shape[:2], np.inf, np.float32)
    for i in painting_order(seen, lens):
        shade(seen[i], lens, light)
        draw(image, seen[i])
        draw_ids(depths, seen[i], {0: float(seen[i].depths.mean())})
    return depths


def hide(image: NDArray[Any], empty: NDArray[Any], depths: Depths, one: Seen) -> None:
    """Put back what stands before a thing that was just drawn.

    Parameters
    ----------
    image : ndarray
        Changed in place.
    empty : ndarray
        What to put back.
    depths : ndarray
        From `settle`.
    one : Seen
        The thing.
    """
    left, top, right, bottom = one.box()
    rows = slice(max(0, int(top) - HALO_PX), max(0, int(bottom) + HALO_PX))
    columns = slice(max(0, int(left) - HALO_PX), max(0, int(right) + HALO_PX))
    nearer = depths[rows, columns] < one.depth_m
    if nearer.any():
        np.copyto(image[rows, columns], empty[rows, columns], where=nearer if image.ndim == 2 else nearer[:, :, None])
