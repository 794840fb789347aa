"""Camera-weeks without a fault: a scene's days at their real speed, day by day so that a run can be gone on with."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from rich.console import Console
from rich.progress import track

from services.score.fault_free import Alarm, Free, watch
from vision.scenes.camera_week import CameraWeek


def watch_weeks(seeds: Sequence[int], days: Sequence[int], keep: Path | None, console: Console) -> Free:
    """Watch days of cameras that are well.

    Parameters
    ----------
    seeds : sequence of int
        One camera a seed.
    days : sequence of int
        Which days of its week, 0 to 6; each is begun with a watcher that has yet to learn the view.
    keep : Path or None
        Folder where each day's outcome is kept; a day that is found there is not watched again.
    console : Console
        For progress.

    Returns
    -------
    Free
        What came of all of them.
    """
    total, week = Free(), None
    for seed, day in track([(s, d) for s in seeds for d in days], console=console, description="days without a fault"):
        path = None if keep is None else keep / f"week-{seed}-day-{day}.json"
        if path is not None and path.exists():
            one = _read(path)
        else:
            week = week if week is not None and week.seed == seed else CameraWeek(seed)
            one = _watch(week, day)
            if path is not None:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(json.dumps(asdict(one), indent=1), encoding="utf-8")
        total.looks, total.shown_h = total.looks + one.looks, total.shown_h + one.shown_h
        total.alarms, total.doubts = [*total.alarms, *one.alarms], total.doubts + one.doubts
    return total


def _watch(week: CameraWeek, day: int) -> Free:
    free = Free()
    shown = ((at_ms, image) for at_ms, _, image in week.frames(day))
    watch(free, f"week {week.seed} day {day}", shown, week.circumstances)
    return free


def _read(path: Path) -> Free:
    kept = json.loads(path.read_text(encoding="utf-8"))
    return Free(**(kept | {"alarms": [Alarm(**alarm) for alarm in kept["alarms"]]}))
