"""Forecasts on the pages: the map ahead, an edge's chart, ways at speeds that change on the way, bottlenecks."""

from collections.abc import Iterator

import msgspec
import pytest
import shapely

from routing.network import save_network
from schemas.edge import EdgeState, LevelOfService, RoadStates
from schemas.forecast import ForecastAhead, RoadForecast
from tests.routing.builders import grid, lonlat
from tests.services.api.parts import NOON_MS, Running, gtfs_zip, make_city, position
from tests.services.api.parts import running as open_api

NET = grid(6, 4, 300.0)
FIRST = [NET.edge_index_of[name] for name in ("1/2/3", "1/3/4", "1/4/5")]
MINUTE_MS = 60_000


def forecast(time_ms: int, edges: list[int], *speeds: float) -> RoadForecast:
    """Return one speed of all edges for each of 15, 30 and 60 minutes."""
    ahead = [
        ForecastAhead(
            ahead_s=minutes * 60, speed_mps=(mps,) * len(edges), low_mps=(mps / 2,) * len(edges),
            high_mps=(mps * 2,) * len(edges), usual_mps=(7.0,) * len(edges),
        )
        for minutes, mps in zip((15, 30, 60), speeds, strict=True)
    ]  # fmt: skip
    return RoadForecast(cell="14/1/1", time_ms=time_ms, edge_index=tuple(edges), ahead=tuple(ahead))


@pytest.fixture
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    root = tmp_path_factory.mktemp("forecast")
    city = make_city(root / "city", gtfs=gtfs_zip())
    save_network(NET, root / "city" / "network")
    with open_api(root, city) as running:
        slow = [
            EdgeState(
                edge_id=NET.edge_ids[edge], edge_index=edge, time_ms=NOON_MS, level=LevelOfService.FREE, observations=2,
                speed_mps=10.0, free_flow_mps=10.0, traffic_mps=10.5, low_mps=8.0, high_mps=12.0, jam_factor=0.0,
                travel_time_index=1.0,
            )
            for edge in FIRST
        ]  # fmt: skip
        running.take(("road.states", RoadStates(cell="14/1/1", time_ms=NOON_MS, states=tuple(slow))))
        running.log_in("controller", "operator")
        yield running


def test_the_map_now_tells_traffic_its_interval_and_what_is_imputed(api: Running) -> None:
    told = api.client.get("/api/edges").json()
    assert (told["at_min"], told["made_ms"]) == (0, None)
    one = told["states"][0]
    assert (one["traffic_mps"], one["low_mps"], one["high_mps"], one["imputed"]) == (10.5, 8.0, 12.0, False)
    assert (one["jam_factor"], one["travel_time_index"]) == (0.0, 1.0)


def test_before_there_is_a_forecast_the_map_ahead_is_empty_and_says_so(api: Running) -> None:
    told = api.client.get("/api/edges?at=15").json()
    assert told == {"now_ms": NOON_MS, "at_min": 15, "made_ms": None, "states": []}
    assert api.client.get("/api/edges?at=20").status_code == 422


@pytest.mark.parametrize("at", ["30", "+30", "%2B30"])
def test_the_map_ahead_has_the_words_of_the_map_now(api: Running, at: str) -> None:
    api.take(("road.forecasts", forecast(NOON_MS - MINUTE_MS, FIRST[:2], 9.0, 3.0, 6.0)))
    told = api.client.get(f"/api/edges?at={at}").json()
    assert (told["at_min"], told["made_ms"]) == (30, NOON_MS - MINUTE_MS)
    assert [one["edge_index"] for one in told["states"]] == FIRST[:2]
    one = told["states"][0]
    assert one["time_ms"] == NOON_MS + 29 * MINUTE_MS
    assert (one["level"], one["jam_factor"], one["imputed"], one["observations"]) == ("congested", 7.0, True, 0)
    assert (one["traffic_mps"], one["low_mps"], one["high_mps"], one["usual_mps"]) == (3.0, 1.5, 6.0, 7.0)


def test_a_newer_forecast_replaces_one_and_an_old_one_is_none(api: Running) -> None:
    api.take(("road.forecasts", forecast(NOON_MS - 2 * MINUTE_MS, FIRST, 9.0, 3.0, 6.0)))
    api.take(("road.forecasts", forecast(NOON_MS - MINUTE_MS, FIRST[:1], 8.0, 3.0, 6.0)))
    api.take(("road.forecasts", forecast(NOON_MS - 3 * MINUTE_MS, FIRST, 1.0, 3.0, 6.0)))
    states = api.client.get("/api/edges?at=15").json()["states"]
    assert [one["traffic_mps"] for one in states] == [8.0]
    api.clock.time_ms += 20 * MINUTE_MS
    assert api.client.get("/api/edges?at=15").json()["states"] == []


def test_an_edge_and_its_chart_say_what_is_foretold(api: Running) -> None:
    api.take(("road.forecasts", forecast(NOON_MS, FIRST, 9.0, 3.0, 6.0)))
    for path in (f"/api/edges/{FIRST[1]}", f"/api/edges/{FIRST[1]}/history"):
        told = api.client.get(path).json()["forecast"]
        assert [(one["time_ms"] - NOON_MS, one["speed_mps"]) for one in told] == [
            (900_000, 9.0),
            (1_800_000, 3.0),
            (3_600_000, 6.0),
        ]
        assert told[0]["low_mps"] == 4.5
    other = next(edge for edge in range(NET.edge_count) if edge not in FIRST)
    assert api.client.get(f"/api/edges/{other}").json()["forecast"] == []


def test_a_way_that_sets_out_later_takes_the_speeds_foretold_for_then(api: Running) -> None:
    start, end = lonlat(300, 0), lonlat(1200, 0)
    ends = {"from_lon": start[0], "from_lat": start[1], "to_lon": end[0], "to_lat": end[1], "vehicle": "car"}
    api.take(("road.forecasts", forecast(NOON_MS, FIRST, 10.0, 1.0, 10.0)))
    now, at_once, at_half = (
        api.client.get("/api/path", params=ends | more).json()
        for more in ({}, {"depart_in": 0}, {"depart_in": 30, "others": 1})
    )
    assert (now["forecast"], at_once["forecast"], at_half["forecast"]) == (False, True, True)
    assert now["edges"] == FIRST == at_once["edges"]
    assert set(at_half["edges"]).isdisjoint(FIRST), "in half an hour that street stands"
    assert at_half["depart_ms"] == NOON_MS + 30 * MINUTE_MS
    assert at_half["arrive_ms"] == at_half["depart_ms"] + round(1000 * at_half["duration_s"])
    assert all(other["duration_s"] >= at_half["duration_s"] - 0.1 for other in at_half["alternatives"])
    assert api.client.get("/api/path", params=ends | {"depart_in": 61}).status_code == 422


def test_the_area_within_reach_later_is_that_of_the_speeds_foretold_for_then(api: Running) -> None:
    lon, lat = lonlat(300, 0)
    ask = {"lon": lon, "lat": lat, "minutes": "2", "vehicle": "car"}
    api.take(("road.forecasts", forecast(NOON_MS, FIRST, 10.0, 1.0, 10.0)))
    now, at_half = (api.client.get("/api/isochrone", params=ask | more).json() for more in ({}, {"depart_in": 30}))
    areas = [shapely.geometry.shape(told["areas"][0]["geometry"]) for told in (now, at_half)]
    assert (now["forecast"], at_half["forecast"]) == (False, True)
    assert at_half["depart_ms"] == NOON_MS + 30 * MINUTE_MS
    end = shapely.Point(lonlat(1050, 0))
    assert areas[0].contains(end), "two minutes along the free street"
    assert not areas[1].contains(end), "in half an hour that street stands"


def test_the_time_between_places_is_asked_for_later_too_and_without_a_forecast_says_so(api: Running) -> None:
    ask = {"from": "Phố 1", "to": "Phố 4", "vehicle": "car", "depart_in": 15}
    told = api.client.get("/api/travel-time", params=ask).json()
    assert told["forecast"] is False
    assert told["arrive_ms"] - told["depart_ms"] == pytest.approx(1000 * told["duration_s"], abs=60)


def test_the_worst_street_in_an_hour_is_that_where_traffic_is_foretold_to_stand(api: Running) -> None:
    assert api.client.get("/api/bottlenecks").json()["streets"] == []
    api.take(("road.forecasts", forecast(NOON_MS, FIRST, 9.0, 3.0, 1.0)))
    told = api.client.get("/api/bottlenecks?at=60").json()
    assert (told["at_min"], [street["name"] for street in told["streets"]]) == (60, ["Phố 1"])
    assert told["streets"][0]["speed_mps"] == pytest.approx(1.0)


def test_roads_of_another_city_than_the_buses_are_said(api: Running) -> None:
    def doubts() -> list[str]:
        return [doubt["en"] for doubt in api.client.get("/api/city").json()["doubts"]]

    there = NET.node_lon[0], NET.node_lat[0]
    for number, (lon, lat) in enumerate([there] * 3 + [(106.7, 10.8)] * 4):
        bus = msgspec.structs.replace(position(f"B{number}"), lon=float(lon), lat=float(lat))
        api.take(("bus.positions", bus))
    assert doubts() == [
        "4 of 7 buses report from outside these roads: they seem to be another city's. "
        "Import the right ones with `hanoi city import --roads`."
    ]
    for number in range(3, 7):
        bus = position(f"B{number}", time_ms=NOON_MS + 1)
        api.take(("bus.positions", msgspec.structs.replace(bus, lon=float(there[0]), lat=float(there[1]))))
    assert doubts() == []
