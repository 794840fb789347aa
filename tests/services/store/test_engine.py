"""A store says what is wrong with its address, and `hanoi store migrate` what it did."""

import json
import sqlite3
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from click.testing import CliRunner, Result

from services.cli import main
from services.store import desk_models
from services.store.engine import newest_revision, open_store
from services.store.errors import StoreError
from services.store.models import Base
from services.store.partitions import DAY_MS
from services.store.positions import list_trail, record_positions
from services.store.retention import give_back, keep_below, used_bytes
from tests.contract import messages
from tests.contract.messages import NOON_MS


@pytest.mark.parametrize("url", ["", "nonsense", "sqlite://", "mysql://a@b/c", "kafka://x:1"])
def test_an_address_of_no_known_kind_is_refused(url: str) -> None:
    with pytest.raises(StoreError, match="DATABASE_URL"):
        open_store(url)


def test_a_password_is_never_shown() -> None:
    with open_store("postgresql+psycopg://hanoi:secret@127.0.0.1:9/x") as store:
        assert "secret" not in store.name
        with pytest.raises(StoreError, match="make postgis") as caught:
            store.migrate()
    assert "secret" not in str(caught.value)


def test_a_password_is_not_shown_in_a_refused_address_either() -> None:
    with pytest.raises(StoreError) as caught:
        open_store("mysql://hanoi:secret@127.0.0.1/x")
    assert "secret" not in str(caught.value)


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    path = tmp_path / "broken.sqlite"
    path.write_bytes(b"not a database" * 100)
    with open_store(f"sqlite:///{path}") as store, pytest.raises(StoreError, match=r"broken\.sqlite"):
        store.migrate()


def test_the_models_are_what_the_migrations_make(tmp_path: Path) -> None:
    assert desk_models.Base is Base
    with open_store(f"sqlite:///{tmp_path / 'store.sqlite'}") as store:
        store.migrate()
        with store.reading() as session:
            found = sa.inspect(session.connection())
            made = {name: {column["name"] for column in found.get_columns(name)} for name in found.get_table_names()}
            del made["alembic_version"]
            # Generated columns are hidden from SQLite's plain list.
            wanted = {
                table.name: {column.name for column in table.columns if column.computed is None}
                for table in Base.metadata.sorted_tables
            }
            assert {name: columns - {"geom"} for name, columns in made.items()} == wanted


@pytest.mark.postgis
def test_the_models_are_what_the_migrations_make_on_postgis(postgis_url: str) -> None:
    with open_store(postgis_url) as store:
        store.migrate()
        with store.engine.connect() as connection:
            context = MigrationContext.configure(
                connection, opts={"include_object": lambda item, name, kind, *_: kind in {"table", "column"}}
            )
            differences = [
                change
                for change in compare_metadata(context, Base.metadata)
                if isinstance(change, tuple) and change[0] in {"add_table", "add_column", "remove_column"}
            ]
    assert differences == []


def test_migrate_says_what_it_did(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'store.sqlite'}")
    first = CliRunner().invoke(main, ["store", "migrate"])
    assert first.output.endswith(f"store.sqlite: empty → {newest_revision()}\n")
    again = CliRunner().invoke(main, ["store", "migrate"])
    assert again.output.endswith(f"already at {newest_revision()}\n")


def test_migrate_tells_why_it_could_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "mysql://x")
    done = CliRunner().invoke(main, ["store", "migrate"])
    assert done.exit_code == 1
    assert "neither sqlite" in done.output


def invoke(*words: str) -> Result:
    return CliRunner().invoke(main, ["store", *words])


@pytest.fixture(params=["sqlite", pytest.param("postgis", marks=pytest.mark.postgis)])
def filled(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Address of a store with a few positions, which the commands find."""
    url = f"sqlite:///{tmp_path / 'store.sqlite'}"
    if request.param == "postgis":
        url = str(request.getfixturevalue("migrated_postgis_url"))
    monkeypatch.setenv("DATABASE_URL", url)
    with open_store(url) as store:
        store.migrate()
        with store.transaction() as session:
            record_positions(session, [messages.position("v", NOON_MS - age * DAY_MS) for age in (0, 1, 2, 90)])
    return url


def test_status_shows_tables_with_their_oldest_and_newest_row(filled: str) -> None:
    said = invoke("status", "--partitions")
    assert said.exit_code == 0, said.output
    (line,) = [line for line in said.output.splitlines() if line.startswith("bus_position ")]
    assert line.split()[-4:] == ["2026-08-24", "00:00", "2026-11-22", "00:00"]
    assert ("bus_position_d20261122" in said.output) == filled.startswith("postgresql")
    told = json.loads(invoke("status", "--json").output)
    assert told["revision"] == newest_revision()
    assert told["size_bytes"] > 10_000


def test_prune_says_what_went(filled: str) -> None:
    said = invoke("prune", "--days", "bus_position=1")
    assert said.exit_code == 0, said.output
    assert "bus_position: 2 " in said.output
    assert invoke("prune", "--days", "bus_position=0").exit_code == 2
    with open_store(filled) as store, store.reading() as session:
        assert len(list_trail(session, "v", 0, NOON_MS)) == 2


def test_a_file_is_written_anew_without_gaps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "store.sqlite"
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{path}")
    sqlite3.connect(path).execute("CREATE TABLE made_before_incremental_vacuum (x)").connection.close()
    assert invoke("migrate").exit_code == 0
    assert invoke("prune", "--compact").exit_code == 0
    assert sqlite3.connect(path).execute("PRAGMA auto_vacuum").fetchone() == (2,)


def test_going_down_asks_first(filled: str) -> None:
    asked = CliRunner().invoke(main, ["store", "migrate", "--to", "0003_brin"], input="n\n")
    assert (asked.exit_code, "Go on?" in asked.output) == (1, True)
    assert "→ 0003_brin" in invoke("migrate", "--to", "0003_brin", "--yes").output


def test_a_newer_database_is_neither_pruned_nor_migrated(filled: str) -> None:
    with open_store(filled) as store, store.transaction() as session:
        session.execute(sa.text("UPDATE alembic_version SET version_num = '9999_x'"))
    for words in (["prune"], ["migrate"]):
        said = invoke(*words)
        assert (said.exit_code, "newer version" in said.output) == (1, True)


def test_sqlite_gives_pages_back_and_stays_below_its_limit(tmp_path: Path) -> None:
    with open_store(f"sqlite:///{tmp_path / 'store.sqlite'}") as store:
        store.migrate()
        for day in range(20):
            with store.transaction() as session:
                lot = [messages.position(f"v{n}", NOON_MS - day * DAY_MS) for n in range(500)]
                record_positions(session, lot)
        whole, file_bytes = used_bytes(store), (tmp_path / "store.sqlite").stat().st_size
        assert keep_below(store, NOON_MS, whole) == {}
        assert keep_below(store, NOON_MS, whole * 7 // 10) == {"bus_position": 12 * 500}
        assert used_bytes(store) <= whole * 7 // 10
        give_back(store)
    assert (tmp_path / "store.sqlite").stat().st_size < file_bytes * 0.8
