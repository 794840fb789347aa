"""COPY into PostgreSQL: straight into the table while keys are new, by way of a stage where they are not.

The rows of a batch are nearly always new, because the offset row of their transaction says
so; then COPY costs what raw COPY costs. After a replay from before the offset row, or when a
producer died and said things twice, some keys are there already: COPY then fails as a whole, a
savepoint takes it back, and the rows go through a temporary table and ``ON CONFLICT``.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
import sqlalchemy as sa

Row = tuple[Any, ...]
SAVEPOINT = "straight"


@dataclass(frozen=True)
class Target:
    """Where rows go, with the names and PostgreSQL's types of the columns.

    ``straight`` is the table or the one partition to try without the stage; ``None`` where keys are mostly there.
    """

    table: str
    names: Sequence[str]
    types: Sequence[str]
    straight: str | None = None

    @property
    def columns(self) -> str:
        """The names as SQL."""
        return ", ".join(self.names)


def copy_type(kind: sa.types.TypeEngine[Any]) -> str:
    """Return PostgreSQL's name of a column's type, for binary COPY."""
    if isinstance(kind, sa.BigInteger):
        return "int8"
    if isinstance(kind, sa.Integer):
        return "int4"
    if isinstance(kind, sa.Float):
        return "float8"
    if isinstance(kind, sa.Boolean):
        return "bool"
    assert isinstance(kind, sa.String), f"{kind} has no binary form here"
    return "text" if isinstance(kind, sa.Text) else "varchar"


def copy_rows(connection: sa.Connection, target: Target, rows: Callable[[], Iterable[Row]], conflict: str) -> None:
    """Write rows of different keys.

    Parameters
    ----------
    connection : sqlalchemy.Connection
        The open transaction, of psycopg.
    target : Target
        Where.
    rows : Callable
        Gives the values in the order of the target's names; asked a second time if keys were there already.
    conflict : str
        The ``ON CONFLICT`` clause for keys that are there already.
    """
    raw = connection.connection.driver_connection
    assert isinstance(raw, psycopg.Connection)
    if target.straight is None or not _copy_straight(raw, target.straight, target, rows()):
        _copy_staged(raw, target, rows(), conflict)


def _copy_straight(raw: psycopg.Connection[Any], table: str, target: Target, rows: Iterable[Row]) -> bool:
    raw.execute(f"SAVEPOINT {SAVEPOINT}")
    try:
        copy_binary(raw, table, target, rows)
    except psycopg.errors.UniqueViolation:
        raw.execute(f"ROLLBACK TO {SAVEPOINT}")
        return False
    raw.execute(f"RELEASE {SAVEPOINT}")
    return True


def _copy_staged(raw: psycopg.Connection[Any], target: Target, rows: Iterable[Row], conflict: str) -> None:
    stage = f"stage_{target.table}"
    empty = f"SELECT {target.columns} FROM {target.table} WHERE false"  # noqa: S608 - names of our own models
    raw.execute(f"CREATE TEMP TABLE IF NOT EXISTS {stage} ON COMMIT DELETE ROWS AS {empty}")
    raw.execute(f"DELETE FROM {stage}")  # noqa: S608 - what this transaction staged before
    copy_binary(raw, stage, target, rows)
    raw.execute(
        f"INSERT INTO {target.table} ({target.columns}) SELECT {target.columns} FROM {stage} {conflict}"  # noqa: S608
    )


def copy_binary(raw: psycopg.Connection[Any], table: str, target: Target, rows: Iterable[Row]) -> None:
    """COPY rows into a table that has the target's columns, in PostgreSQL's binary form."""
    with raw.cursor().copy(f"COPY {table} ({target.columns}) FROM STDIN (FORMAT binary)") as copy:
        copy.set_types(target.types)
        for row in rows:
            copy.write_row(row)
