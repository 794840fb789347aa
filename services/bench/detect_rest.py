"""Everything of a frame but its detector, with fifty road users in the picture: what each part costs."""

import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from services.bench.report import Figure
from vision.camera import CameraConfig
from vision.detector.base import Detections, empty_or
from vision.frames import Frame
from vision.pipeline import Watcher

FIFTY = 50
GOAL = "ours <= 2.5"
WARM_UP = 10


class Fifty:
    """Fifty motorcycles with riders apart that ride up the picture in ten lanes, each at its own speed."""

    name, sha256 = "fifty", "0" * 64

    def __init__(self, size: tuple[int, int]) -> None:
        self._size = size
        rng = np.random.default_rng(1)
        self._lane = np.arange(FIFTY) % 10
        self._phase, self._speed = rng.random(FIFTY), 0.04 + 0.04 * rng.random(FIFTY)

    def detect(self, frame: Frame) -> Detections:
        """Return all fifty at the frame's time."""
        width, height = self._size
        along = (self._phase + self._speed * frame.time_ms / 1000) % 1.0
        foot = height * (1.0 - 0.8 * along)
        tall = 0.03 * height + 0.15 * (foot - 0.2 * height)
        middle = width * (self._lane + 0.5) / 10
        boxes, labels = [], []
        for x, y, h in zip(middle.tolist(), foot.tolist(), tall.tolist(), strict=True):
            boxes += [[x - h / 4, y - h / 2, x + h / 4, y], [x - h / 5, y - h, x + h / 5, y - h / 4]]
            labels += ["motorcycle", "person"]
        return empty_or(boxes, [0.8] * len(boxes), labels)


def rest_figures(camera: CameraConfig, frames: Iterator[Frame]) -> list[Figure]:
    """Time decoding and watching with the fifty, and each part of watching.

    Parameters
    ----------
    camera : CameraConfig
        The camera.
    frames : iterator of Frame
        What to watch; the first ten warm up.

    Returns
    -------
    list of Figure
        Processor milliseconds a frame: of all, and of each part.
    """
    watcher = Watcher(camera, Fifty(camera.frame))
    spent: dict[str, list[float]] = {"rest": [], "decode": []}
    for name, (owner, method) in _parts(watcher).items():
        _timed(owner, method, spent.setdefault(name, []))
    while True:
        began = time.process_time()
        frame = next(frames, None)
        if frame is None:
            break
        decoded = time.process_time()
        watcher.step([frame])
        spent["decode"].append(decoded - began)
        spent["rest"].append(time.process_time() - decoded)
    per_frame = {name: round(float(np.mean(rows[WARM_UP:] or [0.0])) * 1000, 3) for name, rows in spent.items()}
    rest = round(per_frame["rest"] - per_frame.pop("detector"), 3)
    parts = [Figure(f"{name}_cpu_ms", "ms", value) for name, value in per_frame.items() if name != "rest"]
    return [Figure("rest_cpu_ms_with_50_tracks", "ms", rest, goal=GOAL), *parts]


def _parts(watcher: Watcher) -> dict[str, tuple[Any, str]]:
    return {
        "health": (watcher.eyes.health, "step"),
        "detector": (watcher.eyes._detector, "detect"),
        "tracker": (watcher.eyes._tracker, "step"),
        "lamps": (watcher.observer, "read_lamps"),
        "rules": (watcher.observer, "step"),
        "counts": (watcher._counter, "step"),
    }


def _timed(owner: Any, method: str, rows: list[float]) -> None:
    """Note the processor time of each call of a method of one object."""
    call: Callable[..., Any] = getattr(owner, method)

    def timed(*args: Any, **options: Any) -> Any:
        began = time.process_time()
        try:
            return call(*args, **options)
        finally:
            rows.append(time.process_time() - began)

    setattr(owner, method, timed)
