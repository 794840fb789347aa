"""A vehicle breaks down in its lane, past the junction or before it: the queue behind it spills back."""

from random import Random

from vision.scenes.behaviours.base import Behaviour, is_straight_south
from vision.scenes.layout import Layout
from vision.scenes.road_user import Halt, RoadUser


def _suits(user: RoadUser, layout: Layout) -> bool:
    del layout
    return is_straight_south(user) and user.kind.name in ("car", "truck")


def _prepare(user: RoadUser, layout: Layout, rng: Random) -> None:
    del layout
    place = rng.choice((rng.uniform(36.0, 60.0), rng.uniform(-12.0, -4.0), rng.uniform(8.0, 20.0)))
    user.intent.halts.append(Halt(place, None, rng.uniform(40.0, 120.0), "breakdown"))


BREAKDOWN = Behaviour("breakdown", "", _suits, _prepare)
