"""What is learnt counts two minutes later, in one order."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from fleet.arrivals.errors import prior_counts, quantiles_of, shown_shift
from fleet.arrivals.learner import Learner
from fleet.arrivals.links import Links
from schemas.lesson import Lesson

LINKS = Links(np.array([-1, 0, 1], dtype=np.int32), np.array([0.0, 60.0, 60.0]), 2)
BASE_MS = 1_763_870_400_000 // 60_000 * 60_000


def update(at_s, took_s=120.0, vehicle="a", stop=2, link=0, errors=()):
    n = len(errors)
    return Lesson(
        known_ms=BASE_MS + at_s * 1000,
        vehicle_id=vehicle,
        stop_sequence=stop,
        trip_id="T",
        link=link,
        planned_s=60.0,
        took_s=took_s,
        kinds=(0,) * n,
        horizons_s=(100.0,) * n,
        errors_s=tuple(errors),
    )


def test_an_arrival_counts_only_two_minutes_later():
    learner = Learner(LINKS)
    learner.at(BASE_MS)
    learner.add(update(0))
    assert learner.at(BASE_MS + 119_000).ratio[0] == 1.0
    assert learner.at(BASE_MS + 181_000).ratio[0] > 1.2


def test_who_asks_late_gets_what_was_known_then():
    learner = Learner(LINKS)
    before = learner.at(BASE_MS)
    learner.add(update(10))
    after = learner.at(BASE_MS + 300_000)
    assert after.ratio[0] > before.ratio[0]
    assert learner.at(BASE_MS + 60_000).ratio[0] == before.ratio[0]


@settings(max_examples=50, deadline=None)
@given(st.permutations(list(range(12))))
def test_updates_in_any_order_within_two_minutes_teach_the_same(order):
    updates = [update(5 * n, 60.0 + n, f"v{n % 3}", n, n % 2, (10.0 * n,)) for n in range(12)]
    orderly, unruly = Learner(LINKS), Learner(LINKS)
    for learner, numbers in ((orderly, range(12)), (unruly, order)):
        learner.at(BASE_MS)
        for n in numbers:
            learner.add(updates[n])
    a, b = orderly.at(BASE_MS + 600_000), unruly.at(BASE_MS + 600_000)
    np.testing.assert_array_equal(a.ratio, b.ratio)
    np.testing.assert_array_equal(a.quantile_s, b.quantile_s)
    np.testing.assert_array_equal(a.shift_s, b.shift_s)


def test_quantiles_follow_the_errors_and_the_shown_time_leans_early():
    learner = Learner(LINKS)
    learner.at(BASE_MS)
    rng = np.random.default_rng(1)
    for n in range(600):
        learner.add(update(n, vehicle=f"v{n}", errors=tuple(rng.normal(60.0, 20.0, 5).round(1))))
    low, mid, high = learner.at(BASE_MS + 900_000).quantile_s[:, 0, 2]
    assert abs(mid - 60) < 6
    assert abs(low - 34) < 8
    assert abs(high - 86) < 8


def test_before_anything_was_seen_quantiles_are_wide_and_ordered():
    low, mid, high = quantiles_of(prior_counts())
    assert (low < mid).all()
    assert (mid < high).all()
    assert (shown_shift(prior_counts()) <= 0).all()
