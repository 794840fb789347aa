"""What moves reaches who listens: at once, only what changed, never a backlog, ended cleanly."""

import asyncio
import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import msgspec
import pytest

from schemas.message import Message, encode
from schemas.topics import TOPICS
from services.api.hub import MAX_QUEUED, Client, Hub
from services.api.live import Change
from services.api.pipeline import run
from services.api.stream.packed import Event as Packed
from services.api.tail import relay_once
from services.api.vehicles.reader import FrameReader
from services.auth.setup import make_account
from services.clock import WallClock
from services.context import Context
from services.incidents.desk import act_on_incident
from services.settings import Settings
from services.store.engine import open_store
from services.store.incidents import record_detected
from services.stream import open_stream
from services.stream.base import Outgoing
from tests.services.api.parts import DATE, Running, gtfs_zip, make_city, position, prediction, running
from tests.services.desk_builders import NOW_MS, incident

Event = tuple[str, dict]  # type: ignore[type-arg]


def test_what_changed_goes_out_once_and_again_a_second_later() -> None:
    hub = Hub()
    hub.changed([Change("vehicles", "a"), Change("vehicles", "a"), Change("feeds", "x")])
    assert hub.take_ready(100.0) == {"vehicles": {"a"}, "feeds": {"x"}}
    hub.changed([Change("vehicles", "a"), Change("vehicles", "b")])
    assert hub.take_ready(100.5) == {"vehicles": {"b"}}
    assert hub.is_waiting
    assert hub.take_ready(101.0) == {"vehicles": {"a"}}
    assert not hub.is_waiting


def test_a_slow_client_loses_the_backlog_and_asks_for_the_newest_state() -> None:
    async def check() -> None:
        client = Client(frozenset({"vehicles"}), None, 20, "")
        client.must_resync = False
        for i in range(MAX_QUEUED + 1):
            client.put(Packed(b"%d" % i))
        assert client.must_resync
        assert len(client.queue) == 0
        client.put(Packed(b"late"))
        assert len(client.queue) == 0

    asyncio.run(check())


@contextmanager
def served(tmp_path: Path) -> Iterator[tuple[str, Context]]:
    """The real process: uvicorn, the log, the store."""
    make_city(tmp_path / "city", gtfs=gtfs_zip())
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = Settings(
        {
            "STREAM_URL": f"sqlite:///{tmp_path}/stream",
            "DATABASE_URL": f"sqlite:///{tmp_path}/store.sqlite",
            "MEDIA_URL": f"file://{tmp_path}/media",
            "CITY_DIR": str(tmp_path / "city"),
            "HANOI_API_PORT": str(port),
        }
    )
    with open_stream(settings.place.stream_url) as stream:
        stream.ensure_topics(TOPICS.values())
        context = Context(settings=settings, stream=stream)
        thread = threading.Thread(target=run, args=(context,), daemon=True)
        thread.start()
        address = f"http://127.0.0.1:{port}"
        wait_for(address)
        try:
            yield address, context
        finally:
            context.stop.set()
            thread.join(5)


def wait_for(address: str) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        try:
            httpx.get(f"{address}/healthz").raise_for_status()
        except httpx.HTTPError:
            threading.Event().wait(0.05)
        else:
            return
    pytest.fail("the api did not start")


def events(lines: Iterator[str]) -> Iterator[Event]:
    name = ""
    for line in lines:
        if line.startswith("event: "):
            name = line.removeprefix("event: ")
        elif line.startswith("data: "):
            yield name, json.loads(line.removeprefix("data: "))


def append(context: Context, *messages: tuple[str, str, Message]) -> None:
    producer = context.stream.producer()
    producer.send([Outgoing(topic, key.encode(), encode(message)) for topic, key, message in messages])
    producer.flush()
    producer.close()


def next_event(stream: Iterator[Event], name: str) -> dict:  # type: ignore[type-arg]
    return next(body for kind, body in stream if kind == name)


def test_a_position_in_the_log_reaches_the_stream_within_a_second(tmp_path: Path) -> None:
    with (
        served(tmp_path) as (address, context),
        httpx.stream("GET", f"{address}/api/live?topics=vehicles,clock", timeout=20) as answer,
    ):
        assert answer.headers["content-type"].startswith("text/event-stream")
        stream = events(answer.iter_lines())
        reader = FrameReader()
        assert reader.take(next_event(stream, "vehicles")) == []
        waits = []
        for i in range(5):
            now_ms = WallClock().now_ms()
            start_s = time.perf_counter()
            append(context, ("bus.positions", f"v{i}", position(f"v{i}", time_ms=now_ms)))
            moved = reader.take(next_event(stream, "vehicles"))
            waits.append(time.perf_counter() - start_s)
            assert [(bus.vehicle_id, bus.time_ms) for bus in moved] == [(f"v{i}", now_ms)]
        assert sorted(waits)[2] < 1.0


def test_a_page_that_wants_one_line_hears_of_its_buses_and_of_one_that_leaves(tmp_path: Path) -> None:
    with (
        served(tmp_path) as (address, context),
        httpx.stream("GET", f"{address}/api/live?topics=buses&route_id=r32", timeout=20) as answer,
    ):
        stream = events(answer.iter_lines())
        assert next_event(stream, "buses")["vehicles"] == []
        now_ms = WallClock().now_ms()
        here = position("v1", time_ms=now_ms)
        other = msgspec.structs.replace(here.assignment, route_id="r9", trip_id="t9")
        away = msgspec.structs.replace(here, vehicle_id="v2", assignment=other)
        append(context, ("bus.positions", "v2", away), ("bus.positions", "v1", here))
        assert [v["vehicle_id"] for v in next_event(stream, "buses")["vehicles"]] == ["v1"]
        left = msgspec.structs.replace(here, assignment=other, time_ms=now_ms + 1000)
        append(context, ("bus.positions", "v1", left))
        assert [(v["vehicle_id"], v["route_id"]) for v in next_event(stream, "buses")["vehicles"]] == [("v1", "r9")]


def test_those_who_take_gzip_get_the_same_stream_smaller(tmp_path: Path) -> None:
    with served(tmp_path) as (address, context):
        now_ms = WallClock().now_ms()
        rows = [("bus.positions", f"v{i}", position(f"v{i}", time_ms=now_ms)) for i in range(300)]
        append(context, *rows)
        sizes = {}
        for encoding in ("gzip", "identity"):
            headers = {"Accept-Encoding": encoding}
            reader = FrameReader()
            with httpx.stream("GET", f"{address}/api/live?topics=vehicles", headers=headers, timeout=20) as answer:
                assert answer.headers.get("content-encoding", "identity") == encoding
                stream = events(answer.iter_lines())
                while len(reader.buses) < 300:
                    reader.take(next_event(stream, "vehicles"))
                sizes[encoding] = answer.num_bytes_downloaded
        assert sizes["gzip"] < sizes["identity"] / 2


def test_the_process_ends_within_two_seconds_though_somebody_listens(tmp_path: Path) -> None:
    with served(tmp_path) as (address, context), httpx.stream("GET", f"{address}/api/live", timeout=20) as answer:
        lines = answer.iter_lines()
        next(lines)
        start_s = time.perf_counter()
        context.stop.set()
        for _ in lines:
            pass
        assert time.perf_counter() - start_s < 2.0


def test_arrivals_of_one_stop_come_when_they_change(tmp_path: Path) -> None:
    with served(tmp_path) as (address, context):
        url = f"{address}/api/live?topics=arrivals&stop_id=s2b"
        with httpx.stream("GET", url, timeout=20) as answer:
            stream = events(answer.iter_lines())
            assert next_event(stream, "arrivals")["stop"]["name"] == "Đại học Bách Khoa"
            now_ms = WallClock().now_ms()
            said = prediction(made_at_ms=now_ms)
            soon = dict.fromkeys(("eta_ms", "p10_ms", "p50_ms", "p90_ms"), now_ms + 60000)
            stops = tuple(msgspec.structs.replace(stop, **soon) for stop in said.stops)
            append(context, ("bus.predictions", "v", msgspec.structs.replace(said, stops=stops)))
            rows = next_event(stream, "arrivals")["arrivals"]
            assert ("t1", DATE, "live") in [(r["trip_id"], r["start_date"], r["status"]) for r in rows]


def test_an_operator_sees_an_action_at_once_and_may_undo_it(tmp_path: Path) -> None:
    with served(tmp_path) as (address, context):
        with open_store(context.settings.place.database_url) as store:
            with store.transaction() as session:
                record_detected(session, incident())
            now_ms = WallClock().now_ms()
            make_account(store, name="lan", password="a long password", roles=["operator"], actor="t", now_ms=now_ms)
        with httpx.Client(base_url=address, timeout=20) as client:
            me = client.post("/api/auth/login", json={"name": "lan", "password": "a long password"}).json()
            with client.stream("GET", "/api/live?topics=incidents,feeds") as answer:
                stream = events(answer.iter_lines())
                assert [i["state"] for i in next_event(stream, "incidents")["incidents"]] == ["detected"]
                headers = {"X-CSRF-Token": me["csrf"]}
                assert httpx.post(
                    f"{address}/api/incidents/i-1/verify", headers=headers, cookies=dict(client.cookies)
                ).is_success
                seen = next_event(stream, "incidents")["incidents"][0]
                assert (seen["state"], "undo" in seen["actions"]) == ("verified", True)
        look = context.stream.tail(["incidents"], since_ms=0)
        assert [record.key for record in look.poll(10, 5.0)] == [b"i-1"]
        look.close()


def test_the_stream_of_an_unknown_topic_or_stop_is_a_problem(api: Running) -> None:
    assert api.client.get("/api/live?topics=gossip").status_code == 422
    assert api.client.get("/api/live?topics=arrivals").status_code == 422
    assert api.client.get("/api/live?topics=buses").status_code == 422
    assert api.client.get("/api/live?topics=arrivals&stop_id=none").status_code == 422


def test_the_outbox_is_published_at_least_once_and_then_empty(api: Running) -> None:
    with api.state.store.transaction() as session:
        record_detected(session, incident())
    act_on_incident(api.state.store, "i-1", "verify", actor="lan", wall_ms=NOW_MS, city_ms=NOW_MS)
    stream = api.state.context.stream
    stream.ensure_topics([TOPICS["incidents"]])
    look = stream.tail(["incidents"], since_ms=0)
    producer = stream.producer()
    assert relay_once(api.state, producer) == 1
    assert relay_once(api.state, producer) == 0
    producer.close()
    records = look.poll(10, 2.0)
    assert [record.key for record in records] == [b"i-1"]
    look.close()


def test_a_thread_that_dies_ends_the_process_so_that_it_is_restarted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(state: object, stop: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("services.api.app.follow", broken)
    with running(tmp_path, make_city(tmp_path / "city"), follow_log=True) as api:
        assert api.state.context.stop.wait(5)
        assert api.state.failed.is_set()
