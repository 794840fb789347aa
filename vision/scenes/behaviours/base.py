"""What a behaviour is: whom it suits, and how it changes what a driver means to do."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from vision.scenes.layout import Layout
from vision.scenes.path import through
from vision.scenes.road_user import RoadUser


@dataclass(frozen=True)
class Behaviour:
    """One behaviour; ``rule`` is the rule that it may break, empty where it breaks none.

    It only changes the intent: whether an act came of it is for the witnesses to say.
    """

    name: str
    rule: str
    suits: Callable[[RoadUser, Layout], bool]
    prepare: Callable[[RoadUser, Layout, Random], None]


def ride_at(user: RoadUser, layout: Layout, across_in: float, across_out: float | None = None) -> None:
    """Give a driver another place across its arm, and across the arm by which it leaves; it keeps to it.

    Parameters
    ----------
    user : RoadUser
        The driver.
    layout : Layout
        The junction.
    across_in : float
        Metres right of the centre line.
    across_out : float, optional
        Metres right of the centre line as seen by traffic that drives in there; by default the mirror of
        ``across_in``, at least half a metre from either kerb.
    """
    leave = layout.arms[user.leave]
    if across_out is None:
        across_out = -min(max(across_in, 1.0), leave.half_m - 1.0)
    user.path = through(layout.arms[user.enter], across_in, leave, across_out)
    user.across_m = across_in
    user.s = user.path.start_m
    user.intent.holds_lane = True


def is_straight_south(user: RoadUser) -> bool:
    """Tell whether a driver comes from the south, where the cameras look, and goes straight on."""
    return user.enter == "south" and user.turn == "straight" and not user.look.is_brt
