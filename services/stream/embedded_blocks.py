"""Old records of a partition lie packed: a thousand of them, compressed, in one row.

A city's day is some 16 million fixes and as many positions and predictions. Row by row they would take 30 GB; packed
they take a tenth, are read faster, and go again a block at a time. The newest records stay rows, because
a writer must be able to append one.
"""
# ruff: noqa: S608 - the only thing put into SQL text is the number of a partition

import contextlib
import sqlite3
from collections.abc import Sequence
from typing import NamedTuple

import msgspec
import zstandard

from services.stream.base import Headers

RECORDS = 1000
BYTES = 1024 * 1024
Row = tuple[int, bytes | None, bytes, int, bytes | None]  # offset, key, value, timestamp_ms, headers

TABLE = (
    "CREATE TABLE IF NOT EXISTS block (partition INTEGER, first_offset INTEGER, after INTEGER NOT NULL,"
    " newest_ms INTEGER NOT NULL, age_ms INTEGER NOT NULL, data BLOB NOT NULL, PRIMARY KEY (partition, first_offset))"
)
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(list[Row]).decode
encode_headers = msgspec.msgpack.Encoder().encode
decode_headers = msgspec.msgpack.Decoder(Headers).decode


class Block(NamedTuple):
    """A packed run of records."""

    first: int
    after: int
    rows: list[Row]


def pack(rows: Sequence[Row]) -> bytes:
    """Return rows as the bytes of a block."""
    return zstandard.ZstdCompressor(level=1).compress(_encode(rows))


def unpack(data: bytes) -> list[Row]:
    """Return the rows of a block; ``ValueError`` if its bytes are damaged."""
    try:
        return _decode(zstandard.ZstdDecompressor().decompress(data))
    except zstandard.ZstdError as error:
        raise ValueError(f"a block is damaged: {error}") from error


def pack_oldest(connection: sqlite3.Connection, partition: int, head: int, age_ms: int) -> int:
    """Pack the oldest unpacked records of a partition into one block, if as many stay unpacked.

    Parameters
    ----------
    connection : Connection
        In a transaction.
    partition : int
        Which.
    head : int
        Its next offset.
    age_ms : int
        The age of the log, which the block gets.

    Returns
    -------
    int
        Number of records that were packed, 0 if there are too few.
    """
    table = f"record_{int(partition)}"
    rows: list[Row] = []
    size = 0
    with contextlib.closing(
        connection.execute(
            f"SELECT offset, key, value, timestamp_ms, headers FROM {table} ORDER BY offset LIMIT ?", (RECORDS,)
        )
    ) as cursor:
        for row in cursor:
            rows.append(row)
            size += len(row[2])
            if size >= BYTES:
                break
    if (len(rows) < RECORDS and size < BYTES) or head - rows[0][0] < 2 * len(rows):
        return 0
    first, after = rows[0][0], rows[-1][0] + 1
    connection.execute(
        "INSERT INTO block VALUES (?, ?, ?, ?, ?, ?)",
        (partition, first, after, max(row[3] for row in rows), age_ms, pack(rows)),
    )
    connection.execute(f"DELETE FROM {table} WHERE offset < ?", (after,))
    connection.execute(
        "DELETE FROM batch WHERE partition = ? AND first_offset < (SELECT coalesce(max(first_offset), 0)"
        " FROM batch WHERE partition = ? AND first_offset <= ?)",
        (partition, partition, after),
    )
    return len(rows)


def find_block(connection: sqlite3.Connection, partition: int, offset: int) -> Block | None:
    """Return the block that holds an offset, else the next one after it."""
    sql = "SELECT first_offset, after, data FROM block WHERE partition = ? AND first_offset {} ? ORDER BY first_offset"
    row = connection.execute(f"{sql.format('<=')} DESC LIMIT 1", (partition, offset)).fetchone()
    if row is None or row[1] <= offset:
        row = connection.execute(f"{sql.format('>')} LIMIT 1", (partition, offset)).fetchone()
    return None if row is None else Block(row[0], row[1], unpack(row[2]))


def find_block_at(connection: sqlite3.Connection, partition: int, since_ms: int) -> Block | None:
    """Return the oldest block with a record at or after a time."""
    row = connection.execute(
        "SELECT first_offset, after, data FROM block WHERE partition = ? AND newest_ms >= ?"
        " ORDER BY first_offset LIMIT 1",
        (partition, since_ms),
    ).fetchone()
    return None if row is None else Block(row[0], row[1], unpack(row[2]))
