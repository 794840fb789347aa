"""A dumped PostgreSQL database read back, all in one transaction: it is there whole, or as it was before."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import sqlalchemy as sa
import zstandard

from services.store.dump import COPY_FOLDER, Dump, Table
from services.store.engine import Store
from services.store.errors import StoreError
from services.store.schema import check_revision, current_revision, migrate_connection

CHUNK = 1 << 20


def load_postgis(store: Store, folder: Path, dump: Dump, tell: Callable[[str], None], *, replace: bool) -> str:
    """Read a dump into a database and bring it to the newest schema.

    Parameters
    ----------
    store : Store
        Where to; PostgreSQL with PostGIS.
    folder : Path
        The backup.
    dump : Dump
        What its manifest says of the database.
    tell : Callable
        Is told each step.
    replace : bool
        Whether what is in the database may go.

    Returns
    -------
    str
        The revision it stands at now.

    Raises
    ------
    StoreError
        If there is something and ``replace`` is not set, or a file does not have the rows of its manifest.
    """
    check_revision(f"in {folder}", dump.revision)
    with store.migrating() as connection:
        if current_revision(connection) is not None:
            if not replace:
                raise StoreError(f"database {store.name} is not empty")
            tell("what was in the database goes")
            migrate_connection(connection, store.name, "base")
        migrate_connection(connection, store.name, dump.revision)
        _add_partitions(connection, dump)
        raw = connection.connection.driver_connection
        assert isinstance(raw, psycopg.Connection)
        for table in dump.tables:
            tell(f"table {table.name}: {table.rows:,} rows")
            _fill(raw, table, folder / COPY_FOLDER / f"{table.name}.copy.zst")
        return migrate_connection(connection, store.name)


def _add_partitions(connection: sa.Connection, dump: Dump) -> None:
    there = set(sa.inspect(connection).get_table_names())
    for part in dump.partitions:
        if part.name not in there:
            connection.execute(sa.text(f'CREATE TABLE "{part.name}" PARTITION OF "{part.table}" {part.bound}'))


def _fill(raw: psycopg.Connection[Any], table: Table, path: Path) -> None:
    names = ", ".join(f'"{column}"' for column in table.columns)
    with raw.cursor() as cursor:
        cursor.execute(f'ALTER TABLE "{table.name}" DISABLE TRIGGER USER')  # the audit's refuse any change
        cursor.execute(f'DELETE FROM "{table.name}"')  # noqa: S608 - what a migration put in
        with (
            path.open("rb") as file,
            zstandard.ZstdDecompressor().stream_reader(file) as data,
            cursor.copy(f'COPY "{table.name}" ({names}) FROM STDIN') as copy,
        ):
            while block := data.read(CHUNK):
                copy.write(block)
        if cursor.rowcount != table.rows:
            raise StoreError(f"{path}: {cursor.rowcount} rows instead of {table.rows}")
        cursor.execute(f'ALTER TABLE "{table.name}" ENABLE TRIGGER USER')
        for column in table.columns:
            cursor.execute("SELECT pg_get_serial_sequence(%s, %s)", (table.name, column))
            (sequence,) = cursor.fetchone() or (None,)
            if sequence is not None:
                largest = f'SELECT max("{column}") FROM "{table.name}"'  # noqa: S608
                cursor.execute(f"SELECT setval(%s, coalesce(({largest}), 0) + 1, false)", (sequence,))
