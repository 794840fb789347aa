"""What a behaviour is: whom it suits, and how it changes what a driver means to do."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from vision.scenes.layout import Layout
from vision.scenes.road_user import RoadUser


@dataclass(frozen=True)
class Behaviour:
    """One behaviour; ``rule`` is the rule that it breaks, empty where it breaks none.

    It only changes the intent: whether an act came of it is for the witnesses to say.
    """

    name: str
    rule: str
    suits: Callable[[RoadUser, Layout], bool]
    prepare: Callable[[RoadUser, Layout, Random], None]
