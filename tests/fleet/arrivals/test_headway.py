"""How long ago the last bus came beside how long it usually is, on numbers worked out by hand."""

import numpy as np
import pytest

from fleet.arrivals.features import FACTS, TERMS, terms
from fleet.arrivals.headway import ALL_PRIOR, LINK_PRIOR, USUAL_S, add_gaps, headways

NOON_MS = 1_763_870_400_000


def test_a_gap_ends_when_a_bus_comes_and_a_night_is_none():
    gaps = np.zeros((2, 3))
    seen = np.array([NOON_MS - 600_000.0, NOON_MS - 7_200_000.0, 0.0])
    add_gaps(gaps, np.array([0, 1, 2]), seen, NOON_MS)
    assert gaps.tolist() == [[600.0, 0.0, 0.0], [1.0, 0.0, 0.0]]


def test_the_usual_gap_of_a_link_is_drawn_to_that_of_all():
    gaps = np.array([[6000.0, 600.0], [10.0, 1.0]])
    all_s = (6600.0 + ALL_PRIOR * USUAL_S) / (11.0 + ALL_PRIOR)
    usual = (600.0 + LINK_PRIOR * all_s) / (1.0 + LINK_PRIOR)
    now = headways(gaps, np.full(2, NOON_MS - 300_000.0), NOON_MS)
    assert now[1] == pytest.approx(300.0 / usual - 1.0)
    assert headways(gaps, np.full(2, NOON_MS - 3_000_000.0), NOON_MS).tolist() == [1.0, 1.0]


def test_the_headway_counts_for_a_moving_bus_by_the_time_ahead():
    x, fact, start = np.empty(TERMS), np.zeros(FACTS), np.zeros(4)
    terms(300.0, 300.0, True, 0.5, fact, start, x)
    assert x.tolist() == [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 15.0, 0.0]
    terms(300.0, 300.0, False, 0.5, fact, start, x)
    assert not x.any()
