"""The schema's revisions: where a database stands, and moving it up or down."""

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from services.store.errors import NewerSchemaError, StoreError

MIGRATIONS = Path(__file__).parent / "migrations"
# Any constant will do; it keeps two migrations of one PostgreSQL database from running at once.
MIGRATION_LOCK = 715_105_854


def migration_config() -> Config:
    """Return Alembic's configuration; there is no ``alembic.ini``."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return config


def list_revisions() -> list[str]:
    """Return every revision that this program knows, oldest first."""
    script = ScriptDirectory.from_config(migration_config())
    return [entry.revision for entry in script.walk_revisions()][::-1]


def newest_revision() -> str:
    """Return the revision that the code expects."""
    return list_revisions()[-1]


def current_revision(connection: sa.Connection) -> str | None:
    """Return the revision a database stands at, ``None`` if it was never migrated."""
    return MigrationContext.configure(connection).get_current_revision()


def check_revision(name: str, revision: str | None) -> None:
    """Raise ``NewerSchemaError`` if a database stands at a revision that this program does not know."""
    if revision is not None and revision not in (known := list_revisions()):
        raise NewerSchemaError(
            f"database {name} stands at revision {revision}, but this program knows none after {known[-1]}: it was "
            "made by a newer version. Nothing was touched. Start the newer version, or restore an older backup"
        )


def migrate_connection(connection: sa.Connection, name: str, to: str | None = None) -> str:
    """Move a database to a revision within the open transaction and return where it stands.

    Parameters
    ----------
    connection : sqlalchemy.Connection
        The open transaction; all of it or nothing takes place.
    name : str
        The database, for messages.
    to : str, optional
        The revision, or ``"base"`` for the empty database; by default the newest.

    Raises
    ------
    NewerSchemaError
        If the database stands at a revision that is not known here.
    StoreError
        If ``to`` is no revision.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(sa.text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": MIGRATION_LOCK})
    known, now = list_revisions(), current_revision(connection)
    check_revision(name, now)
    to = to or known[-1]
    if to not in (*known, "base"):
        raise StoreError(f"{to!r} is no revision of the schema; there are: base, {', '.join(known)}")
    config = migration_config()
    config.attributes["connection"] = connection
    order = ["base", *known]
    if order.index(to) > order.index(now or "base"):
        command.upgrade(config, to)
    elif to != now:
        command.downgrade(config, to)
    return current_revision(connection) or "base"
