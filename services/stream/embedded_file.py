"""The SQLite files of the embedded log: opening, making, and what SQLite's complaints mean.

A file says in ``user_version`` which form it has; an older one is brought up to date when it is opened, a newer one
is left alone. A commit survives the death of the process at any moment; only a power cut may take
back the last ones (``synchronous = NORMAL``), never tear one.
"""

import contextlib
import fcntl
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from services.stream.errors import StreamError

BUSY_TIMEOUT_S = 60.0
WAL_LIMIT_BYTES = 16 * 1024 * 1024
# Of pages that each connection keeps. A log is written at its end and read in order, so SQLite's own two MiB bring no
# speed; they fill as the file grows and a process holds dozens of them: its memory would seem to leak for an hour.
CACHE_KIB = 256
VERSION = 2
_DAMAGED = ("malformed", "not a database", "disk I/O error")


def connect(path: Path) -> sqlite3.Connection:
    """Open a file of the log; transactions are begun by us."""
    try:
        connection = sqlite3.connect(path, timeout=BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False)
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
        connection.execute(f"PRAGMA journal_size_limit = {WAL_LIMIT_BYTES}")
    except sqlite3.Error as error:
        raise explained(path, "opened", error) from error
    return connection


def explained(path: Path, doing: str, error: sqlite3.Error) -> StreamError:
    """Return what SQLite said with how to mend it."""
    said = str(error)
    if any(word in said for word in _DAMAGED):
        mend = "; it is damaged: stop the services and run `hanoi stream mend`, which keeps all that can be read"
    elif "full" in said:
        mend = "; make room, everything goes on by itself then"
    else:
        mend = ""
    return StreamError(f"{path} cannot be {doing}: {said}{mend}")


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Turn what SQLite says about a file into ``StreamError``."""
    try:
        yield
    except sqlite3.Error as error:
        raise explained(path, "read", error) from error


@contextmanager
def writing(connection: sqlite3.Connection, path: Path) -> Iterator[None]:
    """Hold the write lock of one file; all or nothing."""
    try:
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            connection.execute("COMMIT")
        except BaseException:
            # SQLite may have taken it back already, as it does when the disk is full.
            if connection.in_transaction:
                with contextlib.suppress(sqlite3.Error):
                    connection.execute("ROLLBACK")
            raise
    except sqlite3.Error as error:
        raise explained(path, "written", error) from error


def check_version(connection: sqlite3.Connection, path: Path) -> int:
    """Return the form of a file; ``StreamError`` if it is one that we do not know yet."""
    with reading(path):
        version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    if version > VERSION:
        raise StreamError(
            f"{path} was made by a newer version (form {version}, this one knows {VERSION}); "
            "upgrade, or name another folder in STREAM_URL"
        )
    return version


def is_current(path: Path) -> bool:
    """Whether a file is there, made to the end and of the present form; ``StreamError`` if it is of a newer one."""
    if not path.exists():
        return False
    with contextlib.closing(connect(path)) as connection:
        return check_version(connection, path) == VERSION


def create_file(
    path: Path, statements: Sequence[str], mend: Callable[[sqlite3.Connection], None] | None = None
) -> None:
    """Make a file in WAL mode with its tables, ``mend`` one of an older form; several processes may try at once."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with (path.parent / ".create.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        connection = connect(path)
        try:
            check_version(connection, path)
            connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
            connection.execute("PRAGMA journal_mode = WAL")
            with writing(connection, path):
                for statement in statements:
                    connection.execute(statement)
                if mend is not None:
                    mend(connection)
                connection.execute(f"PRAGMA user_version = {VERSION}")
        except sqlite3.Error as error:
            raise explained(path, "made", error) from error
        finally:
            connection.close()
