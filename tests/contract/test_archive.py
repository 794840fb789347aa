"""The archive takes every kept topic into the store once, embedded and on Kafka with PostGIS."""

import threading
from collections.abc import Mapping
from pathlib import Path

import pytest
import sqlalchemy as sa

from schemas.incident import IncidentState
from schemas.message import Message, encode
from schemas.topics import get_topic
from services.archive.pipeline import WRITERS, run
from services.context import Context
from services.settings import Settings
from services.store.engine import Store, open_store
from services.stream import open_stream
from services.stream.base import Outgoing, Stream
from tests.contract import messages
from tests.contract.messages import NOON_MS

COLUMNS = ["embedded", pytest.param("distributed", marks=[pytest.mark.kafka, pytest.mark.postgis])]
MESSAGES: Mapping[str, list[Message]] = {
    "bus.positions": [messages.position(time_ms=NOON_MS + number * 1000) for number in range(5)],
    "bus.stop-events": [messages.stop_event(), messages.stop_event(departure_ms=NOON_MS + 9000)],
    "bus.predictions": [messages.prediction()],
    "fleet.alerts": [messages.alert()],
    "feeds.health": [messages.feed_health()],
    "camera.segments": [messages.segment(number) for number in range(2)],
    "camera.health": [messages.camera_health()],
    "camera.counts": [messages.camera_count()],
    "road.states": [messages.road_states(messages.edge_state(1), messages.edge_state(2))],
    "incidents": [messages.incident()],
    "violations.candidates": [messages.candidate()],
}
ROWS = {
    "bus_position": 5,
    "bus_position_latest": 1,
    "stop_event": 1,
    "prediction": 1,
    "fleet_alert": 1,
    "feed_health": 1,
    "camera_segment": 2,
    "camera_health": 1,
    "camera_count": 1,
    "edge_state": 2,
    "edge_state_latest": 2,
    "incidents": 1,
    "cases": 1,
}


class StopWhen(threading.Event):
    """A sign to stop that is set once the store holds what was sent, or after so many turns."""

    def __init__(self, store: Store, topics: int, turns: int = 60) -> None:
        super().__init__()
        self._store = store
        self._topics = topics
        self._turns = turns

    def is_set(self) -> bool:
        self._turns -= 1
        if self._turns < 0:
            return True
        with self._store.reading() as session:
            seen = session.execute(sa.text("SELECT count(DISTINCT topic) FROM stream_offset")).scalar_one()
        return bool(seen >= self._topics)


@pytest.fixture(params=COLUMNS)
def environ(request: pytest.FixtureRequest, tmp_path: Path) -> dict[str, str]:
    if request.param == "distributed":
        return {
            "STREAM_URL": request.getfixturevalue("empty_kafka_url"),
            "DATABASE_URL": request.getfixturevalue("migrated_postgis_url"),
        }
    return {"STREAM_URL": f"sqlite:///{tmp_path / 'log'}", "DATABASE_URL": f"sqlite:///{tmp_path / 'store.sqlite'}"}


def send(stream: Stream, lots: Mapping[str, list[Message]]) -> None:
    producer = stream.producer()
    for topic, lot in lots.items():
        producer.send([Outgoing(topic, b"k", encode(message)) for message in lot])
    producer.flush()


def counts(store: Store) -> dict[str, int]:
    with store.reading() as session:
        return {table: session.execute(sa.text(f"SELECT count(*) FROM {table}")).scalar_one() for table in ROWS}


def test_every_kept_topic_reaches_its_table_once(environ: dict[str, str]) -> None:
    assert MESSAGES.keys() == WRITERS.keys()
    settings = Settings(environ)
    with open_stream(environ["STREAM_URL"]) as stream, open_store(environ["DATABASE_URL"]) as store:
        store.migrate()
        stream.ensure_topics(get_topic(name) for name in MESSAGES)
        for _ in range(2):  # the second time each message is there twice
            send(stream, MESSAGES)
            run(Context(settings, stream, stop=StopWhen(store, len(MESSAGES))))
            with store.transaction() as session:
                session.execute(sa.text("DELETE FROM stream_offset"))
        assert {table: count for table, count in counts(store).items() if count != ROWS[table]} == {}
        with store.reading() as session:
            assert session.execute(sa.text("SELECT departure_ms FROM stop_event")).scalar() == NOON_MS + 9000
            assert session.execute(sa.text("SELECT state FROM incidents")).scalar() == IncidentState.DETECTED.value
