from dataclasses import replace

import numpy as np
import pytest

from routing.congestion.observe import Observer
from routing.congestion.settings import EstimateSettings
from routing.congestion.share import Traversal
from routing.network.graph import RoadNetwork
from routing.network.stops import StopPlaces
from schemas.position import BusPosition
from tests.routing.builders import grid, lonlat
from tests.routing.congestion.test_estimate import EAST, NET, START_MS, drive, fix

SIGNAL = grid(8, 3, 250.0, signals=[(1250.0, 250.0)])


def observe(fixes: list[BusPosition], *, net=NET, stops: StopPlaces | None = None, signals=()) -> list[Traversal]:
    at_signal = [edge in signals for edge in range(net.edge_count)]
    observer = Observer(net, EstimateSettings(), stops or StopPlaces(net), at_signal)
    last_ms = fixes[-1].time_ms
    return observer.observe(fixes, last_ms) + observer.observe([], last_ms + 200_000)


def test_metres_and_seconds_of_all_edges_are_those_of_the_way() -> None:
    fixes = drive("b1", 0, 8.0)
    driven = observe(fixes)
    assert sum(t.seconds for t in driven) == pytest.approx((fixes[-1].time_ms - START_MS) / 1000, abs=0.1)
    assert sum(t.distance_m for t in driven) == pytest.approx(8.0 * (len(fixes) - 1) * 10, abs=3)
    assert {t.edge for t in driven} == set(EAST)


def test_time_at_a_stop_of_its_line_is_dwell_and_at_another_lines_stop_is_traffic() -> None:
    place = np.array([lonlat(900.0, 245.0)])
    held = drive("b1", 0, 8.0, held=(890.0, 200.0), route="09")
    own = observe(held, stops=StopPlaces(NET, place, {"09": np.array([0])}))
    other = observe(held, stops=StopPlaces(NET, place, {"09": np.array([], dtype=np.int64), "32": np.array([0])}))
    assert sum(t.dwell_s for t in own) == pytest.approx(90, abs=15)
    assert sum(t.dwell_s for t in other) == 0
    assert sum(t.seconds + t.dwell_s for t in own) == pytest.approx(sum(t.seconds for t in other), abs=0.1)


def test_standing_before_a_signal_is_marked_and_belongs_to_traffic() -> None:
    waits = drive("b1", 0, 8.0, held=(1195.0, 220.0))
    driven = observe(waits, net=SIGNAL, signals={EAST[4]})
    assert sum(t.signal_s for t in driven) == pytest.approx(70, abs=15)
    assert all(t.signal_s <= t.seconds for t in driven)


def drawn_short(gap_m: float) -> RoadNetwork:
    """Return the network with every edge ending some metres before its node, as SUMO draws them."""
    lon, lat, last = NET.point_lon.copy(), NET.point_lat.copy(), NET.point_offset[1:] - 1
    short = gap_m / (NET.point_m[last] - NET.point_m[last - 1])
    for of in (lon, lat):
        of[last] -= short * (of[last] - of[last - 1])
    return replace(NET, point_lon=lon, point_lat=lat, edge_length_m=NET.edge_length_m - gap_m)


def test_time_inside_junctions_that_are_not_drawn_is_no_edges() -> None:
    driven = observe(drive("b1", 0, 8.0), net=drawn_short(20.0))
    inner = [t for t in driven if t.edge in EAST[1:-1]]
    assert sum(t.distance_m for t in inner) == pytest.approx(230.0 * len(EAST[1:-1]), abs=15)
    assert sum(t.distance_m for t in inner) / sum(t.seconds for t in inner) == pytest.approx(8.0, rel=0.03)


def frozen(vehicles: int) -> list[BusPosition]:
    fixes = [fix(f"b{v}", 10.0 * i, 100.0 + 200.0 * v, speed=0.0) for i in range(40) for v in range(vehicles)]
    return sorted(fixes, key=lambda f: (f.time_ms, f.vehicle_id))


def doubts(fixes: list[BusPosition]) -> list[str]:
    observer = Observer(NET, EstimateSettings(), StopPlaces(NET), [False] * NET.edge_count)
    observer.observe(fixes, fixes[-1].time_ms)
    return [doubt.reason for doubt in observer.watch.doubts()]


def test_a_source_whose_vehicles_never_move_is_refused_and_named() -> None:
    assert doubts(frozen(6)) == ["no vehicle moves"]
    assert doubts(frozen(2)) == [], "two buses may be held"


@pytest.mark.parametrize(
    ("told", "reason"),
    [(0.0, "speeds are zero while vehicles move"), (80 / 3.6, "speeds do not fit the ways driven")],
)
def test_speeds_that_say_nothing_are_not_believed_but_places_are(told: float, reason: str) -> None:
    fixes = [fix(f"b{v}", 10.0 * i, 10 + 80.0 * i, speed=told) for i in range(20) for v in range(6)]
    fixes.sort(key=lambda f: (f.time_ms, f.vehicle_id))
    assert doubts(fixes) == [reason]
    driven = [t for t in observe(fixes) if t.time_ms > START_MS + 100_000]
    assert sum(t.distance_m for t in driven) / sum(t.seconds for t in driven) == pytest.approx(8.0, rel=0.1)


def test_reports_of_another_city_are_named_once_and_do_no_harm() -> None:
    fixes = [fix(f"b{v}", 10.0 * i, 500_000.0 + 80.0 * i) for i in range(20) for v in range(6)]
    fixes.sort(key=lambda f: (f.time_ms, f.vehicle_id))
    observer = Observer(NET, EstimateSettings(), StopPlaces(NET), [False] * NET.edge_count)
    assert observer.observe(fixes, fixes[-1].time_ms) + observer.observe([], fixes[-1].time_ms + 200_000) == []
    assert [doubt.reason for doubt in observer.watch.doubts()] == [
        "reports lie off the roads of this network, as of another city"
    ]


@pytest.mark.parametrize("absurd", [300.0, 1e9])
def test_an_absurd_speed_is_as_good_as_none(absurd: float) -> None:
    fixes = [fix("b1", 10.0 * i, 10 + 80.0 * i, speed=absurd if i % 3 == 0 else 8.0) for i in range(20)]
    driven = observe(fixes)
    assert sum(t.distance_m for t in driven) / sum(t.seconds for t in driven) == pytest.approx(8.0, rel=0.1)
