"""Partitions of the large tables on PostGIS: made ahead and on demand, dropped as a whole when they are old.

A row whose time is not to be believed (before 2000, or more than two days ahead of this
machine's clock) has its home in the partition ``TABLE_else``; so has a day that would be one too many,
so that a source with wild clocks cannot fill the catalogue. When the day of such a row comes
its partition takes the row over.
"""

import datetime as dt
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.store import models

DAY_MS = 86_400_000
AHEAD_DAYS = 2
MOST_PARTITIONS = 500
EPOCH = dt.date(1970, 1, 1)
EARLIEST_DAY = (dt.date(2000, 1, 1) - EPOCH).days
# Any constant will do; it lets one process at a time add or drop partitions.
PARTITION_LOCK = 715_105_855

_THERE = sa.text("SELECT to_regclass(name) IS NOT NULL FROM unnest(CAST(:names AS text[])) WITH ORDINALITY AS n(name)")
_CHILDREN = sa.text(
    "SELECT child.relname FROM pg_inherits JOIN pg_class child ON child.oid = inhrelid"
    " WHERE inhparent = to_regclass(:parent) AND child.relname <> :parent || '_else' ORDER BY child.relname"
)


@dataclass(frozen=True)
class Split:
    """How a table is cut: by which column, how many days a partition spans, and whether the column is a date."""

    column: str
    width_days: int = 1
    is_date: bool = False

    def start_day(self, value: int | str) -> int | None:
        """Return the first day (since 1970) of the partition of a value, ``None`` where it is not to be believed."""
        day = _day_of_date(str(value)) if self.is_date else int(value) // DAY_MS
        if day is None or not EARLIEST_DAY <= day <= time.time() * 1000 // DAY_MS + AHEAD_DAYS:
            return None
        return day - day % self.width_days

    def literal(self, day: int) -> str:
        """Return the beginning of a day as the column has it (milliseconds, or ``YYYYMMDD``), in SQL."""
        return f"'{date_of(day):%Y%m%d}'" if self.is_date else str(day * DAY_MS)


SPLITS: Mapping[str, Split] = {
    models.BusPositionRow.__tablename__: Split("time_ms"),
    models.EdgeStateRow.__tablename__: Split("time_ms"),
    models.PredictionRow.__tablename__: Split("made_at_ms"),
    models.CameraSegmentRow.__tablename__: Split("start_ms"),
    models.CameraHealthRow.__tablename__: Split("time_ms"),
    models.CameraCountRow.__tablename__: Split("start_ms", width_days=30),
    models.StopEventRow.__tablename__: Split("start_date", width_days=30, is_date=True),
}


def date_of(day: int) -> dt.date:
    """Return a day since 1970 as a date."""
    return EPOCH + dt.timedelta(days=day)


def _day_of_date(text: str) -> int | None:
    try:
        return (dt.datetime.strptime(text, "%Y%m%d").date() - EPOCH).days  # noqa: DTZ007 - a date has no zone
    except ValueError:
        return None


def partition_name(table: str, start_day: int) -> str:
    """Return the name of the partition that begins on a day."""
    return f"{table}_d{date_of(start_day):%Y%m%d}"


def list_partitions(session: Session, table: str) -> dict[int, str]:
    """Return the partitions of a table but for ``TABLE_else``: first day → name, oldest first."""
    names = session.execute(_CHILDREN, {"parent": table}).scalars()
    days = {(_day_of_date(name[-8:]), name) for name in names}
    return dict(sorted((day, name) for day, name in days if day is not None))


def ensure_partitions(session: Session, table: str, values: Iterable[int | str]) -> str | None:
    """Make the partitions that rows of these times need.

    Parameters
    ----------
    session : Session
        The open transaction, on PostGIS.
    table : str
        One of `SPLITS`.
    values : Iterable of int or str
        The values of its column.

    Returns
    -------
    str or None
        The partition that holds them all, if it is one.
    """
    split = SPLITS[table]
    starts = {split.start_day(value) for value in _extremes(values)}
    days = sorted(start for start in starts if start is not None)
    names = [partition_name(table, day) for day in days]
    there = session.connection().execute(_THERE, {"names": names}).scalars().all() if names else []
    absent = [day for day, is_there in zip(days, there, strict=True) if not is_there]
    if absent:
        _add(session, table, absent)
        return None  # whether each got its own was decided just now, and this is rare
    return names[0] if len(starts) == 1 and names else None


def _extremes(values: Iterable[int | str]) -> set[int | str]:
    """Return one value for each day: of times whose first and last lie on one day, only those two."""
    kept = list(values)
    if kept and isinstance(kept[0], int):
        first, last = min(kept), max(kept)
        if int(first) // DAY_MS == int(last) // DAY_MS:
            return {first, last}
    return set(kept)


def make_ahead(session: Session, now_ms: int) -> None:
    """Make the partitions of today and tomorrow of every table, so that no batch has to."""
    for table, split in SPLITS.items():
        days = [now_ms // DAY_MS, now_ms // DAY_MS + 1]
        ensure_partitions(session, table, [f"{date_of(d):%Y%m%d}" if split.is_date else d * DAY_MS for d in days])


def _add(session: Session, table: str, absent: Iterable[int]) -> None:
    session.execute(sa.text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": PARTITION_LOCK})
    there = list_partitions(session, table)
    for day in sorted(absent, reverse=True):  # a source's newest day counts most
        if day not in there and (len(there) < MOST_PARTITIONS or day > max(there)):
            there[day] = partition_name(table, day)
            _attach(session, table, day)


def _attach(session: Session, table: str, day: int) -> None:
    """Make one partition beside the table, move what waits for it, and attach it: writers of other days go on."""
    split, name = SPLITS[table], partition_name(table, day)
    first, after = split.literal(day), split.literal(day + split.width_days)
    columns = ", ".join(column.name for column in models.Base.metadata.tables[table].columns if column.computed is None)
    waiting = f"DELETE FROM {table}_else WHERE {split.column} >= {first} AND {split.column} < {after}"  # noqa: S608
    for sql in (
        f"CREATE TABLE {name} (LIKE {table} INCLUDING ALL)",
        f"WITH waiting AS ({waiting} RETURNING {columns}) INSERT INTO {name} ({columns}) SELECT {columns} FROM waiting",  # noqa: S608
        f"ALTER TABLE {table} ATTACH PARTITION {name} FOR VALUES FROM ({first}) TO ({after})",
    ):
        session.execute(sa.text(sql))
