"""The published schemes, on numbers worked out by hand."""

import numpy as np
import pytest

from fleet.arrivals.baselines import schedule, schedule_and_delay, with_learnt_shift
from fleet.arrivals.score import bootstrap_mean, calitp, eab, honesty, mbta


def test_eab_bins_are_half_open_and_bands_inclusive():
    figures = eab(np.array([0.0, 179.9, 180.0, 899.0, 900.0]), np.array([-30.0, 90.1, 150.0, -90.0, 0.0]))
    bins = figures["bins"]
    assert (bins["0-3"]["accurate"], bins["3-6"]["accurate"], bins["10-15"]["accurate"]) == (50.0, 100.0, 100.0)
    assert bins["6-10"]["accurate"] is None
    assert bins["10-15"]["count"] == 1
    assert figures["mean"] == pytest.approx(83.3)


def test_early_miss_is_a_bus_that_came_before_the_band():
    assert eab(np.array([60.0, 60.0]), np.array([-31.0, 91.0]))["bins"]["0-3"]["early_miss"] == 50.0


def test_mbta_and_cal_itp():
    assert mbta(np.array([100.0, 100.0]), np.array([60.0, 61.0]))["bins"]["0-3"] == 50.0
    figures = calitp(np.array([30.0, 30.0]), np.array([0.0, 60.0]))
    assert figures["by_minute"][0] == 50.0
    assert figures["bus_catch"] == 100.0


def test_honesty_counts_arrivals_before_the_median_and_inside_the_range():
    figures = honesty(
        np.full(4, 60.0), np.array([1, 1, -1, 1.0]), np.array([-1, 1, -1, 1.0]), np.array([-2, -2, -2, 1.0])
    )
    assert figures["all"] == {"before_p50": 50.0, "inside_p10_p90": 50.0}


def test_the_bootstrap_draws_trips_not_questions():
    ahead, error = np.full(200, 60.0), np.repeat([0.0, 200.0], 100)
    low, high = bootstrap_mean(ahead, error, np.repeat([0, 1], 100))
    assert low == 0.0
    assert high == 25.0
    assert bootstrap_mean(ahead, error, np.zeros(200, dtype=np.int64)) is None


def test_baselines_are_never_in_the_past():
    made, due = np.array([1000]), np.array([500])
    assert schedule(due, made)[0] == 1000
    assert schedule_and_delay(due, made, np.array([2.0]))[0] == 2500


def test_a_shift_is_learnt_from_what_had_happened_only():
    made = np.arange(0, 7_200_000, 30_000) + 1_763_870_400_000
    eta = made + 120_000
    moved = with_learnt_shift(eta, made, eta - 100_000)
    assert moved[0] - eta[0] == moved[1] - eta[1]
    assert abs(int(moved[-1] - (eta[-1] - 100_000))) <= 60_000
