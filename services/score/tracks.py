"""`hanoi score tracks`: identities on rendered junctions at several qualities of a detector, beside ByteTrack."""

import json
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import click
import numpy as np
from rich.console import Console
from rich.progress import track

from services.score.track_causes import CAUSES, Numbers, Switch, switches_by_box
from services.score.track_figures import Boxes, TrackFigures, track_figures
from services.score.track_line import errors_at_line
from services.score.track_runs import Followed, asked_boxes, follow_byte_track, follow_ours, write_scene
from services.score.track_scene import WELL, TrackCase, TrackFrame, track_frames
from services.score.violations import parse_seeds

CASES = (
    TrackCase("perfect", 0, "exact"),
    TrackCase("good", 0, "good"),
    TrackCase("street", 0, "street"),
    TrackCase("busy", 0, "street", busy=1.6, arm="north"),
    TrackCase("lossy", 0, "street", jitter=0.3, drops=0.5),
    TrackCase("six_a_second", 0, "street", fps=6.0),
    TrackCase("covered", 0, "street", is_modal=True),
)


@dataclass
class Sum:
    """What several scenes gave one tracker."""

    hota: list[float] = field(default_factory=list)
    deta: list[float] = field(default_factory=list)
    assa: list[float] = field(default_factory=list)
    idf1: list[float] = field(default_factory=list)
    road_users: int = 0
    switches: int = 0
    well_seen: int = 0
    own_boxes: int = 0
    at_line: int = 0
    at_line_own: int = 0
    at_line_users: int = 0
    crossed: int = 0
    crossed_wrong: int = 0
    cpu_ms: list[float] = field(default_factory=list)
    causes: Counter[str] = field(default_factory=Counter)
    causes_by_box: Counter[str] = field(default_factory=Counter)

    def said(self) -> dict[str, float]:
        """Return means, and switches for a hundred road users."""
        shares = {name: round(float(np.mean(getattr(self, name))), 4) for name in ("hota", "deta", "assa", "idf1")}
        each = 100 / max(self.road_users, 1)
        return {
            **shares,
            "road_users": self.road_users,
            "switches_per_100": round(self.switches * each, 2),
            "switches_per_100_half_visible": round(self.well_seen * each, 2),
            "switches_per_100_by_box": round(self.own_boxes * each, 2),
            "at_line_road_users": self.at_line_users,
            "at_line_switches_half_visible": self.at_line,
            "at_line_switches_by_box": self.at_line_own,
            "crossed_the_line": self.crossed,
            "crossed_under_two_numbers": self.crossed_wrong,
            "cpu_ms_per_frame": round(float(np.mean(self.cpu_ms)), 3),
        }

    def why(self) -> dict[str, float]:
        """Return how many switches (half visible, and by box) have which cause."""
        counts = (("half visible", self.causes), ("by box", self.causes_by_box))
        return {f"{cause} ({name})": count[cause] for cause in CAUSES for name, count in counts}


@click.command()
@click.option("--seeds", default="101-103", show_default=True, help="Seeds of the scenes, for instance 1,2,7-9.")
@click.option("--seconds", default=60.0, show_default=True, help="Of each scene, after a minute of warming up.")
@click.option("--case", "names", multiple=True, type=click.Choice([c.name for c in CASES]), help="All by default.")
@click.option("--causes", is_flag=True, help="How many switches have which cause, instead of the figures.")
@click.option("--table", is_flag=True, help="A table instead of JSON.")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="Write truth and tracks, MOTChallenge.")
def tracks(seeds: str, seconds: float, names: tuple[str, ...], causes: bool, table: bool, out: Path | None) -> None:
    """Score tracks on rendered junctions beside ByteTrack.

    Switches are counted three ways: as CLEAR does with truth of everybody 30 % visible or more; the same with everybody
    half visible or more, whom a good detector finds; and by the true owner of each box that a tracker took.
    """
    cases = [
        replace(case, seed=seed, seconds=seconds)
        for case in CASES
        if not names or case.name in names
        for seed in parse_seeds(seeds)
    ]
    sums: dict[str, dict[str, Sum]] = {}
    for case in track(cases, console=Console(stderr=True), description="following"):
        frames = list(track_frames(case))
        for who, follow in (("ours", follow_ours), ("bytetrack", follow_byte_track)):
            began = time.process_time()
            followed = follow(frames)
            spent_ms = 1000 * (time.process_time() - began) / len(frames)
            add_scene(sums.setdefault(case.name, {}).setdefault(who, Sum()), frames, followed, spent_ms)
            if out is not None:
                write_scene(out, f"{case.name}-{case.seed}", who, frames, followed)
    said = {
        name: {who: each.why() if causes else each.said() for who, each in both.items()} for name, both in sums.items()
    }
    click.echo(_table(said) if table else json.dumps(said, indent=1))


def add_scene(total: Sum, frames: Sequence[TrackFrame], followed: Sequence[Followed], cpu_ms: float) -> None:
    """Add what one scene gave.

    Parameters
    ----------
    total : Sum
        What is added to.
    frames : sequence of TrackFrame
        The scene.
    followed : sequence of Followed
        Its tracks.
    cpu_ms : float
        Processor time a frame.
    """
    figures = _figures(frames, followed, 0.0)
    well = _figures(frames, followed, WELL)
    for name in ("hota", "deta", "assa", "idf1"):
        getattr(total, name).append(getattr(figures, name))
    total.road_users += figures.road_users
    total.switches += len(figures.switches)
    total.well_seen += len(well.switches)
    shown = [[one for one in frame.truth if one.visible >= WELL] for frame in frames]
    total.at_line += sum(shown[frame][row].is_near_line for frame, row, *_ in well.switches)
    total.at_line_users += len({one.user_id for rows in shown for one in rows if one.is_near_line})
    own = switches_by_box(frames, followed)
    total.own_boxes += len(own)
    near = [{one.user_id for one in frame.truth if one.is_near_line} for frame in frames]
    total.at_line_own += sum(each.user_id in near[each.frame] for each in own)
    numbers = Numbers(frames, followed)
    clear = [Switch(frame, shown[frame][row].user_id, was, now) for frame, row, was, now in well.switches]
    total.causes.update(numbers.cause(each) for each in clear)
    total.causes_by_box.update(numbers.cause(each) for each in own)
    crossed, wrong = errors_at_line(frames, followed)
    total.crossed += crossed
    total.crossed_wrong += wrong
    total.cpu_ms.append(cpu_ms)


def _figures(frames: Sequence[TrackFrame], followed: Sequence[Followed], least: float) -> TrackFigures:
    truth, taken = Boxes(), Boxes()
    for frame, one in zip(frames, followed, strict=True):
        asked = [each for each in frame.truth if each.visible >= least]
        truth.add([each.user_id for each in asked], [each.box for each in asked])
        tracked = asked_boxes(frame, one, least)
        taken.add([number for number, _ in tracked], [box for _, box in tracked])
    return track_figures(truth, taken)


def _table(said: dict[str, dict[str, dict[str, float]]]) -> str:
    heads = ["scene", "tracker", *next(iter(next(iter(said.values())).values()))]
    lines = [" | ".join(heads)]
    for name, both in said.items():
        lines += [" | ".join([name, who, *(f"{value:g}" for value in row.values())]) for who, row in both.items()]
    return "\n".join(lines)
