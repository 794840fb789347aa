"""Scores of tracks beside the truth: HOTA, IDF1 and switches, as TrackEval reckons them."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from vision.detector.boxes import iou

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
LEVELS = np.arange(0.05, 0.99, 0.05)
SAME = 0.5
KEEPS = 1000.0
EPS = float(np.finfo(float).eps)


@dataclass
class Boxes:
    """Numbered boxes of many frames; the numbers are any, rows of a frame stand together."""

    numbers: list[Ints] = field(default_factory=list)
    boxes: list[NDArray[np.float32]] = field(default_factory=list)

    def add(self, numbers: Sequence[int], boxes: Sequence[Sequence[float]]) -> None:
        """Take one frame."""
        self.numbers.append(np.asarray(numbers, np.int64))
        self.boxes.append(np.asarray(boxes, np.float32).reshape(-1, 4))

    def count(self) -> tuple[list[Ints], Ints, int]:
        """Return the numbers as 0, 1, 2…, what each of those is, and how many boxes there are."""
        every = np.concatenate([*self.numbers, np.zeros(0, np.int64)])
        known, places = np.unique(every, return_inverse=True)
        ends = np.cumsum([len(each) for each in self.numbers])
        return np.split(places.astype(np.int64), ends[:-1]), known, len(every)


@dataclass(frozen=True)
class TrackFigures:
    """Shares of one, and switches of identity (as CLEAR counts them).

    Of each switch the frame, the row of truth, the number it had and the one it has.
    """

    hota: float
    deta: float
    assa: float
    idf1: float
    road_users: int
    switches: list[tuple[int, int, int, int]]


def track_figures(truth: Boxes, tracks: Boxes) -> TrackFigures:
    """Compare tracks with the truth, frame by frame.

    Parameters
    ----------
    truth, tracks : Boxes
        Of the same frames.

    Returns
    -------
    TrackFigures
        HOTA (Luiten and others 2021), IDF1 (Ristani and others 2016), and switches (Bernardin and Stiefelhagen 2008).
    """
    true_ids, users, true_boxes = truth.count()
    ids, numbers, boxes = tracks.count()
    overlaps = [iou(one, other).astype(np.float64) for one, other in zip(truth.boxes, tracks.boxes, strict=True)]
    pairs = list(zip(true_ids, ids, overlaps, strict=True))
    lengths = (_lengths(true_ids, len(users)), _lengths(ids, len(numbers)))
    hota, deta, assa = _hota(pairs, lengths, true_boxes + boxes)
    switches = [
        (frame, row, int(numbers[was]), int(numbers[now])) for frame, row, was, now in _switches(pairs, len(users))
    ]
    return TrackFigures(hota, deta, assa, _idf1(pairs, lengths), len(users), switches)


Pairs = list[tuple[Ints, Ints, Floats]]


def _lengths(ids: list[Ints], count: int) -> Floats:
    return np.bincount(np.concatenate([*ids, np.zeros(0, np.int64)]), minlength=count).astype(np.float64)


def _hota(pairs: Pairs, lengths: tuple[Floats, Floats], boxes: int) -> tuple[float, float, float]:
    alike = np.zeros((len(lengths[0]), len(lengths[1])))
    for rows, columns, overlap in pairs:
        whole = overlap.sum(0)[None, :] + overlap.sum(1)[:, None] - overlap
        alike[np.ix_(rows, columns)] += np.where(whole > EPS, overlap / np.maximum(whole, EPS), 0.0)
    alike /= np.maximum(lengths[0][:, None] + lengths[1][None, :] - alike, EPS)
    matches = np.zeros((len(LEVELS), *alike.shape))
    for rows, columns, overlap in pairs:
        i, j = linear_sum_assignment(-alike[np.ix_(rows, columns)] * overlap)
        for level, least in enumerate(LEVELS):
            real = overlap[i, j] >= least - EPS
            matches[level, rows[i[real]], columns[j[real]]] += 1
    right = matches.sum((1, 2))
    deta = right / np.maximum(boxes - right, 1.0)
    together = lengths[0][None, :, None] + lengths[1][None, None, :] - matches
    assa = (matches * matches / np.maximum(together, 1.0)).sum((1, 2)) / np.maximum(right, 1.0)
    return float(np.sqrt(deta * assa).mean()), float(deta.mean()), float(assa.mean())


def _idf1(pairs: Pairs, lengths: tuple[Floats, Floats]) -> float:
    shared = np.zeros((len(lengths[0]), len(lengths[1])))
    for rows, columns, overlap in pairs:
        shared[np.ix_(rows, columns)] += overlap >= SAME
    i, j = linear_sum_assignment(-shared)
    return float(2 * shared[i, j].sum() / max(lengths[0].sum() + lengths[1].sum(), 1.0))


def _switches(pairs: Pairs, count: int) -> list[tuple[int, int, int, int]]:
    ever, before = np.full(count, -1), np.full(count, -1)
    found = []
    for frame, (rows, columns, overlap) in enumerate(pairs):
        if not len(rows) or not len(columns):
            continue
        worth = KEEPS * (before[rows][:, None] == columns[None, :]) + overlap
        worth[overlap < SAME - EPS] = 0.0
        i, j = linear_sum_assignment(-worth)
        real = worth[i, j] > EPS
        i, j = i[real], j[real]
        was, now = ever[rows[i]], columns[j]
        new = (was >= 0) & (was != now)
        found += [(frame, *each) for each in zip(i[new].tolist(), was[new].tolist(), now[new].tolist(), strict=True)]
        ever[rows[i]] = now
        before[:] = -1
        before[rows[i]] = now
    return found
