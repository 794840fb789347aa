"""A database written to files in one consistent state while others work on it.

SQLite by its online backup; PostgreSQL by COPY of every table in one snapshot, so that neither
``pg_dump`` nor its version matters. Offset rows travel with the tables: what is
restored goes on reading the log exactly where its rows end.
"""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import psycopg
import sqlalchemy as sa
import zstandard

from services.store.engine import Store
from services.store.errors import StoreError
from services.store.models import Base
from services.store.schema import check_revision, current_revision

SQLITE_FILE = "store.sqlite"
COPY_FOLDER = "store"
Tell = Callable[[str], None]

_COLUMNS = (
    "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = current_schema()"
    " AND is_generated = 'NEVER' ORDER BY table_name, ordinal_position"
)
_PARTITIONS = (
    "SELECT parent.relname, child.relname, pg_get_expr(child.relpartbound, child.oid) FROM pg_inherits"
    " JOIN pg_class child ON child.oid = inhrelid JOIN pg_class parent ON parent.oid = inhparent"
    " WHERE child.relispartition AND child.relkind = 'r' AND child.relnamespace = current_schema()::regnamespace"
    " ORDER BY child.relname"
)


class Partition(msgspec.Struct, frozen=True):
    """One partition as PostgreSQL tells it; ``bound`` is SQL."""

    table: str
    name: str
    bound: str


class Table(msgspec.Struct, frozen=True):
    """One table: the columns in the order of its file, and how many rows it has."""

    name: str
    columns: list[str]
    rows: int


class Dump(msgspec.Struct, frozen=True, kw_only=True):
    """What was written: ``kind`` is ``sqlite`` or ``postgis``; tables stand in an order in which they can be filled."""

    kind: str
    revision: str
    tables: list[Table]
    partitions: list[Partition] = []


def dump_store(store: Store, folder: Path, tell: Tell) -> Dump:
    """Write a database below a folder.

    Parameters
    ----------
    store : Store
        The database, at a revision that this program knows.
    folder : Path
        Takes ``store.sqlite``, or ``store/TABLE.copy.zst``.
    tell : Callable
        Is told each step.

    Raises
    ------
    StoreError
        If it was never migrated, is newer, or cannot be read.
    """
    revision = store.find_revision()
    if revision is None:
        raise StoreError(f"database {store.name} is empty: there is nothing to back up")
    check_revision(store.name, revision)
    return _dump_postgis(store, folder, tell) if store.is_postgis else _dump_sqlite(store, folder, tell)


def copy_live(source: Path, target: Path) -> None:
    """Copy a SQLite file in one consistent state, also while others write to it."""
    target.parent.mkdir(parents=True, exist_ok=True)
    old, new = sqlite3.connect(source, timeout=60), sqlite3.connect(target)
    try:
        old.backup(new)
        new.execute("PRAGMA journal_mode = DELETE")  # so that one file is all of it
    finally:
        old.close()
        new.close()


def _dump_sqlite(store: Store, folder: Path, tell: Tell) -> Dump:
    database = store.engine.url.database
    assert database is not None
    tell(f"database {database}")
    try:
        copy_live(Path(database), folder / SQLITE_FILE)
    except sqlite3.Error as error:
        raise StoreError(f"database {store.name} cannot be copied: {error}") from error
    return describe_sqlite(folder / SQLITE_FILE)


def describe_sqlite(path: Path) -> Dump:
    """Return what a copied SQLite database holds."""
    connection = sqlite3.connect(path)
    try:
        (revision,) = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        names = [n for (n,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
        counts = {n: connection.execute(f'SELECT count(*) FROM "{n}"').fetchone()[0] for n in names}  # noqa: S608
    finally:
        connection.close()
    tables = [Table(n, [], rows) for n, rows in counts.items() if not n.startswith(("sqlite_", "alembic_"))]
    return Dump(kind="sqlite", revision=str(revision), tables=tables)


def _dump_postgis(store: Store, folder: Path, tell: Tell) -> Dump:
    (folder / COPY_FOLDER).mkdir(parents=True)
    with store.reading() as session:
        connection = session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        revision = current_revision(connection)
        assert revision is not None
        raw = connection.connection.driver_connection
        assert isinstance(raw, psycopg.Connection)
        parts = [Partition(*row) for row in connection.execute(sa.text(_PARTITIONS))]
        columns: dict[str, list[str]] = {}
        for table, column in connection.execute(sa.text(_COLUMNS)):
            columns.setdefault(table, []).append(column)
        tables = []
        for name in _in_order(set(columns) - {part.name for part in parts}):
            tell(f"table {name}")
            rows = _copy_out(raw, name, columns[name], folder / COPY_FOLDER / f"{name}.copy.zst")
            tables.append(Table(name, columns[name], rows))
    return Dump(kind="postgis", revision=revision, tables=tables, partitions=parts)


def _in_order(there: set[str]) -> list[str]:
    """Return our tables, those that others refer to first."""
    return [str(table.name) for table in Base.metadata.sorted_tables if table.name in there]


def _copy_out(raw: psycopg.Connection[Any], table: str, columns: list[str], path: Path) -> int:
    names = ", ".join(f'"{column}"' for column in columns)
    sql = f'COPY (SELECT {names} FROM "{table}") TO STDOUT'  # noqa: S608 - names of our own models
    packer = zstandard.ZstdCompressor(level=3)
    with raw.cursor() as cursor, path.open("wb") as file:
        with packer.stream_writer(file) as out, cursor.copy(sql) as copy:
            for block in copy:
                out.write(block)
        return cursor.rowcount  # known once COPY has ended
