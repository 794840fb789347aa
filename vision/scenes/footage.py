"""Cycles of a scene's traffic, painted once and laid over its empty street under any light.

A picture of traffic is what the road users themselves give back, and how much of the street is seen through between
them. Both come from two paintings, one on black and one on a grey street: exactly the painter's own hiding, shadows,
beams and halos. Only the tiles of a picture that traffic touches are kept.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from vision.frames import Image
from vision.scenes.arrivals import Flow
from vision.scenes.paint.lens import Camera
from vision.scenes.paint.light import Light
from vision.scenes.paint.picture import Painter, Setting
from vision.scenes.paint.sight import Seen
from vision.scenes.stage import Floats, seen_of
from vision.scenes.world import World

Pixel = TypeVar("Pixel", bound=np.generic)
SIDE = 10
LOOK_S = 0.5
STREET = 100
BUSIEST = {"south": 1500.0, "north": 1200.0, "east": 500.0, "west": 500.0}
SHARES = {"no_stopping": 0.01, "bus_stop": 0.01, "short_stop": 0.02, "breakdown": 0.002}


@dataclass(frozen=True, eq=False)
class Shot:
    """Traffic of one look.

    Attributes
    ----------
    rows, columns : ndarray
        Of its tiles.
    own : ndarray
        n × 10 × 10: what road users give back.
    through : ndarray
        n × 10 × 10: how much of the street is seen, 255 is all.
    """

    rows: NDArray[np.intp]
    columns: NDArray[np.intp]
    own: Image
    through: Image


@dataclass(frozen=True)
class Cycle:
    """A cycle of the signal, two looks a second, as lit while it was painted."""

    light: Light
    shots: Sequence[Shot]


def film(world: World, scene: int, light: Light, camera: Camera, looks: int | None = None) -> Cycle:
    """Paint one cycle of traffic, after one that fills the street.

    Parameters
    ----------
    world : World
        The traffic; it is moved on.
    scene : int
        The seed of what stands beside the road.
    light : Light
        What shines.
    camera : Camera
        Where it hangs.
    looks : int, optional
        How many, from the beginning of the cycle; all by default.

    Returns
    -------
    Cycle
        As painted.
    """
    painter = Painter(world.layout, camera, Setting(light.hour, seed=scene, light=light))
    sheets, cycle_s, shots = _Sheets(painter), world.plan.cycle_s, []
    for number in range(round(cycle_s / LOOK_S) if looks is None else looks):
        at_s = cycle_s + number * LOOK_S
        lamps = {name: world.lamp(name, at_s) for name in world.layout.arms}
        shots.append(sheets.shot(painter.see(world.poses(at_s), lamps)))
    return Cycle(light, shots)


def traffic(seed: int, share: float) -> World:
    """Return a junction's traffic.

    Parameters
    ----------
    seed : int
        Of all chance.
    share : float
        Of a street's busiest traffic, 0 to 1.

    Returns
    -------
    World
        At second 0.
    """
    return World(seed, SHARES, Flow({arm: most * share for arm, most in BUSIEST.items()}, 20 * share, 200 * share))


class _Sheets:
    def __init__(self, painter: Painter) -> None:
        self._painter = painter
        width, height = painter.lens.size
        self._black = np.zeros((height, width, 3), np.uint8)
        self._grey = np.full_like(self._black, STREET)
        self._bare = np.maximum(seen_of(painter.compose([], self._grey)), 1).astype(np.float32)

    def shot(self, seen: Sequence[Seen]) -> Shot:
        own = seen_of(self._painter.compose(seen, self._black))
        both = seen_of(self._painter.compose(seen, self._grey)).astype(np.float32)
        through = np.clip(np.rint((both - own) * (255 / self._bare)), 0, 255).astype(np.uint8)
        own_tiles, through_tiles = tiles(own), tiles(through)
        rows, columns = np.nonzero((own_tiles.max((1, 3)) > 1) | (through_tiles.min((1, 3)) < 250))
        return Shot(rows, columns, own_tiles[rows, :, columns], through_tiles[rows, :, columns])


def tiles(picture: NDArray[Pixel]) -> NDArray[Pixel]:
    """Return a view of a picture as rows and columns of tiles: [row, :, column, :]."""
    height, width = picture.shape
    return picture.reshape(height // SIDE, SIDE, width // SIDE, SIDE)


def lay(street: Floats, shot: Shot, gain: float) -> None:
    """Lay traffic over a street, in place.

    Parameters
    ----------
    street : ndarray
        180 × 320 grey levels.
    shot : Shot
        The traffic.
    gain : float
        How much brighter it is lit than when it was painted.
    """
    view = tiles(street)
    seen = view[shot.rows, :, shot.columns]
    view[shot.rows, :, shot.columns] = seen * (shot.through * np.float32(1 / 255)) + shot.own * np.float32(gain)
