"""A03: a first `make run` shows moving buses, arrivals, roads and a camera's work within a minute."""

import time
from pathlib import Path
from urllib.parse import quote

import pytest
from google.transit import gtfs_realtime_pb2

from tests.scenarios.living import Living, living_city, wait_for


@pytest.mark.timeout(240)
def test_the_sample_city_lives(sample: Path, tmp_path: Path, places: dict[str, str]) -> None:
    with living_city(sample, tmp_path / "var", places=places) as city:
        before = wait_for(lambda: _places_of(city), seconds=60, what="buses")
        wait_for(lambda: _moved(city, before), seconds=60, what="buses that move")
        wait_for(lambda: _live_arrival(city), seconds=60, what="an arrival with a range and a reason")
        feed = gtfs_realtime_pb2.FeedMessage.FromString(city.get_bytes("/gtfs-rt/vehicle-positions.pb"))
        assert len(feed.entity) > 20
        assert abs(feed.header.timestamp - time.time()) < 60
        city.hanoi("user", "add", "control", "--role", "operator", "--password-stdin", typed="a quiet night shift\n")
        city.log_in("control", "a quiet night shift")
        wait_for(lambda: city.get("/api/control/overview")["vehicles_live"] > 20, seconds=30, what="overview")
        wait_for(lambda: any(e["speed_mps"] for e in city.get("/api/edges")["states"]), seconds=60, what="edge speeds")
        wait_for(lambda: city.get("/api/cameras")["cameras"][0]["state"] == "ok", seconds=60, what="the camera is seen")


def _places_of(city: Living) -> dict[str, tuple[float, float]]:
    """Return where the buses on a trip are; most others stand in their depots at night."""
    vehicles = city.get("/api/vehicles")["vehicles"]
    return {v["vehicle_id"]: (v["lon"], v["lat"]) for v in vehicles if v["phase"] == "in_service"}


def _moved(city: Living, before: dict[str, tuple[float, float]]) -> bool:
    now = _places_of(city)
    return sum(now[vehicle] != place for vehicle, place in before.items() if vehicle in now) > len(before) // 2


def _live_arrival(city: Living) -> bool:
    stops = {v["next_stop_id"] for v in city.get("/api/vehicles")["vehicles"] if v["next_stop_id"]}
    for stop_id in sorted(stops)[:10]:
        for a in city.get(f"/api/stops/{quote(stop_id)}/arrivals")["arrivals"]:
            if a["status"] == "live" and a["p10_ms"] <= a["p90_ms"] and a["reason"]["vi"]:
                return True
    return False
