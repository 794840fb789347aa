"""What the timetable says beside the links: how far it is let in, and that it is learnt how far to trust it."""

import numpy as np
import pytest

from fleet.arrivals.features import APART, APART_S, BETA_BEFORE, FACTS, MOVING, SUMS, TERMS, TRIANGLE, dot, terms
from fleet.arrivals.judge import _add
from fleet.arrivals.selfcheck import BETA_DEVIATION, _solve

TRUST = 7


def terms_of(ahead_s: float, planned_s: float, *, moves: bool = True) -> np.ndarray:
    x = np.empty(TERMS)
    terms(ahead_s, planned_s, moves, 0.0, np.zeros(FACTS), np.zeros(4), x)
    return x


@pytest.mark.parametrize("moves", [True, False])
def test_the_timetable_counts_by_how_far_it_lies_from_what_the_links_say(moves: bool):
    assert terms_of(300.0, 360.0, moves=moves)[TRUST] == 60.0
    assert terms_of(300.0, 240.0, moves=moves)[TRUST] == -60.0


def test_a_timetable_far_from_all_that_drives_counts_as_less_far():
    most = APART_S + APART * 300.0
    assert terms_of(300.0, 4000.0)[TRUST] == most
    assert terms_of(300.0, -4000.0)[TRUST] == -most


def test_before_anything_was_seen_a_quarter_of_what_is_expected_is_the_timetable():
    assert dot(BETA_BEFORE[MOVING], terms_of(300.0, 340.0)) == pytest.approx(10.0)


@pytest.mark.parametrize(("truth", "learnt"), [(1.0, 0.9), (0.0, 0.1)])
def test_where_buses_keep_to_the_timetable_it_is_trusted_more_and_where_they_do_not_less(truth: float, learnt: float):
    sums, rng = np.zeros(SUMS, dtype=np.int64), np.random.default_rng(5)
    for apart in rng.uniform(-90.0, 90.0, 20_000):
        x = terms_of(300.0, 300.0 + apart)
        _add(sums, 0, x, (truth * apart + rng.normal(0.0, 20.0)) / 56.0, 56.0)
    beta = _solve(sums[: TRIANGLE + TERMS].astype(float), BETA_BEFORE[MOVING], BETA_DEVIATION)
    assert abs(beta[TRUST] - truth) <= abs(learnt - truth) + 0.02
