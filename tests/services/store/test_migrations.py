"""Every revision goes up and down with rows in the tables, on SQLite and on PostGIS, and loses none."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
import sqlalchemy as sa

from services.archive.pipeline import WRITERS
from services.store.engine import Store, open_store
from services.store.errors import StoreError
from services.store.partitions import DAY_MS
from services.store.positions import record_positions
from services.store.schema import list_revisions
from tests.contract import messages
from tests.contract.messages import NOON_MS
from tests.contract.test_archive import MESSAGES
from tests.data import ROOT

Rows = dict[str, list[str]]
# What earlier revisions have no column for goes on the way down, and a place is no text.
LEFT_OUT = {"geom", "stopped", "error_s", "watched_s", "model_sha256"}


@pytest.fixture(params=["sqlite", pytest.param("postgis", marks=pytest.mark.postgis)])
def filled(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    """A store of the newest schema with rows in every table that the archive writes, on several days."""
    make: Callable[..., str] = request.getfixturevalue("new_postgis_url") if request.param == "postgis" else str
    url = make("migrated") if request.param == "postgis" else f"sqlite:///{tmp_path / 'store.sqlite'}"
    store = open_store(url)
    store.migrate()
    with store.transaction() as session:
        for topic, write in WRITERS.items():
            write(session, MESSAGES[topic])
        days = [0, 1, 2, 33, 400, 9_000]
        record_positions(session, [messages.position("v", NOON_MS - age * DAY_MS) for age in days])
        WRITERS["bus.predictions"](session, [messages.prediction(NOON_MS - age * DAY_MS) for age in days])
        calls = [msgspec.structs.replace(messages.stop_event(), start_date=d) for d in ("20240229", "20261122", "odd")]
        WRITERS["bus.stop-events"](session, calls)
        session.execute(sa.text("INSERT INTO outbox (topic, key, value, created_ms) VALUES ('t', 'k', 'v', 1)"))
    return store


def rows_of(store: Store) -> Rows:
    """Return every row of every table as text, sorted; partitions stand in their table."""
    with store.reading() as session:
        names = sa.inspect(session.connection()).get_table_names()
        if store.is_postgis:
            parts = session.execute(sa.text("SELECT inhrelid::regclass::text FROM pg_inherits")).scalars()
            names = sorted({*names} - {*parts, "spatial_ref_sys"})
        found: Rows = {}
        for name in names:
            if name != "alembic_version":
                found[name] = sorted(
                    str(sorted((key, value) for key, value in row.items() if key not in LEFT_OUT))
                    for row in session.execute(sa.text(f"SELECT * FROM {name}")).mappings()
                )
        return found


def test_each_revision_goes_down_and_up_and_keeps_the_rows(filled: Store) -> None:
    with filled as store:
        before = rows_of(store)
        assert len(before["bus_position"]) == 11
        for revision in list_revisions()[-2::-1]:
            assert store.migrate(revision) == revision
            lower = rows_of(store)
            assert lower == {table: before[table] for table in lower}
            assert store.migrate() == list_revisions()[-1]
            again = rows_of(store)
            assert {table: again[table] for table in lower} == lower
            assert again.keys() == before.keys()


def test_a_schema_goes_down_to_nothing_and_a_wrong_name_is_told(filled: Store) -> None:
    with filled as store:
        with pytest.raises(StoreError, match=r"'0042_x' is no revision.*0001_backbone"):
            store.migrate("0042_x")
        assert store.migrate("base") == "base"
        assert rows_of(store).keys() <= {"alembic_version"}


def test_several_processes_bring_an_old_database_with_rows_up_at_once(filled: Store) -> None:
    with filled as store:
        before = rows_of(store)
        store.migrate("0002_desk")
        url = store.engine.url.render_as_string(hide_password=False)
        program = f"from services.store.engine import open_store; print(open_store({url!r}).migrate())"
        processes = [
            subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE, text=True)
            for _ in range(2)
        ]
        said = [process.communicate(timeout=120)[0].strip() for process in processes]
        assert said == [list_revisions()[-1]] * 2
        assert rows_of(store) == before
