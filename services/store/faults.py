"""The errors of the two databases, told apart: come again later, make room, or mend something."""

import sqlite3

import psycopg
import sqlalchemy as sa

from services.store.errors import NewerSchemaError, StoreError, StoreFullError, StoreUnavailableError
from services.store.metrics import ERRORS

# Classes of SQLSTATE after which the same transaction may succeed: connection, rollback by the server
# (deadlock), resources, operator (shutting down, starting up) and locks.
LATER = ("08", "40", "53", "57", "55P03")
DISK_FULL = "53100"
# SQLite's words; it has codes too, but Python 3.11 gives them only for its own errors.
LATER_WORDS = ("locked", "busy", "unable to open")
FULL_WORDS = ("full", "disk i/o error")
MISSING_WORDS = ("no such table", "does not exist", "not a database", "malformed")


def store_error(name: str, error: sa.exc.DBAPIError | psycopg.Error) -> StoreError | None:
    """Return the error to raise in place of the driver's, ``None`` where it is a fault of the program.

    Parameters
    ----------
    name : str
        The database, without its password.
    error : sqlalchemy.exc.DBAPIError or psycopg.Error
        What the driver said.
    """
    cause = error.orig if isinstance(error, sa.exc.DBAPIError) else error
    said = str(cause).strip()
    kind = _kind(cause, said.lower())
    return None if kind is None else kind(f"database {name}: {_mend(said)}")


def _kind(cause: BaseException | None, said: str) -> type[StoreError] | None:
    if isinstance(cause, psycopg.Error):
        state = cause.sqlstate or ""
        if state == DISK_FULL:
            return StoreFullError
        if state.startswith(LATER) or (not state and isinstance(cause, psycopg.OperationalError)):
            return StoreUnavailableError
    elif isinstance(cause, sqlite3.OperationalError):
        if any(word in said for word in FULL_WORDS):
            return StoreFullError
        if any(word in said for word in LATER_WORDS):
            return StoreUnavailableError
        return StoreError
    return StoreError if any(word in said for word in MISSING_WORDS) else None


def _mend(said: str) -> str:
    first = said.splitlines()[0] if said else "no reason given"
    if "no such table" in said or "does not exist" in said:
        return f"{first}; run `hanoi store migrate`"
    if "refused" in said or "could not connect" in said or "connection failed" in said:
        return f"{first}; is PostgreSQL running (make postgis) and DATABASE_URL right?"
    if any(word in said.lower() for word in ("full", "no space", "disk i/o")):
        return f"{first}; make room on its disk, or let old rows go with `hanoi store prune`"
    if "malformed" in said:
        return f"{first}; restore it with `hanoi backup restore`"
    return first


def count_error(error: BaseException) -> None:
    """Count one failed transaction by its kind."""
    kinds = ((StoreFullError, "full"), (StoreUnavailableError, "unavailable"), (NewerSchemaError, "newer_schema"))
    ERRORS.labels(next((name for kind, name in kinds if isinstance(error, kind)), "other")).inc()
