"""A new timetable is served without a restart, and no request fails on the way."""

import time
from pathlib import Path

from tests.services.api.parts import GTFS, gtfs_zip, make_city, position, running

NEW = GTFS | {
    "stops.txt": GTFS["stops.txt"] + "s9,Trạm mới,21.0400,105.8000\n",
    "stop_times.txt": GTFS["stop_times.txt"] + "t9,12:30:00,12:30:00,s9,3\n",
}


def test_the_pages_go_over_to_another_timetable_while_they_are_asked(tmp_path: Path) -> None:
    root = tmp_path / "city"
    with running(tmp_path, make_city(root, gtfs=gtfs_zip())) as api:
        api.take(("bus.positions", position("29B-1", trip_id="t1")))
        shapes = api.client.get("/api/shapes").json()["version"]
        assert api.client.get("/api/stops/s9/arrivals").status_code == 404
        (root / "new.zip").write_bytes(gtfs_zip(NEW))
        (root / "new.zip").replace(root / "gtfs.zip")
        make_city(root)
        deadline, answers = time.monotonic() + 20, []
        while time.monotonic() < deadline:
            answers.append(api.client.get("/api/stops/s3/arrivals").status_code)
            if api.client.get("/api/stops/s9/arrivals").status_code == 200:
                break
        assert set(answers) == {200}
        assert api.client.get("/api/stops/s9/arrivals").json()["stop"]["name"] == "Trạm mới"
        assert api.client.get("/api/shapes").json()["version"] != shapes
        sender = api.client.app.state.sender  # type: ignore[attr-defined]
        assert b"29B-1" in sender.fleet.whole().plain, "who listens gets the bus again, on the new lines"


def test_a_broken_timetable_is_said_and_the_one_before_stays(tmp_path: Path) -> None:
    root = tmp_path / "city"
    with running(tmp_path, make_city(root, gtfs=gtfs_zip())) as api:
        (root / "new.zip").write_bytes(b"no zip")
        (root / "new.zip").replace(root / "gtfs.zip")
        make_city(root)
        deadline = time.monotonic() + 2
        while time.monotonic() < deadline:
            assert api.client.get("/api/stops/s3/arrivals").status_code == 200
