"""The embedded log among several processes: killed, hung, crowded, old."""

import itertools
import signal
import sqlite3
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest

from schemas.feed import ClockTick
from schemas.topics import HOUR_S, Topic
from services.stream import open_stream
from services.stream.base import Outgoing, Partition, Record
from services.stream.embedded import EmbeddedConsumer, EmbeddedStream
from services.stream.errors import FencedError, StreamError
from tests.data import ROOT

TOPIC = Topic("test.log", ClockTick, "source", 4, HOUR_S, "for a test")
NOW_MS = 1_795_305_600_000


@pytest.fixture
def stream(tmp_path: Path) -> Iterator[EmbeddedStream]:
    with EmbeddedStream(tmp_path) as stream:
        stream.ensure_topics([TOPIC])
        yield stream


def put(stream: EmbeddedStream, values: range, timestamp_ms: int | None = None) -> None:
    stream.producer().send([Outgoing(TOPIC.name, b"%d" % n, b"%d" % n, timestamp_ms) for n in values])


def drain(consumer: EmbeddedConsumer) -> list[Record]:
    """Poll until nothing more comes at once."""
    return list(itertools.chain.from_iterable(iter(lambda: consumer.poll(10_000, 0.0), [])))


def spawn(folder: Path, program: str) -> "subprocess.Popen[str]":
    """Start a Python program with `stream` opened on the folder."""
    head = f"""
        from pathlib import Path
        from services.stream.base import Outgoing
        from services.stream.embedded import EmbeddedStream
        stream = EmbeddedStream(Path({str(folder)!r}))
    """
    source = textwrap.dedent(head) + textwrap.dedent(program)
    return subprocess.Popen([sys.executable, "-c", source], cwd=ROOT, stdout=subprocess.PIPE, text=True)


WRITER = f"""
    producer = stream.producer()
    for number in range(10**9):
        lot = [Outgoing({TOPIC.name!r}, b"%d" % key, b"%d:%d" % (number, key)) for key in range(50)]
        producer.send(lot)
        producer.flush()
        print(number, flush=True)
"""


def test_a_writer_killed_in_the_middle_leaves_all_it_flushed_and_nothing_torn(
    stream: EmbeddedStream, tmp_path: Path
) -> None:
    flushed = 0
    for _ in range(3):
        process = spawn(tmp_path, WRITER)
        assert process.stdout is not None
        told = [process.stdout.readline() for _ in range(40)]
        process.send_signal(signal.SIGKILL)
        told += process.stdout.readlines()
        process.wait()
        process.stdout.close()
        flushed += len([line for line in told if line.endswith("\n")])
        records = drain(stream.tail([TOPIC.name], since_ms=0))
        lots: dict[bytes, int] = {}
        for record in records:
            lots[record.value.partition(b":")[0]] = lots.get(record.value.partition(b":")[0], 0) + 1
        # Three writers count from 0 alike, so a lot has a multiple of 50 records: never a part of one.
        assert {count % 50 for count in lots.values()} == {0}
        assert flushed <= len(records) // 50 <= flushed + 3
        for partition in range(4):
            offsets = [record.offset for record in records if record.partition == partition]
            assert offsets == list(range(len(offsets)))
    for path in tmp_path.glob("*.sqlite"):
        assert sqlite3.connect(path).execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_several_processes_write_at_once_and_nothing_is_lost_or_locked(stream: EmbeddedStream, tmp_path: Path) -> None:
    program = f"""
        producer = stream.producer()
        for number in range(150):
            producer.send([Outgoing({TOPIC.name!r}, b"NAME", b"NAME:%d" % number)])
    """
    processes = [spawn(tmp_path, program.replace("NAME", f"w{number}")) for number in range(4)]
    assert [process.wait(60) for process in processes] == [0, 0, 0, 0]
    for process in processes:
        assert process.stdout is not None
        process.stdout.close()
    records = drain(stream.tail([TOPIC.name], since_ms=0))
    for number in range(4):
        mine = [record.value for record in records if record.key == b"w%d" % number]
        assert mine == [b"w%d:%d" % (number, at) for at in range(150)]


def test_the_partitions_of_a_killed_member_are_taken_over_from_where_it_committed(
    stream: EmbeddedStream, tmp_path: Path
) -> None:
    put(stream, range(100))
    program = f"""
        from services.stream.base import Partition
        consumer = stream.consumer("g", [{TOPIC.name!r}])
        records = consumer.poll(60, 5.0)
        consumer.commit({{Partition(r.topic, r.partition): r.offset + 1 for r in records}})
        print(len(records), flush=True)
        consumer.poll(60, 0.0)
        input_never_comes = __import__("time").sleep(600)
    """
    process = spawn(tmp_path, program)
    assert process.stdout is not None
    committed = int(process.stdout.readline())
    consumer = stream.consumer("g", [TOPIC.name])
    assert consumer.poll(10, 0.0) == []
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    rest: list[Record] = []
    while len(rest) < 100 - committed:
        rest += consumer.poll(100, 5.0)
    assert len(rest) == 100 - committed
    assert len(consumer.assignment()) == 4


def test_a_member_that_hung_is_put_out_and_its_commit_refused(stream: EmbeddedStream, tmp_path: Path) -> None:
    put(stream, range(40))
    hung = stream.consumer("g", [TOPIC.name])
    records = drain(hung)
    assert len(records) == 40
    with sqlite3.connect(tmp_path / "groups" / "g.sqlite") as connection:
        connection.execute("UPDATE member SET polled_ms = -1000000000")
    connection.close()
    other = stream.consumer("g", [TOPIC.name])
    again = drain(other)
    assert len(again) == 40
    with pytest.raises(FencedError, match="another member"):
        hung.commit({Partition(TOPIC.name, 0): 5})
    assert other.committed(Partition(TOPIC.name, 0)) is None
    other.commit({Partition(r.topic, r.partition): r.offset + 1 for r in again})
    other.close()
    assert drain(hung) == []
    assert len(hung.assignment()) == 4


def test_a_partition_changes_hands_only_when_its_reader_comes_back(stream: EmbeddedStream) -> None:
    put(stream, range(40))
    one = stream.consumer("g", [TOPIC.name])
    first = drain(one)
    two = stream.consumer("g", [TOPIC.name])
    assert two.poll(100, 0.0) == []
    assert two.assignment() == frozenset()
    one.commit({Partition(r.topic, r.partition): r.offset + 1 for r in first})
    one.poll(1, 0.0)
    two.poll(1, 0.0)
    assert len(one.assignment()) == len(two.assignment()) == 2
    assert drain(two) == []


def test_old_records_go_after_their_retention_and_offsets_are_never_used_twice(tmp_path: Path) -> None:
    now = [NOW_MS]
    with EmbeddedStream(tmp_path, lambda: now[0]) as stream:
        stream.ensure_topics([TOPIC])
        slow = stream.consumer("g", [TOPIC.name])
        slow.poll(1, 0.0)
        put(stream, range(40))
        now[0] += HOUR_S * 1000 + 1
        put(stream, range(40, 60))
        stream.tidy(TOPIC.name)
        assert sum(slow.lag().values()) == 20
        assert sorted(int(record.value) for record in drain(slow)) == list(range(40, 60))
        now[0] += HOUR_S * 1000 + 1
        stream.tidy(TOPIC.name)
        assert drain(stream.tail([TOPIC.name], since_ms=0)) == []
        put(stream, range(60, 80))
        assert sum(stream.end_offsets(TOPIC.name).values()) == 80
        records = drain(stream.tail([TOPIC.name], since_ms=now[0]))
        assert sorted(int(record.value) for record in records) == list(range(60, 80))


def test_a_time_is_found_although_times_are_out_of_order(stream: EmbeddedStream) -> None:
    topic = Topic("one", ClockTick, "source", 1, HOUR_S, "for a test")
    stream.ensure_topics([topic])
    for age_s in (50, 10, 40, 30):
        stream.producer().send([Outgoing("one", b"k", b"%d" % age_s, NOW_MS - age_s * 1000)])
    records = drain(stream.tail(["one"], since_ms=NOW_MS - 40_000))
    assert [record.value for record in records] == [b"10", b"40", b"30"]


def test_a_group_whose_log_was_begun_anew_begins_at_its_start(tmp_path: Path) -> None:
    with EmbeddedStream(tmp_path) as stream:
        stream.ensure_topics([TOPIC])
        put(stream, range(40))
        consumer = stream.consumer("g", [TOPIC.name])
        records = drain(consumer)
        consumer.commit({Partition(r.topic, r.partition): r.offset + 1 for r in records})
    for path in tmp_path.glob("test.log.sqlite*"):
        path.unlink()
    with EmbeddedStream(tmp_path) as stream:
        stream.ensure_topics([TOPIC])
        put(stream, range(4))
        assert len(drain(stream.consumer("g", [TOPIC.name]))) == 4


def test_a_topic_that_somebody_is_just_making_is_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "city.clock.sqlite"
    path.touch()  # as a process leaves it that made the file and not yet the tables
    with EmbeddedStream(tmp_path) as stream:
        assert stream.tail(["city.clock"]).poll(1, 0.0) == []


def test_partitions_can_be_added(stream: EmbeddedStream) -> None:
    put(stream, range(8))
    more = Topic(TOPIC.name, ClockTick, "source", 6, HOUR_S, "for a test")
    stream.ensure_topics([more])
    assert len(stream.end_offsets(TOPIC.name)) == 6
    assert sum(stream.end_offsets(TOPIC.name).values()) == 8


def test_a_file_that_is_no_log_is_named(stream: EmbeddedStream, tmp_path: Path) -> None:
    (tmp_path / "broken.sqlite").write_bytes(b"not a database" * 100)
    with pytest.raises(StreamError, match=r"broken\.sqlite"):
        stream.end_offsets("broken")


@pytest.mark.parametrize("name", ["../out", "a/b", "", ".hidden", "x" * 300])
def test_a_name_that_leaves_the_folder_is_refused(stream: EmbeddedStream, name: str) -> None:
    with pytest.raises(StreamError, match="only letters"):
        stream.end_offsets(name)
    with pytest.raises(StreamError, match="only letters"):
        stream.consumer(name, [TOPIC.name])


@pytest.mark.parametrize("url", ["", "sqlite://", "sqlite:///", "kafka://", "redis://x", "var/stream"])
def test_an_address_of_no_known_kind_is_refused(url: str) -> None:
    with pytest.raises(StreamError, match="STREAM_URL"):
        open_stream(url)


def test_a_kafka_that_is_away_is_named_and_how_to_mend_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.stream.kafka_client.BOOTSTRAP_TIMEOUT_MS", 300)
    with open_stream("kafka://127.0.0.1:9") as stream, pytest.raises(StreamError, match=r"127\.0\.0\.1:9.*make kafka"):
        stream.producer()
