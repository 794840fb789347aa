"""Who came over the line on red and stands there is no red light; who drives on is."""

from types import SimpleNamespace
from typing import cast

import pytest

from services.score.red_stands import as_the_law_names
from vision.scenes.truth import Act
from vision.scenes.world import STEP_S, World

GREEN_S = 30.0
RAN = Act("red_light", 7, "motorbike", "south", 10.0, 10.5, 0.0, 0.0, "", {"red_left_s": GREEN_S - 10.0})


class Driven:
    """A world of one road user, whose rear comes to stand so far past the line and drives on at a moment."""

    def __init__(self, stands_m: float, on_s: float) -> None:
        self.time_s, self._stands_m, self._on_s = 0.0, stands_m, on_s

    @property
    def users(self) -> list[SimpleNamespace]:
        rear_m = min(self._stands_m, (self.time_s - 10.0) * 4.0) + max(0.0, self.time_s - self._on_s) * 4.0
        return [SimpleNamespace(user_id=7, rear_s=rear_m, speed_mps=0.0 if rear_m == self._stands_m else 4.0)]

    def step(self) -> None:
        self.time_s = round(self.time_s + STEP_S, 1)


@pytest.mark.parametrize(
    ("stands_m", "on_s", "rule"),
    [
        (2.0, GREEN_S + 1.0, "stop_line"),
        (2.0, 20.0, "red_light"),  # drives on while it is still red
        (2.0, 11.5, "red_light"),  # hardly stood
        (7.0, GREEN_S + 1.0, "red_light"),  # stands in the junction
    ],
)
def test_who_stands_just_past_the_line_until_green_broke_the_stop_line(stands_m: float, on_s: float, rule: str) -> None:
    ((act, share),) = as_the_law_names([(RAN, 0.9)], cast("World", Driven(stands_m, on_s)))
    assert (act.rule, share) == (rule, 0.9)
    assert act.time_s == pytest.approx(10.0 + stands_m / 4.0 if rule == "stop_line" else 10.0, abs=2 * STEP_S)


def test_acts_of_other_rules_stay_as_they_are() -> None:
    turned = Act("u_turn", 7, "motorbike", "south", 10.0, 10.5, 0.0, 0.0)
    assert as_the_law_names([(turned, 1.0)], cast("World", Driven(2.0, 20.0))) == [(turned, 1.0)]
