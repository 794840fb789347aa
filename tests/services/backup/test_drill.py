"""The drill: a city under load is backed up, destroyed, restored, and goes on; nothing is lost and nothing doubled.

The short form is a test; `make drill` runs the same with DRILL_RECORDS=200000.
"""

import contextlib
import json
import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from schemas.message import encode
from schemas.topics import TOPICS
from services.archive.pipeline import run as run_archive
from services.cli import main
from services.context import Context
from services.media.store import open_media
from services.settings import Settings
from services.store.accounts import Account, add_account
from services.store.audit import append_audit, is_intact
from services.store.engine import open_store
from services.stream import open_stream
from services.stream.base import Outgoing, Producer
from tests.contract import messages
from tests.contract.messages import NOON_MS

RECORDS = int(os.environ.get("DRILL_RECORDS", "4000"))
DEADLINE_S = 60 + RECORDS / 500
# Counting the rows of a whole drill every 50 ms would be half of its load.
LOOK_EVERY_S = 0.05 + RECORDS / 200_000
LOT = 200
COLUMNS = ["embedded", pytest.param("distributed", marks=[pytest.mark.kafka, pytest.mark.postgis])]


@dataclass
class City:
    """One city under load: a producer of positions and the archive, in threads."""

    environ: dict[str, str]
    sent: int = 0
    _stop: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)

    @property
    def settings(self) -> Settings:
        return Settings(self.environ)

    def start(self, *, load: bool) -> None:
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._archive)]
        if load:
            self._threads.append(threading.Thread(target=self._produce))
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(30)

    def _archive(self) -> None:
        with open_stream(self.environ["STREAM_URL"]) as stream:
            run_archive(Context(self.settings, stream, stop=self._stop))

    def _produce(self) -> None:
        with open_stream(self.environ["STREAM_URL"]) as stream, contextlib.closing(stream.producer()) as producer:
            while not self._stop.wait(0.05):  # 4,000 a second: twenty times a whole city
                self.send(producer, LOT)

    def send(self, producer: Producer, count: int) -> None:
        lot = [messages.position(f"v{n % 50}", NOON_MS + n * 100) for n in range(self.sent, self.sent + count)]
        producer.send([Outgoing("bus.positions", p.vehicle_id.encode(), encode(p)) for p in lot])
        producer.flush()
        self.sent += count

    def rows(self) -> int:
        with open_store(self.environ["DATABASE_URL"]) as store, store.reading() as session:
            return int(session.execute(sa.text("SELECT count(*) FROM bus_position")).scalar_one())

    def in_log(self) -> int:
        with open_stream(self.environ["STREAM_URL"]) as stream:
            return sum(stream.end_offsets("bus.positions").values())

    def reach(self, wanted: Callable[[], bool]) -> None:
        deadline = time.monotonic() + DEADLINE_S
        while not wanted():
            assert time.monotonic() < deadline, f"{self.rows()} rows, {self.in_log()} in the log, {self.sent} sent"
            time.sleep(LOOK_EVERY_S)


@pytest.fixture(params=COLUMNS)
def city(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[City]:
    var = tmp_path / "var"
    environ = {
        "HANOI_RUN_VAR_DIR": str(var),
        "STREAM_URL": f"sqlite:///{var / 'stream'}",
        "DATABASE_URL": f"sqlite:///{var / 'store.sqlite'}",
        "MEDIA_URL": f"file://{var / 'media'}",
        "CITY_DIR": str(var / "city"),
        "HANOI_INGEST_TOKENS_FILE": str(var / "tokens.json"),
        "HANOI_VISION_KEY_FILE": str(var / "keys" / "evidence.pem"),
    }
    if request.param == "distributed":
        environ["STREAM_URL"] = request.getfixturevalue("empty_kafka_url")
        environ["DATABASE_URL"] = request.getfixturevalue("migrated_postgis_url")
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    city = City(environ)
    yield city
    city.stop()


def found(city: City) -> None:
    """Give the city what a real one has: topics, an account, an audit, held evidence, tokens, a key, its folder."""
    with open_stream(city.environ["STREAM_URL"]) as stream, open_store(city.environ["DATABASE_URL"]) as store:
        stream.ensure_topics(TOPICS.values())
        store.migrate()
        with store.transaction() as session:
            add_account(session, Account(name="lan", roles=("admin",), password_hash="x", created_ms=NOON_MS))
            for number in range(3):
                append_audit(session, time_ms=NOON_MS, actor="lan", action="test", subject=str(number), detail="")
    media = open_media(city.environ["MEDIA_URL"])
    media.hold(media.put("evidence/1.zip", b"sealed" * 100), "case-1")
    media.put("segments/C-1/1.mp4", b"video")
    for name, text in {"tokens.json": "{}", "keys/evidence.pem": "secret", "city/city.json": '{"id": "hn"}'}.items():
        path = Path(city.environ["HANOI_RUN_VAR_DIR"]) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def destroy(city: City) -> None:
    """Take away all that a backup promises to bring back; Kafka keeps its own."""
    url = city.environ["DATABASE_URL"]
    if url.startswith("postgresql"):
        with open_store(url) as store, store.migrating() as connection:
            connection.execute(sa.text("DROP SCHEMA public CASCADE"))
            connection.execute(sa.text("CREATE SCHEMA public"))
    shutil.rmtree(city.environ["HANOI_RUN_VAR_DIR"])


def hanoi(*words: str) -> str:
    done = CliRunner().invoke(main, ["backup", *words])
    assert done.exit_code == 0, done.output
    return done.output


def test_a_city_backed_up_under_load_comes_back_whole_and_goes_on(city: City, tmp_path: Path) -> None:
    found(city)
    city.start(load=True)
    city.reach(lambda: city.rows() >= RECORDS // 2)
    begun_s = time.monotonic()
    out = tmp_path / "backup.tar"
    said = hanoi("create", "--out", str(out), "--keys")
    backup_s, sent_then = time.monotonic() - begun_s, city.sent
    city.reach(lambda: city.rows() >= max(RECORDS, sent_then))
    city.stop()
    destroy(city)
    assert "is whole" in hanoi("verify", str(out))
    begun_s = time.monotonic()
    hanoi("restore", str(out))
    restore_s, before = time.monotonic() - begun_s, city.rows()
    wanted = city.in_log()
    is_kafka = city.environ["STREAM_URL"].startswith("kafka")
    assert wanted == city.sent if is_kafka else before <= wanted <= city.sent
    city.start(load=False)
    city.reach(lambda: city.rows() >= wanted)
    with open_stream(city.environ["STREAM_URL"]) as stream, contextlib.closing(stream.producer()) as producer:
        city.sent = max(city.sent, wanted)
        city.send(producer, LOT)
    city.reach(lambda: city.rows() >= wanted + LOT)
    city.stop()
    assert city.rows() == wanted + LOT == city.in_log()
    check_the_rest(city)
    print(
        json.dumps(
            {
                "column": "distributed" if is_kafka else "embedded",
                "sent": city.sent,
                "rows_in_backup": before,
                "rows_after": wanted + LOT,
                "backup_s": round(backup_s, 2),
                "restore_s": round(restore_s, 2),
                "said": said.splitlines()[-1],
            }
        )
    )


def check_the_rest(city: City) -> None:
    var = Path(city.environ["HANOI_RUN_VAR_DIR"])
    assert (var / "keys" / "evidence.pem").read_text(encoding="utf-8") == "secret"
    assert (var / "city" / "city.json").is_file()
    assert (var / "tokens.json").is_file()
    media = open_media(city.environ["MEDIA_URL"])
    assert media.read("evidence/1.zip") == b"sealed" * 100
    assert media.list_holders("evidence/1.zip") == ["case-1"]
    assert not media.exists("segments/C-1/1.mp4")  # by default only what is held
    with open_store(city.environ["DATABASE_URL"]) as store, store.transaction() as session:
        assert session.execute(sa.text("SELECT count(*) FROM accounts")).scalar() == 1
        append_audit(session, time_ms=NOON_MS, actor="lan", action="test", subject="after", detail="")
        assert is_intact(session)
