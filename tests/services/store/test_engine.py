"""A store says what is wrong with its address, and `hanoi store migrate` what it did."""

from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from click.testing import CliRunner

from services.cli import main
from services.store import desk_models
from services.store.engine import newest_revision, open_store
from services.store.errors import StoreError
from services.store.models import Base


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
