"""The live simulator and the real ingest service, on one embedded log."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

import services.ingest.pipeline
import services.simulate.pipeline
from schemas.fix import Fix
from schemas.message import decode
from schemas.topics import TOPICS
from services.city.folder import CityFolder
from services.city.watch import CityWatch
from services.context import Context
from services.sample.build import build_sample
from services.sample.lines import LINES
from services.settings import Settings
from services.simulate.city import read_streets
from services.simulate.live import LiveBuses
from services.stream import open_stream

NOW_MS = 1_767_575_100_000


@pytest.fixture
def context(tmp_path: Path, unused_port: int) -> Iterator[Context]:
    settings = Settings(
        {
            "STREAM_URL": f"sqlite:///{tmp_path}/stream",
            "CITY_DIR": str(tmp_path / "city"),
            "HANOI_INGEST_PORT": str(unused_port),
            "HANOI_INGEST_TOKENS_FILE": str(tmp_path / "tokens.json"),
            "HANOI_RUN_VAR_DIR": str(tmp_path),
        }
    )
    with open_stream(settings.place.stream_url) as stream:
        stream.ensure_topics(TOPICS.values())
        yield Context(settings, stream)


@pytest.fixture
def unused_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_moving_buses_come_through_the_real_door_within_seconds(tmp_path: Path, context: Context) -> None:
    build_sample(tmp_path / "city", seed=1, now_ms=NOW_MS, lines=LINES[:20])
    services_ = [
        threading.Thread(target=run, args=(context,))
        for run in (services.simulate.pipeline.run, services.ingest.pipeline.run)
    ]
    tail = context.stream.tail(["gps.fixes"], since_ms=0)
    for thread in services_:
        thread.start()
    fixes: list[Fix] = []
    try:
        for _ in range(40):
            fixes += [decode(Fix, record.value) for record in tail.poll(500, timeout_s=1.0)]
            if len({fix.vehicle_id for fix in fixes}) > 20 and any((fix.speed_mps or 0) > 3 for fix in fixes):
                break
    finally:
        context.stop.set()
        for thread in services_:
            thread.join(10)
        tail.close()
    assert {fix.source for fix in fixes} == {"simulator"}
    assert len({fix.vehicle_id for fix in fixes}) > 20
    assert any((fix.speed_mps or 0) > 3 for fix in fixes)
    assert not any(thread.is_alive() for thread in services_)


def test_a_new_timetable_is_driven_at_once_and_a_broken_one_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.city.watch.LOOK_EVERY_S", 0.0)
    root = tmp_path / "city"
    build_sample(root, seed=1, now_ms=NOW_MS, lines=LINES[:4])
    streets = read_streets(CityFolder(root))
    buses, watch = LiveBuses(streets, seed=1), CityWatch(root)
    buses.follow(NOW_MS)
    many = buses.vehicles
    build_sample(tmp_path / "small", seed=1, now_ms=NOW_MS, lines=LINES[:1])
    for name in ("gtfs.zip", "city.json"):
        (tmp_path / "small" / name).replace(root / name)
    services.simulate.pipeline._follow_the_timetable(watch, buses, repeat=None)
    buses.follow(NOW_MS + 1_000)
    assert 0 < buses.vehicles < many
    few = buses.vehicles
    (root / "gtfs.zip").write_bytes(b"no zip")
    (root / "city.json").touch()
    services.simulate.pipeline._follow_the_timetable(watch, buses, repeat=None)
    buses.follow(NOW_MS + 2_000)
    assert buses.vehicles == few
