"""The last quarter of an hour of one bus: its reports, and marks from which a late one can be taken in its place."""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fleet.said import Said

if TYPE_CHECKING:
    from fleet.vehicle import Vehicle

WINDOW_MS = 900_000
MARK_EVERY_MS = 300_000
MOST_FIXES = 1_200


@dataclass(slots=True)
class Mark:
    """A bus as it was after all reports up to ``time_ms``; ``packed`` are its bytes once somebody made them."""

    time_ms: int
    vehicle: "Vehicle"
    packed: bytes | None = None


@dataclass(slots=True)
class History:
    """Reports by time, as packed bytes, with what each led to; the first mark lies before the oldest of them.

    ``from_ms`` is the time of the oldest report that was put in but not yet taken in its place. ``is_told`` is false
    after a restart, while it is not worked out again what the reports led to.
    """

    times: list[int] = field(default_factory=list)
    packed: list[bytes] = field(default_factory=list)
    said: list[Said | None] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    from_ms: int | None = None
    is_told: bool = True

    @property
    def newest_ms(self) -> int | None:
        """The time of the newest report."""
        return self.times[-1] if self.times else None

    def reaches(self, time_ms: int) -> bool:
        """Return whether a report of a time can still be taken in its place."""
        return not self.times or (time_ms >= self.times[-1] - WINDOW_MS and time_ms > self.marks[0].time_ms)

    def find(self, time_ms: int) -> bytes | None:
        """Return the report of a time, if there is one."""
        if not self.times or time_ms > self.times[-1]:
            return None
        at = bisect_left(self.times, time_ms)
        return self.packed[at] if at < len(self.times) and self.times[at] == time_ms else None

    def replace(self, time_ms: int, packed: bytes) -> None:
        """Put another report in the place of one of the same time."""
        self.packed[bisect_left(self.times, time_ms)] = packed
        self.from_ms = time_ms if self.from_ms is None else min(self.from_ms, time_ms)

    def append(self, time_ms: int, packed: bytes) -> None:
        """Put in the newest report."""
        self.times.append(time_ms)
        self.packed.append(packed)
        self.said.append(None)

    def insert(self, time_ms: int, packed: bytes) -> None:
        """Put in a report wherever it belongs; `wind_back` is due from there."""
        at = bisect_left(self.times, time_ms)
        self.times.insert(at, time_ms)
        self.packed.insert(at, packed)
        self.said.insert(at, None)
        self.from_ms = time_ms if self.from_ms is None else min(self.from_ms, time_ms)

    def wind_back(self) -> tuple["Vehicle", int]:
        """Return the bus as it was before the oldest report not yet taken, and the number of the first to take again.

        Later marks are dropped.
        """
        assert self.from_ms is not None
        while len(self.marks) > 1 and self.marks[-1].time_ms >= self.from_ms:
            self.marks.pop()
        self.from_ms = None
        return self.marks[-1].vehicle, bisect_right(self.times, self.marks[-1].time_ms)

    def wind_to_begin(self) -> None:
        """Drop all marks but the first."""
        del self.marks[1:]

    def is_mark_due(self, time_ms: int) -> bool:
        """Return whether a mark is due after the report of a time."""
        return time_ms // MARK_EVERY_MS != max(self.marks[-1].time_ms, self.times[0]) // MARK_EVERY_MS

    def prune(self) -> None:
        """Forget what lies behind the window.

        A bus that reports more often than once a second for minutes has a shorter window instead of more memory.
        """
        oldest_ms = self.times[-1] - WINDOW_MS
        first = 0
        while first + 1 < len(self.marks) and self.marks[first + 1].time_ms <= oldest_ms:
            first += 1
        while first + 1 < len(self.marks) and self._after(first) > MOST_FIXES:
            first += 1
        del self.marks[:first]
        gone = bisect_right(self.times, self.marks[0].time_ms)
        del self.times[:gone], self.packed[:gone], self.said[:gone]

    def _after(self, number: int) -> int:
        return len(self.times) - bisect_right(self.times, self.marks[number].time_ms)
