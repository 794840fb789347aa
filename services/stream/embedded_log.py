"""One topic as one SQLite file in WAL mode.

Each partition is a table whose row id is the offset; ``head`` keeps the next offset, so
that a pruned log never uses one twice. ``batch`` holds one line per append and
partition with its newest timestamp: a sparse index for looking up a time and for
retention. A commit survives the death of the process at any moment; only a power
cut may take back the last ones (``synchronous = NORMAL``), never tear one.
"""
# ruff: noqa: S608 - the only thing put into SQL text is the number of a partition

import fcntl
import re
import sqlite3
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from services.stream.base import Headers, Outgoing, Record
from services.stream.errors import StreamError
from services.stream.partitioner import partition_of

if TYPE_CHECKING:
    from collections.abc import Iterator

BUSY_TIMEOUT_S = 60.0
PRUNE_EVERY_S = 60.0
PRUNE_AT_MOST = 50_000
_NAME = re.compile(r"^[A-Za-z0-9._-]{1,200}$")
_encode_headers = msgspec.msgpack.Encoder().encode
_decode_headers = msgspec.msgpack.Decoder(Headers).decode


def checked_name(kind: str, name: str) -> str:
    """Return a topic or group name that is safe as a file name, else raise ``StreamError``."""
    if not _NAME.match(name) or name.startswith("."):
        raise StreamError(f"{kind} {name!r}: only letters, digits, '.', '_' and '-' are allowed, 200 at most")
    return name


def connect(path: Path) -> sqlite3.Connection:
    """Open a file of the log; transactions are begun by us."""
    try:
        connection = sqlite3.connect(path, timeout=BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False)
        connection.execute("PRAGMA synchronous = NORMAL")
    except sqlite3.Error as error:
        raise StreamError(f"{path} cannot be opened: {error}") from error
    return connection


@contextmanager
def reading(path: Path) -> "Iterator[None]":
    """Turn what SQLite says about a file into ``StreamError``."""
    try:
        yield
    except sqlite3.Error as error:
        raise StreamError(f"{path} cannot be read: {error}") from error


@contextmanager
def writing(connection: sqlite3.Connection, path: Path) -> "Iterator[None]":
    """Hold the write lock of one file; all or nothing."""
    try:
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")
    except sqlite3.Error as error:
        raise StreamError(f"{path} cannot be written: {error}") from error


def create_file(
    path: Path, statements: Sequence[str], mend: Callable[[sqlite3.Connection], None] | None = None
) -> None:
    """Make a file in WAL mode with its tables, ``mend`` one of an older version; several processes may try at once."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with (path.parent / ".create.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        connection = connect(path)
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            with writing(connection, path):
                for statement in statements:
                    connection.execute(statement)
                if mend is not None:
                    mend(connection)
        except sqlite3.Error as error:
            raise StreamError(f"{path} cannot be made: {error}") from error
        finally:
            connection.close()


def create_topic(path: Path, partitions: int, retention_s: int) -> None:
    """Make the file of a topic, or add the partitions it lacks."""
    if path.exists() and _stands(path, partitions, retention_s):
        return
    tables = [
        "CREATE TABLE IF NOT EXISTS head (partition INTEGER PRIMARY KEY, next_offset INTEGER NOT NULL)",
        "CREATE TABLE IF NOT EXISTS batch (partition INTEGER, first_offset INTEGER, newest_ms INTEGER NOT NULL,"
        " PRIMARY KEY (partition, first_offset)) WITHOUT ROWID",
        "CREATE INDEX IF NOT EXISTS batch_time ON batch (partition, newest_ms)",
        "CREATE TABLE IF NOT EXISTS retention (one INTEGER PRIMARY KEY CHECK (one = 1), seconds INTEGER NOT NULL)",
        f"INSERT OR REPLACE INTO retention VALUES (1, {int(retention_s)})",
    ]
    for number in range(partitions):
        tables += [
            f"CREATE TABLE IF NOT EXISTS record_{number} (offset INTEGER PRIMARY KEY, key BLOB, value BLOB NOT NULL,"
            " timestamp_ms INTEGER NOT NULL, headers BLOB)",
            f"INSERT OR IGNORE INTO head VALUES ({number}, 0)",
        ]
    create_file(path, tables)


def _stands(path: Path, partitions: int, retention_s: int) -> bool:
    connection = connect(path)
    try:
        (kept,) = connection.execute("SELECT seconds FROM retention").fetchone()
        (count,) = connection.execute("SELECT count(*) FROM head").fetchone()
    except (sqlite3.OperationalError, TypeError):
        return False  # somebody is just making it, or died while doing so
    finally:
        connection.close()
    return bool(kept == retention_s and count >= partitions)


class TopicLog:
    """One connection to one topic's file; for one thread at a time.

    Parameters
    ----------
    path : Path
        The file, made by `create_topic`.
    topic : str
        Its topic.
    """

    def __init__(self, path: Path, topic: str) -> None:
        self.topic = topic
        self._path = path
        self._connection = connect(path)
        self._turn = 0
        self._pruned_s = time.monotonic()
        self.retention_s = int(self._one("SELECT seconds FROM retention"))
        self.partitions = int(self._one("SELECT count(*) FROM head"))

    def _rows(self, sql: str, values: Sequence[Any] = ()) -> list[Any]:
        with reading(self._path):
            return self._connection.execute(sql, values).fetchall()

    def _one(self, sql: str, values: Sequence[Any] = ()) -> Any:
        return self._rows(sql, values)[0][0]

    def version(self) -> int:
        """Return a number that changes when another connection wrote."""
        return int(self._one("PRAGMA data_version"))

    def heads(self) -> dict[int, int]:
        """Return the next offset of each partition."""
        return dict(self._rows("SELECT partition, next_offset FROM head"))

    def oldest(self, partition: int) -> int:
        """Return the offset of the oldest record kept, the next offset where none is."""
        first = self._one(f"SELECT min(offset) FROM record_{int(partition)}")
        return int(self.heads()[partition] if first is None else first)

    def offset_at(self, partition: int, since_ms: int) -> int:
        """Return the offset of the first record at or after a time, else the next offset."""
        first = self._one(
            "SELECT min(first_offset) FROM batch WHERE partition = ? AND newest_ms >= ?", (partition, since_ms)
        )
        if first is not None:
            sql = f"SELECT min(offset) FROM record_{int(partition)} WHERE offset >= ? AND timestamp_ms >= ?"
            first = self._one(sql, (first, since_ms))
        return int(self.heads()[partition] if first is None else first)

    def read(self, partition: int, offset: int, limit: int) -> list[Record]:
        """Return up to ``limit`` records from an offset on, in order."""
        rows = self._rows(
            "SELECT offset, key, value, timestamp_ms, headers"
            f" FROM record_{int(partition)} WHERE offset >= ? ORDER BY offset LIMIT ?",
            (offset, limit),
        )
        topic = self.topic
        return [
            Record(topic, partition, at, key, value, time_ms, _decode_headers(headers) if headers else ())
            for at, key, value, time_ms, headers in rows
        ]

    def append(self, records: Sequence[Outgoing], now_ms: int) -> None:
        """Append records in order, all or nothing; they are safe when this returns."""
        lots: dict[int, list[Outgoing]] = {}
        for record in records:
            lots.setdefault(self._partition(record.key), []).append(record)
        with self._writing():
            heads = self.heads()
            for partition, lot in lots.items():
                self._append_lot(partition, heads[partition], lot, now_ms)
            if time.monotonic() - self._pruned_s >= PRUNE_EVERY_S:
                self._prune(now_ms)

    def _append_lot(self, partition: int, first: int, lot: Sequence[Outgoing], now_ms: int) -> None:
        rows = [
            (
                offset,
                record.key,
                record.value,
                now_ms if record.timestamp_ms is None else record.timestamp_ms,
                _encode_headers(record.headers) if record.headers else None,
            )
            for offset, record in enumerate(lot, first)
        ]
        insert = f"INSERT INTO record_{int(partition)} VALUES (?, ?, ?, ?, ?)"
        self._connection.executemany(insert, rows)
        self._connection.execute("UPDATE head SET next_offset = ? WHERE partition = ?", (first + len(rows), partition))
        self._connection.execute("INSERT INTO batch VALUES (?, ?, ?)", (partition, first, max(row[3] for row in rows)))

    def prune(self, now_ms: int) -> None:
        """Forget what is older than the topic's retention, whole batches from the oldest on."""
        with self._writing():
            self._prune(now_ms)

    def _prune(self, now_ms: int) -> None:
        self._pruned_s = time.monotonic()
        for partition, head in self.heads().items():
            kept = self._one(
                "SELECT min(first_offset) FROM batch WHERE partition = ? AND newest_ms >= ?",
                (partition, now_ms - self.retention_s * 1000),
            )
            below = min(head if kept is None else kept, self.oldest(partition) + PRUNE_AT_MOST)
            delete = f"DELETE FROM record_{int(partition)} WHERE offset < ?"
            self._connection.execute(delete, (below,))
            self._connection.execute(
                "DELETE FROM batch WHERE partition = ? AND first_offset < (SELECT coalesce(max(first_offset), 0)"
                " FROM batch WHERE partition = ? AND first_offset <= ?)",
                (partition, partition, below),
            )

    def _partition(self, key: bytes | None) -> int:
        if key is not None:
            return partition_of(key, self.partitions)
        self._turn += 1
        return self._turn % self.partitions

    def _writing(self) -> AbstractContextManager[None]:
        return writing(self._connection, self._path)

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()
