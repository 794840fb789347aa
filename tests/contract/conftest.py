"""The same tests on both columns: embedded, and Kafka with PostGIS."""

import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from schemas.feed import ClockTick
from schemas.topics import DAY_S, Topic
from services.store.engine import Store, open_store
from services.stream import open_stream
from services.stream.base import Stream

STREAMS = ["embedded", pytest.param("kafka", marks=pytest.mark.kafka)]
STORES = ["sqlite", pytest.param("postgis", marks=pytest.mark.postgis)]


@pytest.fixture(params=STREAMS)
def stream_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "embedded":
        return f"sqlite:///{tmp_path / 'stream'}"
    return str(request.getfixturevalue("kafka_url"))


@pytest.fixture
def stream(stream_url: str) -> Iterator[Stream]:
    with open_stream(stream_url) as stream:
        yield stream


@pytest.fixture
def new_topic(stream: Stream) -> Callable[..., Topic]:
    """Make topics of names that no other test uses."""

    def make(partitions: int = 4) -> Topic:
        topic = Topic(f"test-{uuid.uuid4().hex[:12]}", ClockTick, "source", partitions, DAY_S, "for a test")
        stream.ensure_topics([topic])
        return topic

    return make


@pytest.fixture
def group() -> str:
    return f"group-{uuid.uuid4().hex[:12]}"


@pytest.fixture(params=STORES)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """An empty store with the newest schema."""
    postgis = request.param == "postgis"
    url = str(request.getfixturevalue("migrated_postgis_url")) if postgis else f"sqlite:///{tmp_path / 'store.sqlite'}"
    with open_store(url) as store:
        store.migrate()
        yield store
