"""Detections made from the truth, as wrong as a detector would be: misses, shaken and false boxes, wrong kinds."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from vision.detector.base import Detections, empty_or
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
    """

    miss: float = 0.0
    jitter: float = 0.0
    false_per_frame: float = 0.0
    wrong_kind: float = 0.0
    blind: float = 0.15


NOISES = {
    "exact": Noise(),
    "good": Noise(miss=0.02, jitter=0.015, false_per_frame=0.02, wrong_kind=0.01),
    "street": Noise(miss=0.08, jitter=0.03, false_per_frame=0.1, wrong_kind=0.03, blind=0.3),
    "poor": Noise(miss=0.2, jitter=0.05, false_per_frame=0.3, wrong_kind=0.06, blind=0.4),
}
STAYS_S = 0.5
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
    _offsets: dict[tuple[int, int], tuple[int, np.ndarray]] = field(default_factory=dict)
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
        boxes: list[list[float]] = []
        scores: list[float] = []
        labels: list[str] = []
        self.made = []
        for one in seen:
            for k, (label, box) in enumerate(one.parts):
                if self._misses(one.visible):
                    continue
                moved = self._shake(time_ms, (one.pose.user_id, k), box)
                if moved is None:
                    continue
                is_wrong = label in WRONG and self._rng.random() < self.noise.wrong_kind
                boxes.append(moved)
                self.made.append((one.pose.user_id, k == 0, moved))
                labels.append(WRONG[label] if is_wrong else label)
                scores.append(self._score(one.visible))
        self._add_ghosts(boxes, scores, labels)
        self._forget(time_ms)
        return empty_or(boxes, scores, labels)

    def _misses(self, visible: float) -> bool:
        noise = self.noise
        if visible < noise.blind:
            return True
        hidden = (1.0 - visible) / (1.0 - noise.blind)
        return bool(self._rng.random() < noise.miss + (1.0 - noise.miss) * hidden**3 * (1.0 if noise.miss else 0.0))

    def _score(self, visible: float) -> float:
        if not self.noise.miss:
            return 0.95
        return float(np.clip(self._rng.normal(0.45 + 0.4 * visible, 0.1), 0.12, 0.98))

    def _shake(self, time_ms: int, key: tuple[int, int], box: Box) -> list[float] | None:
        height = box[3] - box[1]
        sd = self.noise.jitter * height
        now = self._rng.normal(0.0, 1.0, 4) if sd else np.zeros(4)
        at_ms, slow = self._offsets.get(key, (time_ms, self._rng.normal(0.0, 1.0, 4) if sd else np.zeros(4)))
        keep = float(np.exp(-(time_ms - at_ms) / 1000.0 / STAYS_S))
        slow = keep * slow + np.sqrt(max(0.0, 1 - keep**2)) * now
        self._offsets[key] = (time_ms, slow)
        fresh = self._rng.normal(0.0, 1.0, 4) if sd else now
        off = sd * (slow + fresh) / np.sqrt(2.0)
        left, top, right, bottom = (np.array(box) + off).tolist()
        made = [max(0.0, left), max(0.0, top), min(self.size[0], right), min(self.size[1], bottom)]
        return made if made[2] - made[0] > 2 and made[3] - made[1] > 2 else None

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
