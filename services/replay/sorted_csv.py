"""A CSV that comes out in the same order whatever the order of the fixes."""

import csv
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

HOLD_MS = 1_500_000  # a late fix may correct what was said five minutes before it
Row = tuple[Any, ...]


class SortedCsv:
    """A CSV whose rows come out sorted, if none comes more than 25 minutes of event time after a later one.

    Rows of one moment and key that come again replace those before: what is said again is said better.

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
        self._held: dict[tuple[int, str], dict[Row, list[Row]]] = defaultdict(dict)
        self._newest = 0
        self._flushed = 0
        self.rows = 0

    def add(self, time_ms: int, vehicle_id: str, key: Row, rows: list[Row]) -> None:
        """Take the rows of one moment, bus and key."""
        self._held[time_ms, vehicle_id][key] = rows
        self._newest = max(self._newest, time_ms)
        if self._newest - self._flushed > 2 * HOLD_MS:
            self._flush(self._newest - HOLD_MS)

    def forget(self, time_ms: int, vehicle_id: str) -> None:
        """Drop what was taken of a moment and bus and is not written yet."""
        self._held.pop((time_ms, vehicle_id), None)

    def close(self) -> None:
        """Write what is held and close the file."""
        self._flush(self._newest + 1)
        self._file.close()

    def _flush(self, until_ms: int) -> None:
        for moment in sorted(moment for moment in self._held if moment[0] < until_ms):
            for _, rows in sorted(self._held.pop(moment).items(), key=lambda held: held[0]):
                self._writer.writerows(rows)
                self.rows += len(rows)
        self._flushed = until_ms
