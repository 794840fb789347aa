"""`hanoi score faults`: faults of cameras laid over pictures, and false alarms over days without one."""

import json
import random
from collections.abc import Iterator, Mapping
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
from services.score.violations import parse_seeds
from vision.clock_drift import ClockWatcher
from vision.errors import VisionError
from vision.frames import Image, read_frames
from vision.scenes.camera_day import CameraDay, DayPart, at_width
from vision.scenes.faults import FAULTS, Fault
from vision.scenes.street import open_street

LIGHTS = {
    "day": "",
    "dusk": "&hour=dusk",
    "night": "&hour=night",
    "rain": "&rain=0.7",
    "night rain": "&hour=night&rain=0.7",
}
PICTURES = 220  # of a scene: the longest fault is watched for so many looks
# A clock that is 1 % slow is off by half a second after 50 s.
SLOW_S = 50.0
# Milliseconds that a clock leaps by, or its rate.
CLOCKS = {"clock +0.6 s": 600, "clock -0.6 s": -600, "clock +2 s": 2000, "clock -30 s": -30_000, "clock 1 % slow": 0.99}
GENTLY_MS = 80.0


@click.command()
@click.option("--seeds", default="1-3", show_default=True, help="Rendered streets for the faults, each in every light.")
@click.option("--clips", type=click.Path(path_type=Path, exists=True), help="A recording, or a folder of them.")
@click.option("--days", default="", help="Seeds of painted days without a fault, for instance 1-2.")
@click.option("--from", "from_hour", default=0.0, show_default=True, help="Hour at which such a day begins.")
@click.option("--hours", default=24.0, show_default=True, help="How long it is.")
@click.option("--pace", default=24.0, show_default=True, help="Its light runs so many times as fast as its traffic.")
@click.option("--clock-weeks", default=1, show_default=True, help="Weeks of clocks that keep time behind a network.")
@click.option("--json", "out", type=click.Path(path_type=Path), default=None, help="Write the figures there.")
def faults(
    seeds: str,
    clips: Path | None,
    days: str,
    from_hour: float,
    hours: float,
    pace: float,
    clock_weeks: int,
    out: Path | None,
) -> None:
    """Lay faults over pictures of cameras, and watch cameras without one.

    Told is when health says so by the clock of the frames; in the services a segment of two seconds comes on top. A
    bare case is an act since the fault began whose rule did not rest and that does not say that the camera was at
    fault.
    """
    console = Console(stderr=True)
    try:
        figures: dict[str, Any] = {"faults": _faults(parse_seeds(seeds) if seeds else [], _clips(clips), console)}
    except VisionError as error:
        raise click.ClickException(str(error)) from error
    figures["clips_without_a_fault"] = _free_clips(_clips(clips))
    if days:
        figures["days_without_a_fault"] = _free_days(parse_seeds(days), from_hour, hours, pace, console)
    weeks = [watch_clock(seed, 168.0).figures() for seed in range(1, clock_weeks + 1)]
    figures["clock_weeks_without_a_fault"] = weeks
    text = json.dumps(figures, indent=1)
    click.echo(text)
    if out is not None:
        out.write_text(text, encoding="utf-8")


def _clips(path: Path | None) -> list[Path]:
    if path is None:
        return []
    return sorted(path.glob("*.mp4")) if path.is_dir() else [path]


def _faults(seeds: list[int], clips: list[Path], console: Console) -> dict[str, Any]:
    sources = [f"scene://street?seed={seed}{light}" for seed in seeds for light in LIGHTS.values()]
    told: dict[str, list[Told]] = {}
    late: list[str] = []
    for source in track([*sources, *map(str, clips)], console=console, description="laying faults"):
        pictures = _street(source) if source in sources else list(_recording(Path(source)))
        for name, fault, off_ms in _kinds():
            one = tell(pictures, fault, clock_off_ms=off_ms)
            told.setdefault(name, []).append(one)
            if one.after_s is None or one.after_s > fault.within_s or one.before or one.bare:
                late.append(f"{Path(source).name} {name}: {one}")
    return {"sources": len(sources) + len(clips), "kinds": _summed(told), "short": late}


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
            "bare_cases": sum(row.bare for row in rows),
        }
    return made


def _street(source: str) -> list[Image]:
    shots = islice(open_street(source).frames(every=5), PICTURES)
    return [at_width(image) for _, image in shots]


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
        watch(
            free, path.name, ((frame.time_ms, f"{frame.time_ms} ms", frame.image) for frame in read_frames(str(path)))
        )
    return free.figures()


def _free_days(seeds: list[int], from_hour: float, hours: float, pace: float, console: Console) -> dict[str, Any]:
    free = Free()
    for seed in track(seeds, console=console, description="days without a fault"):
        day = CameraDay(DayPart(seed, from_hour * 60, hours * 60, pace))
        shown = ((at_ms, f"{minute / 60:.2f} h", image) for at_ms, minute, image in day.frames())
        watch(free, f"day {seed}", shown)
    return {"pace": pace, "hours_of_light": hours * len(seeds), **free.figures()}
