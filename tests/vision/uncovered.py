"""How much of bystanders' heads and plates a redacted copy leaves open, by the truth of a scene.

    python -m tests.vision.uncovered --seconds 60 --noise street

Detections are made from the truth with a detector's faults, tracked as in the pipeline, and covered as in the copy. Of
each head and plate at least 8 px tall (wide) that is not hidden, the share of its pixels left open is told. What a copy
shows of all road users comes last.
"""

import argparse
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vision.evidence.witnesses import Witnesses
from vision.privacy import Actor, Box, covered
from vision.riders import join_riders
from vision.scenes.film import Film
from vision.scenes.layout import hanoi_junction
from vision.scenes.noise import NOISES
from vision.scenes.pinhole import PinholeCamera, approach_camera
from vision.scenes.seen import Seen, cuboid
from vision.scenes.world import World
from vision.tracks import Tracker

LEAST_PX, LEAST_VISIBLE = 8.0, 0.3
# Half sizes and height above the road of rear plates, metres.
PLATES_M = {
    "motorbike": (0.10, 0.62, 0.76),
    "car": (0.26, 0.35, 0.55),
    "truck": (0.26, 0.6, 0.8),
    "bus": (0.26, 0.6, 0.8),
}
HEAD_SHARE = {"person": 0.16, "rider": 0.24}
NOBODY = Actor((), ())
EACH_SHOWN = 10  # frames between two in which the shown share is told


@dataclass
class Open:
    """How many heads or plates there were, how many were mostly open, and the pixels."""

    count: int = 0
    mostly_open: int = 0
    pixels: float = 0.0
    open_pixels: float = 0.0

    def add(self, box: Box, regions: list[Box]) -> None:
        """Count one of them."""
        left, top, right, bottom = (round(v) for v in box)
        mask = np.ones((max(1, bottom - top), max(1, right - left)), bool)
        for x1, y1, x2, y2 in regions:
            rows = slice(max(0, int(y1) - top), max(0, int(np.ceil(y2)) - top))
            mask[rows, max(0, int(x1) - left) : max(0, int(np.ceil(x2)) - left)] = False
        self.count += 1
        self.pixels += mask.size
        self.open_pixels += float(mask.sum())
        self.mostly_open += bool(mask.mean() > 0.5)

    @property
    def text(self) -> str:
        """One line."""
        share, pixels = self.mostly_open / max(self.count, 1), self.open_pixels / max(self.pixels, 1.0)
        return f"{self.count} seen, {share:.2%} mostly open, {pixels:.2%} of their pixels open"


@dataclass
class Shown:
    """Pixels of road users, and those of them that are left open."""

    pixels: int = 0
    open_pixels: int = 0

    def add(self, everybody: list[Box], regions: list[Box], size: tuple[int, int]) -> None:
        """Count one frame."""
        theirs, hidden = _mask(everybody, size), _mask(regions, size)
        self.pixels += int(theirs.sum())
        self.open_pixels += int((theirs & ~hidden).sum())

    @property
    def text(self) -> str:
        """One line."""
        return f"{self.open_pixels / max(self.pixels, 1):.1%} of their pixels shown"


def _mask(boxes: list[Box], size: tuple[int, int]) -> NDArray[np.bool_]:
    mask = np.zeros((size[1], size[0]), bool)
    for left, top, right, bottom in boxes:
        mask[max(0, int(top)) : max(0, int(np.ceil(bottom))), max(0, int(left)) : max(0, int(np.ceil(right)))] = True
    return mask


def heads(seen: Seen) -> list[Box]:
    """Return the heads of a walker or of the riders of a two-wheeler."""
    kind = "person" if seen.label == "person" else "rider"
    people = [part.box for part in seen.parts if part.label == "person"]
    return [(x1, y1, x2, y1 + HEAD_SHARE[kind] * (y2 - y1)) for x1, y1, x2, y2 in people]


def plate(camera: PinholeCamera, seen: Seen) -> list[Box]:
    """Return the rear plate where the camera sees the rear."""
    pose = seen.pose
    if pose.look.kind not in PLATES_M:
        return []
    half, low, high = PLATES_M[pose.look.kind]
    away = np.array([pose.x, pose.y]) - np.array(camera.place_m[:2])
    heading = np.array([np.cos(pose.heading_rad), np.sin(pose.heading_rad)])
    if away @ heading <= 0:
        return []
    back = np.array([pose.x, pose.y]) - heading * pose.look.length_m / 2
    pixels, _ = camera.pixels(cuboid(float(back[0]), float(back[1]), pose.heading_rad, (0.02, half), (low, high)))
    (left, top), (right, bottom) = pixels.min(axis=0), pixels.max(axis=0)
    inside = left >= 0 and top >= 0 and right <= camera.size[0] and bottom <= camera.size[1]
    return [(left, top, right, bottom)] if inside else []


def measure(seconds: float, noise: str, seed: int = 1) -> tuple[dict[str, Open], Shown]:
    """Watch a scene for some seconds and tell what stays open of heads and plates, and of all."""
    camera = approach_camera(hanoi_junction().arms["south"], fps=12.5)
    film = Film(World(seed, {}), camera, NOISES[noise], seed)
    tracker, kept = Tracker(), Witnesses(round(seconds * 1000) + 10_000)
    shots = []
    for shot in film.shots(20.0, 20.0 + seconds):
        found = join_riders(film.detect(shot.frame), tracker.two_wheelers_due(shot.frame.time_ms))
        kept.see(tracker.step(shot.frame.time_ms, shot.frame.index, found))
        shots.append((shot.frame.time_ms, shot.seen))
    others = kept.others(-1, shots[0][0], shots[-1][0])
    found_open, shown = {"heads": Open(), "plates": Open()}, Shown()
    for number, (time_ms, everybody) in enumerate(shots):
        regions = covered(others, NOBODY, time_ms)
        if number % EACH_SHOWN == 0:
            shown.add([one.box for one in everybody if one.visible >= LEAST_VISIBLE], regions, camera.size)
        for seen in (one for one in everybody if one.visible >= LEAST_VISIBLE):
            for box in heads(seen):
                if box[3] - box[1] >= LEAST_PX:
                    found_open["heads"].add(box, regions)
            for box in plate(camera, seen):
                if box[2] - box[0] >= LEAST_PX:
                    found_open["plates"].add(box, regions)
    return found_open, shown


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--noise", choices=sorted(NOISES), default="street")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    found_open, shown = measure(args.seconds, args.noise, args.seed)
    for name, found in {**found_open, "road users": shown}.items():
        print(f"{args.noise}, seed {args.seed}: {name}: {found.text}")


if __name__ == "__main__":
    main()
