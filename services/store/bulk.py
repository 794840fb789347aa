"""Many rows at once, each natural key once: COPY on PostGIS, executemany on SQLite."""

from collections.abc import Callable, Sequence
from operator import itemgetter
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Session

from services.store.copy_in import Target, copy_rows, copy_type
from services.store.metrics import ROWS
from services.store.partitions import SPLITS, ensure_partitions

# Below this a plain statement is quicker than COPY.
COPY_FROM_ROWS = 50

# Column names → what takes their values, in that order, from one item.
Getter = Callable[..., Callable[[Any], Any]]


def column_names(model: type[DeclarativeBase]) -> list[str]:
    """Return the columns of a model that are written: all but those the database works out."""
    return [column.name for column in model.__table__.columns if column.computed is None]


def copy_target(model: type[DeclarativeBase], straight: str | None = None) -> Target:
    """Return a model's table as the target of COPY."""
    names = column_names(model)
    types = [copy_type(model.__table__.c[name].type) for name in names]
    return Target(str(model.__tablename__), names, types, straight)


def write_rows(
    session: Session,
    model: type[DeclarativeBase],
    items: Sequence[Any],
    *,
    newest: str | None = None,
    getter: Getter = itemgetter,
) -> None:
    """Write items as rows, each natural key once; the same again, in any order, change nothing.

    Parameters
    ----------
    session : Session
        The open transaction.
    model : type
        The table.
    items : Sequence
        One for each row: mappings with a value for each of `column_names`, or what ``getter`` can read.
    newest : str, optional
        Where a key is there already the row with the greater value of this column stays (NULL is the
        least, of two alike the first); by default the old row.
    getter : Callable, optional
        Given column names, returns what takes their values from an item.
    """
    if not items:
        return
    table = model.__table__
    assert isinstance(table, sa.Table)
    names, key = column_names(model), [column.name for column in table.primary_key]
    ROWS.labels(table.name).inc(len(items))
    if newest is not None:  # a statement that replaces may meet each key once
        items = _one_each(items, getter(*key), getter(newest))
    conflict = _conflict(table.name, key, names, newest)
    connection, take = session.connection(), getter(*names)
    part = None
    if connection.dialect.name == "postgresql" and table.name in SPLITS:
        part = ensure_partitions(session, table.name, map(getter(SPLITS[table.name].column), items))
    if connection.dialect.name == "postgresql" and len(items) >= COPY_FROM_ROWS:
        target = copy_target(model, straight=(part or table.name) if newest is None else None)
        # Rows are made while the server already works on the first of them.
        copy_rows(connection, target, lambda: map(take, items), conflict)
        return
    mark = "%s" if connection.dialect.name == "postgresql" else "?"
    marks = ", ".join([mark] * len(names))
    sql = f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({marks}) {conflict}"  # noqa: S608 - our own names
    connection.exec_driver_sql(sql, list(map(take, items)))


def _one_each(items: Sequence[Any], key: Callable[[Any], Any], rank: Callable[[Any], Any]) -> Sequence[Any]:
    if len(set(map(key, items))) == len(items):
        return items
    kept: dict[Any, Any] = {}
    for item in items:
        old = kept.setdefault(key(item), item)
        if _is_greater(rank(item), rank(old)):
            kept[key(item)] = item
    return list(kept.values())


def _is_greater(new: Any, old: Any) -> bool:
    return new is not None and (old is None or bool(new > old))


def _conflict(table: str, key: Sequence[str], names: Sequence[str], newest: str | None) -> str:
    if newest is None:
        return "ON CONFLICT DO NOTHING"
    values = ", ".join(f"{name} = excluded.{name}" for name in names if name not in key)
    new, old = f"excluded.{newest}", f"{table}.{newest}"
    greater = f"{new} IS NOT NULL AND ({old} IS NULL OR {new} > {old})"
    return f"ON CONFLICT ({', '.join(key)}) DO UPDATE SET {values} WHERE {greater}"
