"""`hanoi stream mend`: take everything that can be read out of damaged files of the embedded log.

The damaged file is put aside, never deleted; a new one holds what could be read, each record at its old offset.
"""
# ruff: noqa: S608 - the only thing put into SQL text is the number of a partition

import contextlib
import fcntl
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import click

from schemas.topics import DEAD_SUFFIX, TOPICS
from services.settings import Settings, SettingsError
from services.stream.embedded import DEAD_PARTITIONS, DEAD_RETENTION_S, GROUPS
from services.stream.embedded_blocks import Row, unpack
from services.stream.embedded_file import connect, writing
from services.stream.embedded_group import read_groups
from services.stream.embedded_log import create_topic
from services.stream.errors import StreamError

ASIDE = ".damaged-"
LOT = 500


class Mended(NamedTuple):
    """What became of one file; ``records`` is ``None`` for a group's, which begins anew."""

    path: Path
    aside: Path
    records: int | None


def mend_folder(folder: Path, say: Callable[[str], object] = str) -> list[Mended]:
    """Mend every damaged file of a log; ``StreamError`` if a service still runs on it."""
    if not folder.is_dir():
        raise StreamError(f"{folder}: no such folder")
    for lock in (folder / GROUPS).glob("*.lock"):
        if _is_held(lock):
            raise StreamError(f"{lock} is held: a service still runs on this log; stop it first")
    done = []
    for path in sorted([*folder.glob("*.sqlite"), *(folder / GROUPS).glob("*.sqlite")]):
        say(f"looking at {path.name}")
        if not _is_sound(path):
            done.append(_mend_group(path) if path.parent.name == GROUPS else _mend_topic(path, folder))
    return done


def _is_held(lock: Path) -> bool:
    with lock.open("r+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def _is_sound(path: Path) -> bool:
    try:
        with contextlib.closing(connect(path)) as connection:
            found = connection.execute("PRAGMA integrity_check(1)").fetchone()
            tables = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
            return bool(found == ("ok",) and tables[0]) and all(_blocks_are_sound(connection))
    except (sqlite3.Error, StreamError):
        return False


def _blocks_are_sound(connection: sqlite3.Connection) -> Iterator[bool]:
    if connection.execute("SELECT 1 FROM sqlite_schema WHERE name = 'block'").fetchone():
        for (data,) in connection.execute("SELECT data FROM block"):
            try:
                yield bool(unpack(data))
            except ValueError:
                yield False


def _put_aside(path: Path) -> Path:
    aside = path.with_name(f"{path.name}{ASIDE}{time.strftime('%Y%m%dT%H%M%S', time.gmtime())}")
    for end in ("-wal", "-shm"):
        with contextlib.suppress(FileNotFoundError):
            path.with_name(path.name + end).rename(aside.with_name(aside.name + end))
    return path.rename(aside)


@contextlib.contextmanager
def _working_copy(aside: Path) -> Iterator[sqlite3.Connection]:
    """Open a copy of a damaged file, as long as its header says, because SQLite refuses one that is shorter."""
    work = aside.with_name(aside.name + ".work")
    for end in ("", "-wal"):
        with contextlib.suppress(FileNotFoundError):
            shutil.copyfile(aside.with_name(aside.name + end), work.with_name(work.name + end))
    head = work.read_bytes()[:32]
    if head.startswith(b"SQLite format 3\x00"):
        page = int.from_bytes(head[16:18], "big")
        with work.open("r+b") as file:
            file.truncate(max(work.stat().st_size, (65536 if page == 1 else page) * int.from_bytes(head[28:32], "big")))
    connection = sqlite3.connect(work, isolation_level=None)
    try:
        yield connection
    finally:
        connection.close()
        for end in ("", "-wal", "-shm"):
            work.with_name(work.name + end).unlink(missing_ok=True)


def _mend_group(path: Path) -> Mended:
    return Mended(path, _put_aside(path), None)


def _mend_topic(path: Path, folder: Path) -> Mended:
    name = path.stem
    known = TOPICS.get(name.removesuffix(DEAD_SUFFIX))
    aside = _put_aside(path)
    with _working_copy(aside) as old:
        partitions, retention_s, compacted = _shape(old, name)
        if known is not None and not name.endswith(DEAD_SUFFIX):
            partitions = max(partitions, known.partitions)
        create_topic(path, partitions, retention_s, compacted=compacted)
        with contextlib.closing(connect(path)) as new:
            records = sum(_copy(old, new, path, folder, number) for number in range(partitions))
    return Mended(path, aside, records)


def _shape(old: sqlite3.Connection, name: str) -> tuple[int, int, bool]:
    known = TOPICS.get(name)
    kept = known.retention_s if known is not None else DEAD_RETENTION_S
    partitions = known.partitions if known is not None else DEAD_PARTITIONS
    try:
        partitions = int(old.execute("SELECT count(*) FROM head").fetchone()[0]) or partitions
        kept = int(old.execute("SELECT seconds FROM retention").fetchone()[0])
    except (sqlite3.Error, TypeError):
        pass
    return partitions, kept, known.compacted if known is not None else False


def _copy(old: sqlite3.Connection, new: sqlite3.Connection, path: Path, folder: Path, number: int) -> int:
    count, head = 0, _old_head(old, folder, path.stem, number)
    for rows in (*_blocks(old, number), *_rows(old, number, head)):
        with writing(new, path):
            new.executemany(f"INSERT OR IGNORE INTO record_{number} VALUES (?, ?, ?, ?, ?)", rows)
            new.execute(
                "INSERT OR IGNORE INTO batch VALUES (?, ?, ?, 0)", (number, rows[0][0], max(r[3] for r in rows))
            )
        count += len(rows)
        head = max(head, rows[-1][0] + 1)
    with writing(new, path):
        new.execute("UPDATE head SET next_offset = ? WHERE partition = ?", (head, number))
    return count


def _old_head(old: sqlite3.Connection, folder: Path, topic: str, number: int) -> int:
    """Return the next offset, as far as the file or what groups committed tells; offsets are never used twice."""
    heads = [0]
    with contextlib.suppress(sqlite3.Error, TypeError):
        heads.append(int(old.execute("SELECT next_offset FROM head WHERE partition = ?", (number,)).fetchone()[0]))
    with contextlib.suppress(StreamError):
        heads += [
            at.offset
            for offsets in read_groups(folder / GROUPS).values()
            for partition, at in offsets.items()
            if partition == (topic, number)
        ]
    return max(heads)


def _blocks(old: sqlite3.Connection, number: int) -> Iterator[list[Row]]:
    after = -1
    sql = "SELECT first_offset, data FROM block WHERE partition = ? AND first_offset > ? ORDER BY first_offset LIMIT 1"
    while True:
        try:
            row = old.execute(sql, (number, after)).fetchone()
        except sqlite3.Error:
            return
        if row is None:
            return
        after = row[0]
        with contextlib.suppress(ValueError):
            yield unpack(row[1])


def _rows(old: sqlite3.Connection, number: int, head: int) -> Iterator[list[Row]]:
    """Read rows in lots; where a page is damaged, one by one around it."""
    sql = f"SELECT offset, key, value, timestamp_ms, headers FROM record_{number} WHERE offset >= ? AND offset < ?"
    try:
        at = int(old.execute(f"SELECT min(offset) FROM record_{number}").fetchone()[0] or 0)
    except (sqlite3.Error, TypeError):
        at = max(0, head - 100_000)
    while at < head:
        try:
            rows: list[Row] = old.execute(f"{sql} ORDER BY offset", (at, at + LOT)).fetchall()
        except sqlite3.Error:
            rows = [row for offset in range(at, min(at + LOT, head)) for row in _one(old, sql, offset)]
        if rows:
            yield rows
        at += LOT


def _one(old: sqlite3.Connection, sql: str, offset: int) -> list[Row]:
    try:
        return old.execute(sql, (offset, offset + 1)).fetchall()
    except sqlite3.Error:
        return []


@click.command()
def mend() -> None:
    """Take what can be read out of damaged files of the embedded log; stop the services first."""
    try:
        url = Settings().place.stream_url
        if not url.startswith("sqlite:///"):
            raise click.ClickException(f"STREAM_URL is {url}: only the embedded log is mended here")
        done = mend_folder(Path(url.removeprefix("sqlite:///")), lambda text: click.echo(text, err=True))
    except (SettingsError, StreamError) as error:
        raise click.ClickException(str(error)) from error
    for path, aside, records in done:
        said = "its group begins at the oldest record" if records is None else f"{records} records taken over"
        click.echo(f"{path.name}: damaged, put aside as {aside.name}; {said}")
    if not done:
        click.echo("nothing is damaged")
