"""What to do about two buses that will run as one: where and how long to hold the one behind, if it can wait at all."""

from typing import NamedTuple

import numpy as np

from fleet.alerts.say import stop_ahead
from fleet.arrivals.kernel import due_s
from fleet.gtfs.timetable import Timetable
from fleet.vehicle import Vehicle
from schemas.text import Text

LEAST_S, MOST_S = 30.0, 240.0
# Who is so late already loses trips by waiting: obeyed holds of such buses spare no bunch and cost their riders time.
LATE_S = 300.0
HOLD = Text(vi="giữ xe {bus} ở {held} {minutes} phút", en="hold {bus} at {held} for {minutes} min")
LATE = Text(vi="xe {bus} cũng trễ {late} phút, không giữ thêm", en="{bus} is {late} min late too, do not hold it")
CLOSE = Text(vi="xe sau cũng theo sát xe {bus}, không giữ thêm", en="another is close behind {bus}, do not hold it")


class Gaps(NamedTuple):
    """Seconds between buses: as planned, where the two meet, and behind them, ``None`` where nobody is seen."""

    planned_s: float
    then_s: float
    behind_s: float | None


class Advice(NamedTuple):
    """How long to hold the bus behind, ``None`` if not at all, and in what words it is said."""

    hold_s: float | None
    words: Text


def late_of(vehicle: Vehicle, timetable: Timetable) -> float:
    """Return how late a bus on a trip is, seconds; on a slot of a headway nobody is late."""
    progress = vehicle.progress
    assert progress is not None
    run = progress.run
    if timetable.trip_headway_s[run.trip] > 0:
        return 0.0
    arrival_s = timetable.arrival_s[timetable.stops_of(run.trip)]
    due = due_s(progress.distance_m, progress.pattern.stop_distance_m, arrival_s)
    return (progress.time_ms - run.day_start_ms) / 1000.0 - due


def advise(gaps: Gaps, late_s: float) -> Advice:
    """Return what to do with the one behind: wait until it is as far from the next one as from the one ahead.

    Parameters
    ----------
    gaps : Gaps
        Around it.
    late_s : float
        How late it is itself.

    Returns
    -------
    Advice
        No hold of more than half of what is missing between the two.
    """
    if late_s >= LATE_S:
        return Advice(None, LATE)
    behind_s = gaps.planned_s if gaps.behind_s is None else min(gaps.behind_s, gaps.planned_s)
    hold_s = round((behind_s - gaps.then_s) / 60.0) * 30.0
    return Advice(min(hold_s, MOST_S), HOLD) if hold_s >= LEAST_S else Advice(None, CLOSE)


def hold_at(follower: Vehicle, timetable: Timetable, stop: int) -> int:
    """Return the stop to hold a bus at: its next timepoint before the two meet, else its next stop.

    Timepoints are where the timetable lets buses wait, with room to stand; a feed need not name any.

    Parameters
    ----------
    follower : Vehicle
        The bus behind.
    timetable : Timetable
        Its timetable.
    stop : int
        Where they meet, by number along its trip.

    Returns
    -------
    int
        Number of the stop in the timetable.
    """
    watch, ahead = follower.watch, stop_ahead(follower, timetable)
    assert watch is not None
    assert ahead is not None
    rows = timetable.stops_of(watch.run.trip)
    before = np.flatnonzero(timetable.timepoint[rows.start + watch.ahead : rows.start + stop])
    return int(timetable.time_stop[rows.start + watch.ahead + int(before[0])]) if len(before) else ahead
