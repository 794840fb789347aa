"""`hanoi bench track`: fixes a second through the whole tracker, stage by stage, and the live delay of its service."""

import tempfile
from dataclasses import replace
from pathlib import Path

import click

from fleet.gtfs import GtfsError, Timetable, read_timetable
from schemas.text import Text
from services.bench.path.ledger import quantile
from services.bench.report import Figure, print_report
from services.bench.track_live import Live, measure_live
from services.bench.track_load import Load, make_load
from services.bench.track_naive import time_naive
from services.bench.track_run import Job, run_jobs
from services.city.folder import City, CityError, CityFolder, write_city
from services.city.timetable import read_city_timetable
from services.clock import WallClock
from services.simulate.when import parse_moment

PEER = "no memory, nearest shape, schedule + delay, plain Python, one core"
NAIVE_FIXES = 1500


@click.command()
@click.option("--city", type=click.Path(path_type=Path), help="City folder with a timetable.")
@click.option("--gtfs", type=click.Path(path_type=Path), help="GTFS zip in place of a city.")
@click.option("--from", "start", default="now", show_default=True, help="A moment of the day whose peak is taken.")
@click.option("--buses", default=2000, show_default=True, type=click.IntRange(1, 20_000), help="Size of the fleet.")
@click.option("--every", "every_s", default=15, show_default=True, help="Seconds between the fixes of a bus.")
@click.option("--minutes", default=10.0, show_default=True, help="How long the buses drive.")
@click.option("--live", "live_s", default=20.0, show_default=True, help="Seconds of the live part; 0 leaves it out.")
@click.option("--rate", default=2000, show_default=True, help="Fixes a second of the live part.")
@click.option("--only", type=click.Choice(["hidden", "claimed", "live"]), help="One part alone, on one core.")
def track(
    city: Path | None, gtfs: Path | None, start: str, buses: int, every_s: int, minutes: float, live_s: float,
    rate: int, only: str | None,
) -> None:  # fmt: skip
    r"""Time the tracker over a fleet at a timetable's busiest time, and its service live.

    Fixes a second (of processor time) on two processes, buses shared out by hash as partitions do, and on one; with
    hidden trips and a roster, and with claimed trips; microseconds a fix by stage; memory; the live delay at --rate.
    An ended calendar runs again.

    \b
    hanoi bench track --city var/city
    hanoi bench track --gtfs hanoi.zip --only hidden --buses 500 --minutes 4     # a quick look
    """
    if (city is None) == (gtfs is None):
        raise click.ClickException("give either --city or --gtfs")
    with tempfile.TemporaryDirectory(prefix="hanoi-bench-") as folder:
        try:
            feed = _find_feed(city, gtfs, Path(folder))
            table = read_city_timetable(feed, repeat_calendar=True)
            near_ms = parse_moment(start, table.timezone, WallClock().now_ms())
            job = Job(feed, Load(buses, every_s, minutes), near_ms)
            figures = [] if only == "live" else _part(table, job, only) if only else _whole(table, job)
            if live_s > 0 and only in (None, "live"):
                figures += _live(feed.parent, table, near_ms, Live(buses, rate, live_s))
        except (GtfsError, CityError, ValueError) as error:
            raise click.ClickException(str(error)) from error
    print_report("track", figures)


def _find_feed(city: Path | None, gtfs: Path | None, folder: Path) -> Path:
    """Return the feed of a city; around a bare one a city is made for the time of the benchmark."""
    if city is not None:
        feed = CityFolder(city).gtfs
        if feed is None:
            raise click.ClickException(f"{city} has no gtfs.zip; `hanoi city import` or `hanoi sample build` makes one")
        return feed
    assert gtfs is not None
    table = read_timetable(gtfs)
    lon, lat = table.stop_lon, table.stop_lat
    box = (float(lon.min()), float(lat.min()), float(lon.max()), float(lat.max()))
    name = Text(vi="Đo", en="Benchmark")
    write_city(folder, City(id="bench", name=name, timezone=table.timezone, bbox=box, epsg=32648, origin="import"))
    (folder / "gtfs.zip").symlink_to(gtfs.resolve())
    return folder / "gtfs.zip"


def _whole(table: Timetable, job: Job) -> list[Figure]:
    hidden, claimed = job, replace(job, load=replace(job.load, claim=True))
    naive = _naive_per_s(table, job)
    figures = []
    for name, part in (("hidden", hidden), ("claimed", claimed)):
        two, one = run_jobs(part, 2), run_jobs(part)
        per_s = [sum(ran.fixes / ran.cpu_s for ran in ran_all) for ran_all in (two, one)]
        wall = sum(ran.fixes for ran in two) / max(ran.wall_s for ran in two)
        figures += [
            Figure(f"{name}_two_processes", "fixes/s", round(per_s[0]), PEER, naive, "ours >= 20000"),
            Figure(f"{name}_one_process", "fixes/s", round(per_s[1]), PEER, naive),
            Figure(f"{name}_two_processes_wall", "fixes/s (others on the machine count)", round(wall)),
            Figure(f"{name}_memory_one_process", "MiB (RSS, fixes of the run left out)",
                   round(one[0].mib - one[0].load_mib), goal="ours <= 1024"),
        ]  # fmt: skip
        figures += _stages(name, part)
    return figures


def _part(table: Timetable, job: Job, only: str) -> list[Figure]:
    job = replace(job, load=replace(job.load, claim=only == "claimed"))
    (ran,) = run_jobs(job)
    rate = Figure(f"{only}_one_process", "fixes/s", round(ran.fixes / ran.cpu_s), PEER, _naive_per_s(table, job))
    memory = Figure(f"{only}_memory_one_process", "MiB (RSS, fixes left out)", round(ran.mib - ran.load_mib))
    return [rate, memory, *_stages(only, job)]


def _stages(name: str, job: Job) -> list[Figure]:
    (ran,) = run_jobs(replace(job, staged=True))
    return [Figure(f"{name}_{stage}", "µs a fix", round(us, 1)) for stage, us in ran.stages_us.items()]


def _naive_per_s(table: Timetable, job: Job) -> int:
    fixes, roster = make_load(table, replace(job.load, minutes=1.0), job.near_ms)
    return round(time_naive(table, roster, fixes[:NAIVE_FIXES]))


def _live(city: Path, table: Timetable, near_ms: int, live: Live) -> list[Figure]:
    heard = measure_live(city, table, near_ms, live)
    return [
        Figure("live_p50_ms", "ms", round(quantile(heard.took_ms, 50), 1)),
        Figure("live_p99_ms", "ms", round(quantile(heard.took_ms, 99), 1), goal="ours <= 1000"),
        Figure("live_rate", "fixes/s", round(heard.sent_per_s), goal=f"ours >= {0.98 * live.per_s:.0f}"),
        Figure("live_fixes_measured", "fixes", float(len(heard.took_ms))),
        Figure("live_without_position", "fixes", float(heard.lost)),
    ]
