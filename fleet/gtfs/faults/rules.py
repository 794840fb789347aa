"""The faults that are looked for, in the order in which they are told."""

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

from fleet.gtfs.faults import (
    bad_color,
    bad_date,
    bad_number,
    bad_place,
    bad_time,
    bad_timezone,
    block_overlap,
    duplicate_id,
    empty_calendar,
    empty_file,
    falling_distance,
    frequency_overlap,
    impossible_hop,
    missing_column,
    missing_file,
    nameless_route,
    no_time_at_end,
    not_csv,
    not_utf8,
    other_city,
    other_timezone,
    repeated_header,
    short_shape,
    short_trip,
    stop_off_shape,
    swapped_axes,
    time_goes_back,
    unknown_reference,
    zero_second_hop,
)
from fleet.gtfs.faults.fault import Fault, Severity
from fleet.gtfs.faults.raw import RawFeed

RULES: Sequence[Callable[[RawFeed], list[Fault]]] = (
    missing_file.find,
    not_csv.find,
    not_utf8.find,
    repeated_header.find,
    missing_column.find,
    empty_file.find,
    duplicate_id.find,
    unknown_reference.find,
    bad_number.find,
    bad_time.find,
    bad_date.find,
    bad_timezone.find,
    bad_place.find,
    swapped_axes.find,
    other_city.find,
    other_timezone.find,
    nameless_route.find,
    bad_color.find,
    no_time_at_end.find,
    time_goes_back.find,
    zero_second_hop.find,
    impossible_hop.find,
    short_trip.find,
    empty_calendar.find,
    block_overlap.find,
    frequency_overlap.find,
    short_shape.find,
    falling_distance.find,
    stop_off_shape.find,
)


def find_faults(
    path: Path, today: date, near: tuple[float, float] | None = None, timezone: str | None = None
) -> list[Fault]:
    """Return everything that is wrong with a feed.

    Parameters
    ----------
    path : Path
        A zip or a folder.
    today : date
        The present.
    near : tuple of float, optional
        Longitude and latitude of the city it should be of.
    timezone : str, optional
        Of the city it should be of.

    Returns
    -------
    list of Fault
        Errors first.

    Raises
    ------
    GtfsError
        If there is nothing to read.
    """
    feed = RawFeed(path, today, near, timezone)
    found = [fault for rule in RULES for fault in rule(feed)]
    return sorted(found, key=lambda fault: fault.severity is not Severity.ERROR)
