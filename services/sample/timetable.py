"""When the sample's buses run: headways by hour, times at the stops, and which bus runs which trips."""

from dataclasses import dataclass

import numpy as np

from services.sample.lines import Line
from services.sample.running import HOURS
from services.sample.streets import Floats

FIRST_MIN, LAST_MIN, NIGHT_UNTIL_MIN = 5 * 60, 22 * 60 + 30, 28 * 60 + 50
NIGHT_HEADWAY_MIN = 30
NIGHT_PEAK_MIN = 10
RUSH_MIN = ((6 * 60, 8 * 60 + 45), (15 * 60 + 45, 18 * 60 + 45))
DAILY, WEEKDAY = "DAILY", "WEEKDAY"
LAYOVER_S, LAYOVER_SHARE = 300, 0.08
LEAST_HOP_S = 20.0


@dataclass(frozen=True)
class Trip:
    """One trip of a line: its direction, service, departure in seconds of the service day, and its bus's block."""

    direction: int
    service: str
    start_s: int
    block: str


def departures(line: Line, direction: int) -> list[tuple[str, int]]:
    """List the departures of one direction.

    All day a bus every twice the rush-hour headway; in the rush hours of weekdays another between each two; lines of
    the inner city go on through the night, a bus each half hour, so that there is something to see at any hour.

    Parameters
    ----------
    line : Line
        The line.
    direction : int
        0 or 1; the way back begins half a headway later.

    Returns
    -------
    list of (str, int)
        Service and minutes of the service day, past midnight above 1440.
    """
    step = 2 * line.peak_min
    first = FIRST_MIN + direction * line.peak_min
    day = list(range(first, LAST_MIN, step))
    rush = [
        minute + line.peak_min
        for minute in day
        if any(begin <= minute + line.peak_min <= end for begin, end in RUSH_MIN)
    ]
    night = range(day[-1] + NIGHT_HEADWAY_MIN, NIGHT_UNTIL_MIN, NIGHT_HEADWAY_MIN) if runs_at_night(line) else ()
    return [*((DAILY, minute) for minute in (*day, *night)), *((WEEKDAY, minute) for minute in rush)]


def runs_at_night(line: Line) -> bool:
    """Return whether a line runs between the last and the first bus of the day: the frequent ones do."""
    return line.peak_min <= NIGHT_PEAK_MIN


def stop_seconds(starts_s: Floats, hops_s: Floats) -> Floats:
    """Return when each of several trips is at each stop.

    Parameters
    ----------
    starts_s : ndarray, shape (t,)
        Departures from the first stop, seconds of the service day.
    hops_s : ndarray, shape (len(HOURS), n - 1)
        Seconds from stop to stop at each of `HOURS`.

    Returns
    -------
    ndarray, shape (t, n)
        Whole seconds, rising by at least 20 s a stop.
    """
    times: Floats = np.empty((len(starts_s), hops_s.shape[1] + 1))
    times[:, 0] = starts_s
    for k, hop_s in enumerate(hops_s.T):
        hour = times[:, k] / 3600.0 % 24
        times[:, k + 1] = times[:, k] + np.maximum(LEAST_HOP_S, np.interp(hour, HOURS, hop_s))
    return np.asarray(np.round(times))


def chain_blocks(line: Line, starts: list[list[tuple[str, int]]], ends: list[dict[tuple[str, int], int]]) -> list[Trip]:
    """Give each trip of a line a bus: the one that has waited longest at its first stop.

    Buses of all day and those of rush hours and nights are two pools, so that on a weekend the second one rests.

    Parameters
    ----------
    line : Line
        The line.
    starts : list of two lists of (str, int)
        Departures of each direction as of `departures`.
    ends : list of two dicts
        Second of arrival at the last stop, by departure.

    Returns
    -------
    list of Trip
        By departure; blocks are called ``<line>-<number>``.
    """
    trips = sorted((minute, direction, service) for direction in (0, 1) for service, minute in starts[direction])
    waiting: dict[tuple[bool, int], list[tuple[int, str]]] = {}
    count = {True: 0, False: 0}
    made = []
    for minute, direction, service in trips:
        base = service == DAILY and minute < LAST_MIN
        queue = waiting.setdefault((base, direction), [])
        start_s, end_s = minute * 60, ends[direction][service, minute]
        if queue and queue[0][0] <= start_s:
            _, block = queue.pop(0)
        else:
            count[base] += 1
            block = f"{line.number}-{'' if base else 'X'}{count[base]:02d}"
        made.append(Trip(direction, service, start_s, block))
        rest_s = max(LAYOVER_S, round((end_s - start_s) * LAYOVER_SHARE))
        back = waiting.setdefault((base, 1 - direction), [])
        back.append((end_s + rest_s, block))
        back.sort()
    return made
