"""Detections made from the truth, as wrong as a detector would be: misses, shaken and false boxes, wrong kinds."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from vision.detector.base import Detections, empty_or
from vision.scenes.layout import Floats
from vision.scenes.seen import Box, Seen

WRONG = {"motorcycle": "bicycle", "bicycle": "motorcycle", "car": "truck", "truck": "bus", "bus": "truck"}


@dataclass(frozen=True)
class Noise:
    """How wrong detections are; shares of one, lengths as shares of the box's height.

    Attributes
    ----------
    miss : float
        Of bodies or riders wholly visible that are not found; with less visible it grows to all at ``blind`` visible.
    jitter : float
        Standard deviation of each edge; half of it stays over about half a second.
    false_per_frame : float
        Boxes where nobody is; each stays for some frames.
    wrong_kind : float
        Of boxes with the neighbouring kind.
    blind : float
        Share visible below which nothing is found.
    is_modal : bool
        Whether boxes end where somebody nearer begins, as those of detectors do that were trained on COCO, and each
        body and rider is found by what is visible of itself; else they are whole however little is seen.
    """

    miss: float = 0.0
    jitter: float = 0.0
    false_per_frame: float = 0.0
    wrong_kind: float = 0.0
    blind: float = 0.15
    is_modal: bool = False


NOISES = {
    "exact": Noise(),
    "good": Noise(miss=0.02, jitter=0.015, false_per_frame=0.02, wrong_kind=0.01),
    "street": Noise(miss=0.08, jitter=0.03, false_per_frame=0.1, wrong_kind=0.03, blind=0.3),
    "poor": Noise(miss=0.2, jitter=0.05, false_per_frame=0.3, wrong_kind=0.06, blind=0.4),
}
STAYS_S = 0.5
LEAST_PX = 2.0
FALSE_FRAMES = 6


@dataclass
class NoisyEyes:
    """Turns what is to be seen into what a detector would say; frames in their order.

    Attributes
    ----------
    noise : Noise
        How wrong.
    seed : int
        The seed of all chance.
    size : tuple of int
        Width and height of the picture, pixels.
    made : list of tuple
        The boxes of the last frame that are of somebody, each after its road user's number and whether it is the body.
    """

    noise: Noise
    seed: int
    size: tuple[int, int] = (1280, 720)
    made: list[tuple[int, bool, list[float]]] = field(default_factory=list)
    _offsets: dict[tuple[int, int], tuple[int, Floats]] = field(default_factory=dict)
    _ghosts: list[tuple[int, str, Box]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._rng = np.random.default_rng(self.seed)

    def detect(self, time_ms: int, seen: Sequence[Seen]) -> Detections:
        """Return the detections of one frame.

        Parameters
        ----------
        time_ms : int
            Its time.
        seen : sequence of Seen
            What is to be seen.
        """
        rows = [
            (one.pose.user_id, k, part.label, part.shown, part.visible)
            if self.noise.is_modal
            else (one.pose.user_id, k, part.label, part.box, one.visible)
            for one in seen
            for k, part in enumerate(one.parts)
        ]
        visible = np.array([row[4] for row in rows])
        moved = self._shake(time_ms, [row[:2] for row in rows], np.array([row[3] for row in rows]).reshape(-1, 4))
        is_wrong = self._rng.random(len(rows)) < self.noise.wrong_kind
        is_found = (
            ~self._misses(visible) & (moved[:, 2] - moved[:, 0] > LEAST_PX) & (moved[:, 3] - moved[:, 1] > LEAST_PX)
        )
        which = np.flatnonzero(is_found).tolist()
        boxes, labels = moved[which].tolist(), [_label(rows[i][2], is_wrong=bool(is_wrong[i])) for i in which]
        scores = self._scores(visible)[which].tolist()
        self.made = [(rows[i][0], rows[i][1] == 0, box) for i, box in zip(which, boxes, strict=True)]
        self._add_ghosts(boxes, scores, labels)
        self._forget(time_ms)
        return empty_or(boxes, scores, labels)

    def _misses(self, visible: Floats) -> NDArray[np.bool_]:
        noise = self.noise
        hidden = (1.0 - visible) / (1.0 - noise.blind)
        missed = noise.miss + (1.0 - noise.miss) * hidden**3 * (1.0 if noise.miss else 0.0)
        return np.asarray((visible < noise.blind) | (self._rng.random(len(visible)) < missed))

    def _scores(self, visible: Floats) -> Floats:
        if not self.noise.miss:
            return np.full(len(visible), 0.95)
        return np.asarray(np.clip(self._rng.normal(0.45 + 0.4 * visible, 0.1), 0.12, 0.98))

    def _shake(self, time_ms: int, keys: Sequence[tuple[int, int]], boxes: Floats) -> Floats:
        """Return boxes with every edge off by what stays for a while and by what is of this frame alone."""
        sd = self.noise.jitter * (boxes[:, 3:] - boxes[:, 1:2])
        now, fresh, begin = self._rng.normal(0.0, 1.0, (3, len(keys), 4))
        known = [self._offsets.get(key) for key in keys]
        then = [one if one is not None else (time_ms, first) for one, first in zip(known, begin, strict=True)]
        keep = np.exp([[(at_ms - time_ms) / 1000.0 / STAYS_S] for at_ms, _ in then]).reshape(-1, 1)
        slow = keep * np.array([each for _, each in then]).reshape(-1, 4) + np.sqrt(1.0 - keep**2) * now
        self._offsets.update((key, (time_ms, each)) for key, each in zip(keys, slow, strict=True))
        return np.asarray(np.clip(boxes + sd * (slow + fresh) / np.sqrt(2.0), 0.0, (*self.size, *self.size)))

    def _add_ghosts(self, boxes: list[list[float]], scores: list[float], labels: list[str]) -> None:
        self._ghosts = [(left - 1, label, box) for left, label, box in self._ghosts if left > 1]
        if self._rng.random() < self.noise.false_per_frame / FALSE_FRAMES * 2:
            x, y = self._rng.uniform(0, self.size[0]), self._rng.uniform(self.size[1] * 0.25, self.size[1])
            height = self._rng.uniform(0.03, 0.2) * self.size[1]
            label = str(self._rng.choice(["motorcycle", "person", "car"]))
            box = (max(0.0, x - height / 3), max(0.0, y - height), min(self.size[0], x + height / 3), y)
            self._ghosts.append((int(self._rng.integers(1, FALSE_FRAMES)), label, box))
        for _, label, box in self._ghosts:
            boxes.append(list(box))
            labels.append(label)
            scores.append(float(self._rng.uniform(0.12, 0.6)))

    def _forget(self, time_ms: int) -> None:
        if len(self._offsets) > 2000:
            self._offsets = {k: v for k, v in self._offsets.items() if time_ms - v[0] < 5000}


def _label(label: str, *, is_wrong: bool) -> str:
    return WRONG.get(label, label) if is_wrong else label
