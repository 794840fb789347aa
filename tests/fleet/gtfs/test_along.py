"""Stops and points along lines, loops above all."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fleet.gtfs.along import cumulative_m, match_point, place_in_order
from fleet.gtfs.frame import LocalFrame
from fleet.gtfs.places import group_places

LOOP_X = np.array([0.0, 1000.0, 1000.0, 0.0, 0.0, -500.0])
LOOP_Y = np.array([0.0, 0.0, 1000.0, 1000.0, 0.0, 0.0])


def test_a_loop_that_passes_a_stop_twice_is_read_in_the_order_of_the_timetable():
    along = cumulative_m(LOOP_X, LOOP_Y)
    stop_x, stop_y = np.array([0.0, 1000.0, 0.0, 0.0]), np.array([5.0, 500.0, 1000.0, 5.0])
    at = place_in_order(stop_x, stop_y, np.zeros(4), LOOP_X, LOOP_Y, along)
    np.testing.assert_allclose(at[:3], [0, 1500, 3000], atol=10)
    assert abs(at[3] - 4000) < 10


def test_a_street_driven_both_ways_is_read_by_what_is_expected():
    x, y = np.array([0.0, 1000.0, 0.0]), np.zeros(3)
    along = cumulative_m(x, y)
    at = place_in_order(np.array([500.0, 500.0]), np.zeros(2), np.array([500.0, 1500.0]), x, y, along)
    np.testing.assert_allclose(at, [500, 1500], atol=1)


EIGHT_X = np.array([0.0, 1000.0, 1000.0, 500.0, 500.0, 0.0])
EIGHT_Y = np.array([0.0, 0.0, 500.0, 500.0, -500.0, -500.0])


@pytest.mark.parametrize("mirrored", [False, True])
def test_a_figure_eight_calls_at_its_crossing_twice(mirrored):
    y = -EIGHT_Y if mirrored else EIGHT_Y
    along = cumulative_m(EIGHT_X, y)
    stop_x, stop_y = np.array([0.0, 500.0, 1000.0, 500.0, 0.0]), np.array([0.0, 3.0, 500.0, 3.0, -500.0])
    stop_y = -stop_y if mirrored else stop_y
    at = place_in_order(stop_x, stop_y, np.linspace(0, along[-1], 5), EIGHT_X, y, along)
    np.testing.assert_allclose(at, [0, 500, 1500, 2497, 3500], atol=4)


def test_a_loop_driven_twice_has_each_stop_on_its_own_round():
    ring_x, ring_y = np.array([0.0, 600.0, 600.0, 0.0, 0.0]), np.array([0.0, 0.0, 600.0, 600.0, 0.0])
    x, y = np.concatenate([ring_x, ring_x[1:]]), np.concatenate([ring_y, ring_y[1:]])
    along = cumulative_m(x, y)
    stops = [(300.0, 0.0), (600.0, 300.0), (300.0, 600.0), (0.0, 300.0)] * 2
    sx, sy = np.array(stops).T.copy()
    straight = cumulative_m(sx, sy)
    at = place_in_order(sx, sy, straight / straight[-1] * along[-1], x, y, along)
    np.testing.assert_allclose(at, 300.0 + 600.0 * np.arange(8), atol=1)


def test_a_stop_served_twice_in_a_row_stays_where_it_is():
    along = cumulative_m(LOOP_X, LOOP_Y)
    at = place_in_order(
        np.array([400.0, 400.0, 900.0]), np.zeros(3), np.array([400.0, 400.0, 900.0]), LOOP_X, LOOP_Y, along
    )
    np.testing.assert_allclose(at, [400, 400, 900], atol=10)


def _cost(chain, sx, sy, expected, x, y, along):
    """Return what a choice of segments costs, worked out stop by stop; infinite where it goes back a segment."""
    total, last = 0.0, None
    for i, j in enumerate(chain):
        start, way = np.array([x[j], y[j]]), np.array([x[j + 1] - x[j], y[j + 1] - y[j]])
        part = min(1.0, max(0.0, float(np.dot([sx[i], sy[i]] - start, way) / max(np.dot(way, way), 1e-12))))
        at = along[j] + part * (along[j + 1] - along[j])
        total += float(np.sum((start + part * way - [sx[i], sy[i]]) ** 2)) + ((at - expected[i]) * 0.02) ** 2
        if last is not None:
            total += max(0.0, last - at) ** 2
        last = at
    return total


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_no_other_choice_of_passes_is_better(seed):
    rng = np.random.default_rng(seed)
    x, y = rng.uniform(0, 1000, 6), rng.uniform(0, 1000, 6)
    along = cumulative_m(x, y)
    sx, sy = rng.uniform(0, 1000, 4), rng.uniform(0, 1000, 4)
    expected = np.sort(rng.uniform(0, along[-1], 4))
    chains = itertools.combinations_with_replacement(range(5), 4)
    best = min(chains, key=lambda chain: _cost(chain, sx, sy, expected, x, y, along))
    wanted = []
    for i, j in enumerate(best):
        way = np.array([x[j + 1] - x[j], y[j + 1] - y[j]])
        part = np.clip(np.dot([sx[i] - x[j], sy[i] - y[j]], way) / np.dot(way, way), 0, 1)
        wanted.append(along[j] + part * (along[j + 1] - along[j]))
    at = place_in_order(sx, sy, expected, x, y, along)
    np.testing.assert_allclose(at, np.maximum.accumulate(wanted), atol=1e-6)


def test_a_point_is_only_sought_on_the_stretch_it_can_be_on():
    along = cumulative_m(LOOP_X, LOOP_Y)
    early, off, _ = match_point(3.0, 5.0, LOOP_X, LOOP_Y, along, 0.0, 500.0, 0.0, -1.0)
    late, _, _ = match_point(3.0, 5.0, LOOP_X, LOOP_Y, along, 3500.0, 4400.0, 0.0, -1.0)
    assert early < 10
    assert off < 10
    assert late > 3900


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.floats(-2000, 2000), st.floats(-2000, 2000)), min_size=2, max_size=12))
def test_stops_never_go_back_along_any_line(stops):
    along = cumulative_m(LOOP_X, LOOP_Y)
    x, y = np.array([s[0] for s in stops]), np.array([s[1] for s in stops])
    at = place_in_order(x, y, np.linspace(0, along[-1], len(stops)), LOOP_X, LOOP_Y, along)
    assert (np.diff(at) >= 0).all()
    assert (at >= 0).all()
    assert (at <= along[-1] + 1e-6).all()


@given(st.floats(105.5, 106.1), st.floats(20.8, 21.3))
def test_metres_and_back_are_the_same_place(lon, lat):
    frame = LocalFrame(105.8, 21.0)
    x, y = frame.to_metres(np.array([lon]), np.array([lat]))
    back = frame.to_degrees(x, y)
    np.testing.assert_allclose([back[0][0], back[1][0]], [lon, lat], atol=1e-9)


def test_metres_agree_with_the_city_grid():
    from pyproj import Geod

    frame = LocalFrame(105.8, 21.0)
    x, y = frame.to_metres(np.array([105.9]), np.array([21.1]))
    _, _, true = Geod(ellps="WGS84").inv(105.8, 21.0, 105.9, 21.1)
    assert abs(np.hypot(x[0], y[0]) - true) / true < 0.001


def test_stops_of_the_same_place_are_one():
    assert group_places(np.array([0.0, 3.0, 100.0, 6.0]), np.zeros(4)).tolist() == [0, 0, 1, 0]
