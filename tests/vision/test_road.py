"""How tall a box is beside a usual road user's tells whether its foot is the road user's."""

from dataclasses import replace

import numpy as np
import pytest
from msgspec import structs

from tests.vision.rules.stage import box_of, camera, going
from vision.road import Place, Road
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
    return ROAD.tallness(look, place, (float(np.sin(turn)), float(np.cos(turn))))


@pytest.mark.parametrize("label", ["motorcycle", "car", "truck", "bus"])
def test_a_whole_box_is_as_tall_as_usual_wherever_it_stands_and_whichever_way_it_looks(label: str) -> None:
    tall = [tallness(label, north, heading) for north in (16.0, 24.0, 34.0, 50.0) for heading in (0.0, 45.0, 90.0)]
    assert 0.9 <= min(tall) <= max(tall) <= 1.2


@pytest.mark.parametrize("label", ["car", "truck", "bus"])
def test_a_long_vehicle_stays_as_tall_as_it_is_while_it_drives_away(label: str) -> None:
    tall = [tallness(label, north, 0.0) for north in (18.0, 24.0, 34.0, 50.0)]
    assert max(tall) - min(tall) < 0.02


@pytest.mark.parametrize("label", ["motorcycle", "car"])
def test_what_is_left_of_a_covered_box_is_short_though_it_seems_farther_away(label: str) -> None:
    assert tallness(label, 24.0, 0.0, covered=0.35) < 0.82 * tallness(label, 24.0, 0.0)


def test_without_a_ground_no_box_is_short() -> None:
    road = Road(replace(camera((), [going()]), ground=()))
    look = Look(1, 0, 0, (0.0, 0.0, 20.0, 10.0), 0.9, "car", 3)
    (place,) = road.places([look])
    assert place is not None
    assert road.tallness(look, place, None) == 1.0


@pytest.mark.parametrize("label", ["motorcycle", "bicycle", "person"])
def test_who_is_covered_from_below_stands_where_its_head_says(label: str) -> None:
    ahead = (0.0, 1.0)
    whole, place = seen(label, 26.0)
    head_m = ROAD.head_m(whole, place, ahead)
    assert head_m is not None
    there, covered = seen(label, 22.0)[1], seen(label, 22.0, covered=0.5)
    told = ROAD.by_head(*covered, ahead, head_m)
    assert covered[1].metres_to(there) > 2.0
    assert told.metres_to(there) < 0.3
    assert (told.is_foot, told.is_told) == (False, True)


def test_a_sliver_of_a_head_wheels_without_a_rider_and_a_roof_tell_no_place() -> None:
    assert not ROAD.by_head(*seen("car", 22.0, covered=0.3), None, 1.5).is_told
    sliver, place = seen("motorcycle", 22.0, covered=0.9)
    assert not ROAD.by_head(sliver, place, None, 1.65).is_told
    wheels, place = seen("motorcycle", 22.0, covered=0.3)
    assert not ROAD.by_head(structs.replace(wheels, head_hidden=True), place, None, 1.65).is_told


def test_a_large_box_that_ends_a_little_above_the_edge_of_the_picture_is_cut_by_it_and_a_small_one_is_not() -> None:
    bus = Look(1, 0, 0, (500.0, 300.0, 800.0, 712.0), 0.9, "bus", 3)
    assert ROAD.is_cut(bus)
    assert not ROAD.is_cut(structs.replace(bus, box=(500.0, 640.0, 540.0, 712.0), label="motorcycle"))


def seen(label: str, north_m: float, covered: float = 0.0) -> tuple[Look, Place]:
    box = box_of(label, (2.0, north_m, 0.0))
    assert box is not None
    left, top, right, foot = box
    look = Look(1, 0, 0, (left, top, right, foot - covered * (foot - top)), 0.9, label, 3)
    (place,) = ROAD.places([look])
    assert place is not None
    return look, place
