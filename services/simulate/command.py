"""`hanoi simulate`: a period of a city's buses as files."""

import sys
import time
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from rich.text import Text

from fleet.simulation.build import Scene
from fleet.simulation.incidents import INCIDENTS
from fleet.simulation.operations import Operations
from fleet.simulation.simulation import Options, Simulation
from fleet.simulation.weather import WEATHERS
from services.city.folder import CityError, CityFolder
from services.clock import WallClock
from services.simulate.cameras import read_cameras
from services.simulate.city import Streets, Wish, make_simulation, read_streets
from services.simulate.faults_file import read_faults
from services.simulate.formats import FORMATS
from services.simulate.holds_file import read_holds
from services.simulate.when import LONGEST_H, choose_period
from services.simulate.write import Files, Written, write_simulation

console = Console(stderr=True)


@click.command()
@click.option("--city", required=True, type=click.Path(path_type=Path), help="City folder with a timetable.")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="Folder for reports and roster.")
@click.option("--truth", type=click.Path(path_type=Path), help="Folder for the truth.  [default: that of --out]")
@click.option("--from", "--start", "start", default="now", show_default=True,
              help="Local time of the city: 2026-01-05T07:00, 07:00 today, or now.")  # fmt: skip
@click.option("--to", "end", help="Local time at which it ends; instead of --hours.")
@click.option("--hours", type=click.FloatRange(0.02, LONGEST_H), help="How long.  [default: 1]")
@click.option("--peak", is_flag=True, help="Around the busiest time of that day.")
@click.option("--buses", type=click.IntRange(1), help="At most so many vehicles; all by default.")
@click.option("--cancelled", default=0.0, show_default=True, type=click.FloatRange(0, 0.9),
              help="Share of trips that nobody runs: half with buses that stay away, half single ones.")  # fmt: skip
@click.option("--early-starts", default=0.0, show_default=True, type=click.FloatRange(0, 1),
              help="Share of trips whose driver leaves the first stop one to six minutes before the time.")  # fmt: skip
@click.option("--holds", type=click.Path(path_type=Path),
              help="alerts.csv of a replay: drivers obey its advice to wait at a stop.")  # fmt: skip
@click.option("--breakdowns", default=Operations.failures_a_trip, show_default=True, type=click.FloatRange(0, 1),
              help="Share of trips on which the bus breaks down.")  # fmt: skip
@click.option("--seed", default=1, show_default=True, type=click.IntRange(0), help="Same seed, same bytes.")
@click.option("--trips", type=click.Choice(["claimed", "hidden"]), default="hidden", show_default=True,
              help="Whether reports name their trip, as GTFS-realtime does, or not, as trackers do.")  # fmt: skip
@click.option("--weather", type=click.Choice(list(WEATHERS)), default="mixed", show_default=True,
              help="Rain: none, now and then, or storms that flood low roads.")  # fmt: skip
@click.option("--incidents", default="few", show_default=True, metavar="none|few|many|N",
              help="Incidents a day in the city: 0, 12, 60 or any number.")  # fmt: skip
@click.option("--faults", default="mild", show_default=True, metavar="none|mild|harsh|FILE",
              help="What trackers do wrong; a YAML or JSON file changes single numbers.")  # fmt: skip
@click.option("--format", "formats", type=click.Choice(list(FORMATS)), multiple=True, default=("fixes",),
              show_default=True, help="How to write reports; may be given often.")  # fmt: skip
@click.option("--edge-interval", default=300, show_default=True, type=click.IntRange(0, 3600),
              help="Seconds of an interval of the true speeds of edges; 0 writes none.")  # fmt: skip
@click.option("--repeat-calendar/--no-repeat-calendar", default=None, help="Run an ended calendar again.")
def simulate(city: Path, **said: Any) -> None:
    """Simulate a city's buses: what their trackers report, and what is true.

    Writes fixes.jsonl (or --format), roster.csv and counts.jsonl of cameras; to --truth truth.jsonl (where every bus
    was, when it called, what its tracker did to the report, incidents, rain) and edges.parquet (speed and flow of every
    edge).
    """
    try:
        folder = CityFolder(city)
        streets = read_streets(folder, repeat_calendar=said["repeat_calendar"])
        wish = read_wish(streets, said)
        began_s = time.monotonic()
        with console.status("putting buses on the roads"):
            simulation = make_simulation(streets, wish)
        if simulation is None:
            raise CityError(
                f"{city}: no trip runs in these {wish.hours:g} hours; the calendar spans "
                f"{streets.timetable.calendar.span}: give another --from, or --repeat-calendar for one that has ended"
            )
        files = Files(
            said["out"], said["truth"] or said["out"], said["formats"], said["edge_interval"] // 60 * 60,
            read_cameras(folder),
        )  # fmt: skip
        written = _write(simulation, files, wish)
    except CityError as error:
        console.print(Text.assemble(("error: ", "bold red"), str(error)), highlight=False, soft_wrap=True)
        sys.exit(2)
    took_s = max(time.monotonic() - began_s, 1e-3)
    click.echo(
        f"{written.vehicles} vehicles, up to {written.most_running} on a trip at once, {written.fixes} fixes, "
        f"{written.calls} true calls in {files.out}; {wish.hours * 3600 / took_s:.0f} × real time"
    )


def read_wish(streets: Streets, said: dict[str, Any]) -> Wish:
    """Return what a person wishes, from the options of the command line.

    Parameters
    ----------
    streets : Streets
        The city.
    said : dict
        Option → value.

    Returns
    -------
    Wish
        What to simulate.

    Raises
    ------
    CityError
        If an option cannot be used; the text says which.
    """
    start_ms, hours = choose_period(
        streets.timetable,
        WallClock().now_ms(),
        start=said["start"],
        end=said["end"],
        hours=said["hours"],
        peak=said["peak"],
    )
    operations = Operations(early_starts=said["early_starts"], failures_a_trip=said["breakdowns"])
    scene = Scene(weather=said["weather"], incidents_a_day=parse_incidents(said["incidents"]), operations=operations)
    holds = () if said["holds"] is None else read_holds(said["holds"])
    options = Options(claim_trips=said["trips"] == "claimed", faults=read_faults(said["faults"]), holds=holds)
    return Wish(start_ms, hours, said["seed"], said["buses"], said["cancelled"], scene, options)


def _write(simulation: Simulation, files: Files, wish: Wish) -> Written:
    bar = Progress(
        TextColumn("{task.description}"), BarColumn(bar_width=30),
        TextColumn("{task.fields[running]} buses on a trip"), TimeRemainingColumn(), console=console,
    )  # fmt: skip
    with bar:
        task = bar.add_task("simulated", total=wish.end_ms - wish.start_ms, running=simulation.running)
        return write_simulation(
            simulation,
            files,
            end_ms=wish.end_ms,
            advance=lambda now, running: bar.update(task, completed=now - wish.start_ms, running=running),
        )


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
