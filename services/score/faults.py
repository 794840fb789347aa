"""`hanoi score faults`: faults of cameras laid over pictures, and false alarms over days without one."""

import json
import random
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

import click
import numpy as np
from rich.console import Console
from rich.progress import track

from schemas.camera import CameraState
from services.score.fault_free import Free, watch, watch_clock
from services.score.fault_run import LOOK_MS, WELL_MS, Told, tell
from services.score.fault_weeks import watch_weeks
from services.score.violations import parse_seeds
from vision.clock_drift import ClockWatcher
from vision.errors import VisionError
from vision.frames import Image, read_frames
from vision.scenes.camera_week import CameraWeek, at_width
from vision.scenes.faults import FAULTS, Fault
from vision.scenes.street import open_street

LIGHTS = {
    "day": "",
    "dusk": "&hour=dusk",
    "night": "&hour=night",
    "rain": "&rain=0.7",
    "night rain": "&hour=night&rain=0.7",
}
# Hours of a week's first day: night, the rush hour, noon, after sunset.
HOURS = (1.0, 7.5, 12.0, 18.05)
PICTURES = 220  # of a scene: the longest fault is watched for so many looks
# A clock that is 1 % slow is off by half a second after 50 s.
SLOW_S = 50.0
# Milliseconds that a clock leaps by, or its rate.
CLOCKS = {"clock +0.6 s": 600, "clock -0.6 s": -600, "clock +2 s": 2000, "clock -30 s": -30_000, "clock 1 % slow": 0.99}
GENTLY_MS = 80.0


@click.command()
@click.option("--seeds", default="1-3", show_default=True, help="Rendered streets for the faults, each in every light.")
@click.option("--clips", type=click.Path(path_type=Path, exists=True), help="A recording, or a folder of them.")
@click.option("--weeks", default="", help="Seeds of cameras without a fault, each watched for a week: 20 minutes.")
@click.option("--days", default="0-6", show_default=True, help="Which days of such a week.")
@click.option("--keep", type=click.Path(path_type=Path), help="Folder of watched days: a run that ended goes on there.")
@click.option("--clock-weeks", default=1, show_default=True, help="Weeks of clocks that keep time behind a network.")
@click.option("--json", "out", type=click.Path(path_type=Path), default=None, help="Write the figures there.")
def faults(
    seeds: str,
    clips: Path | None,
    weeks: str,
    days: str,
    keep: Path | None,
    clock_weeks: int,
    out: Path | None,
) -> None:
    """Lay faults over pictures of cameras, and watch cameras without one.

    Told is when health says so by the clock of the frames; in the services a segment of two seconds comes on top. A
    bare case is an act since the fault began whose rule did not rest and that does not say that the camera was at
    fault, neither in its sealed package nor, by what was told later, in the case's log.
    """
    console = Console(stderr=True)
    try:
        figures: dict[str, Any] = {"faults": _faults(_sources(seeds, weeks, _clips(clips)), console)}
    except VisionError as error:
        raise click.ClickException(str(error)) from error
    figures["clips_without_a_fault"] = _free_clips(_clips(clips))
    if weeks:
        watched = watch_weeks(parse_seeds(weeks), parse_seeds(days), keep, console)
        figures["weeks_without_a_fault"] = watched.figures()
    clocks = [watch_clock(seed, 168.0).figures() for seed in range(1, clock_weeks + 1)]
    figures["clock_weeks_without_a_fault"] = clocks
    text = json.dumps(figures, indent=1)
    click.echo(text)
    if out is not None:
        out.write_text(text, encoding="utf-8")


def _clips(path: Path | None) -> list[Path]:
    if path is None:
        return []
    return sorted(path.glob("*.mp4")) if path.is_dir() else [path]


def _sources(seeds: str, weeks: str, clips: list[Path]) -> Mapping[str, Callable[[], list[Image]]]:
    """Return what faults are laid over: painted streets, hours of weeks, recordings."""
    streets = [f"scene://street?seed={seed}{light}" for seed in _numbers(seeds) for light in LIGHTS.values()]
    hours = [(seed, hour) for seed in _numbers(weeks) for hour in HOURS]
    return (
        {source: partial(_street, source) for source in streets}
        | {f"week {seed} at {hour} h": partial(_week, seed, hour) for seed, hour in hours}
        | {path.name: partial(_recording, path) for path in clips}
    )


def _numbers(text: str) -> list[int]:
    return parse_seeds(text) if text else []


def _faults(sources: Mapping[str, Callable[[], list[Image]]], console: Console) -> dict[str, Any]:
    told: dict[str, list[Told]] = {}
    late: list[str] = []
    for source in track(sources, console=console, description="laying faults"):
        pictures = sources[source]()
        for name, fault, off_ms in _kinds():
            one = tell(pictures, fault, clock_off_ms=off_ms)
            told.setdefault(name, []).append(one)
            if one.after_s is None or one.after_s > fault.within_s or one.before or one.bare:
                late.append(f"{source} {name}: {one}")
    return {"sources": len(sources), "kinds": _summed(told), "short": late}


def _kinds() -> Iterator[tuple[str, Fault, list[int]]]:
    for name, fault in FAULTS.items():
        yield name, fault, []
    for number, (name, how) in enumerate(CLOCKS.items()):
        within_s = 60.0 + (SLOW_S if abs(how) < 10 else 0.0)
        fault = Fault(lambda image, _since_ms, _last: image, frozenset({CameraState.CLOCK}), within_s)
        yield name, fault, _clock(how, number)


def _clock(how: float, seed: int) -> list[int]:
    """Return how far the clock is told to be off at each look: it goes wrong where other faults begin.

    Two minutes of a right clock lie before the first look; a piece comes each two seconds.
    """
    rng, clock = random.Random(seed), ClockWatcher()  # noqa: S311 - a simulation, not a secret
    told, lead_s = [], 120.0
    for at_s in np.arange(0.0, lead_s + WELL_MS / 1000 + 130, 2.0).tolist():
        wrong_s = max(0.0, at_s - lead_s - WELL_MS / 1000)
        leap_s = how / 1000 if abs(how) > 10 and wrong_s > 0 else 0.0
        slow_s = wrong_s * (1 - how) if abs(how) < 10 else 0.0
        off = clock.see(at_s - leap_s - slow_s, 1_700_000_000_000 + round(at_s * 1000 + rng.expovariate(1 / GENTLY_MS)))
        if at_s >= lead_s:
            told += [off] * round(2000 / LOOK_MS)
    return told


def _summed(told: Mapping[str, list[Told]]) -> dict[str, Any]:
    within = {name: fault.within_s for name, fault, _ in _kinds()}
    made = {}
    for name, rows in told.items():
        after = sorted(row.after_s for row in rows if row.after_s is not None)
        made[name] = {
            "tried": len(rows),
            "told": len(after),
            "in_time": sum(value <= within[name] for value in after),
            "within_s": within[name],
            "median_s": after[len(after) // 2] if after else None,
            "longest_s": after[-1] if after else None,
            "flagged_later": sum(row.later for row in rows),
            "bare_cases": sum(row.bare for row in rows),
        }
    return made


def _street(source: str) -> list[Image]:
    shots = islice(open_street(source).frames(every=5), PICTURES)
    return [at_width(image) for _, image in shots]


def _week(seed: int, hour: float) -> list[Image]:
    shown = CameraWeek(seed).frames(0, hour * 3600, hour * 3600 + PICTURES * LOOK_MS / 1000)
    return [np.repeat(image[..., None], 3, axis=2) for _, _, image in shown]


def _recording(path: Path) -> list[Image]:
    """Return a recording's pictures, two a second and 640 wide, there and back so that nothing leaps at its end."""
    pictures: list[Image] = []
    next_ms = 0
    for frame in read_frames(str(path)):
        if frame.time_ms >= next_ms:
            next_ms = frame.time_ms + LOOK_MS
            pictures.append(at_width(frame.image))
    return [*pictures, *pictures[-2:0:-1]]


def _free_clips(clips: list[Path]) -> dict[str, object]:
    """Watch recordings from their first to their last frame as they are."""
    free = Free()
    for path in clips:
        clip = _Clip(path)
        watch(free, path.name, clip.frames(), clip.where)
    return free.figures()


class _Clip:
    def __init__(self, path: Path) -> None:
        self._path, self._at_ms = path, 0

    def frames(self) -> Iterator[tuple[int, Image]]:
        for frame in read_frames(str(self._path)):
            self._at_ms = frame.time_ms
            yield frame.time_ms, frame.image

    def where(self) -> str:
        return f"{self._at_ms} ms"
