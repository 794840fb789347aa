"""One topic as one SQLite file in WAL mode.

Each partition is a table whose row id is the offset; ``head`` keeps the next offset, so
that a pruned log never uses one twice. ``batch`` holds one line per append and
partition with its newest timestamp: a sparse index for looking up a time and for
retention. Older records lie packed in ``block``. Of a compacted topic the newest record of each key is kept.
Whoever appends also tidies up, a bounded piece every few seconds: it packs, forgets what is too old, gives room back.

A record's age is counted in hours in which the log was written (``age_ms``): each step of the clock counts for an
hour at most and one backwards for nothing, so a clock that jumps deletes nothing, and a machine that
was off for a week still has the last day.
"""
# ruff: noqa: S608 - the only thing put into SQL text is the number of a partition

import re
import sqlite3
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from services.stream.base import Outgoing, Record
from services.stream.embedded_blocks import (
    TABLE,
    Block,
    Row,
    decode_headers,
    encode_headers,
    find_block,
    find_block_at,
    pack_oldest,
)
from services.stream.embedded_file import VERSION, check_version, connect, create_file, reading, writing
from services.stream.errors import StreamError
from services.stream.partitioner import partition_of

TIDY_EVERY_S = 5.0
TIDY_RECORDS = 4000
PRUNE_AT_MOST = 50
LONGEST_STEP_MS = 3_600_000
VACUUM_PAGES = 500
KEPT_PAGES = 1000  # what packing frees is used again soon
READ_BYTES = 16 * 1024 * 1024
_NAME = re.compile(r"^[A-Za-z0-9._-]{1,200}$")


def checked_name(kind: str, name: str) -> str:
    """Return a topic or group name that is safe as a file name, else raise ``StreamError``."""
    if not _NAME.match(name) or name.startswith("."):
        raise StreamError(f"{kind} {name!r}: only letters, digits, '.', '_' and '-' are allowed, 200 at most")
    return name


def create_topic(path: Path, partitions: int, retention_s: int, *, compacted: bool = False) -> None:
    """Make the file of a topic, bring an older one up to date, or add the partitions it lacks."""
    if path.exists() and _stands(path, partitions, retention_s, compacted=compacted):
        return
    tables = [
        "CREATE TABLE IF NOT EXISTS head (partition INTEGER PRIMARY KEY, next_offset INTEGER NOT NULL)",
        "CREATE TABLE IF NOT EXISTS batch (partition INTEGER, first_offset INTEGER, newest_ms INTEGER NOT NULL,"
        " age_ms INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (partition, first_offset)) WITHOUT ROWID",
        "CREATE INDEX IF NOT EXISTS batch_time ON batch (partition, newest_ms)",
        TABLE,
        "CREATE INDEX IF NOT EXISTS block_time ON block (partition, newest_ms)",
        "CREATE TABLE IF NOT EXISTS retention (one INTEGER PRIMARY KEY CHECK (one = 1), seconds INTEGER NOT NULL)",
        "CREATE TABLE IF NOT EXISTS keeping (name TEXT PRIMARY KEY, value INTEGER NOT NULL)",
        f"INSERT OR REPLACE INTO retention VALUES (1, {int(retention_s)})",
        f"INSERT OR REPLACE INTO keeping VALUES ('compacted', {int(compacted)})",
    ]
    for number in range(partitions):
        tables += [
            f"CREATE TABLE IF NOT EXISTS record_{number} (offset INTEGER PRIMARY KEY, key BLOB, value BLOB NOT NULL,"
            " timestamp_ms INTEGER NOT NULL, headers BLOB)",
            f"INSERT OR IGNORE INTO head VALUES ({number}, 0)",
        ]
        if compacted:
            tables.append(f"CREATE INDEX IF NOT EXISTS key_{number} ON record_{number} (key)")
    create_file(path, tables, _mend_older)


def _mend_older(connection: sqlite3.Connection) -> None:
    if "age_ms" not in [row[1] for row in connection.execute("PRAGMA table_info(batch)")]:
        connection.execute("ALTER TABLE batch ADD COLUMN age_ms INTEGER NOT NULL DEFAULT 0")


def _stands(path: Path, partitions: int, retention_s: int, *, compacted: bool) -> bool:
    connection = connect(path)
    try:
        version = check_version(connection, path)
        (kept,) = connection.execute("SELECT seconds FROM retention").fetchone()
        (count,) = connection.execute("SELECT count(*) FROM head").fetchone()
        (compact,) = connection.execute("SELECT value FROM keeping WHERE name = 'compacted'").fetchone()
    except (sqlite3.OperationalError, TypeError):
        return False  # somebody is just making it, or died while doing so, or it is of an older form
    finally:
        connection.close()
    return bool(version == VERSION and kept == retention_s and count >= partitions and compact == compacted)


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
        self._tidied_s = time.monotonic()
        self._appended = 0
        self._unpacked: tuple[int, Block] | None = None
        if check_version(self._connection, path) < VERSION:
            create_topic(path, self._one("SELECT count(*) FROM head"), self._one("SELECT seconds FROM retention"))
        self.retention_s = int(self._one("SELECT seconds FROM retention"))
        self.compacted = bool(self._one("SELECT value FROM keeping WHERE name = 'compacted'"))
        self.partitions = int(self._one("SELECT count(*) FROM head"))
        self._age_ms, self._wall_ms = self._kept("age_ms") or 0, self._kept("wall_ms")

    def _kept(self, name: str) -> int | None:
        found = self._rows("SELECT value FROM keeping WHERE name = ?", (name,))
        return int(found[0][0]) if found else None

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
        first = self._one("SELECT min(first_offset) FROM block WHERE partition = ?", (partition,))
        if first is None:
            first = self._one(f"SELECT min(offset) FROM record_{int(partition)}")
        return int(self.heads()[partition] if first is None else first)

    def offset_at(self, partition: int, since_ms: int) -> int:
        """Return the offset of the first record at or after a time, else the next offset."""
        block = self._block(find_block_at, partition, since_ms)
        if block is not None:
            return next(row[0] for row in block.rows if row[3] >= since_ms)
        first = (
            0
            if self.compacted
            else self._one(
                "SELECT min(first_offset) FROM batch WHERE partition = ? AND newest_ms >= ?", (partition, since_ms)
            )
        )
        if first is not None:
            sql = f"SELECT min(offset) FROM record_{int(partition)} WHERE offset >= ? AND timestamp_ms >= ?"
            first = self._one(sql, (first, since_ms))
        return int(self.heads()[partition] if first is None else first)

    def read(self, partition: int, offset: int, limit: int) -> list[Record]:
        """Return up to ``limit`` records from an offset on, in order; fewer where they are large."""
        rows = self._newest(partition, offset, limit)
        if not rows or rows[0][0] > offset:
            # Packed meanwhile or long ago, or gone: a block that holds the offset or comes after it is older than rows.
            block = self._find(partition, offset)
            if block is not None:
                rows = [row for row in block.rows if row[0] >= offset][:limit]
        topic = self.topic
        return [
            Record(topic, partition, at, key, value, time_ms, decode_headers(headers) if headers else ())
            for at, key, value, time_ms, headers in rows
        ]

    def _newest(self, partition: int, offset: int, limit: int) -> list[Row]:
        rows: list[Row] = []
        size = 0
        with reading(self._path):
            cursor = self._connection.execute(
                "SELECT offset, key, value, timestamp_ms, headers"
                f" FROM record_{int(partition)} WHERE offset >= ? ORDER BY offset LIMIT ?",
                (offset, limit),
            )
            while lot := cursor.fetchmany(200):
                rows += lot
                size += sum(len(row[2]) for row in lot)
                if size >= READ_BYTES:
                    break
            cursor.close()
        return rows

    def _find(self, partition: int, offset: int) -> Block | None:
        kept = self._unpacked
        if kept is not None and kept[0] == partition and kept[1].first <= offset < kept[1].after:
            return kept[1]
        block = self._block(find_block, partition, offset)
        self._unpacked = None if block is None else (partition, block)
        return block

    def _block(self, find: Any, partition: int, at: int) -> Block | None:
        try:
            with reading(self._path):
                found: Block | None = find(self._connection, partition, at)
        except ValueError as error:
            raise StreamError(
                f"{self._path} cannot be read: {error}; stop the services and run `hanoi stream mend`"
            ) from error
        return found

    def append(self, records: Sequence[Outgoing], now_ms: int) -> None:
        """Append records in order, all or nothing; they are safe when this returns."""
        lots: dict[int, list[Outgoing]] = {}
        for record in records:
            lots.setdefault(self._partition(record.key), []).append(record)
        with writing(self._connection, self._path):
            heads = self.heads()
            if self._wall_ms is None:
                self._note_age(now_ms)
            for partition, lot in lots.items():
                self._append_lot(partition, heads[partition], lot, now_ms)
        self._appended += len(records)
        if self._appended >= TIDY_RECORDS or time.monotonic() - self._tidied_s >= TIDY_EVERY_S:
            self.tidy(now_ms)

    def _append_lot(self, partition: int, first: int, lot: Sequence[Outgoing], now_ms: int) -> None:
        rows = [
            (
                offset,
                record.key,
                record.value,
                now_ms if record.timestamp_ms is None else record.timestamp_ms,
                encode_headers(record.headers) if record.headers else None,
            )
            for offset, record in enumerate(lot, first)
        ]
        execute, table = self._connection.execute, f"record_{int(partition)}"
        if self.compacted:
            newest = {row[1]: row for row in rows}
            rows = sorted(newest.values())
            self._connection.executemany(f"DELETE FROM {table} WHERE key = ?", [(key,) for key in newest])
        self._connection.executemany(f"INSERT INTO {table} VALUES (?, ?, ?, ?, ?)", rows)
        execute("UPDATE head SET next_offset = ? WHERE partition = ?", (first + len(lot), partition))
        if not self.compacted:
            newest_ms = max(row[3] for row in rows)
            execute("INSERT INTO batch VALUES (?, ?, ?, ?)", (partition, first, newest_ms, self._age_at(now_ms)))

    def tidy(self, now_ms: int) -> None:
        """Pack, forget and give room back: a bounded piece of what is due."""
        with writing(self._connection, self._path):
            self._note_age(now_ms)
            for partition, head in self.heads().items():
                if self.compacted:
                    self._forget_tombstones(partition, now_ms)
                else:
                    self._pack(partition, head)
                    self._prune(partition, head, self._age_ms - self.retention_s * 1000)
        self._tidied_s, self._appended = time.monotonic(), 0
        if self._one("PRAGMA freelist_count") > KEPT_PAGES:
            with reading(self._path):  # as a script: a single statement would be stepped once, for one page
                self._connection.executescript(f"PRAGMA incremental_vacuum({VACUUM_PAGES})")

    def _pack(self, partition: int, head: int) -> None:
        packed = 0
        while packed <= TIDY_RECORDS // self.partitions and (
            lot := pack_oldest(self._connection, partition, head, self._age_ms)
        ):
            packed += lot

    def _age_at(self, now_ms: int) -> int:
        step_ms = 0 if self._wall_ms is None else now_ms - self._wall_ms
        return self._age_ms + min(LONGEST_STEP_MS, max(0, step_ms))

    def _note_age(self, now_ms: int) -> None:
        """Let the log grow older, from where whoever noted it last left off."""
        self._age_ms, self._wall_ms = self._kept("age_ms") or 0, self._kept("wall_ms")
        self._age_ms, self._wall_ms = self._age_at(now_ms), now_ms
        self._connection.executemany(
            "INSERT OR REPLACE INTO keeping VALUES (?, ?)", [("age_ms", self._age_ms), ("wall_ms", now_ms)]
        )

    def _prune(self, partition: int, head: int, cut_ms: int) -> None:
        oldest = "SELECT min(first_offset) FROM {} WHERE partition = ? AND age_ms > ?"
        kept = self._one(oldest.format("block"), (partition, cut_ms))
        if kept is None:
            kept = self._one(oldest.format("batch"), (partition, cut_ms))
        below = head if kept is None else kept
        execute = self._connection.execute
        gone = execute(
            "DELETE FROM block WHERE (partition, first_offset) IN (SELECT partition, first_offset FROM block"
            " WHERE partition = ? AND after <= ? ORDER BY first_offset LIMIT ?)",
            (partition, below, PRUNE_AT_MOST),
        ).rowcount
        if gone == PRUNE_AT_MOST:
            return
        execute(f"DELETE FROM record_{int(partition)} WHERE offset < ?", (below,))
        execute(
            "DELETE FROM batch WHERE partition = ? AND first_offset < (SELECT coalesce(max(first_offset), 0)"
            " FROM batch WHERE partition = ? AND first_offset <= ?)",
            (partition, partition, below),
        )

    def _forget_tombstones(self, partition: int, now_ms: int) -> None:
        self._connection.execute(
            f"DELETE FROM record_{int(partition)} WHERE length(value) = 0 AND timestamp_ms < ?",
            (now_ms - self.retention_s * 1000,),
        )

    def _partition(self, key: bytes | None) -> int:
        if key is not None:
            return partition_of(key, self.partitions)
        self._turn += 1
        return self._turn % self.partitions

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()
