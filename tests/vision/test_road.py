"""How tall a box is beside a usual road user's tells whether its foot is the road user's."""

from dataclasses import replace

import numpy as np
import pytest

from tests.vision.rules.stage import box_of, camera, going
from vision.road import Road
from vision.tracks import Look

ROAD = Road(camera((), [going()]))


def tallness(label: str, north_m: float, heading_deg: float, covered: float = 0.0) -> float:
    box = box_of(label, (2.0, north_m, heading_deg))
    assert box is not None
    left, top, right, foot = box
    look = Look(1, 0, 0, (left, top, right, foot - covered * (foot - top)), 0.9, label, 3)
    (place,) = ROAD.places([look])
    assert place is not None
    turn = np.radians(heading_deg)
    return ROAD.tallness(label, place, (float(np.sin(turn)), float(np.cos(turn))))


@pytest.mark.parametrize("label", ["motorcycle", "car", "truck", "bus"])
def test_a_whole_box_is_as_tall_as_usual_wherever_it_stands_and_whichever_way_it_looks(label: str) -> None:
    tall = [tallness(label, north, heading) for north in (16.0, 24.0, 34.0, 50.0) for heading in (0.0, 45.0, 90.0)]
    assert 0.9 <= min(tall) <= max(tall) <= 1.2


@pytest.mark.parametrize("label", ["motorcycle", "car"])
def test_what_is_left_of_a_covered_box_is_short_though_it_seems_farther_away(label: str) -> None:
    assert tallness(label, 24.0, 0.0, covered=0.35) < 0.82 * tallness(label, 24.0, 0.0)


def test_without_a_ground_no_box_is_short() -> None:
    road = Road(replace(camera((), [going()]), ground=()))
    (place,) = road.places([Look(1, 0, 0, (0.0, 0.0, 20.0, 10.0), 0.9, "car", 3)])
    assert place is not None
    assert road.tallness("car", place, None) == 1.0
