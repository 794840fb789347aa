"""`hanoi bench swap`: another timetable for a running city, while requests run."""

import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import click
import httpx
import numpy as np
import polars as pl

from fleet.gtfs import GtfsError, read_timetable
from services.bench.path.usage import read_usage
from services.bench.report import Figure, print_report
from services.city.folder import CityError, CityFolder
from services.play.command import settings_of
from services.run.status import RunStatus, find_status
from services.settings import SettingsError

MARK = "Bench (swapped at {})"
ASKERS = 4
GIVE_UP_S = 180.0
READ = "reading the feed in one process"


@dataclass
class Asked:
    """What requests came to, until it is stopped."""

    took_s: list[float] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)


@click.command()
@click.option("--gtfs", type=click.Path(path_type=Path), required=True, help="The feed; a stop of it is renamed first.")
@click.option("--var", "var_dir", type=click.Path(path_type=Path), help="Folder of the running city.")
def swap(gtfs: Path, var_dir: Path | None) -> None:
    r"""Give a running city another timetable while pages and feeds are asked for, and count what fails.

    \b
    hanoi run --city CITY --no-simulate        # in another terminal
    hanoi bench swap --gtfs feed.zip
    hanoi city swap CITY --undo                # the city as it was
    """
    try:
        settings = settings_of(var_dir)
        status = find_status(settings.run.var_dir / "run")
        if status is None:
            raise click.ClickException("no city runs here; start one with `hanoi run`, or name its --var")
        city = CityFolder(Path(status.city))
        with TemporaryDirectory() as folder:
            mark = MARK.format(
                round(time.time())
            )  # another one each time, else the swap before would be taken for this
            feed, stop_id = rename_a_stop(gtfs, Path(folder) / "renamed.zip", mark)
            print_report("swap", measure(status, city.root, feed, stop_id, mark))
    except (SettingsError, CityError, GtfsError, httpx.HTTPError, OSError) as error:
        raise click.ClickException(str(error)) from error


def rename_a_stop(gtfs: Path, out: Path, mark: str) -> tuple[Path, str]:
    """Write a feed again with one stop's name marked, so that it can be told when it is served.

    Parameters
    ----------
    gtfs : Path
        A GTFS zip.
    out : Path
        Where to.
    mark : str
        The stop's new name.

    Returns
    -------
    tuple of (Path, str)
        ``out`` and the stop's id: the one that most stop times name.
    """
    with zipfile.ZipFile(gtfs) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        times = pl.read_csv(old.read("stop_times.txt"), infer_schema=False, columns=["stop_id"])
        stop_id = str(times["stop_id"].value_counts(sort=True)["stop_id"][0])
        stops = pl.read_csv(old.read("stops.txt"), infer_schema=False)
        marked = pl.when(pl.col("stop_id") == stop_id).then(pl.lit(mark)).otherwise("stop_name")
        for name in old.namelist():
            changed = name == "stops.txt"
            new.writestr(name, stops.with_columns(stop_name=marked).write_csv() if changed else old.read(name))
    return out, stop_id


def measure(status: RunStatus, root: Path, feed: Path, stop_id: str, mark: str) -> list[Figure]:
    """Swap, and say how long it took, what failed and what memory it cost.

    Parameters
    ----------
    status : Status
        Of the running city.
    root : Path
        Its folder.
    feed : Path
        The new feed.
    stop_id, mark : str
        The stop whose name tells that it is served, and that name.

    Returns
    -------
    list of Figure
        Seconds from the command to the first answer from the new timetable, failed requests, memory.
    """
    before_mib = memory_mib(status)
    peaks = [before_mib]
    command = [sys.executable, "-m", "services.cli", "city", "swap", str(root), "--gtfs", str(feed)]
    with asking(status.urls["pages"], stop_id) as asked, repeating(lambda: peaks.append(memory_mib(status))):
        time.sleep(2.0)
        calm = list(asked.took_s)
        began = time.monotonic()
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)  # noqa: S603
        served = wait_for(status.urls["pages"], stop_id, mark, process)
        said = process.communicate()[1]
        if process.returncode:
            raise click.ClickException(said.strip() or "the swap failed")
        ended = time.monotonic()
        busy = asked.took_s[len(calm) :]
    began_read = time.monotonic()
    read_timetable(feed)
    read_s = time.monotonic() - began_read
    return [
        Figure("command_to_served_s", "s", round(served - began, 2), READ, round(read_s, 2), "<= 5"),
        Figure("command_s", "s", round(ended - began, 2)),
        Figure("requests", "requests", float(len(asked.took_s) + len(asked.failed))),
        Figure("failures", "requests", float(len(asked.failed)), goal="0"),
        Figure("p99_ms", "ms", milliseconds(busy, 99), "before the swap", milliseconds(calm, 99)),
        Figure("memory_mib", "MiB (PSS)", round(max(peaks)), "before the swap", round(before_mib), "ratio <= 1.3"),
    ]


def memory_mib(status: RunStatus) -> float:
    """Return what all processes of a city hold, MiB (PSS)."""
    return sum(usage.mib for usage in read_usage(status.pid).values())


def milliseconds(took_s: list[float], share: float) -> float:
    """Return a percentile in milliseconds, 0 of nothing."""
    return round(float(np.percentile(took_s, share)) * 1000, 1) if took_s else 0.0


def wait_for(pages: str, stop_id: str, mark: str, process: subprocess.Popen[str]) -> float:
    """Return when the new timetable is served, by the monotonic clock."""
    until = time.monotonic() + GIVE_UP_S
    with httpx.Client(base_url=pages, trust_env=False, timeout=30.0) as client:
        while time.monotonic() < until and process.poll() in (None, 0):
            answer = client.get(f"/api/stops/{stop_id}/arrivals")
            if answer.status_code == httpx.codes.OK and answer.json()["stop"]["name"] == mark:
                return time.monotonic()
    said = process.communicate()[1] if process.poll() else ""
    raise click.ClickException(said.strip() or f"not served within {GIVE_UP_S:.0f} s; see `hanoi status`")


@contextmanager
def asking(pages: str, stop_id: str) -> Iterator[Asked]:
    """Ask for pages' data and feeds again and again, from several threads."""
    asked, paths = Asked(), (
        f"/api/stops/{stop_id}/arrivals", "/api/vehicles", "/api/routes", "/api/search?q=ben",
        "/gtfs-rt/trip-updates.pb", "/gtfs-rt/vehicle-positions.pb",
    )  # fmt: skip
    client = httpx.Client(base_url=pages, trust_env=False, timeout=30.0)

    def ask(turn: list[int]) -> None:
        path = paths[turn[0] % len(paths)]
        turn[0] += 1
        began = time.monotonic()
        try:
            code = client.get(path).status_code
        except httpx.HTTPError as error:
            asked.failed.append(f"{path}: {error}")
            return
        if code == httpx.codes.OK:
            asked.took_s.append(time.monotonic() - began)
        else:
            asked.failed.append(f"{path}: {code}")

    with client:
        turns = [[n] for n in range(ASKERS)]
        with repeating(*(lambda turn=turn: ask(turn) for turn in turns)):
            yield asked


@contextmanager
def repeating(*works: Callable[[], None]) -> Iterator[None]:
    """Do each work over and over in a thread of its own while the block runs."""
    stop = threading.Event()

    def turn(work: Callable[[], None]) -> None:
        while not stop.is_set():
            work()
            stop.wait(0.02)

    threads = [threading.Thread(target=turn, args=(work,), daemon=True) for work in works]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join(30.0)
