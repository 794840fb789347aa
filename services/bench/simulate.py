"""`hanoi bench simulate`: simulated seconds a second beside the same rules as one Python object a bus."""

import time
from pathlib import Path

import click

from fleet.simulation.buses import Buses
from fleet.simulation.simulation import Simulation
from fleet.simulation.state import OFF
from services.bench.objects import time_objects
from services.bench.report import Figure, print_report
from services.city.folder import CityError, CityFolder
from services.clock import WallClock
from services.simulate.city import Wish, make_simulation, read_streets
from services.simulate.when import choose_period

DAY_S = 86_400.0
PLAIN_SECONDS = 20


@click.command()
@click.option("--city", required=True, type=click.Path(path_type=Path), help="City folder with a timetable.")
@click.option("--from", "start", default="now", show_default=True, help="A moment of the day to take.")
@click.option("--seconds", default=300, show_default=True, type=click.IntRange(30, 86_400), help="Simulated time.")
@click.option("--repeat-calendar/--no-repeat-calendar", default=None, help="Run an ended calendar again.")
def simulate(city: Path, start: str, seconds: int, repeat_calendar: bool | None) -> None:
    """Time the simulator at a city's busiest time.

    The peer drives the same buses past the same stops and lights by the same rules of speed, as one plain object each;
    it draws no riders and no failures.
    """
    try:
        began_s = time.perf_counter()
        streets = read_streets(CityFolder(city), repeat_calendar=repeat_calendar)
        start_ms, hours = choose_period(
            streets.timetable, WallClock().now_ms(), start=start, end=None, hours=seconds / 3600.0, peak=True
        )
        simulation = make_simulation(streets, Wish(start_ms, hours + 0.1, 1))
        ready_s = time.perf_counter() - began_s
    except CityError as error:
        raise click.ClickException(str(error)) from error
    if simulation is None:
        raise click.ClickException("no trip runs then; give another --from, or --repeat-calendar")
    print_report("simulate", _figures(simulation, seconds, ready_s))


def _figures(simulation: Simulation, seconds: int, ready_s: float) -> list[Figure]:
    on_road = int((simulation.buses.state.bus["phase"] != OFF).sum())
    drive_s = _timed(simulation.buses, seconds)
    plain_s = time_objects(simulation.buses, PLAIN_SECONDS)
    began_s, cpu_s = time.perf_counter(), time.process_time()
    fixes = sum(len(simulation.step()[0]) for _ in range(seconds))
    whole_s, cpu_s = time.perf_counter() - began_s, time.process_time() - cpu_s
    return [
        Figure("buses_on_the_road", "1", on_road, goal="ours >= 1900"),
        Figure("drive_simulated_s_per_s", "1", round(seconds / drive_s, 1), "one Python object a bus",
               round(1.0 / plain_s, 2), "ratio >= 20"),
        Figure("whole_simulated_s_per_s", "1", round(seconds / whole_s, 1)),
        Figure("fixes_per_s", "1/s", round(fixes / whole_s)),
        Figure("whole_day_minutes", "min", round(DAY_S * whole_s / seconds / 60.0, 1)),
        Figure("live_cpu_share", "%", round(100.0 * cpu_s / seconds, 2), goal="ours <= 10"),
        Figure("ready_s", "s", round(ready_s, 2)),
    ]  # fmt: skip


def _timed(buses: Buses, seconds: int) -> float:
    began_s = time.perf_counter()
    for _ in range(seconds):
        buses.step()
    return time.perf_counter() - began_s
