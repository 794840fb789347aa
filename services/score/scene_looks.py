"""The tracks and lamps of a scene kept in a file, with its truth: rules are asked again without filming it anew."""

import gzip
from collections.abc import Callable, Iterator
from functools import cached_property
from pathlib import Path

import click
import msgspec

from services.score.scene_judge import Tally
from services.score.scene_run import FilmedScene, Lamps, SceneCase, SceneTruth, judge_scene, open_scene
from vision.eyes import Tracked
from vision.pipeline import rounded
from vision.scenes.seen import Box

# Whoever changes one of these changes what a kept scene would show; rules are not among them.
CODE = ("vision.eyes", "vision.signals", "vision.scenes.film", "vision.scenes.camera_file")


class KeptStep(msgspec.Struct, array_like=True):
    """One frame; ``owners`` are who truly stood where each of its looks is."""

    tracked: Tracked
    owners: list[int | None]
    lamps: Lamps


class KeptScene(msgspec.Struct, dict=True):
    """All frames of one scene, and what truly happened."""

    kept: list[KeptStep]
    happened: SceneTruth

    def steps(self) -> Iterator[tuple[Tracked, Lamps]]:
        """Yield the tracks and the lamps of each frame."""
        for step in self.kept:
            yield step.tracked, step.lamps

    def user_at(self, track_id: int, time_ms: int, box: Box) -> int | None:  # noqa: ARG002
        """Return who truly stands in a track's box; the track may be another by now, its box is the same."""
        return self._owners.get((time_ms, rounded(box)))

    @cached_property
    def _owners(self) -> dict[tuple[int, Box], int | None]:
        looks = (
            (look, owner) for step in self.kept for look, owner in zip(step.tracked.looks, step.owners, strict=True)
        )
        return {(look.time_ms, rounded(look.box)): owner for look, owner in looks}

    def truth(self) -> SceneTruth:
        """Return what truly happened."""
        return self.happened


def run_kept(case: SceneCase, tally: Tally, place: Path, tell: Callable[[float], None]) -> None:
    """Ask the rules of a scene that a file keeps; where there is none yet, film the scene and keep it first.

    Parameters
    ----------
    case : SceneCase
        The scene.
    tally : Tally
        What is added to.
    place : Path
        The file.
    tell : callable
        Takes the seconds of the scene filmed so far.

    Raises
    ------
    click.ClickException
        If the file is damaged.
    """
    if not place.is_file():
        _write(place, _film(case, tell))
    _, _, watcher = open_scene(case)
    judge_scene(case, _read(place), watcher, tally)


def _film(case: SceneCase, tell: Callable[[float], None]) -> KeptScene:
    scene = FilmedScene(case, tell)
    kept = [
        KeptStep(one, [scene.user_at(look.track_id, look.time_ms, look.box) for look in one.looks], lamps)
        for one, lamps in scene.steps()
    ]
    return KeptScene(kept, scene.truth())


def _write(place: Path, scene: KeptScene) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    begun = place.with_suffix(".part")
    begun.write_bytes(gzip.compress(msgspec.msgpack.encode(scene), 3))
    begun.replace(place)


def _read(place: Path) -> KeptScene:
    try:
        return msgspec.msgpack.decode(gzip.decompress(place.read_bytes()), type=KeptScene)
    except (msgspec.MsgspecError, OSError, EOFError) as error:
        raise click.ClickException(f"{place}: {error}; delete it and run again") from None
