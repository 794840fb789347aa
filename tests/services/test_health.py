"""`/healthz` and `/metrics` of a process."""

import http.server
import threading
from collections.abc import Iterator

import httpx
import msgspec
import pytest
from prometheus_client import Gauge

from services.health import Board, HealthServer, ProcessHealth, Watched, ask_door

LAG = Gauge("test_health_lag", "For the tests", ["group"])


def look(service: Watched, out_of_reach: str | None = None) -> ProcessHealth:
    return Board([service], lambda name: out_of_reach).report()


def turned(name: str = "track") -> Watched:
    service = Watched(name)
    service.sign.own()
    service.sign.is_set()
    service.sign.is_set()
    return service


def test_a_service_that_made_no_turn_yet_is_starting_and_not_ready() -> None:
    (told,) = look(Watched("track")).services
    assert (told.state, told.ready, told.reason) == ("starting", False, "still starting")


def test_a_service_that_turns_is_ready() -> None:
    (told,) = look(turned()).services
    assert (told.state, told.ready, told.reason) == ("running", True, None)


def test_a_part_out_of_reach_makes_it_not_ready_and_is_named() -> None:
    health = look(turned(), "the log takes no connections at 127.0.0.1:9")
    assert not health.ready
    assert health.services[0].reason == "the log takes no connections at 127.0.0.1:9"


def test_a_service_that_died_tells_its_last_error() -> None:
    (told,) = look(Watched("track", state="failing", restarts=6, last_error="KeyError: 'x'")).services
    assert (told.ready, told.reason, told.restarts) == (False, "KeyError: 'x'", 6)


def test_a_service_that_lacks_its_part_of_the_city_disturbs_nobody() -> None:
    assert look(Watched("detect", state="idle", last_error="this city has no cameras")).ready


@pytest.fixture
def door() -> Iterator[tuple[str, dict[str, int]]]:
    answer = {"status": 200}

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(answer["status"])
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}", answer
    server.shutdown()
    server.server_close()


def test_a_service_with_a_door_is_asked_there(door: tuple[str, dict[str, int]]) -> None:
    url, answer = door
    service = Watched("api", door=url)
    assert look(service).ready
    answer["status"] = 503
    (told,) = look(service).services
    assert (told.state, told.reason) == ("running", f"{url}/healthz answers 503")


def test_a_door_that_does_not_answer_is_said() -> None:
    assert ask_door("http://127.0.0.1:9") == (None, "no answer from http://127.0.0.1:9/healthz")


def test_the_server_answers_both_questions_and_503_while_not_ready() -> None:
    LAG.labels("track").set(3)
    service = Watched("track")
    server = HealthServer("127.0.0.1", 0, Board([service]).report)
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{server.port}", trust_env=False) as client:
            assert client.get("/healthz").status_code == 503
            service.sign.own()
            service.sign.wait(0.0)
            answer = client.get("/healthz")
            assert answer.status_code == 200
            assert msgspec.json.decode(answer.content, type=ProcessHealth).services[0].name == "track"
            assert 'test_health_lag{group="track"} 3.0' in client.get("/metrics").text
            assert client.get("/other").status_code == 404
    finally:
        server.close()
