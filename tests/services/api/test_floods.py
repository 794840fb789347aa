"""Water on a road: set by staff, led around, lifted, written down."""

from collections.abc import Iterator

import pytest

from routing.network import save_network
from tests.routing.builders import grid, lonlat
from tests.services.api.parts import Running, make_city
from tests.services.api.parts import running as open_api

NET = grid(5, 3, 300.0)


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    root = tmp_path_factory.mktemp("flood")
    city = make_city(root / "city")
    save_network(NET, root / "city" / "network")
    with open_api(root, city) as running:
        running.log_in("lan", "operator")
        yield running


def set_flood(api: Running, depth: str, x_m: float = 450.0, y_m: float = 300.0) -> dict:  # type: ignore[type-arg]
    lon, lat = lonlat(x_m, y_m)
    answer = api.client.post("/api/floods", json={"lon": lon, "lat": lat, "depth": depth, "note": "gọi về"})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def way(api: Running, vehicle: str) -> list[str]:
    a, b = lonlat(300.0, 300.0), lonlat(600.0, 300.0)
    answer = api.client.get(
        "/api/path", params={"from_lon": a[0], "from_lat": a[1], "to_lon": b[0], "to_lat": b[1], "vehicle": vehicle}
    )
    return [NET.edge_ids[edge] for edge in answer.json()["edges"]]


def test_water_leads_motorbikes_around_until_it_is_lifted_and_all_is_written_down(api: Running) -> None:
    dry = way(api, "motorbike")
    assert len(dry) == 1
    water = set_flood(api, "knee")
    assert (water["kind"], water["state"], water["passable"]) == ("flood", "verified", ["bus"])
    assert dry[0] in water["evidence"]["edge_ids"]
    assert dry[0] not in way(api, "motorbike")
    deeper = set_flood(api, "deep")
    assert deeper["incident_id"] == water["incident_id"], "one spot stays one spot"
    assert deeper["passable"] == []
    assert dry[0] not in way(api, "bus")
    assert [entry["note"] for entry in deeper["log"]] == ["knee: gọi về", "deep: gọi về"]
    assert api.client.post(f"/api/incidents/{water['incident_id']}/clear", json={}).status_code == 200
    assert way(api, "motorbike") == dry


def test_shallow_water_slows_and_closes_nothing(api: Running) -> None:
    water = set_flood(api, "wet", x_m=750.0)
    assert water["passable"] == ["motorbike", "car", "bus"]
    assert api.client.post(f"/api/incidents/{water['incident_id']}/clear", json={}).status_code == 200


def test_a_place_without_a_road_and_a_depth_that_is_none_are_refused(api: Running) -> None:
    lon, lat = lonlat(450.0, 150.0)
    far = api.client.post("/api/floods", json={"lon": lon, "lat": lat, "depth": "deep"})
    assert far.status_code == 404
    assert "No road" in far.text
    assert api.client.post("/api/floods", json={"lon": lon, "lat": lat, "depth": "ocean"}).status_code == 422


def test_who_set_it_stands_in_the_audit(api: Running) -> None:
    api.log_in("boss", "admin")
    entries = api.client.get("/api/audit").json()["entries"]
    assert {(e["actor"], e["detail"]) for e in entries if e["action"] == "flood.set"} >= {("lan", "deep: gọi về")}
