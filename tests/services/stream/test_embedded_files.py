"""What lies on the disk: packed, compacted, forgotten in time, full, damaged, under a clock that jumps."""

import os
import random
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from schemas.feed import ClockTick
from schemas.topics import HOUR_S, Topic
from services.cli import main
from services.stream.base import Outgoing, Partition, Record
from services.stream.embedded import EmbeddedStream
from services.stream.embedded_log import READ_BYTES, TopicLog
from services.stream.errors import StreamError
from services.stream.mend import mend_folder
from tests.services.stream.test_embedded import drain

NOW_MS = 1_795_305_600_000
ONE = Topic("one", ClockTick, "source", 1, HOUR_S, "for a test")
KEPT = Topic("kept", ClockTick, "source", 2, HOUR_S, "for a test", compacted=True)
VALUE = b'{"vehicle_id":"29B-%05d","time_ms":1795305600000,"lon":105.85,"lat":21.02,"source":"test","speed_mps":4.5}'


class Clock:
    """A wall clock that is set by hand."""

    def __init__(self) -> None:
        self.now_ms = NOW_MS

    def __call__(self) -> int:
        return self.now_ms


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def stream(tmp_path: Path, clock: Clock) -> Iterator[EmbeddedStream]:
    with EmbeddedStream(tmp_path / "log", clock) as stream:
        stream.ensure_topics([ONE, KEPT])
        yield stream


def put(stream: EmbeddedStream, numbers: range, topic: str = "one", timestamp_ms: int | None = None) -> None:
    producer = stream.producer()
    for at in range(numbers.start, numbers.stop, 500):
        lot = range(at, min(at + 500, numbers.stop))
        headers = (("n", b"1"),)
        producer.send([Outgoing(topic, b"k%d" % (n % 7), VALUE % n, timestamp_ms, headers) for n in lot])


def values(records: list[Record]) -> list[bytes]:
    return [record.value for record in records]


def test_packed_records_are_read_as_they_were_written(stream: EmbeddedStream, tmp_path: Path) -> None:
    put(stream, range(12_345), timestamp_ms=NOW_MS)
    stream.tidy("one")
    with sqlite3.connect(tmp_path / "log" / "one.sqlite") as connection:
        blocks, rows = (connection.execute(f"SELECT count(*) FROM {t}").fetchone()[0] for t in ("block", "record_0"))
    connection.close()
    assert blocks >= 10
    assert 1000 <= rows <= 2500
    records = drain(stream.tail(["one"], since_ms=0))
    assert values(records) == [VALUE % n for n in range(12_345)]
    assert [record.offset for record in records] == list(range(12_345))
    assert {(record.headers, record.timestamp_ms) for record in records} == {((("n", b"1"),), NOW_MS)}
    tail = stream.tail(["one"])
    for offset in (0, 999, 1000, 4321, 12_344):
        tail.seek(Partition("one", 0), offset)
        assert tail.poll(3, 0.0)[0].offset == offset


def test_a_time_is_found_among_packed_records(stream: EmbeddedStream) -> None:
    for lot in range(8):
        put(stream, range(lot * 500, lot * 500 + 500), timestamp_ms=NOW_MS + lot * 1000)
    stream.tidy("one")
    for since_ms, first in ((NOW_MS + 1, 500), (NOW_MS + 2000, 1000), (NOW_MS + 7000, 3500), (NOW_MS + 7001, 4000)):
        assert len(drain(stream.tail(["one"], since_ms=since_ms))) == 4000 - first


def test_a_reader_is_not_disturbed_by_packing_behind_its_back(stream: EmbeddedStream) -> None:
    put(stream, range(3000))
    tail = stream.tail(["one"], since_ms=0)
    seen = list(tail.poll(100, 0.0))
    put(stream, range(3000, 9000))
    stream.tidy("one")
    assert values(seen + drain(tail)) == [VALUE % n for n in range(9000)]


def test_old_blocks_go_and_the_room_is_given_back(stream: EmbeddedStream, clock: Clock, tmp_path: Path) -> None:
    path = tmp_path / "log" / "one.sqlite"
    producer = stream.producer()
    noise = random.Random(1)
    for _ in range(800):
        producer.send([Outgoing("one", b"k", noise.randbytes(500)) for _ in range(50)])
    stream.tidy("one")
    largest = _size(path)
    clock.now_ms += HOUR_S * 1000 + 1
    put(stream, range(10))
    for _ in range(80):
        stream.tidy("one")
    assert len(drain(stream.tail(["one"], since_ms=0))) == 10
    assert _size(path) < largest / 2


def _size(path: Path) -> int:
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    return path.stat().st_size


@pytest.mark.parametrize("jump_days", [3650, -3650])
def test_a_clock_that_jumps_forgets_nothing(stream: EmbeddedStream, clock: Clock, jump_days: int) -> None:
    put(stream, range(100))
    clock.now_ms += 1_200_000
    stream.tidy("one")
    clock.now_ms += jump_days * 86_400_000
    put(stream, range(100, 200))
    clock.now_ms -= jump_days * 86_400_000
    put(stream, range(200, 300))
    stream.tidy("one")
    assert len(drain(stream.tail(["one"], since_ms=0))) == 300 if jump_days < 0 else 200
    clock.now_ms += 2 * HOUR_S * 1000
    stream.tidy("one")
    clock.now_ms += 2 * HOUR_S * 1000
    stream.tidy("one")
    assert drain(stream.tail(["one"], since_ms=0)) == []


def test_of_a_compacted_topic_the_newest_record_of_each_key_is_kept(stream: EmbeddedStream, clock: Clock) -> None:
    put(stream, range(7000), "kept")
    clock.now_ms += 100 * HOUR_S * 1000
    put(stream, range(7000, 7003), "kept")
    stream.tidy("kept")
    records = drain(stream.tail(["kept"], since_ms=0))
    assert {record.key: record.value for record in records} == {b"k%d" % (n % 7): VALUE % n for n in range(6996, 7003)}
    assert len(records) == 7
    assert sum(stream.end_offsets("kept").values()) == 7003


def test_an_empty_record_forgets_its_key(stream: EmbeddedStream, clock: Clock) -> None:
    put(stream, range(7), "kept")
    stream.producer().send([Outgoing("kept", b"k3", b"")])
    assert b"" in values(drain(stream.tail(["kept"], since_ms=0)))
    clock.now_ms += 2 * HOUR_S * 1000
    stream.tidy("kept")
    assert {r.key for r in drain(stream.tail(["kept"], since_ms=0))} == {b"k%d" % n for n in (0, 1, 2, 4, 5, 6)}


def test_a_file_of_the_first_form_is_read_and_brought_up_to_date(tmp_path: Path) -> None:
    path = tmp_path / "one.sqlite"
    with sqlite3.connect(path) as connection:
        connection.executescript(
            "PRAGMA journal_mode = WAL;"
            "CREATE TABLE head (partition INTEGER PRIMARY KEY, next_offset INTEGER NOT NULL);"
            "CREATE TABLE batch (partition INTEGER, first_offset INTEGER, newest_ms INTEGER NOT NULL,"
            " PRIMARY KEY (partition, first_offset)) WITHOUT ROWID;"
            "CREATE TABLE retention (one INTEGER PRIMARY KEY CHECK (one = 1), seconds INTEGER NOT NULL);"
            "CREATE TABLE record_0 (offset INTEGER PRIMARY KEY, key BLOB, value BLOB NOT NULL,"
            " timestamp_ms INTEGER NOT NULL, headers BLOB);"
            "INSERT INTO head VALUES (0, 2); INSERT INTO retention VALUES (1, 3600);"
            f"INSERT INTO batch VALUES (0, 0, {NOW_MS});"
            f"INSERT INTO record_0 VALUES (0, x'6b', x'61', {NOW_MS}, NULL), (1, x'6b', x'62', {NOW_MS}, NULL);"
        )
    connection.close()
    with EmbeddedStream(tmp_path) as stream:
        put(stream, range(1))
        assert values(drain(stream.tail(["one"], since_ms=0))) == [b"a", b"b", VALUE % 0]


def test_a_file_of_a_newer_version_is_left_alone_and_said(stream: EmbeddedStream, tmp_path: Path) -> None:
    put(stream, range(3))
    with sqlite3.connect(tmp_path / "log" / "one.sqlite") as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    for asking in (lambda: stream.end_offsets("one"), lambda: stream.ensure_topics([ONE])):
        with pytest.raises(StreamError, match=r"one\.sqlite was made by a newer version .form 99.*upgrade"):
            asking()


def test_a_poll_of_large_records_is_bounded_in_bytes(stream: EmbeddedStream) -> None:
    stream.ensure_topics([Topic("wide", ClockTick, "source", 4, HOUR_S, "for a test")])
    producer = stream.producer()
    for n in range(60):
        producer.send([Outgoing("wide", b"k%d" % n, bytes(1_000_000))])
    tail = stream.tail(["wide"], since_ms=0)
    sizes = []
    while records := tail.poll(10_000, 0.0):
        sizes.append(sum(len(record.value) for record in records))
    assert sum(sizes) == 60_000_000
    assert max(sizes) <= 2 * READ_BYTES


def fill(append: Callable[[], object]) -> int:
    """Append until the disk is full; return how many lots were taken."""
    for lots in range(100_000):
        try:
            append()
        except StreamError as error:
            return lots if "full; make room" in str(error) else -1
    raise AssertionError("the disk is never full")


def test_a_full_disk_tears_nothing_and_goes_on_when_there_is_room(stream: EmbeddedStream) -> None:
    put(stream, range(500))
    log = TopicLog(stream._path("one"), "one")
    pages = log._one("PRAGMA page_count")
    log._rows(f"PRAGMA max_page_count = {pages + 20}")
    lots = fill(lambda: log.append([Outgoing("one", b"k", bytes(300) + b"%d" % k) for k in range(100)], NOW_MS))
    assert len(drain(stream.tail(["one"], since_ms=0))) == 500 + lots * 100
    log._rows("PRAGMA max_page_count = 100000000")
    log.append([Outgoing("one", b"k", b"after")], NOW_MS)
    records = drain(stream.tail(["one"], since_ms=0))
    assert len(records) == 501 + lots * 100
    assert [record.offset for record in records] == list(range(len(records)))
    log.close()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of three megabytes."""
    folder = tmp_path / "disk"
    folder.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(folder)], capture_output=True, text=True
    )
    if done.returncode:
        pytest.skip(f"NO SMALL DISK: {done.stderr.strip()} (only root can mount one)")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_really_full_disk_is_survived(small_disk: Path) -> None:
    with EmbeddedStream(small_disk / "log") as stream:
        stream.ensure_topics([ONE])
        producer = stream.producer()
        ballast = small_disk / "ballast"
        ballast.write_bytes(bytes(1_000_000))
        sent = fill(lambda: producer.send([Outgoing("one", b"k", os.urandom(500)) for _ in range(20)]))
        ballast.unlink()
        producer.send([Outgoing("one", b"k", b"after")])
        records = drain(stream.tail(["one"], since_ms=0))
        assert len(records) == sent * 20 + 1
        assert records[-1].value == b"after"


def damage(path: Path, how: str) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    data = bytearray(path.read_bytes())
    if how == "truncated":
        del data[len(data) * 3 // 4 :]
    elif how == "overwritten":
        start, end = len(data) // 4 // 4096 * 4096, len(data) // 2 // 4096 * 4096
        data[start:end] = b"\xa5" * (end - start)
    else:
        data[:] = b"not a database" * 1000
    path.write_bytes(bytes(data))


@pytest.mark.parametrize("how", ["truncated", "overwritten"])
@pytest.mark.parametrize("packed", [True, False])
def test_what_can_be_read_of_a_damaged_file_is_taken_over_and_the_file_put_aside(
    tmp_path: Path, how: str, packed: bool
) -> None:
    folder = tmp_path / "log"
    count = 9000 if packed else 1900
    with EmbeddedStream(folder) as stream:
        stream.ensure_topics([ONE])
        put(stream, range(count))
        if packed:
            stream.tidy("one")
        consumer = stream.consumer("g", ["one"])
        consumer.poll(10, 0.0)
        consumer.commit({Partition("one", 0): count - 10})
    damage(folder / "one.sqlite", how)
    (mended,) = mend_folder(folder)
    assert mended.aside.exists()
    with EmbeddedStream(folder) as stream:
        records = drain(stream.tail(["one"], since_ms=0))
        assert len(records) == mended.records
        assert 0 < len(records) < count
        assert all(record.value == VALUE % record.offset for record in records)
        put(stream, range(count, count + 5))
        assert values(drain(stream.tail(["one"], since_ms=0)))[-5:] == [VALUE % n for n in range(count, count + 5)]
        assert stream.end_offsets("one")[Partition("one", 0)] >= count - 5, "no offset is used twice"
    assert mend_folder(folder) == []


def test_a_file_that_is_no_database_is_named_put_aside_and_begun_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "log"
    with EmbeddedStream(folder) as stream:
        stream.ensure_topics([ONE])
        put(stream, range(20))
    damage(folder / "one.sqlite", "replaced")
    with EmbeddedStream(folder) as stream, pytest.raises(StreamError, match=r"one\.sqlite.*hanoi stream mend"):
        stream.tail(["one"])
    monkeypatch.setenv("STREAM_URL", f"sqlite:///{folder}")
    done = CliRunner().invoke(main, ["stream", "mend"])
    assert done.exit_code == 0, done.output
    assert "one.sqlite: damaged, put aside as one.sqlite.damaged-" in done.output
    with EmbeddedStream(folder) as stream:
        put(stream, range(3))
        assert len(drain(stream.tail(["one"], since_ms=0))) == 3
    assert "nothing is damaged" in CliRunner().invoke(main, ["stream", "mend"]).output


def test_a_log_at_work_is_not_mended(stream: EmbeddedStream, tmp_path: Path) -> None:
    consumer = stream.consumer("g", ["one"])
    with pytest.raises(StreamError, match="still runs"):
        mend_folder(tmp_path / "log")
    consumer.close()
