"""`hanoi score tracks`: identities on rendered junctions at several qualities of a detector, beside ByteTrack."""

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import click
import numpy as np
from rich.console import Console
from rich.progress import track

from services.score.byte_track import ByteTrack
from services.score.track_figures import Boxes, TrackFigures, track_figures
from services.score.track_scene import LEAST_HEIGHT_PX, WELL, TrackCase, TrackFrame, track_frames
from services.score.violations import parse_seeds
from vision.tracks import Tracker

CASES = (
    TrackCase("perfect", 0, "exact"),
    TrackCase("good", 0, "good"),
    TrackCase("street", 0, "street"),
    TrackCase("busy", 0, "street", busy=1.6, arm="north"),
    TrackCase("lossy", 0, "street", jitter=0.3, drops=0.5),
    TrackCase("six_a_second", 0, "street", fps=6.0),
)
# For each frame: the number of a track, and which box it took.
Numbered = list[list[tuple[int, int]]]


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
    cpu_ms: list[float] = field(default_factory=list)

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
            "cpu_ms_per_frame": round(float(np.mean(self.cpu_ms)), 3),
        }


@click.command()
@click.option("--seeds", default="101-103", show_default=True, help="Seeds of the scenes, for instance 1,2,7-9.")
@click.option("--seconds", default=60.0, show_default=True, help="Of each scene, after a minute of warming up.")
@click.option("--case", "names", multiple=True, type=click.Choice([c.name for c in CASES]), help="All by default.")
@click.option("--table", is_flag=True, help="A table instead of JSON.")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="Write truth and tracks, MOTChallenge.")
def tracks(seeds: str, seconds: float, names: tuple[str, ...], table: bool, out: Path | None) -> None:
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
            numbered = follow(frames)
            spent_ms = 1000 * (time.process_time() - began) / len(frames)
            add_scene(sums.setdefault(case.name, {}).setdefault(who, Sum()), frames, numbered, spent_ms)
            if out is not None:
                write_scene(out, f"{case.name}-{case.seed}", who, frames, numbered)
    said = {name: {who: each.said() for who, each in both.items()} for name, both in sums.items()}
    click.echo(_table(said) if table else json.dumps(said, indent=1))


def follow_ours(frames: Sequence[TrackFrame]) -> Numbered:
    """Return the tracks of our tracker; looks of before a track was confirmed are given to their frames."""
    tracker = Tracker()
    place = {frame.time_ms: i for i, frame in enumerate(frames)}
    numbered: Numbered = [[] for _ in frames]
    rows = [{tuple(box): i for i, box in enumerate(frame.found.boxes.tolist())} for frame in frames]
    for index, frame in enumerate(frames):
        for look in tracker.step(frame.time_ms, index, frame.found):
            at = place[look.time_ms]
            numbered[at].append((look.track_id, rows[at][look.box]))
    return numbered


def follow_byte_track(frames: Sequence[TrackFrame]) -> Numbered:
    """Return the tracks of ByteTrack at the mean rate of the frames."""
    seconds = (frames[-1].time_ms - frames[0].time_ms) / 1000
    tracker = ByteTrack((len(frames) - 1) / seconds)
    return [tracker.step(frame.time_ms, frame.found) for frame in frames]


def add_scene(total: Sum, frames: Sequence[TrackFrame], numbered: Numbered, cpu_ms: float) -> None:
    """Add what one scene gave.

    Parameters
    ----------
    total : Sum
        What is added to.
    frames : sequence of TrackFrame
        The scene.
    numbered : list
        The tracks of each frame.
    cpu_ms : float
        Processor time a frame.
    """
    figures = _figures(frames, numbered, 0.0)
    well = _figures(frames, numbered, WELL)
    for name in ("hota", "deta", "assa", "idf1"):
        getattr(total, name).append(getattr(figures, name))
    total.road_users += figures.road_users
    total.switches += len(figures.switches)
    total.well_seen += len(well.switches)
    shown = [[one for one in frame.truth if one.visible >= WELL] for frame in frames]
    total.at_line += sum(shown[frame][row].is_near_line for frame, row in well.switches)
    total.at_line_users += len({one.user_id for rows in shown for one in rows if one.is_near_line})
    own = list(_by_box(frames, numbered))
    total.own_boxes += len(own)
    total.at_line_own += sum(own)
    total.cpu_ms.append(cpu_ms)


def _figures(frames: Sequence[TrackFrame], numbered: Numbered, least: float) -> TrackFigures:
    truth, taken = Boxes(), Boxes()
    for frame, pairs in zip(frames, numbered, strict=True):
        asked = [one for one in frame.truth if one.visible >= least]
        truth.add([one.user_id for one in asked], [one.box for one in asked])
        boxes = frame.found.boxes
        tall = [(number, i) for number, i in pairs if boxes[i, 3] - boxes[i, 1] >= LEAST_HEIGHT_PX]
        taken.add([number for number, _ in tall], [boxes[i].tolist() for _, i in tall])
    return track_figures(truth, taken)


def _by_box(frames: Sequence[TrackFrame], numbered: Numbered) -> list[bool]:
    """Return for each switch by the owners of boxes whether it was near the stop line.

    Of two tracks on boxes of one road user (its rider and its motorcycle) the one that it had goes on.
    """
    last: dict[int, int] = {}
    found = []
    for frame, pairs in zip(frames, numbered, strict=True):
        asked = {one.user_id: one for one in frame.truth}
        having: dict[int, list[int]] = {}
        for number, i in pairs:
            having.setdefault(frame.owners[i], []).append(number)
        for owner in having.keys() & asked.keys():
            numbers = having[owner]
            if owner in last and last[owner] not in numbers:
                found.append(asked[owner].is_near_line)
            if last.get(owner) not in numbers:
                last[owner] = numbers[0]
    return found


def write_scene(folder: Path, name: str, who: str, frames: Sequence[TrackFrame], numbered: Numbered) -> None:
    """Write truth, tracks and boxes of a scene as MOTChallenge rows (frame, number, left, top, width, height).

    Parameters
    ----------
    folder : Path
        Where to.
    name, who : str
        The scene, and whose tracks.
    frames : sequence of TrackFrame
        The scene.
    numbered : list
        The tracks of each frame.
    """
    folder.mkdir(parents=True, exist_ok=True)
    truth = [(k, one.user_id, one.box) for k, frame in enumerate(frames) for one in frame.truth]
    mine = [
        (k, number, frames[k].found.boxes[i].tolist())
        for k, pairs in enumerate(numbered)
        for number, i in pairs
        if frames[k].found.boxes[i, 3] - frames[k].found.boxes[i, 1] >= LEAST_HEIGHT_PX
    ]
    for path, rows in ((folder / f"{name}.truth.txt", truth), (folder / f"{name}.{who}.txt", mine)):
        path.write_text("".join(_row(*row) for row in rows), encoding="ascii")


def _row(frame: int, number: int, box: Sequence[float]) -> str:
    left, top, right, foot = box
    return f"{frame},{number},{left:.2f},{top:.2f},{right - left:.2f},{foot - top:.2f}\n"


def _table(said: dict[str, dict[str, dict[str, float]]]) -> str:
    heads = ["scene", "tracker", *next(iter(next(iter(said.values())).values()))]
    lines = [" | ".join(heads)]
    for name, both in said.items():
        lines += [" | ".join([name, who, *(f"{value:g}" for value in row.values())]) for who, row in both.items()]
    return "\n".join(lines)
