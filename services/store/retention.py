"""How long each table keeps its rows, and letting old ones go without a scan of a large table.

Days count from a table's newest row or from now, whichever is older, so that a recorded
day that was played stays until younger days come, however long ago it was. A newest day far
after all others is believed only when days follow it: a clock that jumped a year ahead, and the rows
written by it, take nothing away.
"""

import sqlite3
import time
from collections.abc import Iterable, Iterator, Mapping

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.store import models
from services.store.engine import Store
from services.store.errors import StoreError, StoreUnavailableError
from services.store.partitions import DAY_MS, EARLIEST_DAY, PARTITION_LOCK, SPLITS, list_partitions, make_ahead

KEEP_DAYS: Mapping[str, int] = {
    models.BusPositionRow.__tablename__: 30,
    models.EdgeStateRow.__tablename__: 30,
    models.PredictionRow.__tablename__: 7,
    models.StopEventRow.__tablename__: 400,
    models.CameraSegmentRow.__tablename__: 30,
    models.CameraHealthRow.__tablename__: 30,
    models.CameraCountRow.__tablename__: 400,
    models.FeedHealthRow.__tablename__: 30,
    models.FleetAlertRow.__tablename__: 400,
}
# The column that ages a row where the table is not cut into partitions; each has an index.
TIME_COLUMN: Mapping[str, str] = {
    **{table: split.column for table, split in SPLITS.items()},
    models.StopEventRow.__tablename__: "arrival_ms",
    models.FeedHealthRow.__tablename__: "time_ms",
    models.FleetAlertRow.__tablename__: "updated_ms",
}
# What SQLite keeps shorter when its file grows beyond the limit; the rest is small.
HISTORY = ("bus_position", "edge_state", "prediction", "camera_segment", "camera_health", "camera_count")
# So many days with rows, none of them this far from the one before, and a table's newest day is believed.
TRUSTED_DAYS, GAP_DAYS = 3, 7
# A delete holds the lock of SQLite for as long as this many rows take: some ten milliseconds.
ROWS_A_DELETE = 10_000
LOCK_TIMEOUT = "5s"


def prune(store: Store, now_ms: int, keep_days: Mapping[str, int] = KEEP_DAYS) -> dict[str, int]:
    """Let old rows go, table by table, each in transactions of its own.

    Parameters
    ----------
    store : Store
        Where.
    now_ms : int
        Milliseconds since 1970, UTC.
    keep_days : Mapping
        Table → the days that it keeps.

    Returns
    -------
    dict of str to int
        Table → partitions (where PostGIS cuts it) or rows that went; tables of which none did are left out.
    """
    gone: dict[str, int] = {}
    for table, days in keep_days.items():
        if store.is_postgis and table in SPLITS:
            with store.transaction() as session:
                gone[table] = _drop_partitions(session, table, now_ms // DAY_MS, days)
        else:
            gone[table] = _delete_rows(store, table, now_ms, days)
    if store.is_postgis:
        with store.transaction() as session:
            make_ahead(session, now_ms)
    return {table: count for table, count in gone.items() if count}


def keep_below(store: Store, now_ms: int, limit_bytes: int) -> dict[str, int]:
    """Let history of SQLite go earlier than usual while its file holds more than the limit; a day always stays."""
    gone: dict[str, int] = {}
    for days in (15, 7, 3, 1):
        if used_bytes(store) <= limit_bytes:
            break
        shorter = {table: min(days, KEEP_DAYS[table]) for table in HISTORY}
        for table, count in prune(store, now_ms, shorter).items():
            gone[table] = gone.get(table, 0) + count
    return gone


def used_bytes(store: Store) -> int:
    """Return the bytes that the database's rows and indexes take; free pages of SQLite do not count."""
    with store.reading() as session:
        if store.is_postgis:
            return int(session.execute(sa.text("SELECT pg_database_size(current_database())")).scalar_one())
        pages, free, size = (
            int(session.execute(sa.text(f"PRAGMA {name}")).scalar_one())
            for name in ("page_count", "freelist_count", "page_size")
        )
    return (pages - free) * size


def give_back(store: Store, pages: int = 20_000) -> None:
    """Give free pages of SQLite's file back to the disk, some at a time; nothing to do on PostGIS."""
    if store.is_postgis:
        return
    raw = store.engine.raw_connection()
    try:
        # Each step frees one page, and only `executescript` takes more than the first.
        raw.cursor().executescript(f"PRAGMA incremental_vacuum({pages})")
    except sqlite3.OperationalError as error:
        raise StoreUnavailableError(f"database {store.name}: {error}") from error
    finally:
        raw.close()


def compact(store: Store) -> None:
    """Write SQLite's file anew without gaps; it needs as much room again, and no other process may be at work."""
    raw = store.engine.raw_connection()
    try:
        cursor = raw.cursor()
        cursor.execute("PRAGMA auto_vacuum = INCREMENTAL")  # for files from before that was set
        cursor.execute("VACUUM")
    except sqlite3.OperationalError as error:
        raise StoreError(f"database {store.name} cannot be compacted: {error}; stop its services first") from error
    finally:
        raw.close()


def _drop_partitions(session: Session, table: str, today: int, days: int) -> int:
    split = SPLITS[table]
    session.execute(sa.text(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'"))
    session.execute(sa.text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": PARTITION_LOCK})
    partitions = list_partitions(session, table)
    full = [day for day in reversed(partitions) if _has_rows(session, partitions[day])]
    if not full:
        return 0
    newest = newest_believed((day for day in full if day <= today), GAP_DAYS + split.width_days - 1)
    oldest = (today if newest is None else min(today, newest + split.width_days - 1)) - days
    old = [name for day, name in partitions.items() if day + split.width_days <= oldest]
    for name in old:
        session.execute(sa.text(f'DROP TABLE "{name}"'))
    before, beyond = (
        f"{split.column} {sign} {split.literal(day)}"
        for sign, day in (("<", oldest), (">", _beyond_ms(today * DAY_MS, days) // DAY_MS))
    )
    session.execute(sa.text(f"DELETE FROM {table}_else WHERE {before} OR {beyond}"))  # noqa: S608 - our own names
    return len(old)


def newest_believed(days: Iterable[int], gap_days: int = GAP_DAYS) -> int | None:
    """Return the day from which age counts: the newest, or the newest before a jump that is too young to be believed.

    Parameters
    ----------
    days : iterable of int
        Days that hold rows, newest first; no more of them are taken than needed.
    gap_days : int
        More between two of them is a jump.

    Returns
    -------
    int or None
        ``None`` if there is no day.
    """
    first = last = None
    for number, day in enumerate(days):
        if last is not None and last - day > gap_days:
            return day
        first = day if first is None else first
        if number + 1 >= TRUSTED_DAYS:
            break
        last = day
    return first


def _days_with_rows(session: Session, table: str, column: str, today: int) -> Iterator[int]:
    """Yield the days that hold rows, today or before, newest first; each costs a look at the index."""
    newest = sa.text(f"SELECT max({column}) FROM {table} WHERE {column} < :before")  # noqa: S608 - our own names
    before_ms = (today + 1) * DAY_MS
    while (ms := session.execute(newest, {"before": before_ms}).scalar()) is not None and ms >= EARLIEST_DAY * DAY_MS:
        yield ms // DAY_MS
        before_ms = ms // DAY_MS * DAY_MS


def _beyond_ms(now_ms: int, days: int) -> int:
    """Return the time after which a row's own clock was wrong: no city, played or live, is that far ahead."""
    return max(now_ms, int(time.time() * 1000)) + days * DAY_MS


def _has_rows(session: Session, partition: str) -> bool:
    return bool(session.execute(sa.text(f'SELECT EXISTS (SELECT 1 FROM "{partition}")')).scalar())  # noqa: S608


def _delete_rows(store: Store, table: str, now_ms: int, days: int) -> int:
    column, row = TIME_COLUMN[table], "ctid" if store.is_postgis else "rowid"
    with store.reading() as session:
        newest = newest_believed(_days_with_rows(session, table, column, now_ms // DAY_MS))
    # Of a day that is not today's the beginning counts: as where PostGIS drops whole days, none is shorter than said.
    newest_ms = now_ms if newest is None or newest >= now_ms // DAY_MS else newest * DAY_MS
    strange = f"{column} < :before OR {column} > :beyond"
    old = f"SELECT {row} FROM {table} WHERE {strange} LIMIT {ROWS_A_DELETE}"  # noqa: S608 - our own names
    delete = sa.text(f"DELETE FROM {table} WHERE {row} IN ({old})")  # noqa: S608
    ends = {"before": newest_ms - days * DAY_MS, "beyond": _beyond_ms(now_ms, days)}
    gone = 0
    while True:
        with store.transaction() as session:
            count = session.connection().execute(delete, ends).rowcount
        gone += count
        if count < ROWS_A_DELETE:
            return gone
