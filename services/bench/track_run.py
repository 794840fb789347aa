"""One process of `hanoi bench track`: its share of the buses through a tracker, and what each stage took."""

import multiprocessing
import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import wraps
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier
from operator import attrgetter
from pathlib import Path
from typing import Any

import psutil

from fleet.tracker import Tracker
from services.bench.track_load import Load, make_load
from services.city.timetable import read_city_timetable
from services.collect import collect_seldom

BATCH = 500
WARM_FIXES = 3000
PATIENCE_S = 600.0
STAGES = (
    ("clean", "_count"),
    ("assign", "course.assigner.assign"),
    ("follow", "course.follower.follow"),
    ("predict", "course.predict"),
    ("alerts", "course.desk.judge"),
    ("position", "course.position"),
)


@dataclass(frozen=True)
class Job:
    """What to run: the city's feed, the fleet, and which share of its buses."""

    feed: Path
    load: Load
    near_ms: int
    repeat_calendar: bool = True
    share: int = 0
    shares: int = 1
    staged: bool = False


@dataclass(frozen=True)
class Ran:
    """What one process did; ``load_mib`` is what the fixes themselves held, ``stages_us`` microseconds a fix."""

    fixes: int
    cpu_s: float
    wall_s: float
    mib: float
    load_mib: float
    stages_us: dict[str, float]


def run_jobs(job: Job, shares: int = 1) -> list[Ran]:
    """Run a job in fresh processes, one a share, all at the same time.

    Parameters
    ----------
    job : Job
        What to run.
    shares : int
        Among how many processes the buses are shared out.

    Returns
    -------
    list of Ran
        One a process.
    """
    context = multiprocessing.get_context("spawn")
    ready, done = context.Barrier(shares), context.Queue()
    parts = [replace(job, share=number, shares=shares) for number in range(shares)]
    processes = [context.Process(target=_run, args=(part, ready, done), daemon=True) for part in parts]
    for process in processes:
        process.start()
    try:
        return [done.get(timeout=PATIENCE_S) for _ in processes]
    finally:
        for process in processes:
            process.join(5)
            process.kill()


def _run(job: Job, ready: Barrier, done: "Queue[Ran]") -> None:
    table = read_city_timetable(job.feed, repeat_calendar=job.repeat_calendar)
    before_mib = _rss_mib()
    fixes, roster = make_load(table, job.load, job.near_ms)
    fixes = [fix for fix in fixes if zlib.crc32(fix.vehicle_id.encode()) % job.shares == job.share]
    load_mib = _rss_mib() - before_mib
    _drive(Tracker(table, roster), fixes[:WARM_FIXES])
    tracker = Tracker(table, roster)
    spent: dict[str, float] = {}
    for stage, path in STAGES if job.staged else ():
        owner, _, name = path.rpartition(".")
        _time(attrgetter(owner)(tracker) if owner else tracker, name, spent, stage)
    collect_seldom()
    ready.wait(PATIENCE_S)
    cpu_s, wall_s = time.process_time(), time.perf_counter()
    _drive(tracker, fixes)
    cpu_s, wall_s = time.process_time() - cpu_s, time.perf_counter() - wall_s
    stages = {stage: 1e6 * seconds / len(fixes) for stage, seconds in spent.items()}
    if stages:
        stages["rest"] = 1e6 * cpu_s / len(fixes) - sum(stages.values())
    done.put(Ran(len(fixes), cpu_s, wall_s, _rss_mib(), load_mib, stages))


def _drive(tracker: Tracker, fixes: list[Any]) -> None:
    for at in range(0, len(fixes), BATCH):
        lot = fixes[at : at + BATCH]
        tracker.step(lot, lot[-1].received_ms)


def _time(owner: Any, name: str, spent: dict[str, float], stage: str) -> None:
    inner: Callable[..., Any] = getattr(owner, name)
    spent[stage] = 0.0

    @wraps(inner)
    def timed(*args: Any, **kwargs: Any) -> Any:
        began_s = time.thread_time()
        result = inner(*args, **kwargs)
        spent[stage] += time.thread_time() - began_s
        return result

    setattr(owner, name, timed)


def _rss_mib() -> float:
    return float(psutil.Process().memory_info().rss) / 2**20
