"""Many rows at once, each natural key once: COPY on PostGIS, executemany on SQLite."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

import psycopg
import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Session

# Below this a plain statement is quicker than COPY into a temporary table.
COPY_FROM_ROWS = 50

Row = tuple[Any, ...]
Values = Mapping[str, Any]


@dataclass(frozen=True)
class Merge:
    """What happens where the natural key is there already.

    ``condition`` is SQL over ``{old}`` and ``excluded``; where it holds the old row is
    replaced. ``wins(new, old)`` says the same of two rows of one batch. Both must
    give the same row in the end whatever the order and the repetition.
    """

    condition: str
    wins: Callable[[Values, Values], bool]


def column_names(model: type[DeclarativeBase]) -> list[str]:
    """Return the columns of a model that are written: all but those the database works out."""
    return [column.name for column in model.__table__.columns if column.computed is None]


def newest(time_column: str) -> Merge:
    """Return the merge that keeps the row with the newest time; of two alike, the first."""
    return Merge(
        f"excluded.{time_column} > {{old}}.{time_column}", lambda new, old: bool(new[time_column] > old[time_column])
    )


def write_rows(
    session: Session, model: type[DeclarativeBase], values: Sequence[Values], merge: Merge | None = None
) -> None:
    """Write rows, whose values stand in the order of `column_names`.

    Parameters
    ----------
    session : Session
        The open transaction.
    model : type
        The table.
    values : Sequence of Mapping
        A value for each of `column_names`; others are left aside.
    merge : Merge, optional
        Which row stays where a key is there already; by default the old one.
    """
    if not values:
        return
    table, names = model.__table__, column_names(model)
    assert isinstance(table, sa.Table)
    key = [column.name for column in table.primary_key]
    if merge is not None:
        values = _one_each(values, itemgetter(*key), merge)
    rows = list(map(itemgetter(*names), values))
    conflict = _conflict(table.name, key, names, merge)
    connection = session.connection()
    columns = ", ".join(names)
    if connection.dialect.name == "postgresql":
        if len(rows) >= COPY_FROM_ROWS:
            _copy(connection, table.name, columns, conflict, rows)
            return
        mark = "%s"
    else:
        mark = "?"
    marks = ", ".join([mark] * len(names))
    sql = f"INSERT INTO {table.name} ({columns}) VALUES ({marks}) {conflict}"  # noqa: S608 - names of our own models
    connection.exec_driver_sql(sql, rows)


def _one_each(values: Sequence[Values], key: Callable[[Values], Any], merge: Merge) -> list[Values]:
    kept: dict[Any, Values] = {}
    for new in values:
        place = key(new)
        old = kept.get(place)
        if old is None or merge.wins(new, old):
            kept[place] = new
    return list(kept.values())


def _conflict(table: str, key: Sequence[str], names: Sequence[str], merge: Merge | None) -> str:
    if merge is None:
        return "ON CONFLICT DO NOTHING"
    values = ", ".join(f"{name} = excluded.{name}" for name in names if name not in key)
    return f"ON CONFLICT ({', '.join(key)}) DO UPDATE SET {values} WHERE {merge.condition.format(old=table)}"


def _copy(connection: sa.Connection, table: str, columns: str, conflict: str, rows: Sequence[Row]) -> None:
    raw = connection.connection.driver_connection
    assert isinstance(raw, psycopg.Connection)
    stage = f"stage_{table}"
    with raw.cursor() as cursor:
        empty = f"SELECT {columns} FROM {table} WHERE false"  # noqa: S608
        cursor.execute(f"CREATE TEMP TABLE IF NOT EXISTS {stage} ON COMMIT DELETE ROWS AS {empty}")
        cursor.execute(f"DELETE FROM {stage}")  # noqa: S608 - what this transaction staged before
        with cursor.copy(f"COPY {stage} ({columns}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        cursor.execute(f"INSERT INTO {table} ({columns}) SELECT {columns} FROM {stage} {conflict}")  # noqa: S608
