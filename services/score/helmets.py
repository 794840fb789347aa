"""`hanoi score helmets`: the helmet rule with the shipped weights on painted junctions, against who wore none."""

import itertools
import json
from collections import Counter
from dataclasses import dataclass, field

import click
from rich.console import Console

from services.score.scene_log import SceneLog
from vision.camera import parse_camera
from vision.camera_values import LIMITS
from vision.detector.base import Detector
from vision.detector.open import open_detector
from vision.errors import VisionError
from vision.frames import Frame
from vision.heads.detector import with_heads
from vision.pipeline import Outputs, Watcher
from vision.rules.riders import LEAST_PX
from vision.scenes.camera_file import camera_yaml
from vision.scenes.paint.light import HOURS
from vision.scenes.seen import look_at
from vision.scenes.street import BEGIN_S, FPS, StreetScene

SHARES = {"no_helmet": 0.3}
START_MS = 1_790_000_000_000
VISIBLE = 0.75


@dataclass
class Tally:
    """Riders that were large and hardly hidden in as many looks as the rule asks for, and what was claimed of whom."""

    bare: set[tuple[int, int]] = field(default_factory=set)
    covered: set[tuple[int, int]] = field(default_factory=set)
    claimed: set[tuple[int, int]] = field(default_factory=set)
    nobody: int = 0

    def figures(self) -> dict[str, object]:
        """Return counts."""
        return {
            "bare": len(self.bare),
            "found": len(self.claimed & self.bare),
            "helmeted": len(self.covered),
            "false": len(self.claimed & self.covered) + self.nobody,
            "others claimed": len(self.claimed - self.bare - self.covered),
        }


@click.command()
@click.option("--seeds", "count", default=3, show_default=True, type=click.IntRange(min=1), help="Junctions.")
@click.option("--seed", default=700, show_default=True, help="Of the first.")
@click.option("--seconds", default=60.0, show_default=True, help="Of each.")
@click.option("--hour", default="day", show_default=True, type=click.Choice(HOURS), help="Of all.")
def helmets(count: int, seed: int, seconds: float, hour: str) -> None:
    """Score the helmet rule on painted junctions that no training saw.

    Asked for are motorcycles seen at least 60 pixels high and hardly hidden in as many pictures as the rule needs.
    """
    console, tally = Console(stderr=True), Tally()
    try:
        detector = open_detector(None)
        for number in range(seed, seed + count):
            watch(number, seconds, hour, detector, tally)
            console.print(f"seed {number}: {tally.figures()}")
    except VisionError as error:
        raise click.ClickException(str(error)) from error
    click.echo(json.dumps({"score": "helmets", "seeds": count, "hour": hour, **tally.figures()}))


def watch(seed: int, seconds: float, hour: str, detector: Detector, tally: Tally) -> None:
    """Watch one junction and add who rode bare-headed and what was claimed.

    Parameters
    ----------
    seed : int
        Of the junction.
    seconds : float
        How long.
    hour : str
        Day, dusk or night.
    detector : Detector
        Finds road users.
    tally : Tally
        What is added to.
    """
    scene = StreetScene(seed, hour, shares=SHARES)
    text = camera_yaml(scene.camera, scene.world.layout, rules=("helmet",))
    camera = parse_camera(text.encode())
    watcher, log, well = Watcher(camera, with_heads(detector, camera)), SceneLog(), Counter[int]()
    bare: dict[int, bool] = {}
    for index, (time_s, image) in enumerate(itertools.islice(scene.frames(), round(seconds * FPS))):
        time_ms = START_MS + round(1000 * time_s)
        seen = look_at(scene.camera, scene.world.poses(BEGIN_S + time_s))
        log.add(time_ms, seen)
        for one in seen:
            if one.pose.look.kind == "motorbike" and one.height_px >= LEAST_PX and one.visible >= VISIBLE:
                well[one.pose.user_id] += 1
                bare[one.pose.user_id] = any(not rider.has_helmet for rider in one.pose.look.riders)
        _claim(watcher.step([Frame(index, time_ms, image)]), log, seed, tally)
    _claim(watcher.finish(), log, seed, tally)
    for user, is_bare in bare.items():
        if well[user] >= LIMITS["helmet_looks"]:
            (tally.bare if is_bare else tally.covered).add((seed, user))


def _claim(out: Outputs, log: SceneLog, seed: int, tally: Tally) -> None:
    for act in out.acts:
        user = log.user_at(act.finding.at.time_ms, act.finding.at.box)
        if user is None:
            tally.nobody += 1
        else:
            tally.claimed.add((seed, user))
