"""The drivers' errors are told apart: come again later, make room, or mend something."""

import sqlite3
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa
from prometheus_client import REGISTRY

from services.store.engine import Store, open_store
from services.store.errors import StaleBatchError, StoreError, StoreFullError, StoreUnavailableError
from services.store.faults import store_error
from services.store.offsets import advance_offsets
from services.store.positions import record_positions
from tests.contract import messages
from tests.contract.messages import NOON_MS


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (psycopg.errors.DiskFull("could not extend file: No space left on device"), StoreFullError),
        (psycopg.errors.AdminShutdown("terminating connection"), StoreUnavailableError),
        (psycopg.errors.DeadlockDetected("deadlock detected"), StoreUnavailableError),
        (psycopg.errors.TooManyConnections("sorry, too many clients already"), StoreUnavailableError),
        (psycopg.errors.CannotConnectNow("the database system is starting up"), StoreUnavailableError),
        (psycopg.OperationalError("connection failed: Connection refused"), StoreUnavailableError),
        (psycopg.errors.UndefinedTable('relation "x" does not exist'), StoreError),
        (sqlite3.OperationalError("database or disk is full"), StoreFullError),
        (sqlite3.OperationalError("database is locked"), StoreUnavailableError),
        (sqlite3.DatabaseError("file is not a database"), StoreError),
        (sqlite3.DatabaseError("database disk image is malformed"), StoreError),
    ],
)
def test_each_fault_has_its_kind(error: Exception, kind: type[StoreError]) -> None:
    ours = store_error("db", sa.exc.DBAPIError("SELECT 1", {}, error))
    assert type(ours) is kind
    assert str(ours).startswith("database db: ")


@pytest.mark.parametrize(
    "error", [psycopg.errors.UniqueViolation("duplicate key"), sqlite3.IntegrityError("UNIQUE constraint failed")]
)
def test_a_fault_of_the_program_is_not_the_databases(error: Exception) -> None:
    assert store_error("db", sa.exc.DBAPIError("INSERT", {}, error)) is None


def test_a_server_that_is_away_is_waited_for_and_counted() -> None:
    counted = "hanoi_store_errors_total", {"kind": "unavailable"}
    before = REGISTRY.get_sample_value(*counted) or 0.0
    with (
        open_store("postgresql+psycopg://a@127.0.0.1:9/x") as store,
        pytest.raises(StoreUnavailableError, match="make postgis"),
        store.transaction() as session,
    ):
        session.execute(sa.text("SELECT 1"))
    assert REGISTRY.get_sample_value(*counted) == before + 1


def _fill(store: Store) -> None:
    with store.transaction() as session:
        session.execute(sa.text("CREATE TABLE t (x BLOB)"))
        for _ in range(200):
            session.execute(sa.text("INSERT INTO t VALUES (randomblob(4096))"))


def test_a_full_disk_takes_nothing_and_is_survived(tmp_path: Path) -> None:
    with open_store(f"sqlite:///{tmp_path / 'store.sqlite'}") as store:
        store.migrate()
        sa.event.listen(
            store.engine, "begin", lambda connection: connection.exec_driver_sql("PRAGMA max_page_count = 100")
        )
        with pytest.raises(StoreFullError, match="make room"):
            _fill(store)
        sa.event.listen(
            store.engine, "begin", lambda connection: connection.exec_driver_sql("PRAGMA max_page_count = 99999")
        )
        _fill(store)
        with store.reading() as session:
            assert session.scalar(sa.text("SELECT count(*) FROM t")) == 200


@pytest.mark.postgis
def test_a_server_that_goes_away_and_comes_back_is_written_by_the_same_store(
    migrated_postgis_url: str, postgis_server: str
) -> None:
    """The connection dies in the middle of a batch, none is let in for a while, then the same batch is written once."""
    lot = [messages.position(f"v{n}", NOON_MS) for n in range(200)]
    name = sa.make_url(migrated_postgis_url).database
    admin = psycopg.connect(postgis_server.replace("+psycopg", ""), autocommit=True)

    def write(store: Store, *, cut: bool = False) -> None:
        with store.transaction() as session:
            advance_offsets(session, "g", {("bus.positions", 0): (0, 200)})
            record_positions(session, lot)
            if cut:
                admin.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
                admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,))

    with admin, open_store(migrated_postgis_url) as store:
        with pytest.raises(StoreUnavailableError):
            write(store, cut=True)
        for _ in range(2):
            with pytest.raises(StoreUnavailableError):
                write(store)
        admin.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
        write(store)
        with pytest.raises(StaleBatchError):
            write(store)
        with store.reading() as session:
            assert session.scalar(sa.text("SELECT count(*) FROM bus_position")) == 200
