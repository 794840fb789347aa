"""The published schemes, on numbers worked out by hand."""

import numpy as np
import pytest

from fleet.arrivals.score import Constant, bootstrap_mean, by_bins, calitp, eab, intervals, mbta, wobble_min


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


def test_intervals_count_arrivals_before_the_median_and_inside_the_range_and_their_width():
    low, mid, high = np.array([1, 1, -1, 1.0]), np.array([-1, 1, -1, 1.0]), np.array([-2, -2, -2, 1.0])
    point = Constant(np.array([-10.0, 0.0, 0.0, 10.0]), np.full(4, -5.0), np.full(4, 5.0))
    figures = intervals(np.full(4, 60.0), low, mid, high, {"point": point})["all"]
    assert (figures["before_p50"], figures["inside_p10_p90"]) == (50.0, 50.0)
    assert figures["width_s"] == pytest.approx(1.8)
    assert figures["constant_width_s"] == {"point": pytest.approx(5.0)}
    # Ours: 3, 3, 1 and 0 wide; two miss by a second, which counts tenfold.
    assert figures["interval_score_s"] == pytest.approx(1.8 + 10.0 * 2.0 / 4.0, abs=0.06)
    assert figures["learnt_constant"]["point"] == {"inside_p10_p90": 50.0, "width_s": 10.0, "interval_score_s": 35.0}


def test_a_constant_width_is_what_holds_as_many_errors():
    error = np.arange(101.0) - 50.0
    inside = np.where(np.arange(101) < 81, 1.0, -1.0)
    figures = intervals(np.full(101, 60.0), inside, error, -inside, {"point": Constant(error, -inside, inside)})
    assert figures["0-3"]["inside_p10_p90"] == 80.2
    assert figures["0-3"]["constant_width_s"]["point"] == pytest.approx(80.2)
    assert figures["3-6"]["width_s"] is None


def test_bins_say_how_far_and_to_which_side_predictions_were_wrong():
    figures = by_bins(np.array([60.0, 60.0, 200.0]), np.array([-40.0, 20.0, 5.0]))
    assert figures["0-3"] == {"accurate": 50.0, "mae_s": 30.0, "bias_s": -10.0, "early_miss": 50.0, "count": 2}
    assert figures["3-6"]["bias_s"] == 5.0
    assert figures["10-15"]["mae_s"] is None


def test_wobble_is_the_spread_within_a_minute_of_those_with_several_answers():
    assert wobble_min(np.array([0.0, 60.0, 500.0, 30.0]), np.array([0, 0, 1, 0])) == 1.0
    assert wobble_min(np.array([0.0]), np.array([0])) is None
    assert wobble_min(np.array([]), np.array([], dtype=np.int64)) is None


def test_the_bootstrap_draws_trips_not_questions():
    ahead, error = np.full(200, 60.0), np.repeat([0.0, 200.0], 100)
    low, high = bootstrap_mean(ahead, error, np.repeat([0, 1], 100))
    assert low == 0.0
    assert high == 25.0
    assert bootstrap_mean(ahead, error, np.zeros(200, dtype=np.int64)) is None
