"""ByteTrack (Zhang and others 2022) as its authors give it: the field's usual tracker, to stand beside ours."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from vision.detector.base import Detections
from vision.detector.boxes import iou
from vision.tracks import FAMILY

Floats = NDArray[np.float64]
# Their thresholds; the two scores are set lower, as our detectors begin a track at 0.35.
HIGH, BEGINS = 0.30, 0.35
FIRST, SECOND, UNCONFIRMED = 0.2, 0.5, 0.3
PATIENCE_S = 2.0
# Noise of place and speed, as shares of the height, a frame.
PLACE, SPEED = 1.0 / 20, 1.0 / 160


@dataclass
class _Track:
    mean: Floats
    cov: Floats
    last_s: float
    number: int = 0

    def predict(self, steps: float) -> None:
        move = np.eye(8)
        move[:4, 4:] = steps * np.eye(4)
        tall = max(self.mean[3], 1.0)
        noise = np.array([PLACE * tall, PLACE * tall, 1e-2, PLACE * tall, *[SPEED * tall] * 2, 1e-5, SPEED * tall])
        self.mean = move @ self.mean
        self.cov = move @ self.cov @ move.T + np.diag(noise**2) * steps

    def take(self, seen: Floats, time_s: float) -> None:
        tall = max(self.mean[3], 1.0)
        noise = np.diag(np.array([PLACE * tall, PLACE * tall, 1e-1, PLACE * tall]) ** 2)
        gain = self.cov[:, :4] @ np.linalg.inv(self.cov[:4, :4] + noise)
        self.mean = self.mean + gain @ (seen - self.mean[:4])
        self.cov = self.cov - gain @ self.cov[:4]
        self.last_s = time_s

    @property
    def box(self) -> list[float]:
        x, y, aspect, tall = self.mean[:4]
        return [x - aspect * tall / 2, y - tall / 2, x + aspect * tall / 2, y + tall / 2]


class ByteTrack:
    """Joins boxes in three rounds: sure ones with all tracks, weak ones with the rest, sure ones with new tracks.

    One is kept for each family of labels, for it knows no labels itself; its clock counts frames, so that it is told
    the mean rate and how many of its frames went by.

    Parameters
    ----------
    fps : float
        Mean frames a second.
    """

    def __init__(self, fps: float) -> None:
        self._fps = fps
        self._tracks: dict[int, list[_Track]] = {family: [] for family in set(FAMILY.values())}
        self._next = 1
        self._time_s: float | None = None

    def step(self, time_ms: int, found: Detections) -> list[tuple[int, int]]:
        """Take one frame.

        Parameters
        ----------
        time_ms : int
            Its time.
        found : Detections
            Its road users.

        Returns
        -------
        list of tuple
            The number of a track, and the box that it took.
        """
        time_s = time_ms / 1000
        steps = 1.0 if self._time_s is None else (time_s - self._time_s) * self._fps
        self._time_s = time_s
        given: list[tuple[int, int]] = []
        for family in self._tracks:
            mine = np.array([i for i, label in enumerate(found.labels) if FAMILY[label] == family], np.int64)
            given += self._family(family, time_s, steps, found, mine)
        return given

    def _family(
        self, family: int, time_s: float, steps: float, found: Detections, mine: NDArray[np.int64]
    ) -> list[tuple[int, int]]:
        tracks = [one for one in self._tracks[family] if time_s - one.last_s <= PATIENCE_S]
        for one in tracks:
            one.predict(steps)
        sure, weak = mine[found.scores[mine] >= HIGH], mine[found.scores[mine] < HIGH]
        old, new = [one for one in tracks if one.number], [one for one in tracks if not one.number]
        pairs, old, sure = self._round(old, sure, found, FIRST)
        more, _, _ = self._round(old, weak, found, SECOND)
        young, gone, sure = self._round(new, sure, found, UNCONFIRMED)
        for one, _ in young:
            one.number, self._next = self._next, self._next + 1
        taken = [*pairs, *more, *young]
        for one, i in taken:
            one.take(_state(found.boxes[i]), time_s)
        lost = {id(one) for one in gone}  # a track that was seen once only
        born = [_born(_state(found.boxes[i]), time_s) for i in sure if found.scores[i] >= BEGINS]
        self._tracks[family] = [one for one in tracks if id(one) not in lost] + born
        return [(one.number, int(i)) for one, i in taken]

    def _round(
        self, tracks: list[_Track], boxes: NDArray[np.int64], found: Detections, least: float
    ) -> tuple[list[tuple[_Track, int]], list[_Track], NDArray[np.int64]]:
        """Share boxes out by overlap (in the first and the last round times score); return pairs and who is left."""
        if not tracks or not len(boxes):
            return [], tracks, boxes
        alike = iou(np.array([one.box for one in tracks], np.float32), found.boxes[boxes]).astype(np.float64)
        if least != SECOND:
            alike = alike * found.scores[boxes][None, :]
        rows, columns = linear_sum_assignment(-np.where(alike >= least, alike, 0.0))
        real = alike[rows, columns] >= least
        rows, columns = rows[real], columns[real]
        pairs = [(tracks[r], int(boxes[c])) for r, c in zip(rows, columns, strict=True)]
        taken = set(rows.tolist())
        return pairs, [one for i, one in enumerate(tracks) if i not in taken], np.delete(boxes, columns)


def _state(box: NDArray[np.float32]) -> Floats:
    left, top, right, foot = (float(v) for v in box)
    return np.array([(left + right) / 2, (top + foot) / 2, (right - left) / max(foot - top, 1e-6), foot - top])


def _born(seen: Floats, time_s: float) -> _Track:
    tall = seen[3]
    sd = np.array([2 * PLACE * tall, 2 * PLACE * tall, 1e-2, 2 * PLACE * tall, *[10 * SPEED * tall] * 2, 1e-5])
    return _Track(np.concatenate([seen, np.zeros(4)]), np.diag(np.append(sd, 10 * SPEED * tall) ** 2), time_s)
