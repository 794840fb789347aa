"""A network on a GPU in batches of full-HD pictures: alone, with scaling there, and as the library does it."""

import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from vision.detector.library import LibraryDetector
from vision.detector.ultralytics import UltralyticsDetector

SIZE = (1080, 1920)
BATCHES = (2, 8, 16, 32, 64)
SECONDS = 1.0
# The library's own way is timed for these alone: it is slow.
LIBRARY_BATCHES = (16, 64)


def batch_speeds(detector: UltralyticsDetector) -> dict[int, tuple[float, float]]:
    """Time batches of one network.

    Parameters
    ----------
    detector : UltralyticsDetector
        On a GPU.

    Returns
    -------
    dict of int to tuple
        By batch: pictures a second of network, boxes and repeats for pictures scaled already, and of all for full-HD
        video (NV12) that lies on the GPU.
    """
    from vision.detector.gpu.batches import Look
    from vision.detector.gpu.pictures import Form

    speeds = {}
    for batch in BATCHES:
        small = [detector.batches.placed(picture) for picture in _noise(batch, (384, 640, 3))]
        large = [detector.batches.placed(picture) for picture in _noise(batch, (SIZE[0] * 3 // 2, SIZE[1]))]
        of_small = _per_s(detector, small, Look(Form.BGR, 640), batch)
        speeds[batch] = (of_small, _per_s(detector, large, Look(Form.NV12, 640), batch))
    return speeds


def library_speeds(weights: Path) -> dict[int, float]:
    """Return pictures a second by batch when the library takes full-HD pictures from the processor.

    Parameters
    ----------
    weights : Path
        A ``.pt`` or ``.engine``.

    Returns
    -------
    dict of int to float
        The naive way.
    """
    library = LibraryDetector(weights, device="cuda", half=True)
    return {batch: _repeated(partial(library.whole, _noise(batch, (*SIZE, 3))), batch) for batch in LIBRARY_BATCHES}


def _noise(count: int, shape: tuple[int, ...]) -> list[Any]:
    return [np.random.default_rng(i).integers(0, 255, shape, np.uint8) for i in range(count)]


def _per_s(detector: UltralyticsDetector, pictures: list[Any], look: Any, batch: int) -> float:
    def once() -> None:
        pending.append(detector.batches.begin(pictures, look))
        if len(pending) > 1:  # one is looked at while the boxes of the last are fetched
            detector.batches.finish(pending.pop(0))

    pending: list[Any] = []
    speed = _repeated(once, batch)
    detector.batches.finish(pending.pop())
    return speed


def _repeated(once: Callable[[], object], batch: int) -> float:
    for _ in range(3):
        once()
    began, rounds = time.perf_counter(), 0
    while time.perf_counter() - began < SECONDS:
        once()
        rounds += 1
    return rounds * batch / (time.perf_counter() - began)
