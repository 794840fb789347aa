"""The way of a bus beside its line, read from its trail once it is on it again.

A bus that goes around is often taken to run nothing, long before it leaves its line or while it is away from it: then
nobody watched where it left.
"""

from fleet.assignment.progress import Progress
from fleet.gtfs.along import match_point
from fleet.gtfs.patterns import Pattern
from fleet.stop_events.recall import Point

# x, y, how far along the line it was left, when.
Away = tuple[float, float, float, int]
BACK_M = 40.0
MOST_M = 8_000.0
# So near to its line a bus is on it, and so far beside it.
ON_M, BESIDE_M = 50.0, 80.0
# So many reports beside the line, or its receiver erred.
LEAST = 2
# It is found on its line so many reports late at most.
LATE = 6
# A report before it left shows that it drove along its line for so long.
CAME_M = 100.0


def recall_way(trail: list[Point], progress: Progress) -> list[Away]:
    """Return where a bus was since just before it left the line on which it is now, nothing if it came from elsewhere.

    Parameters
    ----------
    trail : list of Point
        Its reports, with the newest.
    progress : Progress
        Where it is now, on its line.

    Returns
    -------
    list of Away
        From the report before the last one on the line, without the newest.
    """
    at_m, beside = progress.distance_m, 0
    for i in range(len(trail) - 2, 0, -1):
        along_m, off_m = _place(trail[i], progress.pattern, at_m)
        if off_m > ON_M:
            beside += off_m > BESIDE_M
        elif not beside and len(trail) - i <= LATE:
            continue
        elif beside < LEAST or along_m >= at_m or not _came_along(trail[:i], progress.pattern, along_m):
            return []
        else:
            return [(x, y, along_m, at_ms) for x, y, at_ms, _, _ in trail[i - 1 : -1]]
    return []


def _place(point: Point, pattern: Pattern, at_m: float) -> tuple[float, float]:
    """Return where along a line up to some metres, and how far beside it, a report is."""
    line = pattern.x, pattern.y, pattern.along_m
    along_m, off_m, _ = match_point(point[0], point[1], *line, at_m - MOST_M, at_m + BACK_M, at_m, -1.0)
    return along_m, off_m


def _came_along(before: list[Point], pattern: Pattern, along_m: float) -> bool:
    """Return whether one of the reports before shows that a bus drove along its line, and did not only cross it."""
    places = [_place(point, pattern, along_m) for point in before]
    return any(off_m <= ON_M and was_m <= along_m - CAME_M for was_m, off_m in places)
