"""When a road user's rear comes over the stop line is told by where it truly is."""

import numpy as np
import pytest

from vision.scenes.kinds import KINDS
from vision.scenes.layout import hanoi_junction
from vision.scenes.path import through
from vision.scenes.phases import SignalPlan
from vision.scenes.road_user import Look, RoadUser
from vision.scenes.truth import Truth
from vision.scenes.witness.line import LineWitness

LAYOUT = hanoi_junction()
CAR = Look("car", 4.4, 1.8, 1.5, 0.5, 0.5)
MPS, ACROSS_M = 5.0, 5.0


def tail_s(leave: str, aside_m: float = 0.0) -> tuple[float, list[float]]:
    """Drive a car over the south arm's line into another arm; its front is over the line at second 0.

    Returns
    -------
    tuple
        When its rear came over the line as it is written down, and along the arm where its rear corners were then.
    """
    south = LAYOUT.arms["south"]
    path = through(south, ACROSS_M, LAYOUT.arms[leave], -ACROSS_M)
    user = RoadUser(1, KINDS["car"], CAR, path, "south", leave, "right", ACROSS_M, MPS, 0.0, aside_m=aside_m)
    truth = Truth()
    witness = LineWitness(truth, LAYOUT, SignalPlan())
    for step in range(1, 40):
        before_s, time_s = -CAR.length_m / 2 + MPS * 0.1 * (step - 5), 0.1 * (step - 4)
        user.before, user.s = (before_s, aside_m, MPS), before_s + MPS * 0.1
        witness.step(time_s, 0.1, [user], frozenset())
    (one,) = truth.passes
    assert one.tail_s is not None
    x, y, heading = path.at(-CAR.length_m / 2 + MPS * one.tail_s, aside_m)
    ahead, aside = np.array([np.cos(heading), np.sin(heading)]), np.array([-np.sin(heading), np.cos(heading)])
    rear = np.array([x, y]) - CAR.length_m / 2 * ahead
    return one.tail_s, [south.frame(*(rear + side * CAR.width_m / 2 * aside))[0] for side in (1, -1)]


def test_who_drives_straight_on_is_over_the_line_one_length_later() -> None:
    assert tail_s("north")[0] == pytest.approx(CAR.length_m / MPS, abs=1e-6)


@pytest.mark.parametrize("aside_m", [0.0, 0.5])
def test_the_last_corner_of_who_turns_is_on_the_line_when_its_rear_comes_over_it(aside_m: float) -> None:
    at_s, corners = tail_s("east", aside_m)
    assert min(corners) == pytest.approx(0.0, abs=0.1)
    assert at_s != pytest.approx(CAR.length_m / MPS, abs=0.005)
