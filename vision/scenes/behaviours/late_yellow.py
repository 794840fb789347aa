"""A driver goes on at yellow if it can still reach the line before red: allowed."""

from random import Random

from vision.scenes.behaviours.base import Behaviour
from vision.scenes.layout import Layout
from vision.scenes.road_user import RoadUser


def _suits(user: RoadUser, layout: Layout) -> bool:
    del layout
    return user.turn in ("straight", "right") and not user.look.is_brt


def _prepare(user: RoadUser, layout: Layout, rng: Random) -> None:
    del layout, rng
    user.intent.red = "late"


LATE_YELLOW = Behaviour("late_yellow", "", _suits, _prepare)
