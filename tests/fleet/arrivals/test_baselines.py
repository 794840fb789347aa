"""The baselines on drives worked out by hand."""

import numpy as np
import pytest

from fleet.arrivals.baselines import (
    Ahead,
    arrive,
    kalman,
    last_bus,
    learnt_interval,
    make_drives,
    quarter_hour,
    with_learnt_shift,
)
from fleet.arrivals.baselines.planned import schedule, schedule_and_delay

NOON_MS = 1_763_870_400_000
DAY_MS = 86_400_000


def drives(*rows: tuple[int, float, float]):
    """Return drives of (link, seconds after noon, seconds)."""
    link, at_s, took = zip(*rows, strict=True)
    return make_drives(np.array(link), NOON_MS + (np.array(at_s) * 1000).astype(np.int64), np.array(took))


def ahead(*links: int, at_s: float = 0.0, part: float = 1.0, planned_s: float = 50.0):
    count = len(links)
    at = np.full(count, NOON_MS + round(at_s * 1000))
    parts = np.ones(count)
    parts[0] = part
    return Ahead(np.zeros(count, dtype=np.int64), np.array(links), at, at, parts, np.full(count, planned_s))


def test_baselines_are_never_in_the_past():
    made, due = np.array([1000]), np.array([500])
    assert schedule(due, made)[0] == 1000
    assert schedule_and_delay(due, made, np.array([2.0]))[0] == 2500


def test_the_last_bus_is_the_latest_that_was_known():
    known = drives((1, -100, 60.0), (1, -10, 80.0), (1, 10, 999.0), (2, -5, 30.0))
    assert last_bus(known, ahead(1, 2)).tolist() == [80.0, 30.0]
    assert last_bus(known, ahead(1, at_s=-50)).tolist() == [60.0]
    assert np.isnan(last_bus(known, ahead(1, 3, at_s=-200))).all()


def test_history_is_the_mean_of_the_last_quarter_hour_and_of_the_same_one_on_days_before():
    today = ((1, -600, 60.0), (1, -60, 80.0), (1, -3000, 999.0))
    assert quarter_hour(drives(*today), ahead(1)).tolist() == [70.0]
    yesterday = (1, -86400 + 300, 100.0), (1, -86400 + 1200, 999.0)
    assert quarter_hour(drives(*today, *yesterday), ahead(1)).tolist() == [80.0]
    assert quarter_hour(drives((1, -3000, 90.0), (1, -4000, 70.0)), ahead(1)).tolist() == [80.0]


def test_the_kalman_filter_is_the_papers():
    past = drives((1, -400, 60.0), (1, -300, 70.0), (1, -200, 80.0), (1, -100, 90.0))
    # The third bus has history 60, 70 (variance 25, gain 2/3: error 16.67); the fourth 60, 70, 80 (66.67).
    error = 25.0 * 2.0 / 3.0
    variance = 200.0 / 3.0
    gain = (error + variance) / (error + 2 * variance)
    assert kalman(past, ahead(1))[0] == pytest.approx((1 - gain) * 90.0 + gain * 70.0)
    assert kalman(past, ahead(1, at_s=-350)).tolist() == [60.0]


def test_the_kalman_filter_prefers_the_same_time_of_days_before():
    old = [(1, -day * 86400 + 60, took) for day, took in ((1, 100.0), (2, 120.0), (3, 110.0))]
    said = kalman(drives(*old, (1, 30, 60.0)), ahead(1, at_s=60))[0]
    # Yesterday's own filter had history 110, 120 (variance 25); today's has all three (66.67).
    error, variance = 25.0 * 2.0 / 3.0, 200.0 / 3.0
    gain = (error + variance) / (error + 2 * variance)
    assert said == pytest.approx((1 - gain) * 60.0 + gain * 110.0)


def test_links_add_up_from_where_the_bus_is():
    way = ahead(1, 2, 3, part=0.5)
    assert ((arrive(way, np.array([40.0, np.nan, 10.0])) - NOON_MS) / 1000).tolist() == [20.0, 70.0, 80.0]


def test_a_shift_is_learnt_from_what_had_happened_only():
    made = np.arange(0, 7_200_000, 30_000) + NOON_MS
    eta = made + 120_000
    moved = with_learnt_shift(eta, made, eta - 100_000)
    assert moved[0] - eta[0] == moved[1] - eta[1]
    assert abs(int(moved[-1] - (eta[-1] - 100_000))) <= 60_000


def test_a_constant_interval_is_learnt_from_what_had_happened_only():
    made = np.arange(0, 7_200_000, 30_000) + NOON_MS
    error_ms = np.tile([-40_000, 0, 0, 0, 60_000], len(made))[: len(made)]
    low, high = learnt_interval(made + 120_000, made, made + 120_000 + error_ms)
    assert (low[0], high[0]) == (low[1], high[1])
    assert -low[0] == pytest.approx(high[0], abs=5.0)
    assert low[-1] == pytest.approx(-40.0, abs=6.0)
    assert high[-1] == pytest.approx(60.0, abs=6.0)
