import numpy as np
import pytest

from tests.vision.builders import START_MS, picture
from tests.vision.uncovered import measure
from vision.privacy import Actor, OtherTrack, box_at, cover, covered

NOBODY = Actor((), ())


def other(label: str = "person", **times_and_boxes: object) -> OtherTrack:
    return OtherTrack(
        track_id=1, label=label, time_ms=(START_MS, START_MS + 1000), boxes=((100, 100, 140, 200), (200, 100, 240, 200))
    )


def holds(regions: list[tuple[float, float, float, float]], x: float, y: float) -> bool:
    return any(left <= x <= right and top <= y <= bottom for left, top, right, bottom in regions)


def test_between_two_looks_the_box_moves_with_the_road_user() -> None:
    track = other()
    assert box_at(track.time_ms, track.boxes, START_MS + 500) == (150, 100, 190, 200)
    assert box_at(track.time_ms, track.boxes, START_MS) == (100, 100, 140, 200)


def test_a_second_before_and_after_it_is_covered_where_it_was_and_where_it_would_be() -> None:
    track = other()
    late = box_at(track.time_ms, track.boxes, START_MS + 1500)
    assert late == (200, 100, 290, 200)
    early = box_at(track.time_ms, track.boxes, START_MS - 500)
    assert early == (50, 100, 140, 200)
    assert box_at(track.time_ms, track.boxes, START_MS + 2001) is None
    assert box_at(track.time_ms, track.boxes, START_MS - 1001) is None


@pytest.mark.parametrize("label", ["person", "motorcycle", "bicycle"])
def test_heads_are_covered(label: str) -> None:
    regions = covered([other(label)], NOBODY, START_MS)
    assert holds(regions, 120, 97)
    assert holds(regions, 120, 125)


@pytest.mark.parametrize("label", ["car", "truck", "bus", "motorcycle"])
def test_plates_are_covered_down_to_the_foot(label: str) -> None:
    regions = covered([other(label)], NOBODY, START_MS)
    assert all(holds(regions, x, y) for x in (98, 120, 141) for y in (165, 180, 202))


def test_between_its_windows_and_its_plate_a_bus_stays_open() -> None:
    regions = covered([other("bus")], NOBODY, START_MS)
    assert not any(holds(regions, 120, y) for y in (148, 160))


def test_who_acted_and_its_parts_stay_open_and_a_neighbour_does_not() -> None:
    actor = Actor((START_MS,), ((90, 90, 150, 210),))
    assert covered([other("person")], actor, START_MS) == []
    assert covered([other("person")], Actor((START_MS,), ((130, 90, 150, 210),)), START_MS)


def test_a_covered_region_has_one_colour_and_nothing_else_changes() -> None:
    image = picture(1, (64, 48))
    shown = cover(image, [(10.4, -5, 20, 30), (60, 40, 90, 90)])
    assert len(np.unique(shown[0:30, 10:20].reshape(-1, 3), axis=0)) == 1
    assert np.array_equal(shown[:, 21:59], image[:, 21:59])
    assert not np.array_equal(shown[41:, 61:], image[41:, 61:])
    assert cover(image, [(5, 5, 5, 9), (100, 100, 200, 200)]) is not image


def test_lamps_stay_open_though_a_bus_stands_before_them() -> None:
    image = picture(1, (64, 48))
    shown = cover(image, [(0, 0, 64, 48)], [(10, 10, 14, 14)])
    assert np.array_equal(shown[10:14, 10:14], image[10:14, 10:14])
    assert not np.array_equal(shown[20:, 20:], image[20:, 20:])


def test_of_bystanders_heads_and_plates_hardly_any_stay_open_in_a_scene() -> None:
    found, shown = measure(10.0, "good")
    for what in found.values():
        assert what.count > 100
        assert what.mostly_open / what.count < 0.01
        assert what.open_pixels / what.pixels < 0.02
    assert shown.open_pixels / shown.pixels > 0.05


def test_where_one_look_misses_the_rider_the_head_of_looks_around_it_is_covered() -> None:
    times, whole, machine = (0, 100, 200), (10.0, 10.0, 40.0, 90.0), (10.0, 50.0, 40.0, 90.0)
    other = OtherTrack(track_id=7, label="motorcycle", time_ms=times, boxes=(whole, machine, whole))
    regions = covered([other], Actor((), ()), 100)
    assert min(top for _, top, _, _ in regions) <= 10


def test_where_one_look_misses_the_machine_its_plate_and_the_rider_s_head_are_covered() -> None:
    times, whole, rider = (0, 100, 200), (10.0, 10.0, 40.0, 90.0), (10.0, 10.0, 40.0, 58.0)
    other = OtherTrack(track_id=7, label="motorcycle", time_ms=times, boxes=(whole, rider, whole))
    regions = covered([other], Actor((), ()), 100)
    assert all(holds(regions, 25, y) for y in (10, 20, 50, 70, 90))
