"""A data set in the form that ultralytics reads: pictures, one text file of boxes each, one YAML."""

import random
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import yaml

from vision.scenes.training import LABELS, Example, crop, examples

FRAMES, CROPS = 2, 4  # of a junction, of a frame
HELD_OUT = 1_000_000  # seeds of pictures that no training sees begin here


def write_dataset(out: Path, scenes: int, seed: int, side_px: int, on_scene: Callable[[], None] = lambda: None) -> Path:
    """Write rendered pictures and their boxes.

    Parameters
    ----------
    out : Path
        An empty or absent folder.
    scenes : int
        Junctions to train on; a tenth as many, of other seeds, to validate on.
    seed : int
        The first junction's seed.
    side_px : int
        Width and height of a picture.
    on_scene : callable
        Called after each junction.

    Returns
    -------
    Path
        The YAML that names the rest.
    """
    for part, first, count in (("train", seed, scenes), ("val", seed + HELD_OUT, max(1, scenes // 10))):
        images, labels = out / "images" / part, out / "labels" / part
        images.mkdir(parents=True, exist_ok=True)
        labels.mkdir(parents=True, exist_ok=True)
        for number in range(first, first + count):
            for name, one in _crops(number, side_px):
                (images / f"{name}.jpg").write_bytes(one.jpeg())
                (labels / f"{name}.txt").write_text("".join(_lines(one)), encoding="utf-8")
            on_scene()
    data = {"path": str(out.resolve()), "train": "images/train", "val": "images/val", "names": dict(enumerate(LABELS))}
    (out / "data.yaml").write_text(yaml.safe_dump(data), encoding="utf-8")
    return out / "data.yaml"


def _crops(seed: int, side_px: int) -> Iterator[tuple[str, Example]]:
    rng = random.Random(seed)  # noqa: S311 - a scene, not a secret
    for frame, whole in enumerate(examples(seed, FRAMES)):
        for k in range(CROPS):
            yield f"{seed}-{frame}-{k}", crop(whole, side_px, rng)


def _lines(one: Example) -> Iterator[str]:
    height, width = one.image.shape[:2]
    for (left, top, right, bottom), label in zip(one.boxes, one.labels, strict=True):
        middle = np.array([(left + right) / 2 / width, (top + bottom) / 2 / height])
        size = np.array([(right - left) / width, (bottom - top) / height])
        yield f"{LABELS.index(label)} " + " ".join(f"{v:.6f}" for v in (*middle, *size)) + "\n"
