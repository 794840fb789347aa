"""`hanoi score counts`: what a camera counts each minute beside what really drove and stood there."""

import json
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import click
import numpy as np

from schemas.camera_watch import CameraMinute
from services.score.scene_run import START_MS, WARM_S, WATCHED, SceneCase, open_scene
from services.score.violations import LOOSE, parse_seeds
from vision.counting import COUNT_MS, STOPPED_S, LaneView
from vision.pipeline import Watcher
from vision.queue import SLOW_MPS, chain
from vision.scenes.film import Shot
from vision.scenes.kinds import KINDS
from vision.scenes.layout import ROAD_M
from vision.scenes.noise import NOISES
from vision.scenes.pinhole import PinholeCamera, approach_camera, kerb_camera
from vision.scenes.road_user import RoadUser
from vision.scenes.world import World

CAMERAS = {"approach": approach_camera, "kerb": kerb_camera}
STILL_MPS = 0.15
NAMES = {"uturn": "u_turn"}


@click.command()
@click.option(
    "--camera", type=click.Choice(list(CAMERAS)), default="approach", show_default=True, help="Where it hangs."
)
@click.option("--seeds", default="1", show_default=True, help="Seeds of the scenes, for instance 1,2,7-9.")
@click.option("--minutes", default=10.0, show_default=True, help="Minutes of each scene.")
@click.option("--fps", default=10.0, show_default=True, help="Frames a second.")
@click.option(
    "--noise", type=click.Choice(list(NOISES)), default="good", show_default=True, help="How wrong boxes are."
)
@click.option("--json", "out", type=click.Path(path_type=Path), default=None, help="Write the figures there.")
def counts(camera: str, seeds: str, minutes: float, fps: float, noise: str, out: Path | None) -> None:
    """Score flow by class and way out, occupancy, queue and stopped vehicles against rendered junctions.

    Of the queue only the part in the picture is asked for: who stands outside it is not in the truth either.
    """
    sheet = Sheet()
    for seed in parse_seeds(seeds):
        case = SceneCase(seed, minutes, {"breakdown": 0.01}, (), CAMERAS[camera], noise, fps, flow=LOOSE)
        count_scene(case, sheet)
        click.echo(f"seed {seed}: {len(sheet.minutes)} minutes so far", err=True)
    click.echo(sheet.report(f"{camera} camera, {noise} boxes"))
    if out is not None:
        out.write_text(json.dumps(sheet.figures(), indent=1), encoding="utf-8")


@dataclass
class Minute:
    """What was true of one minute of the watched approach."""

    crossings: Counter[str] = field(default_factory=Counter)
    covered: list[float] = field(default_factory=list)
    queue_m: float = 0.0
    queue_vehicles: int = 0
    stopped: int = 0


@dataclass
class Sheet:
    """Minutes as counted beside minutes as they were, and ways out over whole scenes."""

    minutes: list[tuple[CameraMinute, Minute]] = field(default_factory=list)
    turns: Counter[tuple[str, str]] = field(default_factory=Counter)  # ("said" or "true", turn)

    def figures(self) -> dict[str, object]:
        """Return by figure how much it was in truth, the mean error, and the mean error without its sign."""
        rows: dict[str, list[tuple[float, float]]] = {
            "crossings": [(sum(c.counts.values()), m.crossings.total()) for c, m in self.minutes],
            **{
                label: [(c.counts.get(label, 0), m.crossings[label]) for c, m in self.minutes] for label in self._labels
            },
            "occupancy": [(c.occupancy or 0.0, float(np.mean(m.covered or [0.0]))) for c, m in self.minutes],
            "queue_m": [(c.queue_m or 0.0, m.queue_m) for c, m in self.minutes],
            "queue_vehicles": [(c.queue_vehicles or 0, m.queue_vehicles) for c, m in self.minutes],
            "stopped": [(c.stopped or 0, m.stopped) for c, m in self.minutes],
        }
        return {"minutes": len(self.minutes), **{name: _errors(pairs) for name, pairs in rows.items()}} | {
            f"turn_{turn}": {"true": self.turns["true", turn], "counted": self.turns["said", turn]}
            for turn in sorted({turn for _, turn in self.turns})
        }

    @property
    def _labels(self) -> list[str]:
        return sorted({label for _, m in self.minutes for label in m.crossings})

    def report(self, title: str) -> str:
        """Return the figures as text."""
        lines = [f"== counts, {title}, {len(self.minutes)} minutes"]
        for name, row in self.figures().items():
            if isinstance(row, dict):
                lines.append(f"{name:18} " + "  ".join(f"{key} {value:8.3f}" for key, value in row.items()))
        return "\n".join(lines)


def _errors(pairs: list[tuple[float, float]]) -> dict[str, float]:
    said, true = np.array(pairs, float).reshape(-1, 2).T
    return {
        "true_mean": round(float(true.mean()), 4),
        "mean_error": round(float((said - true).mean()), 4),
        "mean_abs_error": round(float(np.abs(said - true).mean()), 4),
    }


def count_scene(case: SceneCase, sheet: Sheet) -> None:
    """Run one scene and write its whole minutes beside the truth."""
    world, film, watcher = open_scene(case)
    lanes, reach_m = LaneView(film.camera.size, watcher.observer.views[0]), _reach_m(world, film.camera)
    said: list[CameraMinute] = []
    truth: dict[int, Minute] = {}
    since: dict[int, float] = {}
    for shot in film.shots(WARM_S, WARM_S + case.minutes * 60):
        said += watcher.step([shot.frame]).counts
        minute = truth.setdefault(shot.frame.time_ms // COUNT_MS, Minute())
        _look(minute, world, shot, lanes, since, reach_m)
    for one in world.truth.passes:
        at = (START_MS + (one.tail_ms or 0)) // COUNT_MS
        if one.arm == WATCHED and at in truth:
            truth[at].crossings[KINDS[one.kind].label] += 1
    whole = [row for row in said if truth and row.start_ms // COUNT_MS > min(truth)]
    sheet.minutes += [(row, truth[row.start_ms // COUNT_MS]) for row in whole]
    _count_turns(sheet, world, watcher, whole)


def _count_turns(sheet: Sheet, world: World, watcher: Watcher, said: list[CameraMinute]) -> None:
    drawn = {turn.turn for turn in watcher.camera.approaches[0].turns}
    for row in said:
        for turn, by_class in (row.turns or {}).items():
            sheet.turns["said", turn] += sum(by_class.values())
    if not said:
        return
    from_ms, to_ms = said[0].start_ms - START_MS, said[-1].end_ms - START_MS
    for one in world.truth.passes:
        turn = NAMES.get(one.turn, one.turn)
        if one.arm == WATCHED and turn in drawn and from_ms <= (one.tail_ms or 0) < to_ms:
            sheet.turns["true", turn] += 1


def _reach_m(world: World, camera: PinholeCamera) -> float:
    """Return how far before the stop line the road is in the picture, metres."""
    arm = world.layout.arms[WATCHED]
    back_m = np.arange(0.0, ROAD_M, 0.25)
    pixels, depth = camera.pixels([(*arm.place(-back, arm.half_m / 2), 0.0) for back in back_m])
    return float(back_m[(pixels[:, 1] <= camera.size[1]) & (depth > 1.0)].max())


def _look(minute: Minute, world: World, shot: Shot, lanes: LaneView, since: dict[int, float], reach_m: float) -> None:
    boxes = {one.pose.user_id: one.box for one in shot.seen}
    here = [user for user in world.users if user.enter == WATCHED and user.front_s < 1.0 and user.user_id in boxes]
    minute.covered.append(lanes.share(boxes[user.user_id] for user in here) or 0.0)
    slow = [user for user in here if user.speed_mps < SLOW_MPS]
    queue_m, vehicles = chain((-user.front_s, min(-user.rear_s, reach_m)) for user in slow)
    minute.queue_m, minute.queue_vehicles = max(minute.queue_m, queue_m), max(minute.queue_vehicles, vehicles)
    minute.stopped = max(minute.stopped, _stopped(here, since, shot.time_s))


def _stopped(here: list[RoadUser], since: dict[int, float], time_s: float) -> int:
    for user in here:
        if user.speed_mps < STILL_MPS:
            since.setdefault(user.user_id, time_s)
        else:
            since.pop(user.user_id, None)
    return sum(time_s - since.get(user.user_id, time_s) >= STOPPED_S for user in here)
