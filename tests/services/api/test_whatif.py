"""Ways, times, areas and closures, on a small city with a line that runs along one street."""

from collections.abc import Iterator

import pytest
import shapely

from routing.network import save_network
from schemas.edge import EdgeState, LevelOfService, RoadStates
from services.api.whatif.bottlenecks import list_bottlenecks
from services.store.edges import record_road_states
from tests.routing.builders import grid, lonlat
from tests.services.api.parts import GTFS, NOON_MS, Running, gtfs_zip, make_city
from tests.services.api.parts import running as open_api

NET = grid(6, 4, 300.0)  # way 2 ("Phố 2") runs east at y = 300 m over nodes 101 to 106
NAMES = ("Chợ Mơ", "Ô Cầu Dền", "Bạch Mai", "Ngã tư Vọng", "Giải Phóng")


def feed() -> bytes:
    places = [lonlat(150 + 300 * n, 297.0) for n in range(5)]
    shape = [lonlat(float(x), 298.0) for x in range(0, 1501, 100)]
    tables = dict(GTFS)
    tables["stops.txt"] = "stop_id,stop_name,stop_lat,stop_lon\n" + "".join(
        f"s{n},{NAMES[n]},{lat},{lon}\n" for n, (lon, lat) in enumerate(places)
    )
    tables["shapes.txt"] = "shape_id,shape_pt_lat,shape_pt_lon,shape_pt_sequence\n" + "".join(
        f"A,{lat},{lon},{n}\n" for n, (lon, lat) in enumerate(shape)
    )
    tables["trips.txt"] = (
        "route_id,service_id,trip_id,trip_headsign,direction_id,shape_id\nr32,D,t1,Vọng,0,A\nr32,D,t2,Vọng,0,A\n"
    )
    tables["stop_times.txt"] = "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n" + "".join(
        f"{trip},12:{at + n:02}:00,12:{at + n:02}:00,s{n},{n + 1}\n"
        for trip, at in (("t1", 5), ("t2", 25))
        for n in range(5)
    )
    return gtfs_zip(tables)


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    root = tmp_path_factory.mktemp("whatif")
    city = make_city(root / "city", gtfs=feed())
    save_network(NET, root / "city" / "network")
    with open_api(root, city) as running:
        slow = [
            EdgeState(
                edge_id=NET.edge_ids[i], edge_index=i, time_ms=NOON_MS, level=LevelOfService.CONGESTED,
                observations=n, speed_mps=1.0,
            )
            for i, n in ((index("1/3/4"), 4), (index("1/2/3"), 2), (index("3/202/203"), 0))
        ]  # fmt: skip
        running.take(("road.states", RoadStates(cell="0/0/0", time_ms=NOON_MS, states=tuple(slow))))
        running.log_in("lan", "operator")
        yield running


def index(edge_id: str) -> int:
    return NET.edge_index_of[edge_id]


def place(prefix: str, x_m: float, y_m: float) -> dict[str, float]:
    lon, lat = lonlat(x_m, y_m)
    return {f"{prefix}lon": lon, f"{prefix}lat": lat}


def closing(*edge_ids: str) -> str:
    return ",".join(str(NET.edge_index_of[e]) for e in edge_ids)


def test_a_closure_names_the_line_its_cost_its_missed_stop_and_its_way_round(api: Running) -> None:
    answer = api.client.get("/api/what-if", params={"closed": closing("2/103/104")})
    assert answer.status_code == 200, answer.text
    told = answer.json()
    (line,) = told["lines"]
    assert (line["route"]["short_name"], line["trips_next_hour"]) == ("32", 2)
    assert (line["leaves_at"], line["returns_at"]) == ("Ô Cầu Dền", "Ngã tư Vọng")
    assert [stop["name"] for stop in line["missed_stops"]] == ["Bạch Mai"]
    edges_lon = [lon for lon, _ in line["line"]]
    assert min(edges_lon) < lonlat(600, 0)[0] < lonlat(900, 0)[0] < max(edges_lon)
    assert line["extra_s"] > 30
    assert {a["vehicle"]: a["extra_s"] > 30 for a in told["around"]} == {"motorbike": True, "car": True}
    assert told["undrawn"] == 0


def test_the_other_side_of_the_street_and_other_streets_touch_no_line(api: Running) -> None:
    for edge in ("2/104/103", "3/202/203", "1003/103/203"):
        assert api.client.get("/api/what-if", params={"closed": closing(edge)}).json()["lines"] == []


def test_a_line_whose_end_lies_in_the_closure_has_no_way_round(api: Running) -> None:
    (line,) = api.client.get(
        "/api/what-if", params={"closed": closing("2/101/102")} if "2/101/102" in NET.edge_index_of else {}
    ).json()["lines"]
    assert line["extra_s"] is None
    assert line["leaves_at"] is None
    assert line["missed_stops"][0]["name"] == "Chợ Mơ"


def test_a_way_takes_the_present_speeds_and_tells_others(api: Running) -> None:
    ends = {**place("from_", 0, 0), **place("to_", 1500, 900)}
    told = api.client.get("/api/path", params={**ends, "others": 2, "vehicle": "car"}).json()
    assert index("1/2/3") not in told["edges"], "the slow street is avoided"
    assert told["alternatives"]
    assert all(other["duration_s"] >= told["duration_s"] - 0.1 for other in told["alternatives"])
    shut = ",".join(map(str, range(NET.edge_count)))
    assert api.client.get("/api/path", params={**ends, "closed": shut}).status_code == 409


def test_places_are_found_by_name_and_an_unknown_one_is_said(api: Running) -> None:
    told = api.client.get("/api/travel-time", params={"from": "cho mo", "to": "Pho 4"}).json()
    assert (told["start"]["kind"], told["end"]["kind"], told["end"]["name"]) == ("stop", "street", "Phố 4")
    assert told["duration_s"] >= told["free_s"] > 0
    assert api.client.get("/api/travel-time", params={"from": "cho mo", "to": "Atlantis"}).status_code == 404


def test_areas_grow_with_the_minutes_and_strange_minutes_are_refused(api: Running) -> None:
    here = place("", 600, 300)
    told = api.client.get("/api/isochrone", params={**here, "minutes": "2,1"}).json()
    shapes = [shapely.geometry.shape(area["geometry"]) for area in told["areas"]]
    assert [area["minutes"] for area in told["areas"]] == [1, 2]
    assert 0 < shapes[0].area < shapes[1].area
    for bad in ("0", "61", "x", "1,2,3,4,5", ""):
        assert api.client.get("/api/isochrone", params={**here, "minutes": bad}).status_code == 422


def test_the_worst_street_is_that_where_buses_lose_time_not_where_it_is_only_guessed(api: Running) -> None:
    (street,) = api.client.get("/api/bottlenecks").json()["streets"]
    assert street["name"] == "Phố 1"
    assert street["speed_mps"] == pytest.approx(1.0)
    assert street["lost_s"] > 400


def test_streets_stand_in_the_order_of_what_a_vehicle_loses_there() -> None:
    by_name = {NET.name_of(edge): edge for edge in range(NET.edge_count)}
    speeds = {"Phố 1": 4.0, "Phố 2": 1.0, "Phố 3": 2.0}
    states = [
        EdgeState(
            edge_id=NET.edge_ids[by_name[name]], edge_index=by_name[name], time_ms=NOON_MS,
            level=LevelOfService.SLOW, observations=1, speed_mps=mps,
        )
        for name, mps in speeds.items()
    ]  # fmt: skip
    streets = list_bottlenecks(states, NET, 2)
    assert [street.name for street in streets] == ["Phố 2", "Phố 3"]
    assert streets[0].lost_s > streets[1].lost_s


def test_one_bus_that_stood_makes_no_bottleneck_where_traffic_was_reckoned() -> None:
    edge = EdgeState(
        edge_id=NET.edge_ids[0], edge_index=0, time_ms=NOON_MS, level=LevelOfService.SLOW, observations=1,
        speed_mps=0.1, traffic_mps=float(NET.edge_free_mps[0]), free_flow_mps=float(NET.edge_free_mps[0]),
    )  # fmt: skip
    assert list_bottlenecks([edge], NET, 5) == []


def test_the_chart_of_a_street_has_its_kept_speeds_oldest_first_and_thinned(api: Running) -> None:
    edge = NET.edge_ids[7]
    rows = [
        EdgeState(
            edge_id=edge, edge_index=7, time_ms=NOON_MS - n * 60_000, level=LevelOfService.SLOW, observations=1,
            speed_mps=4.0 + n / 1000, usual_mps=8.0,
        )
        for n in range(1200)
    ]  # fmt: skip
    with api.state.store.transaction() as session:
        record_road_states(session, [RoadStates(cell="0/0/0", time_ms=NOON_MS, states=tuple(rows))])
    day = api.client.get("/api/edges/7/history").json()
    hour = api.client.get("/api/edges/7/history?hours=1").json()
    assert (len(day["points"]), len(hour["points"])) == (400, 61)
    times = [point["time_ms"] for point in day["points"]]
    assert times == sorted(times)
    assert (times[-1], day["points"][-1]["usual_mps"]) == (NOON_MS, 8.0)
    assert api.client.get("/api/edges/8/history").json()["points"] == []
    assert api.client.get("/api/edges/99999/history").status_code == 404


def test_a_city_without_roads_says_so(tmp_path) -> None:
    with open_api(tmp_path, make_city(tmp_path / "city", gtfs=gtfs_zip())) as bare:
        bare.log_in("lan", "operator")
        assert bare.client.get("/api/what-if?closed=1").status_code == 404
        assert bare.client.get("/api/bottlenecks").status_code == 404
