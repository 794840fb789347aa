"""One database, SQLite or PostGIS: its connections, its transactions, its schema."""

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Self

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import event
from sqlalchemy.orm import Session

from services.store import spatial
from services.store.errors import StoreError

__all__ = ["Session", "Store", "migration_config", "newest_revision", "open_store"]

MIGRATIONS = Path(__file__).parent / "migrations"
BUSY_TIMEOUT_S = 30.0
# Any constant will do; it keeps two migrations of one PostgreSQL database from running at once.
MIGRATION_LOCK = 715_105_854


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
        with self._connected(), Session(self.engine, expire_on_commit=False) as session, session.begin():
            yield session

    @contextlib.contextmanager
    def reading(self) -> Iterator[Session]:
        """Give a session that only reads one consistent state and holds up no writer."""
        reader = self.engine.execution_options(hanoi_reading=True, postgresql_readonly=True)
        with self._connected(), Session(reader, expire_on_commit=False) as session, session.begin():
            yield session

    def migrate(self) -> str:
        """Bring the schema to the newest revision and return its name; may be called by several at once."""
        with self._connected(), self.engine.begin() as connection:
            if self.is_postgis:
                connection.execute(sa.text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": MIGRATION_LOCK})
            config = migration_config()
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            revision = MigrationContext.configure(connection).get_current_revision()
        assert revision is not None
        return revision

    def find_revision(self) -> str | None:
        """Return the revision the schema stands at, ``None`` if it was never migrated."""
        with self._connected(), self.engine.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision()

    @contextlib.contextmanager
    def _connected(self) -> Iterator[None]:
        try:
            yield
        except sa.exc.OperationalError as error:
            raise StoreError(f"database {self.name}: {_mend(str(error.orig))}") from error
        except sa.exc.DatabaseError as error:
            if "does not exist" in str(error.orig) or "not a database" in str(error.orig):
                raise StoreError(f"database {self.name}: {_mend(str(error.orig))}") from error
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


def _mend(problem: str) -> str:
    first = problem.strip().splitlines()[0] if problem.strip() else "no reason given"
    if "no such table" in problem or "does not exist" in problem:
        return f"{first}; run `hanoi store migrate`"
    if "refused" in problem or "could not connect" in problem or "connection failed" in problem:
        return f"{first}; is PostgreSQL running (make postgis) and DATABASE_URL right?"
    return first


def migration_config() -> Config:
    """Return Alembic's configuration; there is no ``alembic.ini``."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return config


def newest_revision() -> str:
    """Return the revision that the code expects."""
    head = ScriptDirectory.from_config(migration_config()).get_current_head()
    assert head is not None
    return head


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
    return sa.create_engine(address.set(drivername="postgresql+psycopg"), pool_pre_ping=True)


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
    for pragma in ("journal_mode = WAL", "synchronous = NORMAL", "foreign_keys = ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Any) -> None:
    reading = connection.get_execution_options().get("hanoi_reading", False)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")
