"""One database, SQLite or PostGIS: its connections, its transactions, its schema."""

import contextlib
import sqlite3
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Self

import psycopg
import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import Session

from services.store import spatial
from services.store.errors import NewerSchemaError, StoreError
from services.store.faults import count_error, store_error
from services.store.metrics import WRITE_S
from services.store.schema import current_revision, migrate_connection, newest_revision

__all__ = ["Session", "Store", "newest_revision", "open_store"]

BUSY_TIMEOUT_S = 30.0
# Alembic keeps its context for the whole process, so the threads of one process migrate one after the other.
_MIGRATING = threading.Lock()
# A server that went away without a word is noticed after these.
POSTGIS_CONNECT: dict[str, Any] = {
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,
}


class Store:
    """A database that was opened; made by `open_store`.

    Parameters
    ----------
    engine : sqlalchemy.Engine
        Where to connect.
    """

    def __init__(self, engine: sa.Engine) -> None:
        self.engine = engine

    @property
    def is_postgis(self) -> bool:
        """Whether this is PostgreSQL with PostGIS, and not SQLite."""
        return self.engine.dialect.name == "postgresql"

    @property
    def name(self) -> str:
        """The address, without a password, for messages."""
        return self.engine.url.render_as_string(hide_password=True)

    @contextlib.contextmanager
    def transaction(self) -> Iterator[Session]:
        """Give a session that may write; one commit at the end, nothing at all on an error.

        On SQLite the write lock is taken at the start, so that a transaction that
        begins by reading can never fail half-way because another one wrote.
        """
        begun_s = time.perf_counter()
        with self._connected(), Session(self.engine, expire_on_commit=False) as session, session.begin():
            yield session
        WRITE_S.observe(time.perf_counter() - begun_s)

    @contextlib.contextmanager
    def reading(self) -> Iterator[Session]:
        """Give a session that only reads one consistent state and holds up no writer."""
        reader = self.engine.execution_options(hanoi_reading=True, postgresql_readonly=True)
        with self._connected(), Session(reader, expire_on_commit=False) as session, session.begin():
            yield session

    def migrate(self, to: str | None = None) -> str:
        """Move the schema to a revision, by default the newest, and return it; may be called by several at once."""
        with self.migrating() as connection:
            return migrate_connection(connection, self.name, to)

    @contextlib.contextmanager
    def migrating(self) -> Iterator[sa.Connection]:
        """Give a connection whose transaction may change the schema; nobody else's does meanwhile."""
        with _MIGRATING, self._connected(), self.engine.begin() as connection:
            yield connection

    def find_revision(self) -> str | None:
        """Return the revision the schema stands at, ``None`` if it was never migrated."""
        with self._connected(), self.engine.connect() as connection:
            return current_revision(connection)

    @contextlib.contextmanager
    def _connected(self) -> Iterator[None]:
        try:
            yield
        except (sa.exc.DBAPIError, psycopg.Error) as error:
            ours = store_error(self.name, error)
            count_error(ours or error)
            if ours is None:
                raise
            raise ours from error
        except NewerSchemaError as error:
            count_error(error)
            raise

    def close(self) -> None:
        """Let go of every connection."""
        self.engine.dispose()

    def __enter__(self) -> Self:
        """Return the store itself."""
        return self

    def __exit__(self, *exc: object) -> None:
        """Close."""
        self.close()


def open_store(url: str) -> Store:
    """Open a database.

    Parameters
    ----------
    url : str
        ``sqlite:///FILE`` or ``postgresql+psycopg://USER@HOST:PORT/NAME``.

    Returns
    -------
    Store
        The store; nothing was read or written yet.

    Raises
    ------
    StoreError
        If the address is not one of the two kinds.
    """
    try:
        address = sa.make_url(url)
    except sa.exc.ArgumentError as error:
        raise StoreError(f"DATABASE_URL {url!r} cannot be read: {error}") from error
    if address.drivername in {"postgresql", "postgresql+psycopg"}:
        return Store(_postgis_engine(address))
    if address.drivername == "sqlite" and address.database:
        return Store(_sqlite_engine(address))
    raise StoreError(
        f"DATABASE_URL {address.render_as_string()!r} is neither sqlite:///FILE "
        "nor postgresql+psycopg://USER@HOST:PORT/NAME"
    )


def _postgis_engine(address: sa.URL) -> sa.Engine:
    return sa.create_engine(
        address.set(drivername="postgresql+psycopg"), pool_pre_ping=True, connect_args=POSTGIS_CONNECT
    )


def _sqlite_engine(address: sa.URL) -> sa.Engine:
    assert address.database is not None
    Path(address.database).parent.mkdir(parents=True, exist_ok=True)
    engine = sa.create_engine(address, connect_args={"timeout": BUSY_TIMEOUT_S})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: sqlite3.Connection, record: object) -> None:
    del record
    connection.isolation_level = None  # we say BEGIN ourselves: pysqlite's own is too late for reads and DDL
    spatial.register(connection)
    for pragma in ("auto_vacuum = INCREMENTAL", "journal_mode = WAL", "synchronous = NORMAL", "foreign_keys = ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Any) -> None:
    reading = connection.get_execution_options().get("hanoi_reading", False)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")
