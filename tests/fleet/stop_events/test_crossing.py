"""When a bus came to a stop, by the reports before and after."""

import pytest

from fleet.stop_events.crossing import coming_ms


def test_a_bus_that_stands_at_the_stop_came_as_fast_as_it_drove_before():
    came_ms = coming_ms(500.0, 420.0, 0, 500.0, 20_000, (8.0, 0.0))
    assert came_ms == 14_000  # 80 m at 8 m/s, and 4 s more because it braked
    assert coming_ms(500.0, 490.0, 0, 500.0, 20_000, (8.0, 0.0)) == 2_500  # it braked already
    assert coming_ms(500.0, 300.0, 0, 500.0, 20_000, (8.0, 0.0)) == 20_000  # no later than it was seen there


def test_a_bus_that_still_rolls_came_no_sooner_than_it_is_at_the_stop():
    assert coming_ms(500.0, 400.0, 0, 490.0, 10_000, (9.0, 6.0)) == 10_000
    assert coming_ms(500.0, 400.0, 0, 520.0, 12_000, (9.0, 6.0)) == 10_000


@pytest.mark.parametrize("speeds_mps", [(None, 0.0), (8.0, None), (1.0, 0.0)])
def test_where_speeds_do_not_tell_the_line_before_the_stop_is_when_a_bus_came(speeds_mps):
    assert coming_ms(500.0, 380.0, 0, 500.0, 12_000, speeds_mps) == 10_000


def test_a_bus_that_drove_on_past_a_stop_came_at_the_line_before_it():
    assert coming_ms(500.0, 380.0, 0, 620.0, 24_000, (8.0, 0.0)) == 10_000


def test_a_bus_that_nobody_saw_for_a_minute_came_at_the_line():
    assert coming_ms(500.0, 380.0, 0, 500.0, 60_000, (8.0, 0.0)) == 50_000
