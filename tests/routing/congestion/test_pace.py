import numpy as np
import pytest

from routing.congestion.pace import drive


@pytest.mark.parametrize(
    ("metres", "start", "end"),
    [(80.0, 8.0, 8.0), (100.0, 5.0, 9.0), (30.0, 10.0, 0.0), (20.0, 10.0, 8.0), (15.0, 0.0, 0.0), (9.0, 12.0, 12.0)],
)
def test_the_way_is_driven_whole_forwards_and_in_the_time(metres: float, start: float, end: float) -> None:
    time_s, way_m = drive(metres, 10.0, start, end)
    assert (time_s[0], way_m[0]) == (0.0, 0.0)
    assert (time_s[-1], way_m[-1]) == (pytest.approx(10.0), pytest.approx(metres))
    assert np.all(np.diff(way_m) >= -1e-9)


def test_an_even_speed_gives_even_steps() -> None:
    _, way_m = drive(80.0, 10.0, 8.0, 8.0)
    assert np.diff(way_m) == pytest.approx(np.full(30, 80.0 / 30))


def test_a_vehicle_that_braked_to_a_stand_and_started_stood_in_between() -> None:
    time_s, way_m = drive(20.0, 30.0, 10.0, 10.0)
    middle = (time_s > 5.0) & (time_s < 25.0)
    assert way_m[middle] == pytest.approx(np.full(middle.sum(), 10.0), abs=0.1)


def test_without_speeds_the_vehicle_went_evenly() -> None:
    _, way_m = drive(90.0, 30.0, float("nan"), 3.0)
    assert np.diff(way_m) == pytest.approx(np.full(30, 3.0))
