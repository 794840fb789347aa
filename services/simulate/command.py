"""`hanoi simulate`: a period of a city's buses as files."""

import sys
import time
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from rich.text import Text

from fleet.simulation.build import Scene
from fleet.simulation.incidents import INCIDENTS
from fleet.simulation.simulation import Options
from fleet.simulation.weather import WEATHERS
from services.city.folder import CityError, CityFolder
from services.clock import WallClock
from services.simulate.city import Wish, make_simulation, read_streets
from services.simulate.faults_file import read_faults
from services.simulate.write import write_simulation


@click.command()
@click.option("--city", required=True, type=click.Path(path_type=Path), help="City folder with a timetable.")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="Folder for the three files.")
@click.option("--start", default="now", show_default=True, help="Local time of the city, 2026-01-05T07:00, or now.")
@click.option("--hours", default=1.0, show_default=True, type=click.FloatRange(0.02, 48.0), help="How long.")
@click.option("--buses", type=click.IntRange(1), help="At most so many vehicles; all by default.")
@click.option("--seed", default=1, show_default=True, type=click.IntRange(0), help="Same seed, same bytes.")
@click.option("--trips", type=click.Choice(["claimed", "hidden"]), default="hidden", show_default=True,
              help="Whether reports name their trip, as GTFS-realtime does, or not, as trackers do.")  # fmt: skip
@click.option("--weather", type=click.Choice(list(WEATHERS)), default="mixed", show_default=True,
              help="Rain: none, now and then, or storms that flood low roads.")  # fmt: skip
@click.option("--incidents", default="few", show_default=True, metavar="none|few|many|N",
              help="Incidents a day in the city: 0, 12, 60 or any number.")  # fmt: skip
@click.option("--faults", default="mild", show_default=True, metavar="none|mild|harsh|FILE",
              help="What trackers do wrong; a YAML or JSON file changes single numbers.")  # fmt: skip
@click.option("--repeat-calendar/--no-repeat-calendar", default=None, help="Run an ended calendar again.")
def simulate(
    city: Path,
    out: Path,
    start: str,
    hours: float,
    buses: int | None,
    seed: int,
    trips: str,
    weather: str,
    incidents: str,
    faults: str,
    repeat_calendar: bool | None,
) -> None:
    """Simulate a city's buses and write fixes.jsonl, truth.jsonl and roster.csv."""
    console = Console(stderr=True)
    try:
        streets = read_streets(CityFolder(city), repeat_calendar=repeat_calendar)
        start_ms = parse_start(start, str(streets.timetable.timezone), WallClock().now_ms())
        scene = Scene(weather=weather, incidents_a_day=parse_incidents(incidents))
        options = Options(claim_trips=trips == "claimed", faults=read_faults(faults))
        wish = Wish(start_ms, hours, seed, buses, scene, options)
        simulation = make_simulation(streets, wish)
        if simulation is None:
            span = streets.timetable.calendar.span
            raise CityError(
                f"{city}: no trip runs in these {hours:g} hours; the calendar spans {span}: give another --start, "
                "or --repeat-calendar for one that has ended"
            )
        began = time.monotonic()
        bar = Progress(
            TextColumn("{task.description}"), BarColumn(bar_width=30),
            TextColumn("{task.fields[running]} buses on a trip"), TimeRemainingColumn(), console=console,
        )  # fmt: skip
        with bar:
            task = bar.add_task("simulated", total=wish.end_ms - start_ms, running=simulation.running)
            written = write_simulation(
                simulation,
                out,
                end_ms=wish.end_ms,
                advance=lambda now, running: bar.update(task, completed=now - start_ms, running=running),
            )
    except CityError as error:
        console.print(Text.assemble(("error: ", "bold red"), str(error)), highlight=False, soft_wrap=True)
        sys.exit(2)
    took_s = max(time.monotonic() - began, 1e-3)
    Console().print(
        f"{written.vehicles} vehicles, up to {written.most_running} on a trip at once, {written.fixes} fixes, "
        f"{written.calls} true calls in {out}; {hours * 3600 / took_s:.0f} × real time",
        highlight=False,
        soft_wrap=True,
    )


def parse_start(text: str, timezone: str, now_ms: int) -> int:
    """Return the moment a person meant, in milliseconds since 1970.

    Parameters
    ----------
    text : str
        ``now``, or ISO 8601; without an offset it is local time of the city.
    timezone : str
        The city's zone.
    now_ms : int
        The present.

    Returns
    -------
    int
        Held to a whole second.

    Raises
    ------
    CityError
        If it is no time.
    """
    if text == "now":
        return now_ms // 1000 * 1000
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise CityError(f"--start {text!r} is no time; write for instance 2026-01-05T07:00") from None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=ZoneInfo(timezone))
    return int(moment.timestamp()) * 1000


def parse_incidents(text: str) -> float:
    """Return how many incidents a day a person meant.

    Parameters
    ----------
    text : str
        A word of `INCIDENTS` or a number.

    Returns
    -------
    float
        Incidents a day.

    Raises
    ------
    CityError
        If it is neither.
    """
    if text in INCIDENTS:
        return INCIDENTS[text]
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not 0 <= number <= 10_000:
        raise CityError(f"--incidents {text!r}: give {', '.join(INCIDENTS)} or how many a day, for instance 20")
    return number
