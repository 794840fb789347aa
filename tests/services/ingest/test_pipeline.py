"""The whole service: doors and fetching in one loop, ended in time."""

import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from schemas.fix import Fix
from schemas.message import decode
from schemas.topics import get_topic
from services.context import Context
from services.ingest.pipeline import PortError, run
from services.ingest.tokens import add_token
from services.settings import Settings
from services.stream import open_stream
from tests.services.ingest.fetch.feed_server import FeedServer, answer, feed
from tests.services.ingest.house import read_all


def wait(is_so: Callable[[], bool]) -> None:
    end_s = time.monotonic() + 20
    while not is_so():
        assert time.monotonic() < end_s, "it did not come about"
        time.sleep(0.02)


def test_what_is_pushed_and_what_is_pulled_reach_the_log_and_the_end_comes_in_time(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    settings = Settings(
        {
            "HANOI_INGEST_PORT": str(port),
            "HANOI_INGEST_TOKENS_FILE": str(tmp_path / "tokens.json"),
            "HANOI_RUN_VAR_DIR": str(tmp_path / "var"),
            "CITY_DIR": str(tmp_path),
        }
    )
    token = add_token(settings, "depot")
    second = int(time.time())
    with FeedServer([answer(feed(second, pulled=second))]) as server, open_stream(f"sqlite:///{tmp_path}/s") as stream:
        stream.ensure_topics([get_topic("gps.fixes"), get_topic("city.clock")])
        (tmp_path / "sources.yaml").write_text(f"feeds: [{{name: partner, url: '{server.url}', every_s: 1}}]")
        context = Context(settings, stream)
        thread = threading.Thread(target=run, args=(context,))
        thread.start()
        base = f"http://127.0.0.1:{port}"

        def is_open() -> bool:
            try:
                return httpx.get(f"{base}/healthz", trust_env=False).status_code == 200
            except httpx.TransportError:
                return False

        wait(is_open)
        params = {"token": token, "id": "pushed", "lat": "21.03", "lon": "105.85"}
        assert httpx.get(f"{base}/v1/fixes/osmand", params=params, trust_env=False).status_code == 200
        wait(lambda: len(read_all(stream, "gps.fixes")) >= 2)
        kept = {(fix.source, fix.vehicle_id) for fix in (decode(Fix, r.value) for r in read_all(stream, "gps.fixes"))}
        assert kept == {("depot", "pushed"), ("partner", "pulled")}
        began_s = time.monotonic()
        context.stop.set()
        thread.join(10)
        assert not thread.is_alive()
        assert time.monotonic() - began_s < 5.0


def test_a_port_that_is_taken_is_said(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, open_stream(f"sqlite:///{tmp_path}/s") as stream:
        port = taken.getsockname()[1]
        settings = Settings({"HANOI_INGEST_PORT": str(port), "HANOI_RUN_VAR_DIR": str(tmp_path)})
        with pytest.raises(PortError, match=str(port)):
            run(Context(settings, stream))
