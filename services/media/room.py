"""How much the media store holds, and making room: the oldest files that nobody holds go first.

A hold is an empty file ``.holds/PATH/WHO``, so that every process sees it, whatever the place is.
"""

import threading
from dataclasses import dataclass

import structlog

from services.media.errors import MediaFullError
from services.media.files import Entry, Files
from services.media.metrics import HELD_BYTES, LIMIT_BYTES, REFUSED, USED_BYTES

HOLDS = ".holds/"
# The chains of evidence, its time-stamps and what waits for one: small, and never to go.
SEALS = ".seals/"
# After making room so much is free; and after so much was written all is counted anew, for others write too.
SLACK = 0.05
_log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Count:
    """What a look at all files found; ``free`` are those not on hold, oldest first."""

    used: int
    held: int
    free: list[Entry]


def count_files(files: Files) -> Count:
    """Look at all files and all holds."""
    kept = list(files.entries())
    holds = {entry.path.removeprefix(HOLDS).rpartition("/")[0] for entry in kept if entry.path.startswith(HOLDS)}
    mine = [entry for entry in kept if not entry.path.startswith(HOLDS)]
    stays = {entry.path for entry in mine if entry.path in holds or entry.path.startswith(SEALS)}
    free = sorted((entry for entry in mine if entry.path not in stays), key=lambda entry: entry.written_s)
    used = sum(entry.size for entry in mine)
    return Count(used, used - sum(entry.size for entry in free), free)


class Room:
    """The limit of one media store, shared by the threads of a process.

    Parameters
    ----------
    files : Files
        Where the files lie.
    limit_bytes : int, optional
        What they may take together; no limit by default.
    """

    def __init__(self, files: Files, limit_bytes: int | None) -> None:
        self._files, self._limit = files, limit_bytes
        self._used = self._written = 0
        self._is_counted = False
        self._lock = threading.Lock()
        LIMIT_BYTES.set(limit_bytes or 0)

    def make(self, size: int, name: str) -> None:
        """See that there is room below the limit, and note that it is taken.

        Raises
        ------
        MediaFullError
            If the file is larger than the limit, or what could go is all on hold.
        """
        if self._limit is None:
            return
        with self._lock:
            if size > self._limit:
                raise _refuse("size", f"{name} has {size} bytes, more than the limit of {self._limit}")
            stale = self._written > self._limit * SLACK
            if not self._is_counted or stale or self._used + size > self._limit:
                self._make(size, name, self._limit)
            self._used += size
            self._written += size
            USED_BYTES.set(self._used)

    def _make(self, size: int, name: str, limit: int) -> None:
        count = self._count()
        if count.used + size <= limit:
            return
        self._evict(count, count.used + size - int(limit * (1 - SLACK)))
        if self._used + size > limit:
            raise _refuse("held", f"{name} finds no room: {count.held} of {limit} bytes are on hold; raise the limit")

    def free_disk(self, size: int) -> None:
        """Let the oldest files go because the disk is full, though the limit is not reached."""
        with self._lock:
            self._evict(self._count(), max(size * 2, 1))

    def count(self) -> Count:
        """Count anew and return what was found."""
        with self._lock:
            return self._count()

    def _count(self) -> Count:
        count = count_files(self._files)
        self._used, self._written, self._is_counted = count.used, 0, True
        USED_BYTES.set(count.used)
        HELD_BYTES.set(count.held)
        return count

    def _evict(self, count: Count, wanted: int) -> None:
        gone = freed = 0
        for entry in count.free:
            if freed >= wanted:
                break
            self._files.delete(entry.path)
            gone, freed = gone + 1, freed + entry.size
        self._used -= freed
        if gone:
            _log.info("the oldest media went to make room", files=gone, bytes=freed)


def _refuse(reason: str, sentence: str) -> MediaFullError:
    REFUSED.labels(reason).inc()
    return MediaFullError(sentence)


def refuse_disk(name: str, error: OSError) -> MediaFullError:
    """Count and return the error of a disk that stays full."""
    return _refuse("disk", f"{name} cannot be written: {error}; make room on the disk, or lower the limit")
