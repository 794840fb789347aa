"""Small plans by hand."""

import numpy as np

from fleet.simulation.duties import chain_runs
from fleet.simulation.plan import Course, Plan, Run, make_path

START_MS = 1_767_600_000_000  # 2026-01-05 15:00 in Hanoi


def straight(length_deg: float = 0.05, lat: float = 21.0) -> Course:
    """A road due east of about 5.2 km."""
    return make_path(np.linspace(105.80, 105.80 + length_deg, 50), np.full(50, lat))


def run_on(course: Course, number: int, start_ms: int, *, line: str = "1", path: int = 0, mps: float = 5.0) -> Run:
    """A trip with eleven stops at a steady timetable."""
    stop_m = np.linspace(0.0, course.length_m, 11)
    times = start_ms + (stop_m / mps * 1000).astype(np.int64)
    ids = tuple(f"{path}-{k}" for k in range(11))
    return Run(
        f"{line}-{path}-{number}", "20260105", line, path, path, ids, tuple(range(1, 12)), stop_m, times, times, line
    )


def there_and_back(trips: int = 4, headway_s: int = 900) -> Plan:
    """A line of two directions whose buses turn at both ends."""
    there = straight()
    back = make_path(there.lon[::-1], there.lat[::-1])
    runs = tuple(
        run_on(course, number, START_MS + number * headway_s * 1000, path=path)
        for number in range(trips)
        for path, course in enumerate((there, back))
    )
    return Plan((there, back), runs, chain_runs((there, back), runs))
