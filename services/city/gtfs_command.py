"""`hanoi gtfs validate` and `hanoi gtfs show`."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click
import msgspec
from rich.console import Console
from rich.table import Table

from fleet.gtfs import GtfsError, read_timetable
from fleet.gtfs.faults.fault import Fault, Severity
from fleet.gtfs.faults.rules import find_faults
from services.city.command import fail
from services.city.folder import CityError, CityFolder
from services.clock import WallClock

# A line of a file, and what the last line counts.
WORDS = {
    "vi": ("dòng", "loại lỗi", "loại cảnh báo"),
    "en": ("line", "kinds of errors", "kinds of warnings"),
}


@click.command()
@click.argument("feed", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="One JSON array instead of a table.")
@click.option("--city", "city", type=click.Path(path_type=Path), help="Folder of the city it should be of.")
@click.option("--near", help="LON,LAT of the city it should be of, instead of --city.")
@click.option("--timezone", help="Time zone of the city it should be of, such as Asia/Ho_Chi_Minh, instead of --city.")
@click.option("--language", type=click.Choice(["vi", "en"]), default="en", show_default=True, help="Of the table.")
def validate(
    feed: Path, as_json: bool, city: Path | None, near: str | None, timezone: str | None, language: str
) -> None:
    """Say what is wrong with a GTFS feed, where, and how to mend it.

    FEED is a zip or a folder. Ends with 1 where there are errors, with 2 where there is nothing to read.
    """
    today = datetime.fromtimestamp(WallClock().now_ms() / 1000, UTC).date()
    try:
        here, zone = _near(near), _zone(timezone)
        if city is not None:
            known = CityFolder(city).city
            here, zone = here or _middle(known.bbox), zone or known.timezone
        faults = find_faults(feed, today, here, zone)
    except (GtfsError, CityError) as error:
        fail(Console(stderr=True), error)
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode(faults)).decode())
    else:
        show_faults(Console(), faults, language)
    sys.exit(any(fault.severity is Severity.ERROR for fault in faults))


def _middle(bbox: tuple[float, float, float, float]) -> tuple[float, float]:
    return (bbox[0] + bbox[2]) / 2, (bbox[1] + bbox[3]) / 2


def _zone(text: str | None) -> str | None:
    try:
        return None if text is None else str(ZoneInfo(text))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise click.BadParameter(f"{text!r} is no zone such as Asia/Ho_Chi_Minh", param_hint="--timezone") from None


def _near(text: str | None) -> tuple[float, float] | None:
    if text is None:
        return None
    try:
        lon, lat = (float(part) for part in text.split(","))
    except ValueError:
        raise click.BadParameter(f"{text!r} is no LON,LAT such as 105.85,21.03", param_hint="--near") from None
    return lon, lat


def show_faults(console: Console, faults: list[Fault], language: str = "en") -> None:
    """Print faults as a table, or that there is none.

    Parameters
    ----------
    console : Console
        Where to.
    faults : list of Fault
        As of `find_faults`.
    language : str
        ``vi`` or ``en``.
    """
    if not faults:
        console.print({"vi": "Không tìm thấy lỗi nào.", "en": "Nothing wrong was found."}[language])
        return
    words = WORDS[language]
    table = Table(box=None, pad_edge=False, show_header=False)
    for width in (7, None, None):
        table.add_column(overflow="fold", min_width=width)
    for fault in faults:
        colour = "red" if fault.severity is Severity.ERROR else "yellow"
        where = f"{fault.file}" + (f", {words[0]} {', '.join(map(str, fault.lines))}" if fault.lines else "")
        more = f"\n[dim]{', '.join(fault.examples)}[/]" if fault.examples else ""
        what, mend = (getattr(text, language) for text in (fault.what, fault.mend))
        table.add_row(f"[{colour}]{fault.severity}[/]", f"{fault.count:,} ×\n[dim]{fault.code}[/]",
                      f"{what} {mend}\n{where}{more}")  # fmt: skip
    console.print(table)
    errors = sum(fault.severity is Severity.ERROR for fault in faults)
    console.print(f"{errors} {words[1]}, {len(faults) - errors} {words[2]}")


@click.command()
@click.argument("feed", type=click.Path(path_type=Path))
def show(feed: Path) -> None:
    """Show what a GTFS feed holds: lines, stops, trips, calendar, doubts."""
    try:
        table = read_timetable(feed)
    except GtfsError as error:
        fail(Console(stderr=True), error)
    console = Console()
    span = table.calendar.span
    console.print(f"[bold]{table.name}[/]  {table.timezone}  " + (f"{span[0]} to {span[1]}" if span else "no calendar"))
    drawn = sum(pattern.drawn for pattern in table.patterns)
    console.print(
        f"[bold]{len(table.route_ids):,}[/] lines  [bold]{len(table.stop_ids):,}[/] stops  "
        f"[bold]{len(table.trip_ids):,}[/] trips  [bold]{len(table.time_stop):,}[/] stop times  "
        f"[bold]{len(table.patterns):,}[/] patterns, {drawn:,} with a shape  "
        f"[bold]{len({block for block in table.trip_block if block}):,}[/] blocks"
    )
    for doubt in table.doubts:
        console.print(f"[yellow]doubtful[/] {doubt}", soft_wrap=True)
