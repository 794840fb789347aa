"""Partitions by day on PostGIS, and how long each table keeps its rows."""

import datetime as dt
from collections.abc import Iterable, Mapping

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.store.models import (
    BusPositionRow,
    CameraCountRow,
    CameraHealthRow,
    CameraSegmentRow,
    EdgeStateRow,
    FeedHealthRow,
    FleetAlertRow,
    PredictionRow,
    StopEventRow,
)

DAY_MS = 86_400_000
# Any constant will do; it lets one process at a time add the partition of a new day.
PARTITION_LOCK = 715_105_855

_THERE = sa.text("SELECT to_regclass(name) IS NOT NULL FROM unnest(CAST(:names AS text[])) WITH ORDINALITY AS n(name)")

BY_DAY = frozenset({BusPositionRow.__tablename__, EdgeStateRow.__tablename__})
# Table → (its time column, days that it keeps).
KEEP_DAYS: Mapping[str, tuple[str, int]] = {
    BusPositionRow.__tablename__: ("time_ms", 30),
    EdgeStateRow.__tablename__: ("time_ms", 30),
    PredictionRow.__tablename__: ("made_at_ms", 7),
    StopEventRow.__tablename__: ("arrival_ms", 400),
    CameraSegmentRow.__tablename__: ("start_ms", 30),
    CameraHealthRow.__tablename__: ("time_ms", 30),
    CameraCountRow.__tablename__: ("start_ms", 400),
    FeedHealthRow.__tablename__: ("time_ms", 30),
    FleetAlertRow.__tablename__: ("updated_ms", 400),
}


def is_postgis(session: Session) -> bool:
    """Return whether the session speaks to PostGIS."""
    return session.get_bind().dialect.name == "postgresql"


def ensure_days(session: Session, table: str, times_ms: Iterable[int]) -> str | None:
    """Make the partitions that rows of these times need and return the one that holds them all, if it is one."""
    days = sorted({time_ms // DAY_MS for time_ms in times_ms})
    if not days or not is_postgis(session):
        return None
    names = [_partition(table, day) for day in days]
    there = session.connection().execute(_THERE, {"names": names}).scalars()
    absent = [day for day, is_there in zip(days, there, strict=True) if not is_there]
    if absent:
        _add_days(session, table, absent)
    return names[0] if len(names) == 1 else None


def _add_days(session: Session, table: str, absent: Iterable[int]) -> None:
    session.execute(sa.text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": PARTITION_LOCK})
    for day in absent:
        session.execute(
            sa.text(
                f"CREATE TABLE IF NOT EXISTS {_partition(table, day)} PARTITION OF {table}"
                f" FOR VALUES FROM ({day * DAY_MS}) TO ({(day + 1) * DAY_MS})"
            )
        )


def _partition(table: str, day: int) -> str:
    date = dt.date(1970, 1, 1) + dt.timedelta(days=day)
    return f"{table}_d{date:%Y%m%d}"


def prune(session: Session, now_ms: int, keep_days: Mapping[str, tuple[str, int]] = KEEP_DAYS) -> dict[str, int]:
    """Forget what is older than each table keeps, counted from the table's newest row or now, whichever is older.

    So a recorded day that was played stays until younger days come, however long ago it was.

    Parameters
    ----------
    session : Session
        The open transaction.
    now_ms : int
        Milliseconds since 1970, UTC.
    keep_days : Mapping
        Table → its time column and the days it keeps.

    Returns
    -------
    dict of str to int
        Table → rows (or, where it is kept by day, days) that went.
    """
    gone: dict[str, int] = {}
    for table, (column, days) in keep_days.items():
        if table in BY_DAY and is_postgis(session):
            gone[table] = _drop_days(session, table, now_ms, days)
            continue
        newest_ms = session.scalar(sa.text(f"SELECT max({column}) FROM {table}"))  # noqa: S608 - our own names
        if newest_ms is not None:
            before_ms = min(now_ms, newest_ms) - days * DAY_MS
            sql = sa.text(f"DELETE FROM {table} WHERE {column} < :before")  # noqa: S608 - names of our own models
            gone[table] = session.connection().execute(sql, {"before": before_ms}).rowcount
    return {table: count for table, count in gone.items() if count}


def _drop_days(session: Session, table: str, now_ms: int, days: int) -> int:
    rows = session.execute(
        sa.text(
            "SELECT child.relname FROM pg_inherits JOIN pg_class child ON child.oid = inhrelid"
            " WHERE inhparent = to_regclass(:parent)"
        ),
        {"parent": table},
    )
    names = sorted(name for (name,) in rows)
    newest = min(_partition(table, now_ms // DAY_MS), names[-1]) if names else ""
    last = _partition(table, (dt.date.fromisoformat(newest[-8:]) - dt.date(1970, 1, 1)).days - days) if newest else ""
    old = [name for name in names if name < last]
    for name in old:
        session.execute(sa.text(f'DROP TABLE "{name}"'))
    return len(old)
