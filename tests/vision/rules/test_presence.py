"""Who drove to a place and who leapt there, in metres before a camera; boxes that cover one another."""

import pytest

from tests.vision.rules.stage import Actor, Path, frames, going, stops
from tests.vision.rules.stage import camera as stage_camera
from vision.road import Place, Road
from vision.rules.presence import covered, drove_to, is_same, leapt_off, rest_of
from vision.trails import Trail, Trails

ARRIVES = stops((3.0, 25.0), 0.0, 8.0, until_s=12.0)  # stands from 4.5 s on, drives off at 12 s


def watched(path: Path, seconds: float, fps: float = 10.0, label: str = "motorcycle") -> Trail:
    trails = Trails(Road(stage_camera([], [going(line_m=40.0)])))
    for time_ms, looks in frames([Actor(label, path)], seconds, fps=fps):
        trails.step(time_ms, looks)
    return trails.by_id[1]


@pytest.mark.parametrize("fps", [2.0, 25.0])
def test_who_brakes_to_a_place_drove_there_and_who_starts_from_it_did_not_leap(fps: float) -> None:
    stands = watched(ARRIVES, 10.0, fps)
    place, _ = rest_of(stands)
    assert drove_to(stands, place)
    assert not leapt_off(watched(ARRIVES, 14.0, fps), place)


@pytest.mark.parametrize("fps", [2.0, 25.0])
def test_a_number_that_goes_from_one_that_stands_to_its_neighbour_leaps(fps: float) -> None:
    leaps = watched(lambda t: (3.0, 20.0, 0.0) if t < 6.0 else (3.0, 25.0, 0.0), 12.0, fps)
    place, _ = rest_of(leaps)
    assert not drove_to(leaps, place)
    assert leapt_off(leaps, leaps.places[0])


@pytest.mark.parametrize("fps", [2.0, 25.0])
def test_a_number_that_goes_from_a_passer_to_one_that_stands_leaps(fps: float) -> None:
    passes = watched(lambda t: (1.5, 5.0 + 8.0 * t, 0.0) if t < 2.0 else (3.0, 25.0, 0.0), 12.0, fps)
    place, _ = rest_of(passes)
    assert not drove_to(passes, place)


def test_who_was_always_there_drove_nowhere() -> None:
    stands = watched(lambda _: (3.0, 25.0, 0.0), 8.0)
    assert not drove_to(stands, stands.place)
    assert not leapt_off(stands, stands.place)


def test_a_place_is_the_middle_of_those_in_which_it_stood() -> None:
    trail = watched(lambda t: (3.0, 26.5 if 4.0 <= t < 4.3 else 25.0, 0.0), 4.3)
    place, look = rest_of(trail)
    assert place.metres_to(trail.places[0]) < 0.1
    assert trail.place.metres_to(place) > 1.0
    assert look.time_ms < trail.last.time_ms


@pytest.mark.parametrize(
    ("east", "north", "off_m", "same"),
    [(0.0, 0.8, 0.0, True), (0.0, 2.2, 0.0, False), (0.0, 2.2, 4.0, True), (0.8, 0.0, 4.0, False)],
)
def test_two_motorcycles_beside_each_other_are_two_and_one_whose_foot_is_off_is_one(
    east: float, north: float, off_m: float, *, same: bool
) -> None:
    one = Place(3.0, 25.0, (0.0, 1.0), 1.0, 0.3)
    other = Place(3.0 + east, 25.0 + north, (0.0, 1.0), 1.0, 0.3)
    assert is_same("motorcycle", one, other, off_m) is same


def test_a_box_is_covered_by_the_share_that_others_lie_over() -> None:
    box = (0.0, 0.0, 10.0, 20.0)
    assert covered(box, []) == 0.0
    assert covered(box, [(20.0, 0.0, 30.0, 20.0)]) == 0.0
    assert covered(box, [(5.0, 10.0, 30.0, 40.0)]) == pytest.approx(0.25)
    assert covered(box, [(0.0, 0.0, 10.0, 20.0), (0.0, 10.0, 10.0, 20.0)]) == pytest.approx(1.5)
