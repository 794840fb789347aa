"""Frames of a scene followed by a tracker: the number of each box, and whose box it is."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from services.score.byte_track import ByteTrack
from services.score.track_scene import LEAST_HEIGHT_PX, TrackFrame, owners_of
from vision.detector.base import Detections
from vision.riders import join_riders
from vision.tracks import Tracker


@dataclass
class Followed:
    """One frame: its boxes with riders joined, whose each is (0: nobody's), and the numbers given to some of them."""

    found: Detections
    owners: list[int]
    pairs: list[tuple[int, int]] = field(default_factory=list)


def follow_ours(frames: Sequence[TrackFrame]) -> list[Followed]:
    """Return the tracks of our tracker; looks of before a track was confirmed are given to their frames."""
    tracker = Tracker()
    place: dict[int, int] = {}
    rows: list[dict[tuple[float, ...], int]] = []
    followed: list[Followed] = []
    for index, frame in enumerate(frames):
        found = join_riders(frame.seen, tracker.two_wheelers_due(frame.time_ms))
        followed.append(Followed(found, owners_of(frame, found)))
        rows.append({tuple(box): i for i, box in enumerate(found.boxes.tolist())})
        place[frame.time_ms] = index
        for look in tracker.step(frame.time_ms, index, found):
            at = place[look.time_ms]
            followed[at].pairs.append((look.track_id, rows[at][look.box]))
    return followed


def follow_byte_track(frames: Sequence[TrackFrame]) -> list[Followed]:
    """Return the tracks of ByteTrack at the mean rate of the frames; riders are joined frame by frame."""
    seconds = (frames[-1].time_ms - frames[0].time_ms) / 1000
    tracker = ByteTrack((len(frames) - 1) / seconds)
    followed = []
    for frame in frames:
        found = join_riders(frame.seen)
        followed.append(Followed(found, owners_of(frame, found), tracker.step(frame.time_ms, found)))
    return followed


def asked_boxes(frame: TrackFrame, one: Followed, least: float) -> list[tuple[int, list[float]]]:
    """Return number and box of those tracks of a frame that count.

    As judges of trackers do, boxes of somebody who is there but not asked for (small, or hidden farther) count neither
    way: else a road user that is missed in one frame is given the box of the neighbour behind and has switched twice.

    Parameters
    ----------
    frame : TrackFrame
        The frame.
    one : Followed
        Its tracks.
    least : float
        The share of a road user that must be visible for it to be asked for.
    """
    asked = {0, *(each.user_id for each in frame.truth if each.visible >= least)}
    boxes = one.found.boxes
    return [
        (number, boxes[i].tolist())
        for number, i in one.pairs
        if boxes[i, 3] - boxes[i, 1] >= LEAST_HEIGHT_PX and one.owners[i] in asked
    ]


def write_scene(folder: Path, name: str, who: str, frames: Sequence[TrackFrame], followed: Sequence[Followed]) -> None:
    """Write truth, tracks and boxes of a scene as MOTChallenge rows (frame, number, left, top, width, height).

    Parameters
    ----------
    folder : Path
        Where to.
    name, who : str
        The scene, and whose tracks.
    frames : sequence of TrackFrame
        The scene.
    followed : sequence of Followed
        Its tracks.
    """
    folder.mkdir(parents=True, exist_ok=True)
    truth = [(k, one.user_id, one.box) for k, frame in enumerate(frames) for one in frame.truth]
    mine = [
        (k, number, box)
        for k, (frame, one) in enumerate(zip(frames, followed, strict=True))
        for number, box in asked_boxes(frame, one, 0.0)
    ]
    for path, rows in ((folder / f"{name}.truth.txt", truth), (folder / f"{name}.{who}.txt", mine)):
        path.write_text("".join(_row(*row) for row in rows), encoding="ascii")


def _row(frame: int, number: int, box: Sequence[float]) -> str:
    left, top, right, foot = box
    return f"{frame},{number},{left:.2f},{top:.2f},{right - left:.2f},{foot - top:.2f}\n"
