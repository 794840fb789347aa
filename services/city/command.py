"""`hanoi city import` and `hanoi city show`."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import click
from rich.console import Console
from rich.progress import BarColumn, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar
from rich.table import Table
from rich.text import Text

from schemas.text import Text as TwoTongues
from services.city.folder import City, CityError, CityFolder
from services.city.importer import Progress, Request, import_city
from services.city.report import Report, read_report
from services.city.swap import BEFORE, Difference, compare, swap_timetable, undo_swap
from services.clock import WallClock

STAGES = {
    "drawing": "roads, stops, trips",
    "roads": "roads",
    "timetable": "timetable",
    "timetable: write": "timetable, written",
    "shapes": "lines on the roads",
    "map": "map tiles",
}
WORDS = {"repaired": "repaired", "dropped": "left out", "doubtful": "doubtful", "note": "note"}


class BarProgress(Progress):
    """Shows each stage as a line with a bar."""

    def __init__(self, bar: Bar) -> None:
        self._bar = bar
        self._task: TaskID | None = None

    def stage(self, text: str, total: int | None = None) -> None:
        """Begin a line."""
        self.finish()
        self._task = self._bar.add_task(STAGES.get(text, text), total=total)

    def advance(self) -> None:
        """Move the bar of the newest line."""
        if self._task is not None:
            self._bar.advance(self._task)

    def finish(self) -> None:
        """Mark the newest line as done."""
        if self._task is not None:
            done = self._bar.tasks[self._task].total or 1
            self._bar.update(self._task, total=done, completed=done)


def with_progress(console: Console, make: Callable[[Progress], tuple[City, Report]]) -> tuple[City, Report]:
    """Make a city and show progress; a source that cannot be used ends the program with code 2.

    Parameters
    ----------
    console : Console
        Where progress and errors go.
    make : callable
        Makes the city and tells how far it is.

    Returns
    -------
    tuple of (City, Report)
        What was made.
    """
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(bar_width=30), TimeElapsedColumn())
    try:
        with Bar(*columns, console=console) as bar:
            progress = BarProgress(bar)
            made = make(progress)
            progress.finish()
    except CityError as error:
        fail(console, error)
    return made


def fail(console: Console, error: Exception) -> NoReturn:
    """Print an error that names what, where and how to mend it, and end with code 2."""
    console.print(Text.assemble(("error: ", "bold red"), str(error)), highlight=False, soft_wrap=True)
    sys.exit(2)


@click.command()
@click.option("--gtfs", type=click.Path(path_type=Path), help="Timetable: a GTFS zip.")
@click.option("--roads", help="Roads: .osm, .osm.pbf, .osm.gz, .graphml, or the name of a place to download.")
@click.option(
    "--cameras", type=click.Path(path_type=Path), multiple=True, help="Camera file (YAML); may be given often."
)
@click.argument("more_cameras", nargs=-1, type=click.Path(path_type=Path))
@click.option("--roster", type=click.Path(path_type=Path), help="CSV with vehicle_id,route_id[,service_date].")
@click.option("--stop-names", type=click.Path(path_type=Path), help="CSV with stop_id,stop_name: better names.")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="The city folder to make.")
@click.option("--name", help="Name of the city, VI or VI|EN.")
@click.option("--id", "city_id", help="Short id of the city.")
@click.option("--repeat-calendar", is_flag=True, help="Run an ended calendar again, each weekday onto this week.")
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1, 32), help="Processes for the shapes.")
def import_(
    gtfs: Path | None,
    roads: str | None,
    cameras: tuple[Path, ...],
    more_cameras: tuple[Path, ...],
    roster: Path | None,
    stop_names: Path | None,
    out: Path,
    name: str | None,
    city_id: str | None,
    repeat_calendar: bool,
    workers: int,
) -> None:
    """Make a city folder from GTFS, roads, cameras and a roster; any part may be absent."""
    console = Console(stderr=True)
    request = Request(
        out=out,
        gtfs=gtfs,
        roads=roads,
        cameras=(*cameras, *more_cameras),
        roster=roster,
        stop_names=stop_names,
        name=_name(name),
        city_id=city_id,
        repeat_calendar=repeat_calendar,
        workers=workers,
    )
    now_ms = WallClock().now_ms()
    city, report = with_progress(console, lambda progress: import_city(request, now_ms=now_ms, progress=progress))
    show_city(Console(), out, city, report)


def _name(text: str | None) -> TwoTongues | None:
    if not text:
        return None
    vi, _, en = text.partition("|")
    return TwoTongues(vi=vi.strip(), en=en.strip() or vi.strip())


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
def show(folder: Path) -> None:
    """Show what a city folder holds and what is doubtful."""
    try:
        city = CityFolder(folder).city
    except CityError as error:
        fail(Console(stderr=True), error)
    show_city(Console(), folder, city, read_report(folder))


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--gtfs", type=click.Path(path_type=Path), help="The new timetable: a GTFS zip.")
@click.option("--undo", is_flag=True, help="Take the timetable back that was there before the last swap.")
def swap(folder: Path, gtfs: Path | None, undo: bool) -> None:
    """Give a city another timetable while its services run; a feed that cannot be used changes nothing."""
    if undo == (gtfs is not None):
        raise click.UsageError("give --gtfs FEED or --undo")
    console = Console(stderr=True)
    began = WallClock().now_ms()

    def make(progress: Progress) -> tuple[City, Report]:
        if gtfs is not None:
            report = swap_timetable(folder, gtfs, now_ms=began, progress=progress)
            return CityFolder(folder).city, report
        city = undo_swap(folder, progress)
        found = read_report(folder)
        assert found is not None
        return city, found

    city, report = with_progress(console, make)
    show_city(Console(), folder, city, report)
    show_difference(Console(), compare(folder / BEFORE / "gtfs.zip", folder / "gtfs.zip"))


def show_difference(console: Console, found: Difference) -> None:
    """Print what a swap changed.

    Parameters
    ----------
    console : Console
        Where to.
    found : Difference
        The change.
    """
    console.print(
        f"stops {found.stops[0]:,} → {found.stops[1]:,}   trips {found.trips[0]:,} → {found.trips[1]:,}, "
        f"{found.kept_trips:,} of them kept their id"
    )
    for word, lines in (("new lines", found.new_lines), ("gone lines", found.gone_lines)):
        if lines:
            console.print(f"{word}: {', '.join(lines)}", soft_wrap=True)


def show_city(console: Console, folder: Path, city: City, report: Report | None) -> None:
    """Print a city, its counts and what was found on the way.

    Parameters
    ----------
    console : Console
        Where to.
    folder : Path
        The city folder.
    city : City
        What it holds.
    report : Report or None
        What was found.
    """
    console.print(f"[bold]{city.name.vi}[/] · {city.name.en}  ({city.id}, {city.origin})  {folder}", soft_wrap=True)
    west, south, east, north = city.bbox
    console.print(f"{city.timezone}, EPSG:{city.epsg}, {west:.4f} {south:.4f} to {east:.4f} {north:.4f}")
    if city.calendar is not None:
        state = "ended" if city.calendar.ended else "runs"
        again = ", repeated by weekday" if city.calendar.repeat else ""
        console.print(f"calendar {city.calendar.first_date} to {city.calendar.last_date}: {state}{again}")
    if report is None:
        console.print("no report.json: nothing is known about doubts")
        return
    console.print("  ".join(f"[bold]{value:,}[/] {name.replace('_', ' ')}" for name, value in report.counts.items()))
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(style="dim")
    table.add_column()
    table.add_column(overflow="fold")
    for found in report.findings:
        examples = f"\n[dim]{', '.join(found.examples[:3])}[/]" if found.examples else ""
        table.add_row(found.part, WORDS.get(found.kind, found.kind), f"{found.text.vi}\n{found.text.en}{examples}")
    console.print(table)
    if report.took_s:
        console.print(f"made in {report.took_s:.1f} s")
