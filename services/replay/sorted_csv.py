"""A CSV that comes out in the same order whatever the order of the fixes."""

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

HOLD_MS = 900_000


class SortedCsv:
    """A CSV whose rows come out sorted, if none comes more than 15 minutes of event time after a later one.

    Parameters
    ----------
    path : Path
        The file; replaced if it exists.
    columns : sequence of str
        Its header.
    """

    def __init__(self, path: Path, columns: Sequence[str]) -> None:
        self._file = path.open("w", newline="", encoding="utf-8")
        self._writer = csv.writer(self._file)
        self._writer.writerow(columns)
        self._held: list[tuple[tuple[Any, ...], tuple[Any, ...]]] = []
        self._newest = 0
        self._flushed = 0
        self.rows = 0

    def add(self, time_ms: int, order: tuple[Any, ...], row: tuple[Any, ...]) -> None:
        """Take one row; ``order`` breaks ties of time."""
        self._held.append(((time_ms, *order), row))
        self._newest = max(self._newest, time_ms)
        self.rows += 1
        if self._newest - self._flushed > 2 * HOLD_MS:
            self._flush(self._newest - HOLD_MS)

    def close(self) -> None:
        """Write what is held and close the file."""
        self._flush(self._newest + 1)
        self._file.close()

    def _flush(self, until_ms: int) -> None:
        self._held.sort(key=lambda held: held[0])
        keep = next((i for i, held in enumerate(self._held) if held[0][0] >= until_ms), len(self._held))
        self._writer.writerows(row for _, row in self._held[:keep])
        del self._held[:keep]
        self._flushed = until_ms
