"""`hanoi score scenes`: what a detector finds on rendered scenes of seeds and cameras that no training saw."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import click
import numpy as np
from rich.console import Console
from rich.progress import track

from services.train.dataset import HELD_OUT
from vision.detector.base import Detections
from vision.detector.boxes import iou
from vision.detector.open import open_detector
from vision.errors import VisionError
from vision.frames import Frame
from vision.scenes.training import LABELS, Example, examples

OVERLAP = 0.5
# Heights in pixels of a picture of 960 × 540.
SIZES = {
    "under 16 px": (0.0, 16.0),
    "16 to 32 px": (16.0, 32.0),
    "32 to 64 px": (32.0, 64.0),
    "over 64 px": (64.0, 1e9),
}
FIRST_SEED = 2 * HELD_OUT


@click.command()
@click.option(
    "--weights", default="scenes", show_default=True, help="OpenVINO folder, .onnx, .pt; scenes: the shipped."
)
@click.option("--scenes", "count", default=60, show_default=True, help="Junctions, a camera and a picture each.")
@click.option("--seed", default=FIRST_SEED, show_default=True, help="Of the first; trainings use smaller ones.")
@click.option("--sure", default=0.25, show_default=True, help="Score from which something is found.")
def scenes(weights: str, count: int, seed: int, sure: float) -> None:
    """Score a detector on rendered scenes that no training saw."""
    try:
        detector = open_detector(weights)
        tally = Tally(sure)
        for number in track(range(seed, seed + count), console=Console(stderr=True), description="looking"):
            for example in examples(number, 1):
                tally.take(example, detector.detect(Frame(0, 0, example.image)))
    except VisionError as error:
        raise click.ClickException(str(error)) from error
    click.echo(json.dumps({"scenes": count, "seed": seed, "model_sha256": detector.sha256, **tally.said()}, indent=1))


@dataclass
class Tally:
    """What was there and what was found, by class."""

    sure: float
    there: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    found: dict[str, list[tuple[float, bool]]] = field(default_factory=lambda: defaultdict(list))
    by_size: dict[str, list[bool]] = field(default_factory=lambda: defaultdict(list))
    by_label: dict[str, list[bool]] = field(default_factory=lambda: defaultdict(list))

    def take(self, example: Example, seen: Detections) -> None:
        """Count one picture."""
        for label in LABELS:
            boxes = example.boxes[[name == label for name in example.labels]]
            mine = [i for i, name in enumerate(seen.labels) if name == label]
            hits = list(_matches(boxes, seen.boxes[mine]))
            self.there[label] += len(boxes)
            self.found[label] += [(float(seen.scores[i]), hit is not None) for i, hit in zip(mine, hits, strict=True)]
            sure = {hit for i, hit in zip(mine, hits, strict=True) if seen.scores[i] >= self.sure}
            for k, box in enumerate(boxes):
                self.by_label[label].append(k in sure)
                self.by_size[_size(float(box[3] - box[1]))].append(k in sure)

    def said(self) -> dict[str, object]:
        """Return the figures, shares of one."""
        precise = {
            label: average_precision(self.found[label], self.there[label]) for label in LABELS if self.there[label]
        }
        claims = [hit for pairs in self.found.values() for score, hit in pairs if score >= self.sure]
        return {
            "map50": round(float(np.mean(list(precise.values()))), 3),
            "ap50": {label: round(value, 3) for label, value in precise.items()},
            "recall": {label: _share(self.by_label[label]) for label in LABELS if self.there[label]},
            "recall_by_height": {size: _share(self.by_size[size]) for size in SIZES if self.by_size[size]},
            "precision": _share(claims),
            "there": dict(self.there),
        }


def average_precision(found: Iterable[tuple[float, bool]], there: int) -> float:
    """Return the area under precision over recall, precision made falling (as COCO does).

    Parameters
    ----------
    found : iterable of tuple
        Score, and whether it was right.
    there : int
        How many there were.

    Returns
    -------
    float
        0 to 1.
    """
    right = np.array([hit for _, hit in sorted(found, key=lambda pair: -pair[0])], float)
    if len(right) == 0:
        return 0.0
    hits = right.cumsum()
    precision = np.maximum.accumulate((hits / np.arange(1, len(right) + 1))[::-1])[::-1]
    return float((precision * right).sum() / there)


def _matches(boxes: np.ndarray, found: np.ndarray) -> Iterator[int | None]:
    """Yield for each found box, best first, the box it is of; each box is taken once."""
    free = set(range(len(boxes)))
    overlaps = iou(found.astype(np.float32), boxes.astype(np.float32)) if len(boxes) and len(found) else None
    for row in range(len(found)):
        best = max(free, key=lambda k: overlaps[row, k], default=None) if overlaps is not None else None
        if best is None or overlaps is None or overlaps[row, best] < OVERLAP:
            yield None
        else:
            free.discard(best)
            yield best


def _size(height_px: float) -> str:
    return next(name for name, (low, high) in SIZES.items() if low <= height_px < high)


def _share(flags: list[bool]) -> float:
    return round(float(np.mean(flags)), 3) if flags else 0.0
