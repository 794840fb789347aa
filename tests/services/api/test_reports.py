"""Reports of riders and staff: taken, deduplicated, limited, without a name."""

from collections.abc import Iterator

import pytest

from routing.network import save_network
from schemas.message import decode
from schemas.report import RoadReport
from services.api.tail import relay_once
from tests.routing.builders import grid, lonlat
from tests.services.api.parts import NOON_MS, Running, make_city
from tests.services.api.parts import running as open_api

PLACE = dict(zip(("lon", "lat"), lonlat(450.0, 300.0), strict=True))


@pytest.fixture
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    root = tmp_path_factory.mktemp("reports")
    city = make_city(root / "city")
    save_network(grid(5, 3, 300.0), root / "city" / "network")
    with open_api(root, city) as running:
        yield running


def say(api: Running, **more: object) -> tuple[int, dict]:  # type: ignore[type-arg]
    answer = api.client.post("/api/reports", json={"what": "blocked", **PLACE, **more})
    return answer.status_code, dict(answer.json())


def published(api: Running) -> list[RoadReport]:
    stream = api.state.context.stream
    with_producer = stream.producer()
    while relay_once(api.state, with_producer):
        pass
    tail = stream.tail(["road.reports"], since_ms=0)
    return [decode(RoadReport, record.value) for record in tail.poll(100, 0.0)]


def test_a_riders_report_reaches_the_log_without_anything_of_the_rider(api: Running) -> None:
    status, answer = say(api, heading_deg=90.0)
    assert (status, answer["who"]) == (202, "rider")
    (report,) = published(api)
    assert (report.who, report.what, report.time_ms, report.heading_deg) == ("rider", "blocked", NOON_MS, 90.0)
    assert "testclient" not in repr(report)


def test_saying_it_again_is_the_same_report_and_saying_much_is_turned_away(api: Running) -> None:
    names = {say(api)[1]["report_id"] for _ in range(5)}
    assert len(names) == 1
    answer = api.client.post("/api/reports", json={"what": "crash", **PLACE})
    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 600


def test_staff_count_as_staff_and_are_not_limited(api: Running) -> None:
    api.log_in("lan", "operator")
    assert {say(api)[1]["who"] for _ in range(8)} == {"staff"}


def test_a_place_off_the_roads_of_this_city_and_words_of_ones_own_are_refused(api: Running) -> None:
    status, answer = say(api, lon=106.66, lat=10.78)
    assert status == 404
    assert "No road of this city is within 60 m" in answer["detail"]
    assert say(api, what="Nguyễn Văn A là kẻ xấu")[0] == 422
    assert say(api, lon=float(1000))[0] == 422
    assert published(api) == []
