"""What the roads looked like at an earlier moment, as the archive kept it."""

from collections.abc import Iterator

import pytest

from routing.network import save_network
from schemas.edge import EdgeState, LevelOfService, RoadStates
from services.store.edges import record_road_states
from tests.routing.builders import grid
from tests.services.api.parts import NOON_MS, Running, gtfs_zip, make_city
from tests.services.api.parts import running as open_api

NET = grid(6, 4, 300.0)
EDGES = [NET.edge_index_of[name] for name in ("1/2/3", "1/3/4", "1/4/5")]
MINUTE_MS = 60_000


def said(edge_id: str, minute: float, level: LevelOfService, speed_mps: float | None = None) -> EdgeState:
    """Return what was told of an edge so many minutes from noon, when its row in the network was another."""
    return EdgeState(
        edge_id=edge_id, edge_index=777, time_ms=NOON_MS + round(minute * MINUTE_MS), level=level, observations=2,
        age_s=12.0, speed_mps=speed_mps, sd_mps=0.5, free_flow_mps=10.0, usual_mps=8.0,
    )  # fmt: skip


@pytest.fixture
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    root = tmp_path_factory.mktemp("past")
    city = make_city(root / "city", gtfs=gtfs_zip())
    save_network(NET, root / "city" / "network")
    jam, free, none = LevelOfService.CONGESTED, LevelOfService.FREE, LevelOfService.NO_DATA
    first, second, third = (NET.edge_ids[edge] for edge in EDGES)
    states = (
        said(first, -62, free, 9.0), said(first, -58, jam, 2.0), said(first, -20, free, 9.5),
        said(second, -61, free, 9.0), said(second, -59, none),
        said(third, -75, free, 9.0), said("9/8/7", -60, jam, 1.0),
    )  # fmt: skip
    with open_api(root, city) as running:
        with running.state.store.transaction() as session:
            record_road_states(session, [RoadStates(cell="14/1/1", time_ms=NOON_MS, states=states)])
        running.log_in("controller", "operator")
        yield running


def test_each_road_stands_as_it_was_told_last_before_the_moment(api: Running) -> None:
    then = NOON_MS - 60 * MINUTE_MS
    told = api.client.get(f"/api/edges/past?time_ms={then}").json()
    assert (told["now_ms"], told["time_ms"]) == (NOON_MS, then)
    rows = [(one["edge_index"], one["level"], one["speed_mps"]) for one in told["states"]]
    assert rows == [(EDGES[0], "free", 9.0), (EDGES[1], "free", 9.0)]
    assert told["states"][0]["time_ms"] == then - 2 * MINUTE_MS
    later = api.client.get(f"/api/edges/past?time_ms={NOON_MS - 57 * MINUTE_MS}").json()["states"]
    assert [(one["edge_index"], one["level"]) for one in later] == [(EDGES[0], "congested")]


def test_a_moment_of_which_nothing_was_kept_has_no_roads(api: Running) -> None:
    told = api.client.get(f"/api/edges/past?time_ms={NOON_MS - 40 * MINUTE_MS}").json()
    assert told["states"] == []


def test_a_moment_that_is_still_to_come_is_refused_and_says_where_to_ask(api: Running) -> None:
    for path in ("/api/edges/past", "/api/bottlenecks"):
        answer = api.client.get(f"{path}?time_ms={NOON_MS + 1}")
        assert answer.status_code == 422
        assert "/api/edges?at=15" in answer.json()["detail"]
    assert api.client.get("/api/edges/past").status_code == 422
    assert api.client.get("/api/edges/past?time_ms=yesterday").status_code == 422


def test_the_worst_streets_of_a_moment_are_those_of_then(api: Running) -> None:
    then = api.client.get(f"/api/bottlenecks?time_ms={NOON_MS - 57 * MINUTE_MS}").json()["streets"]
    assert [(street["name"], street["edge_indexes"]) for street in then] == [("Phố 1", [EDGES[0]])]
    assert then[0]["speed_mps"] == pytest.approx(2.0)
    assert api.client.get("/api/bottlenecks").json()["streets"] == []


def test_the_past_is_for_staff(api: Running) -> None:
    api.log_in("nobody")
    assert api.client.get(f"/api/edges/past?time_ms={NOON_MS}").status_code == 401
