"""A driver stops in the middle of the junction."""

from random import Random

from vision.scenes.behaviours.base import Behaviour, is_straight_south
from vision.scenes.layout import Layout
from vision.scenes.road_user import Halt, RoadUser


def _suits(user: RoadUser, layout: Layout) -> bool:
    del layout
    return is_straight_south(user) and user.kind.name in ("car", "truck")


def _prepare(user: RoadUser, layout: Layout, rng: Random) -> None:
    del layout
    user.intent.halts.append(Halt(rng.uniform(11.0, 18.0), None, rng.uniform(15.0, 60.0), "blocks"))


BLOCKS_JUNCTION = Behaviour("blocks_junction", "junction_blocking", _suits, _prepare)
