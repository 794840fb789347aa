"""A timetable whose trips without a shape are laid on a road network, without making a city of them."""

import tempfile
from collections.abc import Callable
from pathlib import Path

from fleet.gtfs import Timetable, read_timetable
from services.city.patterns import list_patterns
from services.city.report import Finding
from services.city.shapes import add_shapes, lay_patterns
from services.city.tables import read_tables, write_tables


def read_timetable_on_roads(
    gtfs: Path,
    network: Path,
    *,
    repeat_calendar: bool = False,
    workers: int = 1,
    advance: Callable[[], None] = lambda: None,
) -> tuple[Timetable, list[Finding]]:
    """Read a feed and find on the roads the shapes that it lacks; shapes it has stay as they are.

    Parameters
    ----------
    gtfs : Path
        A GTFS zip or folder.
    network : Path
        Folder of a network, as `hanoi network build` writes it.
    repeat_calendar : bool
        Outside the calendar's span, run what each weekday usually ran.
    workers : int
        Processes that lay lines.
    advance : callable
        Called once a line.

    Returns
    -------
    tuple of Timetable and list of Finding
        The timetable, and which hops had to stay straight lines.

    Raises
    ------
    CityError, GtfsError, NetworkError
        If the feed or the network cannot be used.
    """
    timetable = read_timetable(gtfs, repeat_calendar=repeat_calendar)
    if all(pattern.drawn for pattern in timetable.patterns):
        return timetable, []
    tables = read_tables(gtfs)
    patterns, of_trip = list_patterns(tables)
    findings: list[Finding] = []
    if patterns:
        found = lay_patterns(patterns, network, workers=workers, advance=advance)
        findings = add_shapes(tables, patterns, of_trip, found, on_roads=True)
    with tempfile.TemporaryDirectory(prefix="hanoi-gtfs-") as folder:
        path = Path(folder) / "gtfs.zip"
        write_tables(path, tables)
        return read_timetable(path, repeat_calendar=repeat_calendar), findings
