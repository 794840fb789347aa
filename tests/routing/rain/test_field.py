import numpy as np
import pytest

from routing.network.defaults import CLASS_CODE
from routing.rain import Gauges, RainField, RainReading, slowing
from tests.routing.builders import grid, lonlat, network, way

NOW_MS = 1_790_000_000_000
NET = grid(6, 2, 1000.0)


def reading(name: str, x_m: float, mm_h: float, *, age_min: float = 0.0, y_m: float = 0.0) -> RainReading:
    return RainReading(name, *lonlat(x_m, y_m), round(NOW_MS - age_min * 60_000), mm_h / 6.0, 10.0)


def test_rain_between_two_gauges_lies_between_them_and_at_one_it_is_its_own() -> None:
    rain = RainField(NET).mm_h([reading("a", 1500.0, 30.0), reading("b", 3500.0, 10.0)])
    eastward = [NET.edge_ids.index(f"1/{node}/{node + 1}") for node in range(2, 5)]
    assert rain[eastward].tolist() == pytest.approx([30.0, 20.0, 10.0], rel=0.02)
    assert 10.0 <= rain.min() < rain.max() <= 30.0


def test_nobody_knows_of_rain_further_than_ten_kilometres_from_a_gauge() -> None:
    assert np.isnan(RainField(NET).mm_h([reading("a", 0.0, 30.0, y_m=12_000.0)])).all()
    assert np.isnan(RainField(NET).mm_h([])).all()


def test_a_gauge_that_says_nothing_for_half_an_hour_is_stale_and_for_a_day_is_gone() -> None:
    gauges = Gauges()
    gauges.take(
        [reading("a", 0.0, 30.0), reading("b", 0.0, 30.0, age_min=31.0), reading("c", 0.0, 1.0, age_min=1500.0)]
    )
    assert [(g.reading.gauge_id, g.stale) for g in gauges.now(NOW_MS)] == [("a", False), ("b", True)]


def test_the_newest_reading_counts_in_whatever_order_they_come() -> None:
    rows = [reading("a", 0.0, 5.0, age_min=10.0), reading("a", 0.0, 20.0), reading("a", 0.0, 7.0, age_min=5.0)]
    for order in (rows, rows[::-1]):
        gauges = Gauges()
        gauges.take(order)
        assert [g.reading.mm_h for g in gauges.now(NOW_MS)] == [20.0]


def test_rain_slows_a_street_more_than_a_motorway_and_drizzle_hardly() -> None:
    roads = network(
        [way(1, (1, 2), road="motorway"), way(2, (2, 3)), way(3, (2, 4))],
        {1: (0, 0), 2: (900, 0), 3: (1800, 0), 4: (900, 900)},
    )
    motorway = roads.edge_class == CLASS_CODE["motorway"]
    assert 0 < motorway.sum() < roads.edge_count
    heavy = slowing(roads, np.full(roads.edge_count, 60.0))
    assert np.allclose(heavy[motorway], 0.84)
    assert np.allclose(heavy[~motorway], 0.75)
    assert np.allclose(slowing(roads, np.full(roads.edge_count, 6.35)), 0.90)
    for dry in (0.0, 0.3, np.nan):
        assert (slowing(roads, np.full(roads.edge_count, dry)) == 1.0).all()
