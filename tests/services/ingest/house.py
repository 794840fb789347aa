"""A house of doors on an embedded log, for tests."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from fastapi.testclient import TestClient

from schemas.feed import ClockTick
from schemas.topics import get_topic
from services.clock import CityClock
from services.ingest.app import create_app
from services.ingest.crowd import Crowd
from services.ingest.doors import House
from services.ingest.formats import make_formats
from services.ingest.guard import Caller
from services.ingest.intake import Intake
from services.ingest.limits import RateLimiter
from services.ingest.tokens import TokenBook, add_token, read_sources
from services.ingest.writer import LogWriter
from services.settings import Settings
from services.stream import open_stream
from services.stream.base import Record, Stream

NOON_MS = 1_771_218_000_000  # 2026-02-16T05:00Z, noon in Hanoi
SECOND = NOON_MS // 1000
HANOI = (105.7, 20.9, 106.0, 21.2)
BEGINNING_MS = 946_684_800_000


class StillClock:
    """A wall clock that stands."""

    def now_ms(self) -> int:
        return NOON_MS


@dataclass
class Street:
    """One open door, its log, and the tokens of two sources."""

    client: TestClient
    stream: Stream
    settings: Settings
    house: House
    token: str
    player: str

    def post(self, door: str, body: bytes, *, token: str | None = None, **headers: str):
        headers = {"Authorization": f"Bearer {token or self.token}", **headers}
        return self.client.post(f"/v1/{door}", content=body, headers=headers)

    def caller(self, name: str = "depot") -> Caller:
        return Caller(name, read_sources(self.settings.ingest.tokens_file)[name])

    def records(self, topic: str) -> list[Record]:
        return read_all(self.stream, topic)


def csv_row(vehicle: str = "29B-1", time: object = SECOND, lat: object = 21.03, lon: object = 105.85) -> str:
    return f"{vehicle},{time},{lat},{lon}\n"


def read_all(stream: Stream, topic: str) -> list[Record]:
    """Every record of a topic, from its beginning."""
    consumer = stream.tail([topic], since_ms=BEGINNING_MS)
    records: list[Record] = []
    while batch := consumer.poll(max_records=5000, timeout_s=0.0):
        records += batch
    consumer.close()
    return records


@contextmanager
def open_street(
    folder: Path, *, stream: Stream | None = None, max_body_bytes: int = 200_000, max_vehicles: int = 20_000
) -> Iterator[Street]:
    settings = Settings({"HANOI_INGEST_TOKENS_FILE": str(folder / "tokens.json"), "HANOI_RUN_VAR_DIR": str(folder)})
    token = add_token(settings, "depot")
    player = add_token(settings, "tape", player=True)
    log = stream or open_stream(f"sqlite:///{folder}/stream")
    if stream is None:
        log.ensure_topics([get_topic("gps.fixes"), get_topic("city.clock"), get_topic("feeds.health")])
    writer = LogWriter(log, flush_timeout_s=2.0)
    still = StillClock()
    intake = Intake(writer, make_formats(), CityClock(still), HANOI, still, Crowd(max_vehicles))
    house = House(
        intake,
        TokenBook(settings.ingest.tokens_file),
        max_body_bytes,
        body_timeout_s=5.0,
        turn_away_after_s=0.0,
        rates=RateLimiter(10_000.0),
    )
    client = TestClient(create_app(house), raise_server_exceptions=False)
    try:
        yield Street(client, log, settings, house, token, player)
    finally:
        writer.close()
        log.close()


def tick(**changes: object) -> ClockTick:
    values = {"event_ms": NOON_MS, "wall_ms": NOON_MS, "speed": 10.0, "source": "whoever", **changes}
    return ClockTick(**values)  # type: ignore[arg-type]
