"""A driver does not stop at red: one slows and looks, another comes in the first seconds after yellow."""

from random import Random

from vision.scenes.behaviours.base import Behaviour
from vision.scenes.layout import Layout
from vision.scenes.road_user import RoadUser


def _suits(user: RoadUser, layout: Layout) -> bool:
    del layout
    return user.turn in ("straight", "right") and not user.look.is_brt


def _prepare(user: RoadUser, layout: Layout, rng: Random) -> None:
    del layout
    user.intent.red = "run"
    user.wish_mps *= rng.uniform(0.7, 1.0)


RED_LIGHT = Behaviour("red_light", "red_light", _suits, _prepare)
