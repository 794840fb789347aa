"""What a database holds: each table with its partitions, rows, bytes, and the times of its oldest and newest row."""

from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.store.engine import Store
from services.store.models import Base
from services.store.partitions import SPLITS, list_partitions
from services.store.retention import TIME_COLUMN, used_bytes

# Rows are those PostgreSQL's statistics tell, for counting a large table reads all of it.
_POSTGIS_SIZES = sa.text(
    "SELECT c.relname, pg_total_relation_size(c.oid), coalesce(s.n_live_tup, 0) FROM pg_class c"
    " LEFT JOIN pg_stat_user_tables s ON s.relid = c.oid"
    " WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace"
)


@dataclass(frozen=True)
class TableStatus:
    """One table; ``size_bytes`` counts its indexes and is ``None`` where SQLite cannot tell it."""

    name: str
    rows: int
    size_bytes: int | None
    oldest_ms: int | None = None
    newest_ms: int | None = None
    partitions: list["TableStatus"] = field(default_factory=list)


@dataclass(frozen=True)
class StoreStatus:
    """A whole database; ``revision`` is ``None`` before its first migration."""

    name: str
    revision: str | None
    size_bytes: int
    rows_are_estimated: bool
    tables: list[TableStatus]


def read_status(store: Store) -> StoreStatus:
    """Look at every table of ours that is there."""
    revision = store.find_revision()
    with store.reading() as session:
        there = set(sa.inspect(session.connection()).get_table_names())
        names = [table.name for table in Base.metadata.sorted_tables if table.name in there]
        read = _postgis_tables if store.is_postgis else _sqlite_tables
        tables = read(session, sorted(names))
    return StoreStatus(store.name, revision, used_bytes(store), store.is_postgis, tables)


def _postgis_tables(session: Session, names: list[str]) -> list[TableStatus]:
    sizes = {name: (size, rows) for name, size, rows in session.execute(_POSTGIS_SIZES)}
    found = []
    for name in names:
        parts = [*list_partitions(session, name).values(), f"{name}_else"] if name in SPLITS else []
        own = [TableStatus(part, sizes[part][1], sizes[part][0]) for part in parts if part in sizes]
        size, rows = sizes.get(name, (0, 0))
        oldest, newest = _ends(session, name, [part.name for part in own] or [name])
        rows, size = rows + sum(part.rows for part in own), size + sum(part.size_bytes or 0 for part in own)
        found.append(TableStatus(name, rows, size, oldest, newest, own))
    return found


def _ends(session: Session, name: str, parts: list[str]) -> tuple[int | None, int | None]:
    """Return the oldest and the newest time; of partitions only the outermost that hold rows are read."""
    column = TIME_COLUMN.get(name)
    if column is None:
        return None, None

    def first(function: str, order: list[str]) -> int | None:
        values = (session.execute(sa.text(f'SELECT {function}({column}) FROM "{part}"')).scalar() for part in order)  # noqa: S608
        return next((int(value) for value in values if value is not None), None)

    return first("min", parts), first("max", parts[::-1])


def _sqlite_tables(session: Session, names: list[str]) -> list[TableStatus]:
    sizes = _sqlite_sizes(session)
    found = []
    for name in names:
        rows = int(session.execute(sa.text(f"SELECT count(*) FROM {name}")).scalar_one())  # noqa: S608 - our own names
        found.append(TableStatus(name, rows, sizes.get(name), *_ends(session, name, [name])))
    return found


def _sqlite_sizes(session: Session) -> dict[str, int]:
    """Return the bytes of each table with its indexes; nothing where SQLite was built without ``dbstat``."""
    has_dbstat = session.execute(sa.text("SELECT sqlite_compileoption_used('ENABLE_DBSTAT_VTAB')")).scalar()
    if not has_dbstat:
        return {}
    rows = session.execute(
        sa.text("SELECT m.tbl_name, sum(s.pgsize) FROM dbstat s JOIN sqlite_master m ON m.name = s.name GROUP BY 1")
    )
    return {name: int(size) for name, size in rows}
