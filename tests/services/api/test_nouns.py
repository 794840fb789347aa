"""City, search, lines, buses: what they answer, also of a city that lacks a part."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from fleet.gtfs import read_timetable
from schemas.camera import CameraState
from schemas.camera_watch import CameraMinute, CameraSight
from schemas.edge import EdgeState, LevelOfService
from schemas.feed import FeedHealth
from schemas.position import Quality
from schemas.text import Text
from services.api.control.responses import overview_out
from services.api.live import EdgeNow, LiveState
from services.api.roads import Roads, search_streets
from services.api.timetable import CityTimetable, natural, plain, search_places
from tests.data import shared_data
from tests.services.api.parts import (
    GTFS,
    MINUTE_MS,
    NOON_MS,
    Running,
    gtfs_zip,
    make_city,
    position,
    prediction,
    running,
)


@pytest.mark.parametrize("query", ["Đại học", "dai hoc", "DAI HOC BACH", "bach khoa", "  khoa   dai "])
def test_search_does_not_care_for_diacritics_case_or_order(api: Running, query: str) -> None:
    body = api.client.get("/api/search", params={"q": query}).json()
    assert [stop["name"] for stop in body["stops"]] == ["Đại học Bách Khoa"]
    assert body["stops"][0]["routes"] == ["09", "32"]


def test_search_finds_lines_by_number_and_by_name(api: Running) -> None:
    def found(query: str) -> list[str]:
        return [r["route_id"] for r in api.client.get("/api/search", params={"q": query}).json()["routes"]]

    assert found("32") == ["r32"]
    assert found("giap bat") == ["r32"]
    assert found("cau giay bo ho") == ["r9"]
    assert found("") == []


def test_every_stop_id_of_hanoi_belongs_to_one_of_its_places() -> None:
    timetable = CityTimetable(
        read_timetable(shared_data("hanoi-gtfs", "hanoi_2018_midday_gtfs.zip"), repeat_calendar=True)
    )
    assert 3_000 < len(timetable.places) <= 3_138
    assert len(timetable.place_of) == 7_670
    assert search_places(timetable.places, "stop_01_1", 5)


def test_both_platforms_of_a_name_are_one_place_but_not_stops_that_follow_one_another(tmp_path: Path) -> None:
    near = {
        "stops.txt": "stop_id,stop_name,stop_lat,stop_lon\n"
        "a1,Bến xe Giáp Bát,20.9800,105.8410\na2,Bến xe Giáp Bát,20.9805,105.8415\n"
        "b1,Quốc lộ 1,20.9700,105.8410\nb2,Quốc lộ 1,20.9710,105.8410\nfar,Bến xe Giáp Bát,20.9900,105.8410\n",
        "trips.txt": "route_id,service_id,trip_id,trip_headsign,direction_id\nr32,D,t1,Nhổn,0\nr32,D,t2,Giáp Bát,1\n",
        "stop_times.txt": "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n"
        "t1,11:50:00,11:50:00,a1,1\nt1,12:05:00,12:05:00,b1,2\nt1,12:07:00,12:07:00,b2,3\n"
        "t2,12:10:00,12:10:00,far,1\nt2,12:25:00,12:25:00,a2,2\n",
    }
    path = tmp_path / "gtfs.zip"
    path.write_bytes(gtfs_zip({**GTFS, **near}))
    timetable = CityTimetable(read_timetable(path))
    assert {place.stop_ids for place in timetable.places} == {("a1", "a2"), ("b1",), ("b2",), ("far",)}
    planned = timetable.planned_at(("a1", "a2"), NOON_MS - 60 * MINUTE_MS, NOON_MS + 60 * MINUTE_MS, NOON_MS)
    assert [(row.stop_id, row.headsign) for row in planned] == [("a1", "Nhổn"), ("a2", "Giáp Bát")]


def test_plain_and_natural_know_vietnamese_and_numbers() -> None:
    assert plain("Đường Láng – Trần Duy Hưng") == "duong lang – tran duy hung"
    assert sorted(["22B", "9", "10", "22A"], key=natural) == ["9", "10", "22A", "22B"]


def test_the_nearest_stop_comes_first_with_its_distance(api: Running) -> None:
    stops = api.client.get("/api/stops/near?lon=105.845&lat=21.005&limit=2").json()["stops"]
    assert stops[0]["stop_id"] == "s2"
    assert stops[0]["distance_m"] < 5


@pytest.mark.parametrize("query", ["lon=abc&lat=1", "lon=1", "lon=nan&lat=1", "lon=500&lat=1", "lon=1&lat=1&limit=0"])
def test_a_wrong_place_is_a_problem_that_names_the_field(api: Running, query: str) -> None:
    answer = api.client.get(f"/api/stops/near?{query}")
    assert answer.status_code == 422
    assert answer.json()["status"] == 422


def test_a_line_has_its_stops_along_its_shape_and_its_buses(api: Running) -> None:
    api.take(("bus.positions", position()), ("bus.positions", position("other", trip_id="t2")))
    body = api.client.get("/api/routes/r32").json()
    direction = body["directions"][0]
    distances = [stop["distance_m"] for stop in direction["stops"]]
    assert distances == sorted(distances)
    assert distances[0] == 0
    assert direction["headsign"] == "Nhổn"
    assert len(body["vehicles"]) == 2
    assert [r["short_name"] for r in api.client.get("/api/routes").json()["routes"]] == ["09", "32"]


def test_a_bus_has_its_trail_and_its_next_stops(api: Running) -> None:
    api.take(
        ("bus.positions", position()),
        ("bus.positions", position(time_ms=NOON_MS + 10_000, lon=105.844)),
        ("bus.predictions", prediction()),
    )
    body = api.client.get("/api/vehicles/29B-123.45").json()
    assert [point[0] for point in body["trail"]] == [NOON_MS, NOON_MS + 10_000]
    assert [stop["name"] for stop in body["next_stops"]] == ["Đại học Bách Khoa", "58 Nguyễn Thái Học"]
    assert (body["next_stops"][1]["lon"], body["next_stops"][1]["lat"]) == (105.839, 21.031)
    assert (body["route_short_name"], body["next_stop_name"]) == ("32", "Đại học Bách Khoa")
    assert api.client.get("/api/vehicles/none").status_code == 404


def test_a_bus_of_half_an_hour_ago_and_one_of_the_future_are_not_on_the_map(api: Running) -> None:
    api.take(
        ("bus.positions", position("old", time_ms=NOON_MS - 31 * MINUTE_MS)),
        ("bus.positions", position("future", time_ms=NOON_MS + 6 * MINUTE_MS)),
        ("bus.positions", position("now")),
    )
    assert [v["vehicle_id"] for v in api.client.get("/api/vehicles").json()["vehicles"]] == ["now"]


def test_the_city_says_what_it_has(api: Running) -> None:
    body = api.client.get("/api/city").json()
    assert body["parts"] == {"gtfs": True, "network": False, "cameras": False, "roster": False, "map": False}
    assert body["clock"] == {"now_ms": NOON_MS, "speed": 1.0, "played": False}
    assert body["setup_needed"] is True


def test_a_city_with_nothing_answers_empty_or_says_what_lacks_never_500(bare_api: Running) -> None:
    bare_api.log_in("adm", "admin")
    expected = {
        "/api/city": 200,
        "/api/search?q=x": 200,
        "/api/stops/near?lon=1&lat=1": 200,
        "/api/routes": 200,
        "/api/routes/x": 404,
        "/api/stops/x/arrivals": 404,
        "/api/vehicles": 200,
        "/api/edges": 200,
        "/api/edges/1": 404,
        "/api/path?from_lon=1&from_lat=1&to_lon=2&to_lat=2": 404,
        "/map/city.pmtiles": 404,
        "/api/disruptions": 200,
        "/api/control/overview": 200,
        "/api/feeds": 200,
        "/api/alerts": 200,
        "/api/incidents": 200,
        "/api/cameras": 200,
        "/api/cases": 200,
        "/gtfs-rt/vehicle-positions.pb": 200,
        "/gtfs-rt/trip-updates.pb": 200,
        "/gtfs-rt/alerts.json": 200,
        "/gtfs/static.zip": 404,
        "/api/open-feeds": 200,
    }
    assert {path: bare_api.client.get(path).status_code for path in expected} == expected


def test_a_broken_timetable_does_not_keep_the_pages_from_starting(tmp_path) -> None:  # type: ignore[no-untyped-def]
    from tests.services.api.parts import make_city, running

    with running(tmp_path, make_city(tmp_path / "city", gtfs=b"not a zip")) as api:
        assert api.client.get("/api/routes").json() == {"routes": []}


def test_the_overview_counts_what_is_live_and_on_time(api: Running) -> None:
    api.log_in("op", "operator")
    api.take(
        ("bus.positions", position("a")),
        ("bus.positions", position("b", time_ms=NOON_MS - 5 * MINUTE_MS)),
        ("feeds.health", feed()),
        ("camera.health", camera()),
    )
    body = api.client.get("/api/control/overview").json()
    assert (body["vehicles_live"], body["vehicles_known"], body["on_time_share"]) == (1, 2, 1.0)
    assert (body["vehicles_expected"], body["vehicles_parked"]) == (2, 0)
    assert (body["feeds_late"], body["cameras_ok"], body["travel_time_index"]) == (1, 1, None)


def test_the_travel_time_index_is_seconds_over_free_seconds_of_what_is_driven() -> None:
    """Two lanes of 900 m at half speed and a short edge that stands: 2 × 180 + 20 over 2 × 90 + 1 seconds."""
    network = SimpleNamespace(edge_length_m=np.array([900.0, 10.0]), edge_lanes=np.array([2, 0]))
    state = LiveState()
    for edge, speed_mps in ((0, 5.0), (1, 0.1), (7, 1.0)):
        said = EdgeState(
            edge_id=f"e{edge}", edge_index=edge, time_ms=NOON_MS, level=LevelOfService.SLOW, observations=2,
            speed_mps=speed_mps, free_flow_mps=10.0,
        )  # fmt: skip
        state.edges[edge] = EdgeNow(said)
    out = overview_out(state, now_ms=NOON_MS, alarms=0, cameras=0, roads=Roads(network))  # type: ignore[arg-type]
    assert out.travel_time_index == pytest.approx((2 * 180 + 20) / (2 * 90 + 1))


PLANNED = b"id: J-1\nposition: [105.8, 21.0]\napproaches: [{id: north, bearing_deg: 180}]\n"


def test_a_camera_without_pictures_is_planned_until_something_counts_there(tmp_path: Path) -> None:
    city = make_city(tmp_path / "city")
    (city.root / "cameras").mkdir()
    (city.root / "cameras" / "J-1.yaml").write_bytes(PLANNED)
    count = CameraMinute(
        camera_id="J-1", approach_id="north", start_ms=NOON_MS - MINUTE_MS, end_ms=NOON_MS, counts={"car": 3}, frames=0
    )
    with running(tmp_path, city) as api:
        api.log_in("op", "operator")
        (planned,) = api.client.get("/api/cameras").json()["cameras"]
        assert (planned["state"], planned["pictures"], planned["counts"]) == ("planned", False, [])
        api.take(("camera.counts", count))
        (counting,) = api.client.get("/api/cameras").json()["cameras"]
        assert (counting["state"], counting["counts"][0]["counts"]) == ("counting", {"car": 3})
        assert api.client.get("/api/control/overview").json()["cameras"] == 0


def feed() -> FeedHealth:
    return FeedHealth(
        source="transerco",
        time_ms=NOON_MS,
        newest_fix_ms=NOON_MS - 2 * MINUTE_MS,
        fixes=10,
        vehicles=2,
        vehicles_live=1,
        delay_p50_s=1.0,
        quality=Quality(correct=1.0, complete=1.0, clean=1.0, live=0.5),
    )


def camera() -> CameraSight:
    return CameraSight(
        camera_id="C-1",
        time_ms=NOON_MS,
        state=CameraState.OK,
        since_ms=NOON_MS,
        frames=10,
        skipped=0,
        live=1.0,
        text=Text(vi="tốt", en="good"),
    )


def test_a_feeds_age_counts_on_while_it_is_silent(api: Running) -> None:
    api.log_in("op", "operator")
    api.take(("feeds.health", feed()))
    api.clock.time_ms += MINUTE_MS
    assert api.client.get("/api/feeds").json()["feeds"][0]["age_s"] == 180.0


def test_an_unexpected_error_says_nothing_of_the_inside(api: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: object) -> None:
        raise RuntimeError("secret path /srv/x")

    monkeypatch.setattr("services.api.vehicles.listing.list_vehicles", broken)
    answer = api.client.get("/api/vehicles")
    assert (answer.status_code, answer.headers["content-type"]) == (500, "application/problem+json")
    assert "secret" not in answer.text


def test_streets_are_found_by_their_words_and_have_a_place_in_their_middle() -> None:
    network = SimpleNamespace(
        names=("", "Kim Mã", "Giải Phóng"),
        edge_name=np.array([2, 1, 1, 0, 1]),
        edge_from=np.array([0, 1, 2, 3, 3]),
        node_lon=np.array([105.84, 105.81, 105.82, 105.83]),
        node_lat=np.array([20.99, 21.03, 21.03, 21.03]),
    )
    streets = Roads(network).streets  # type: ignore[arg-type]
    assert [(street.name, street.edge_index) for street in streets] == [("Kim Mã", 2), ("Giải Phóng", 0)]
    assert [street.name for street in search_streets(streets, "phong giai", 5)] == ["Giải Phóng"]
    assert search_streets(streets, "", 5) == []


def test_a_city_without_roads_finds_no_streets(api: Running) -> None:
    body = api.client.get("/api/search", params={"q": "kim", "streets": True}).json()
    assert body["streets"] == []


def test_the_list_of_buses_is_made_once_for_all_who_ask_within_a_second(api: Running) -> None:
    api.take(("bus.positions", position("a")))
    listing = api.state.listing
    first = listing.read(NOON_MS, 100.0)
    api.take(("bus.positions", position("b")))
    assert listing.read(NOON_MS, 100.9) is first
    assert b'"vehicle_id":"b"' in listing.read(NOON_MS, 101.0).body


def test_the_list_of_buses_goes_packed_to_who_takes_that(api: Running) -> None:
    api.take(("bus.positions", position("a")))
    first = api.client.get("/api/vehicles", headers={"Accept-Encoding": "gzip"})
    assert (first.headers["content-encoding"], len(first.json()["vehicles"])) == ("gzip", 1)
    plain = api.client.get("/api/vehicles", headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
