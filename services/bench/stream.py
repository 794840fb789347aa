"""`hanoi bench stream`: the log and the runner beside the raw client, in one run."""

import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import click
import msgspec

from schemas.fix import Fix
from schemas.message import encode
from schemas.topics import TOPICS, Topic
from services.bench.report import Figure, print_report
from services.context import Context
from services.settings import Settings
from services.stream import open_stream
from services.stream.base import Consumer, Outgoing, Partition, Record, Stream
from services.stream.errors import StreamError
from services.stream.runner import Incoming, Result, Step

BATCH = 500
TIME_MS = 1_795_305_600_000


def make_fixes(count: int) -> list[tuple[bytes, bytes]]:
    """Return keys and encoded fixes of 1,900 buses, about 200 bytes each."""
    fixes = []
    for number in range(count):
        fix = Fix(
            vehicle_id=f"29B-{number % 1900:05d}",
            time_ms=TIME_MS + number,
            lon=105.8 + number % 997 / 10_000,
            lat=21.0 + number % 991 / 10_000,
            source="bench",
            received_ms=TIME_MS + number,
            speed_mps=number % 20 * 1.0,
            heading_deg=number % 360 * 1.0,
            door_open=False,
            ignition=True,
        )
        fixes.append((fix.vehicle_id.encode(), encode(fix)))
    return fixes


def best_per_s(count: int, work: Callable[[], object], rounds: int = 3) -> float:
    """Return things per second of one core's time in the fastest of some rounds; the first one warms up.

    The time is that of this process on the processor, all its threads together, so that
    what else the machine does (a broker on the same cores too) does not count.
    """
    times = []
    for _ in range(rounds):
        begun_s = time.process_time()
        work()
        times.append(time.process_time() - begun_s)
    return count / min(times)


def batches(fixes: Sequence[tuple[bytes, bytes]], topic: str) -> Iterator[list[Outgoing]]:
    """Cut fixes into batches as a step would send them."""
    for at in range(0, len(fixes), BATCH):
        yield [Outgoing(topic, key, value) for key, value in fixes[at : at + BATCH]]


def produce(stream: Stream, lots: Iterable[list[Outgoing]]) -> None:
    """Send batches, each acknowledged before the next."""
    producer = stream.producer()
    for lot in lots:
        producer.send(lot)
        producer.flush()


def consume(consumer: Consumer, count: int, decode: Callable[[bytes], object] | None) -> None:
    """Read so many records in batches, decode them where asked, commit each batch."""
    seen = 0
    while seen < count:
        records = consumer.poll(BATCH, 5.0)
        if not records:
            raise StreamError(f"only {seen} of {count} records came")
        if decode is not None:
            for record in records:
                decode(record.value)
        consumer.commit(ends_of(records))
        seen += len(records)


def ends_of(records: Sequence[Record]) -> dict[Partition, int]:
    """Return the next offset of each partition of a batch."""
    return {Partition(record.topic, record.partition): record.offset + 1 for record in records}


def consume_with_runner(stream: Stream, topic: str, count: int) -> float:
    """Read so many fixes by the runner, doing nothing with them; return messages per second after the first batch."""
    seen, begun_s = 0, 0.0

    def handle(batch: Sequence[Incoming[Any]]) -> Result:
        nonlocal seen
        seen += len(batch)
        return Result()

    context = Context(Settings({}), stream, stop=threading.Event())
    step = Step(context, group=f"bench-{uuid.uuid4().hex[:8]}", topics=[topic], handle=handle, max_records=BATCH)
    try:
        while not seen:
            step.turn()
        first, begun_s = seen, time.process_time()
        while seen < count:
            step.turn()
        seconds = time.process_time() - begun_s
    finally:
        step.close()
    return (count - first) / seconds


def measure_embedded(fixes: Sequence[tuple[bytes, bytes]], decode: Callable[[bytes], object]) -> list[Figure]:
    """Measure the embedded log, and what the runner costs over its bare loop."""
    count = len(fixes)
    with tempfile.TemporaryDirectory(prefix="hanoi-bench-") as folder, open_stream(f"sqlite:///{folder}") as stream:
        stream.ensure_topics([TOPICS["gps.fixes"]])
        lots = list(batches(fixes, "gps.fixes"))
        produced = best_per_s(count, lambda: produce(stream, lots), rounds=1)
        bare = best_per_s(count, lambda: consume(_consumer(stream, "gps.fixes"), count, None))
        checked = best_per_s(count, lambda: consume(_consumer(stream, "gps.fixes"), count, decode))
        run = max(consume_with_runner(stream, "gps.fixes", count) for _ in range(3))
        size = _bytes_per_record(stream, Path(folder) / "gps.fixes.sqlite", count)
        raw = _raw_sqlite(fixes, Path(folder) / "raw.sqlite")
    return [
        Figure(
            "embedded_produce_per_s", "1/s of one core", round(produced), "sqlite3 executemany, one table", round(raw)
        ),
        Figure("embedded_consume_per_s", "1/s of one core", round(bare)),
        Figure("embedded_consume_validate_per_s", "1/s of one core", round(checked), goal=">= 50000"),
        Figure(
            "embedded_runner_per_s", "1/s of one core", round(run), "the same loop without the runner", round(checked)
        ),
        Figure("runner_overhead_us", "us per message", round(1e6 / run - 1e6 / checked, 3), goal="<= 8"),
        Figure("embedded_bytes_per_fix", "B", round(size, 1), "the bytes of the message", mean_bytes(fixes)),
    ]


def _bytes_per_record(stream: Stream, path: Path, count: int) -> float:
    """Return what a record takes on the disk once its log was packed."""
    import sqlite3

    from services.stream.embedded import EmbeddedStream

    assert isinstance(stream, EmbeddedStream)
    for _ in range(-(-count // 4000)):
        stream.tidy("gps.fixes")
    connection = sqlite3.connect(path)
    pages, free, size = (
        connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "freelist_count", "page_size")
    )
    connection.close()
    return float((pages - free) * size / count)


def mean_bytes(fixes: Sequence[tuple[bytes, bytes]]) -> float:
    """Return the mean length of the messages."""
    return round(sum(len(value) for _, value in fixes) / len(fixes), 1)


def _consumer(stream: Stream, topic: str) -> Consumer:
    """Join a new group and wait until it has its partitions, so that joining is not timed with reading."""
    consumer = stream.consumer(f"bench-{uuid.uuid4().hex[:8]}", [topic])
    while not consumer.assignment():
        consumer.poll(1, 0.05)
    for partition in consumer.assignment():
        consumer.seek(partition, 0)
    return consumer


def _raw_sqlite(fixes: Sequence[tuple[bytes, bytes]], path: Path) -> float:
    import sqlite3

    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("CREATE TABLE record (offset INTEGER PRIMARY KEY, key BLOB, value BLOB)")

    def write() -> None:
        for at in range(0, len(fixes), BATCH):
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany("INSERT INTO record (key, value) VALUES (?, ?)", fixes[at : at + BATCH])
            connection.execute("COMMIT")

    per_s = best_per_s(len(fixes), write, rounds=1)
    connection.close()
    return per_s


def measure_kafka(
    address: str, fixes: Sequence[tuple[bytes, bytes]], decode: Callable[[bytes], object]
) -> list[Figure]:
    """Measure Kafka through our door beside the raw client."""
    from services.bench.kafka_raw import raw_consume_per_s, raw_produce_per_s

    count = len(fixes)
    topic = Topic(f"bench-{uuid.uuid4().hex[:8]}", Fix, "vehicle_id", 4, 3600, "for a benchmark")
    servers = address.removeprefix("kafka://")
    with open_stream(address) as stream:
        stream.ensure_topics([topic])
        lots = list(batches(fixes, topic.name))
        raw_produced = raw_produce_per_s(servers, topic.name, fixes, BATCH)
        produced = best_per_s(count, lambda: produce(stream, lots), rounds=1)
        raw = raw_consume_per_s(servers, topic.name, count, BATCH)
        consumer = _consumer(stream, topic.name)
        bare = best_per_s(count, lambda: _again(consumer, count, None))
        checked = best_per_s(count, lambda: _again(consumer, count, decode))
        TOPICS[topic.name] = topic  # the runner reads listed topics only
        try:
            run = max(consume_with_runner(stream, topic.name, count) for _ in range(3))
        finally:
            del TOPICS[topic.name]
    peer = "kafka-python, poll and commit each batch"
    return [
        Figure(
            "kafka_produce_per_s",
            "1/s of one core",
            round(produced),
            "kafka-python, flush each batch",
            round(raw_produced),
        ),
        Figure("kafka_consume_per_s", "1/s of one core", round(bare), peer, round(raw)),
        Figure("kafka_consume_validate_per_s", "1/s of one core", round(checked), peer, round(raw), goal=">= 40000"),
        Figure("kafka_runner_per_s", "1/s of one core", round(run), peer, round(raw)),
        Figure(
            "kafka_runner_overhead_us",
            "us per message",
            round(1e6 / run - 1e6 / checked, 3),
            "kafka-python, poll and commit each batch",
            round(1e6 / raw, 3),
            goal="ours <= 8",
        ),
    ]


def _again(consumer: Consumer, count: int, decode: Callable[[bytes], object] | None) -> None:
    for partition in consumer.assignment():
        consumer.seek(partition, 0)
    consume(consumer, count, decode)


@click.command()
@click.option("--count", default=60_000, show_default=True, help="Messages of about 200 bytes.")
@click.option("--kafka", metavar="kafka://HOST:PORT", help="Measure this Kafka too, beside the raw client.")
def stream(count: int, kafka: str | None) -> None:
    """Time the stream beside the raw client."""
    fixes = make_fixes(count)
    decode = msgspec.json.Decoder(Fix).decode
    figures = measure_embedded(fixes, decode)
    try:
        if kafka is not None:
            figures += measure_kafka(kafka, fixes, decode)
    except StreamError as error:
        raise click.ClickException(str(error)) from error
    print_report("stream", figures)
