"""The static GTFS that every id of the live feeds refers to: the very file that was read."""

import threading
from dataclasses import dataclass
from pathlib import Path

from services.api.gtfs_rows import read_rows
from services.file_hash import hash_file


@dataclass(frozen=True)
class StaticFeed:
    """A GTFS file: where it lies, its hash, and what it says about itself (``feed_info.txt``)."""

    path: Path
    sha256: str
    size: int
    modified_s: float
    version: str | None


class StaticFeeds:
    """Knows the hash of the feed in use; a file that was replaced is read again. Safe to call from several threads."""

    def __init__(self) -> None:
        self._known: StaticFeed | None = None
        self._lock = threading.Lock()

    def find(self, path: Path | None) -> StaticFeed | None:
        """Return the feed at a path.

        Parameters
        ----------
        path : Path or None
            ``gtfs.zip`` of the city.

        Returns
        -------
        StaticFeed or None
            ``None`` where the city has none.
        """
        if path is None or not path.is_file():
            return None
        found = path.stat()
        with self._lock:
            known = self._known
            if known is None or (known.path, known.size, known.modified_s) != (path, found.st_size, found.st_mtime):
                version = read_version(path)
                known = self._known = StaticFeed(path, hash_file(path), found.st_size, found.st_mtime, version)
            return known


def read_version(path: Path) -> str | None:
    """Return ``feed_version`` of ``feed_info.txt``, ``None`` where a feed does not say."""
    return next((row["feed_version"] for row in read_rows(path, "feed_info.txt") if row.get("feed_version")), None)
