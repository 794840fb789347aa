"""Rain gauges: from a table in a file or at an address to speeds and to what the pages are told."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import numpy as np
import pytest

from routing.congestion import Estimator
from routing.rain.table import RainTableError
from schemas.message import decode
from schemas.rain import RainGauges
from services.clock import CityClock
from services.context import Context
from services.estimate.pipeline import EstimateStep
from services.estimate.rain import RainDesk, follow, read_table
from services.settings import Settings
from services.stream.embedded import EmbeddedStream
from tests.routing.congestion.test_estimate import NET, START_MS
from tests.services.estimate.test_pipeline import Wall, city, until

LON, LAT = float(NET.point_lon[0]), float(NET.point_lat[0])


def table(mm: float, time_ms: int = START_MS) -> bytes:
    return f"gauge_id,lon,lat,time,mm\ng1,{LON},{LAT},{time_ms},{mm}\n".encode()


def told(step: EstimateStep, now_ms: int) -> list[RainGauges]:
    return [m for topic, _, m in step.handle([], now_ms).outputs if topic == "rain.gauges"]  # type: ignore[misc]


def test_rain_slows_what_is_expected_is_told_and_is_over_when_the_gauge_falls_silent(tmp_path: Path) -> None:
    desk, estimator = RainDesk(NET, "gauges.csv"), Estimator(NET)
    step = EstimateStep(estimator, tmp_path / "history.npz", city(tmp_path / "city", network=True), desk)
    assert told(step, START_MS) == []
    desk.bring(table(10.0))
    (said,) = told(step, START_MS + 1_000)
    assert (said.source, said.gauges[0].mm_h, said.slowest) == ("gauges.csv", 60.0, 0.75)
    assert np.allclose(estimator.slowed, 0.75)
    assert told(step, START_MS + 2_000) == [], "not again within a minute"
    (later,) = told(step, START_MS + 31 * 60_000)
    assert later.gauges[0].stale
    assert estimator.slowed == 1.0


def test_a_table_that_breaks_is_named_and_the_gauges_hold_until_they_are_stale(tmp_path: Path) -> None:
    desk = RainDesk(NET, "gauges.csv")
    desk.bring(table(10.0))
    desk.look(START_MS)
    desk.bring(b"<html>login</html>")
    said = desk.look(START_MS + 1_000)
    assert said is not None
    assert [g.mm_h for g in said.gauges] == [60.0]
    assert "no column gauge_id" in said.problems[0].en
    desk.bring(table(10.0, START_MS + 2_000))
    mended = desk.look(START_MS + 2_000)
    assert mended is not None
    assert mended.problems == ()


def test_a_file_that_is_absent_or_huge_says_so(tmp_path: Path) -> None:
    with pytest.raises(RainTableError, match="the file cannot be read: No such file"):
        read_table(str(tmp_path / "none.csv"), 0.0)
    (tmp_path / "huge.csv").write_bytes(b"x" * (5 << 20))
    with pytest.raises(RainTableError, match=r"huge\.csv is larger than 4 MiB"):
        read_table(str(tmp_path / "huge.csv"), 0.0)


@pytest.fixture
def served() -> Iterator[tuple[str, dict[str, int]]]:
    status = {"now": 200}

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status["now"])
            self.end_headers()
            self.wfile.write(table(1.0))

        def log_message(self, *args: object) -> None:
            return

    server = HTTPServer(("127.0.0.1", 0), Answer)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/gauges.csv?key=secret", status
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_table_at_an_address_is_followed_and_its_key_is_told_to_nobody(served: tuple[str, dict[str, int]]) -> None:
    url, status = served
    assert read_table(url, 0.0) == table(1.0)
    status["now"] = 503
    desk, stop = RainDesk(NET, url), threading.Event()
    thread = threading.Thread(target=follow, args=(desk, url, 0.01, lambda: 0.0, stop))
    thread.start()
    said = None
    for _ in range(500):
        said = desk.look(START_MS)
        if said is not None:
            break
        stop.wait(0.01)
    stop.set()
    thread.join(10)
    assert said is not None
    assert "status 503" in said.problems[0].en
    assert "secret" not in repr(said)


def test_the_service_reads_the_table_that_its_settings_name(tmp_path: Path) -> None:
    (tmp_path / "gauges.csv").write_bytes(table(10.0))
    with EmbeddedStream(tmp_path / "log") as stream:
        settings = Settings({
            "CITY_DIR": str(city(tmp_path / "city", network=True)), "HANOI_RUN_VAR_DIR": str(tmp_path / "var"),
            "HANOI_RAIN_SOURCE": str(tmp_path / "gauges.csv"), "HANOI_RAIN_EVERY_S": "1",
        })  # fmt: skip
        tail, found = stream.tail(["rain.gauges"], since_ms=0), []

        def told() -> bool:
            found.extend(decode(RainGauges, record.value) for record in tail.poll(10, 0.0))
            return bool(found)

        until(told, Context(settings=settings, stream=stream, clock=CityClock(Wall(START_MS + 1_000))))
    assert [gauge.gauge_id for gauge in found[0].gauges] == ["g1"]
