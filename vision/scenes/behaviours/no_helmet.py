"""A rider, or who rides behind, wears no helmet."""

from dataclasses import replace
from random import Random

from vision.scenes.behaviours.base import Behaviour
from vision.scenes.layout import Layout
from vision.scenes.road_user import Rider, RoadUser


def _suits(user: RoadUser, layout: Layout) -> bool:
    del layout
    return user.kind.name == "motorbike"


def _prepare(user: RoadUser, layout: Layout, rng: Random) -> None:
    del layout
    bare = rng.randrange(len(user.look.riders))
    riders = tuple(Rider(has_helmet=k != bare) for k in range(len(user.look.riders)))
    user.look = replace(user.look, riders=riders)


NO_HELMET = Behaviour("no_helmet", "helmet", _suits, _prepare)
