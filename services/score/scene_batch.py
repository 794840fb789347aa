"""Many scenes, several at a time, each kept as soon as it is done: a run that was cut off goes on where it stopped."""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import click
import msgspec

from services.score import scene_looks
from services.score.scene_judge import Tally
from services.score.scene_run import SceneCase, run_scene
from vision.evidence.code_hash import code_sha256

# Whoever changes one of these changes what a kept scene would say.
CODE = ("vision.pipeline", "vision.scenes.film", "vision.scenes.camera_file")
Command = TypeVar("Command", bound=Callable[..., object])


def batch_options(command: Command) -> Command:
    """Give a command ``--jobs`` and ``--keep``, as `tally_cases` takes them."""
    keep = click.option(
        "--keep",
        type=click.Path(path_type=Path, file_okay=False),
        default=None,
        help="Folder in which each scene's result is kept; a run that was cut off goes on from there.",
    )
    jobs = click.option("--jobs", default=1, show_default=True, help="Scenes at a time, a core each.")
    return jobs(keep(command))


def looks_option(command: Command) -> Command:
    """Give a command ``--looks``, as `tally_cases` takes it."""
    return click.option(
        "--looks",
        type=click.Path(path_type=Path, file_okay=False),
        default=None,
        help="Folder in which each scene's tracks are kept: after a change of rules they alone are asked again.",
    )(command)


def boxes_option(command: Command) -> Command:
    """Give a command ``--boxes``, as `Noise.is_modal` takes it: ``seen`` or ``whole``."""
    return click.option(
        "--boxes",
        type=click.Choice(["seen", "whole"]),
        default="seen",
        show_default=True,
        help="Of who is half hidden: around what is seen of it, as detectors do, or around all of it.",
    )(command)


def tally_cases(cases: Mapping[str, SceneCase], jobs: int, keep: Path | None, looks: Path | None = None) -> Tally:
    """Return what came of all scenes together; see `run_cases`."""
    tally = Tally()
    for _, one in run_cases(cases, jobs, keep, looks):
        tally.add(one)
    return tally


def run_cases(
    cases: Mapping[str, SceneCase], jobs: int, keep: Path | None, looks: Path | None = None
) -> Iterator[tuple[str, Tally]]:
    """Run scenes and yield what came of each, in the order in which they are done.

    Parameters
    ----------
    cases : mapping of str to SceneCase
        The scenes by a name that is fit for a file.
    jobs : int
        How many at a time, a process each.
    keep : Path or None
        Folder of results; those that are there, of the same scene and the same code, are not run again.
    looks : Path or None, optional
        Folder of tracks; scenes whose tracks are there, of the same scene and the same tracker, are not filmed again.
    """
    waiting = {}
    for name, case in cases.items():
        kept = _read(_result(keep, name, case))
        if kept is not None:
            yield name, kept
        else:
            waiting[name] = case
    for name, tally in _run(waiting, jobs, looks):
        place = _result(keep, name, waiting[name])
        if place is not None:
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(msgspec.json.encode(tally))
        yield name, tally


def _run(cases: Mapping[str, SceneCase], jobs: int, looks: Path | None) -> Iterator[tuple[str, Tally]]:
    films = {name: _film(looks, name, case) for name, case in cases.items()}
    if jobs <= 1 or len(cases) <= 1:
        for name, case in cases.items():
            yield name, run_one(case, _progress(name, case.minutes), films[name])
        return
    with ProcessPoolExecutor(jobs) as pool:
        running = {pool.submit(run_one, case, None, films[name]): name for name, case in cases.items()}
        for number, done in enumerate(as_completed(running), start=1):
            click.echo(f"{number} of {len(running)} scenes done ({running[done]})", err=True)
            yield running[done], done.result()


def run_one(case: SceneCase, tell: Callable[[float], None] | None = None, film: Path | None = None) -> Tally:
    """Run one scene and return what came of it; ``tell`` takes the seconds done so far, ``film`` keeps its tracks."""
    tally, tell = Tally(), tell or (lambda _: None)
    if film is None:
        run_scene(case, tally, tell)
    else:
        scene_looks.run_kept(case, tally, film, tell)
    return tally


def _result(keep: Path | None, name: str, case: SceneCase) -> Path | None:
    return _place(keep, name, case, CODE, "json")


def _film(looks: Path | None, name: str, case: SceneCase) -> Path | None:
    return _place(looks, name, replace(case, rules=()), scene_looks.CODE, "looks.gz")


def _place(folder: Path | None, name: str, case: SceneCase, code: tuple[str, ...], ending: str) -> Path | None:
    """Return where something of a scene is kept: what it shows and the code that makes it are in the name."""
    if folder is None:
        return None
    says = f"{case} {case.camera.__name__} {code_sha256(*code)}"
    says = says.replace(str(case.camera), "")  # the address of a function differs from run to run
    return folder / f"{name}-{hashlib.sha256(says.encode()).hexdigest()[:12]}.{ending}"


def _read(place: Path | None) -> Tally | None:
    if place is None or not place.is_file():
        return None
    try:
        return msgspec.json.decode(place.read_bytes(), type=Tally)
    except msgspec.MsgspecError as error:
        raise click.ClickException(f"{place}: {error}; delete it and run again") from None


def _progress(name: str, minutes: float) -> Callable[[float], None]:
    def tell(done_s: float) -> None:
        click.echo(f"\r{name}: {done_s / 60:.0f} of {minutes:g} min", nl=False, err=True)

    return tell
