"""A driver stops or parks at the bus stop."""

from random import Random

from vision.scenes.behaviours.base import Behaviour
from vision.scenes.behaviours.kerb import can_stop_at_kerb, stop_in
from vision.scenes.layout import Layout
from vision.scenes.road_user import RoadUser


def _suits(user: RoadUser, layout: Layout) -> bool:
    return can_stop_at_kerb(user, layout)


def _prepare(user: RoadUser, layout: Layout, rng: Random) -> None:
    stop_in(user, layout, rng, "bus_stop", rng.uniform(90.0, 900.0))


BUS_STOP = Behaviour("bus_stop", "bus_stop_occupied", _suits, _prepare)
