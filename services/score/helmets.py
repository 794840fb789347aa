"""`hanoi score helmets`: rules about riders with the shipped weights on painted junctions, against who rode there."""

import itertools
import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

import click
from rich.console import Console
from scipy.stats import binomtest

from services.score.scene_log import SceneLog
from vision.camera import parse_camera
from vision.camera_values import LIMITS
from vision.detector.base import Detector
from vision.detector.open import open_detector
from vision.errors import VisionError
from vision.frames import Frame
from vision.heads.detector import with_heads
from vision.pipeline import Outputs, Watcher
from vision.rules.helmet import Helmet
from vision.rules.riders import LEAST_PX
from vision.rules.too_many_riders import TOO_MANY, TooManyRiders
from vision.scenes.camera_file import camera_yaml
from vision.scenes.paint.light import HOURS
from vision.scenes.road_user import Look
from vision.scenes.seen import Seen, look_at
from vision.scenes.street import BEGIN_S, FPS, StreetScene

SHARES = {"no_helmet": 0.25, "too_many_riders": 0.1}
START_MS = 1_790_000_000_000
VISIBLE = 0.75
# What each rule claims of a motorbike, and how many good looks it asks for.
TRUTHS: dict[str, tuple[Callable[[Look], bool], str]] = {
    Helmet.name: (lambda look: any(not rider.has_helmet for rider in look.riders), "helmet_looks"),
    TooManyRiders.name: (lambda look: len(look.riders) >= TOO_MANY, "riders_looks"),
}
User = tuple[int, int]  # a junction's seed and a road user's number


@dataclass
class Tally:
    """Of one rule: who did it, who was large and hardly hidden in as many looks as it asks for, who was claimed."""

    did: dict[User, bool] = field(default_factory=dict)
    due: set[User] = field(default_factory=set)
    claimed: set[User] = field(default_factory=set)
    nobody: int = 0

    def figures(self) -> dict[str, object]:
        """Return counts, and shares with their 95 % intervals (Wilson), percent.

        A claim is false where its motorbike did not do it, were it seen well or badly, and where there is nobody.
        """
        guilty = {user for user in self.due if self.did[user]}
        false = sum(not self.did.get(user, False) for user in self.claimed) + self.nobody
        innocent = len(self.due) - len(guilty)
        return {
            "did": len(guilty),
            "found": len(self.claimed & guilty),
            "found percent": _percent(len(self.claimed & guilty), len(guilty)),
            "did not": innocent,
            "false": false,
            "false of due": sum(not self.did[user] for user in self.claimed & self.due),
            "false percent": _percent(sum(not self.did[user] for user in self.claimed & self.due), innocent),
            "right, seen badly": sum(self.did.get(user, False) for user in self.claimed - self.due),
        }


Tallies = dict[str, Tally]


@click.command()
@click.option("--seeds", "count", default=3, show_default=True, type=click.IntRange(min=1), help="Junctions.")
@click.option("--seed", default=700, show_default=True, help="Of the first.")
@click.option("--seconds", default=60.0, show_default=True, help="Of each.")
@click.option("--hour", default="day", show_default=True, type=click.Choice(HOURS), help="Of all.")
def helmets(count: int, seed: int, seconds: float, hour: str) -> None:
    """Score the rules of helmets and of too many riders on painted junctions that no training saw.

    Asked for are motorcycles seen at least 60 pixels high and hardly hidden in as many pictures as the rule needs.
    """
    console, tallies = Console(stderr=True), {name: Tally() for name in TRUTHS}
    try:
        detector = open_detector(None)
        for number in range(seed, seed + count):
            watch(number, seconds, hour, detector, tallies)
            console.print(f"seed {number}: { {name: tally.figures() for name, tally in tallies.items()} }")
    except VisionError as error:
        raise click.ClickException(str(error)) from error
    figures = {name: tally.figures() for name, tally in tallies.items()}
    click.echo(json.dumps({"score": "helmets", "seeds": count, "hour": hour, **figures}, indent=1))


def watch(seed: int, seconds: float, hour: str, detector: Detector, tallies: Tallies) -> None:
    """Watch one junction and add who did what and what was claimed.

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
    tallies : dict of str to Tally
        What is added to, by rule.
    """
    scene = StreetScene(seed, hour, shares=SHARES)
    text = camera_yaml(scene.camera, scene.world.layout, rules=tuple(TRUTHS))
    camera = parse_camera(text.encode())
    watcher, log, well = Watcher(camera, with_heads(detector, camera)), SceneLog(), Counter[int]()
    for index, (time_s, image) in enumerate(itertools.islice(scene.frames(), round(seconds * FPS))):
        time_ms = START_MS + round(1000 * time_s)
        seen = look_at(scene.camera, scene.world.poses(BEGIN_S + time_s))
        log.add(time_ms, seen)
        _note(seen, seed, well, tallies)
        _claim(watcher.step([Frame(index, time_ms, image)]), log, seed, tallies)
    _claim(watcher.finish(), log, seed, tallies)
    for name, (_, limit) in TRUTHS.items():
        tallies[name].due |= {(seed, user) for user, looks in well.items() if looks >= LIMITS[limit]}


def _note(seen: list[Seen], seed: int, well: Counter[int], tallies: Tallies) -> None:
    """Note who rides how, and who is seen well."""
    for one in seen:
        if one.pose.look.kind != "motorbike":
            continue
        if one.height_px >= LEAST_PX and one.visible >= VISIBLE:
            well[one.pose.user_id] += 1
        for name, (did, _) in TRUTHS.items():
            tallies[name].did[seed, one.pose.user_id] = did(one.pose.look)


def _claim(out: Outputs, log: SceneLog, seed: int, tallies: Tallies) -> None:
    for act in out.acts:
        user = log.user_at(act.finding.at.time_ms, act.finding.at.box)
        if user is None:
            tallies[act.finding.rule].nobody += 1
        else:
            tallies[act.finding.rule].claimed.add((seed, user))


def _percent(count: int, total: int) -> list[float]:
    if not total:
        return []
    between = binomtest(count, total).proportion_ci(method="wilson")
    return [round(100 * share, 1) for share in (count / total, float(between.low), float(between.high))]
