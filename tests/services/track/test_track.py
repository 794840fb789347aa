"""The track service on a real log."""

import shutil
import threading
from pathlib import Path

import msgspec
import pytest

from schemas.feed import FeedHealth
from schemas.fix import Fix
from schemas.message import decode, encode
from schemas.position import BusPosition
from schemas.prediction import TripPrediction
from schemas.text import Text
from schemas.topics import TOPICS
from services.city.folder import City, write_city
from services.context import Context
from services.recordings import read_recording
from services.replay.order import in_time_order
from services.settings import Settings
from services.stream import open_stream
from services.stream.base import Outgoing
from services.track.pipeline import run
from tests.data import shared_data

FIXES = 900


@pytest.fixture
def city(tmp_path: Path) -> Path:
    root = tmp_path / "city"
    name = Text(vi="Oa-sinh-tơn", en="Washington")
    write_city(
        root,
        City(
            id="w", name=name, timezone="America/New_York", bbox=(-77.2, 38.7, -76.8, 39.1), epsg=32618, origin="import"
        ),
    )
    shutil.copy(shared_data("wmata", "gtfs.zip"), root / "gtfs.zip")
    return root


@pytest.fixture(scope="module")
def fixes() -> list[Fix]:
    path = shared_data("wmata", "vehicle_positions_2026-02-16_C53_D96.csv.gz")
    return in_time_order(read_recording(path))[:FIXES]


def send(stream, fixes):
    producer = stream.producer()
    producer.send([Outgoing("gps.fixes", f.vehicle_id.encode(), encode(f)) for f in fixes])
    producer.flush()
    producer.close()


def read_all(stream, topic):
    reader = stream.tail([topic], since_ms=0)
    found = []
    while batch := reader.poll(5000, timeout_s=0.2):
        found += [decode(TOPICS[topic].message, record.value) for record in batch]
    reader.close()
    return found


def track_until(tmp_path: Path, city: Path, fixes_in_all: int, *, seconds: float = 60.0):
    """Run the service until it has committed so many fixes."""
    settings = Settings({"STREAM_URL": f"sqlite:///{tmp_path}/log", "CITY_DIR": str(city)})
    with open_stream(settings.place.stream_url) as stream:
        context = Context(settings, stream)
        thread = threading.Thread(target=run, args=(context,), daemon=True)
        thread.start()
        look_on = stream.tail(["bus.positions"], since_ms=0)
        seen = 0
        while seen < fixes_in_all:
            batch = look_on.poll(5000, timeout_s=seconds)
            assert batch, "the service fell silent"
            seen += len(batch)
        context.stop.set()
        thread.join(20)
        assert not thread.is_alive()
        look_on.close()


def test_a_city_without_a_timetable_gets_positions_and_feed_health(tmp_path, city, fixes):
    (city / "gtfs.zip").unlink()
    with open_stream(f"sqlite:///{tmp_path}/log") as stream:
        stream.ensure_topics(TOPICS.values())
        send(stream, fixes[:100])
        track_until(tmp_path, city, 100)
        positions = read_all(stream, "bus.positions")
        assert len(positions) == 100
        assert all(isinstance(p, BusPosition) and p.assignment.trip_id is None for p in positions)
        assert not read_all(stream, "bus.predictions")
        healths = read_all(stream, "feeds.health")
        assert healths
        assert all(isinstance(h, FeedHealth) and h.source == "recording" for h in healths)


def test_after_a_restart_it_goes_on_as_if_it_had_never_stopped(tmp_path, city, fixes):
    with open_stream(f"sqlite:///{tmp_path}/log") as stream:
        stream.ensure_topics(TOPICS.values())
        send(stream, fixes)
        track_until(tmp_path, city, FIXES)
        whole = {(p.vehicle_id, p.made_at_ms, p.trip_id): p.stops for p in read_all(stream, "bus.predictions")}
    other = tmp_path / "other"
    with open_stream(f"sqlite:///{other}/log") as stream:
        stream.ensure_topics(TOPICS.values())
        send(stream, fixes[: FIXES // 2])
        track_until(other, city, FIXES // 2)
        send(stream, fixes[FIXES // 2 :])
        track_until(other, city, FIXES)
        again = read_all(stream, "bus.predictions")
    assert all(isinstance(p, TripPrediction) for p in again)
    assert len(again) == len({(p.vehicle_id, p.made_at_ms, p.trip_id) for p in again}), "the history was told again"
    assert {(p.vehicle_id, p.made_at_ms, p.trip_id): p.stops for p in again} == whole


def test_a_day_that_is_played_again_is_tracked_again(tmp_path, city, fixes):
    later = fixes[-1].time_ms + 8_000_000
    last = msgspec.structs.replace(fixes[-1], time_ms=later, received_ms=later)
    with open_stream(f"sqlite:///{tmp_path}/log") as stream:
        stream.ensure_topics(TOPICS.values())
        send(stream, [*fixes[:200], last])
        track_until(tmp_path, city, 201)
        send(stream, fixes[:200])
        track_until(tmp_path, city, 401)
        assert len(read_all(stream, "bus.positions")) == 401


def serve(tmp_path: Path, city: Path) -> tuple[Context, threading.Thread]:
    """Start one worker of the service in a thread."""
    settings = Settings({"STREAM_URL": f"sqlite:///{tmp_path}/log", "CITY_DIR": str(city)})
    context = Context(settings, open_stream(settings.place.stream_url))
    thread = threading.Thread(target=run, args=(context,), daemon=True)
    thread.start()
    return context, thread


def end(worker: tuple[Context, threading.Thread]) -> None:
    worker[0].stop.set()
    worker[1].join(20)
    assert not worker[1].is_alive()
    worker[0].stream.close()


def test_two_workers_of_which_one_comes_later_and_one_goes_say_what_one_would_say(tmp_path, city, fixes):
    with open_stream(f"sqlite:///{tmp_path}/log") as stream:
        stream.ensure_topics(TOPICS.values())
        send(stream, fixes)
        track_until(tmp_path, city, FIXES)
        whole = {(p.vehicle_id, p.made_at_ms, p.trip_id): p.stops for p in read_all(stream, "bus.predictions")}
    place = tmp_path / "several"
    with open_stream(f"sqlite:///{place}/log") as stream:
        stream.ensure_topics(TOPICS.values())
        look_on = stream.tail(["bus.positions"], since_ms=0)
        workers = [serve(place, city)]
        for at in range(0, FIXES, 20):  # about half a minute of these buses, so that no partition is two minutes behind
            send(stream, fixes[at : at + 20])
            seen = 0
            while seen < len(fixes[at : at + 20]):
                batch = look_on.poll(100, timeout_s=60.0)
                assert batch, "the service fell silent"
                seen += len(batch)
            if at == 300:
                workers.append(serve(place, city))
            if at == 600:
                end(workers.pop(0))
        end(workers.pop())
        again = read_all(stream, "bus.predictions")
        shares = read_all(stream, "track.shares")
    assert len(again) == len({(p.vehicle_id, p.made_at_ms, p.trip_id) for p in again})
    assert {(p.vehicle_id, p.made_at_ms, p.trip_id): p.stops for p in again} == whole
    assert all(share.feeds for share in shares)
