"""Timetables: GTFS feeds read, checked, and made ready for tracking."""

from pathlib import Path

from fleet.gtfs.errors import GtfsError
from fleet.gtfs.frame import LocalFrame
from fleet.gtfs.patterns import Pattern
from fleet.gtfs.timetable import Timetable, TripRun

__all__ = ["GtfsError", "LocalFrame", "Pattern", "Timetable", "TripRun", "read_timetable"]


def read_timetable(path: Path, *, repeat_calendar: bool = False) -> Timetable:
    """Read a GTFS zip or folder into a timetable.

    Parameters
    ----------
    path : Path
        The feed.
    repeat_calendar : bool
        Outside the calendar's span, run what each weekday usually ran.

    Returns
    -------
    Timetable
        Ready for tracking.
    """
    # Reading a feed needs polars and numba, 150 MiB that a process with a compiled timetable never loads.
    from fleet.gtfs.build import read_timetable as read

    return read(path, repeat_calendar=repeat_calendar)
