import numpy as np
import pytest

from fleet.simulation.traffic import Blockage, TrafficField, draw_blockages

LON, LAT = np.linspace(105.7, 105.9, 400), np.linspace(20.95, 21.1, 400)
HOUR_MS = 3_600_000
NOON_MS = 1_767_589_200_000  # 2026-01-05 12:00 in Hanoi
EVENING_MS = NOON_MS + round(5.75 * HOUR_MS)


def test_the_same_seed_gives_the_same_traffic_and_another_seed_another() -> None:
    one, same, other = (TrafficField(seed, 25_200).factor(LON, LAT, NOON_MS) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one, same)
    assert np.abs(one - other).max() > 0.1


def test_rush_hour_is_slower_than_noon() -> None:
    field = TrafficField(1, 25_200)
    noon, evening = (
        np.mean([field.factor(LON, LAT, at + k * 60_000).mean() for k in range(-20, 20)])
        for at in (NOON_MS, EVENING_MS)
    )
    assert evening < 0.88 * noon


def test_traffic_changes_smoothly_in_space_and_time() -> None:
    field = TrafficField(3, 25_200)
    here = field.factor(LON, LAT, NOON_MS)
    assert np.abs(field.factor(LON + 1e-4, LAT, NOON_MS) / here - 1).max() < 0.12
    assert np.abs(field.factor(LON, LAT, NOON_MS + 1000) / here - 1).max() < 0.05


def test_a_blockage_slows_traffic_inside_it_while_it_lasts() -> None:
    block = Blockage(105.8, 21.0, 200.0, NOON_MS, NOON_MS + 600_000, 0.1)
    free, blocked = TrafficField(1, 25_200), TrafficField(1, 25_200, [block])
    here, there = np.array([105.8]), np.array([21.0])
    assert blocked.factor(here, there, NOON_MS)[0] == pytest.approx(0.1 * free.factor(here, there, NOON_MS)[0])
    assert blocked.factor(here, there, NOON_MS + 600_000) == free.factor(here, there, NOON_MS + 600_000)
    assert blocked.factor(here + 0.01, there, NOON_MS) == free.factor(here + 0.01, there, NOON_MS)


def test_blockages_are_drawn_by_seed_inside_the_period() -> None:
    drawn = draw_blockages(5, 4, [(105.8, 21.0), (105.9, 21.1)], NOON_MS, NOON_MS + HOUR_MS)
    assert drawn == draw_blockages(5, 4, [(105.8, 21.0), (105.9, 21.1)], NOON_MS, NOON_MS + HOUR_MS)
    assert len(drawn) == 4
    assert all(NOON_MS <= b.start_ms < NOON_MS + HOUR_MS for b in drawn)
    assert draw_blockages(5, 4, [], NOON_MS, NOON_MS + HOUR_MS) == ()
