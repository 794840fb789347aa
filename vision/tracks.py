"""The same road user over many frames: two-stage overlap matching over a constant-velocity filter in seconds."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from vision.detector.base import Detections
from vision.detector.boxes import iou

# Which labels may belong to one track. People share with two-wheelers: a rider may be all that is seen of one.
FAMILY = {"person": 0, "bicycle": 0, "motorcycle": 0, "car": 1, "bus": 1, "truck": 1}
# A rider is seen far better than the motorcycle below, so a look at the motorcycle counts for more.
VOTE = {"motorcycle": 4.0, "bicycle": 3.0}
Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class TrackLimits:
    """When a box is a look at a track, in seconds and shares."""

    sure_score: float = 0.3
    weak_score: float = 0.1
    birth_score: float = 0.35
    lost_s: float = 1.0
    confirm_looks: int = 3
    stages: tuple[tuple[float, float], ...] = ((0.15, 0.2), (0.45, 0.15))  # box grown by, least overlap


@dataclass(frozen=True)
class Look:
    """One confirmed track as seen in one frame; ``looks`` counts the frames it was seen in so far."""

    track_id: int
    time_ms: int
    frame: int
    box: Box
    confidence: float
    label: str
    looks: int

    @property
    def ground(self) -> tuple[float, float]:
        """Where it touches the road: middle of the box's foot, pixels."""
        return (self.box[0] + self.box[2]) / 2, self.box[3]

    @property
    def height_px(self) -> float:
        """Height of the box."""
        return self.box[3] - self.box[1]


@dataclass
class _Track:
    family: int
    mean: NDArray[np.float64]  # 2 × 4: position and velocity of middle x, foot y, width, height
    var: NDArray[np.float64]  # 3 × 4: variances pp, pv, vv
    seen_ms: int
    number: int | None = None
    held: list[Look] = field(default_factory=list)
    votes: dict[str, float] = field(default_factory=dict)
    looks: int = 0


class Tracker:
    """Joins the detections of successive frames into tracks; numbers are never used again.

    Parameters
    ----------
    limits : TrackLimits, optional
        When a box is a look at a track.
    """

    def __init__(self, limits: TrackLimits | None = None) -> None:
        self._limits = limits or TrackLimits()
        self._tracks: list[_Track] = []
        self._next = 1
        self._time_ms: int | None = None

    def step(self, time_ms: int, frame: int, found: Detections) -> list[Look]:
        """Take one frame's road users.

        Parameters
        ----------
        time_ms : int
            Event time, after the last frame's; a frame that is not later is ignored.
        frame : int
            Index of the frame.
        found : Detections
            Its road users.

        Returns
        -------
        list of Look
            Confirmed tracks seen in this frame. When a track is confirmed, the looks that led to it come too.
        """
        if self._time_ms is not None and time_ms <= self._time_ms:
            return []
        gap_s = 0.0 if self._time_ms is None else (time_ms - self._time_ms) / 1000
        self._time_ms = time_ms
        self._tracks = [t for t in self._tracks if (time_ms - t.seen_ms) / 1000 <= self._patience(t)]
        for track in self._tracks:
            _predict(track, gap_s)
        looks: list[Look] = []
        free = np.flatnonzero(found.scores >= self._limits.weak_score)
        waiting = list(self._tracks)
        for stage, (grown, least) in enumerate(self._limits.stages):
            lowest = self._limits.sure_score if stage == 0 else self._limits.weak_score
            taken = self._match(waiting, found, free[found.scores[free] >= lowest], grown, least)
            for track, i in taken:
                looks += self._take(track, found, i, time_ms, frame)
            used = {i for _, i in taken}
            matched = {id(track) for track, _ in taken}
            free = np.array([i for i in free if i not in used], np.int64)
            waiting = [t for t in waiting if id(t) not in matched]
        for i in free.tolist():
            if found.scores[i] >= self._limits.birth_score:
                track = _born(found.boxes[i], FAMILY[found.labels[i]], time_ms)
                self._tracks.append(track)
                looks += self._take(track, found, i, time_ms, frame)
        return looks

    def _patience(self, track: _Track) -> float:
        return self._limits.lost_s if track.number is not None else self._limits.lost_s / 2

    def _match(
        self, tracks: list[_Track], found: Detections, free: NDArray[np.int64], grown: float, least: float
    ) -> list[tuple[_Track, int]]:
        if not tracks or len(free) == 0:
            return []
        ours = _grow(np.array([_box(t) for t in tracks], np.float32), grown)
        overlap = iou(ours, _grow(found.boxes[free], grown))
        kind = np.array([FAMILY[found.labels[i]] for i in free])
        overlap[np.array([t.family for t in tracks])[:, None] != kind[None, :]] = 0.0
        # Of two equally good tracks the one seen longer keeps its box.
        bonus = np.array([min(t.looks, 10) for t in tracks])[:, None] * 0.005
        rows, columns = linear_sum_assignment(-(overlap + bonus * (overlap > 0)))
        return [(tracks[r], int(free[c])) for r, c in zip(rows, columns, strict=True) if overlap[r, c] >= least]

    def _take(self, track: _Track, found: Detections, i: int, time_ms: int, frame: int) -> list[Look]:
        left, top, right, bottom = (float(v) for v in found.boxes[i])
        label, score = found.labels[i], float(found.scores[i])
        _correct(track, np.array([(left + right) / 2, bottom, right - left, bottom - top]))
        track.seen_ms = time_ms
        track.looks += 1
        track.votes[label] = track.votes.get(label, 0.0) + score * VOTE.get(label, 1.0)
        if track.number is None and track.looks >= self._limits.confirm_looks:
            track.number, self._next = self._next, self._next + 1
        best = max(track.votes, key=lambda name: (track.votes[name], name))
        look = Look(track.number or 0, time_ms, frame, (left, top, right, bottom), min(1.0, score), best, track.looks)
        if track.number is None:
            track.held.append(look)
            return []
        held, track.held = track.held, []
        return [Look(track.number, h.time_ms, h.frame, h.box, h.confidence, best, h.looks) for h in held] + [look]


def _born(box: NDArray[np.float32], family: int, time_ms: int) -> _Track:
    left, top, right, bottom = (float(v) for v in box)
    height = bottom - top
    mean = np.zeros((2, 4))
    mean[0] = (left + right) / 2, bottom, right - left, height
    var = np.zeros((3, 4))
    var[0] = (0.1 * height) ** 2
    var[2, :2] = (3.0 * height) ** 2  # it may already be moving: three of its own heights a second
    var[2, 2:] = (0.3 * height) ** 2
    return _Track(family, mean, var, time_ms)


def _predict(track: _Track, gap_s: float) -> None:
    height = max(track.mean[0, 3], 4.0)
    push = np.array([4.0, 4.0, 0.4, 0.4]) * height  # acceleration, heights per second squared
    track.mean[0] += track.mean[1] * gap_s
    pp, pv, vv = track.var
    q = push**2
    track.var = np.stack(
        [
            pp + 2 * gap_s * pv + gap_s**2 * vv + q * gap_s**4 / 4,
            pv + gap_s * vv + q * gap_s**3 / 2,
            vv + q * gap_s**2,
        ]
    )
    track.mean[0, 2:] = np.maximum(track.mean[0, 2:], 2.0)


def _correct(track: _Track, seen: NDArray[np.float64]) -> None:
    height = max(track.mean[0, 3], 4.0)
    noise = (np.array([0.06, 0.06, 0.12, 0.2]) * height) ** 2
    pp, pv, vv = track.var
    gain_p, gain_v = pp / (pp + noise), pv / (pp + noise)
    off = seen - track.mean[0]
    track.mean = track.mean + np.stack([gain_p * off, gain_v * off])
    track.var = np.stack([pp * (1 - gain_p), pv * (1 - gain_p), vv - gain_v * pv])


def _box(track: _Track) -> Box:
    x, foot, width, height = track.mean[0]
    return x - width / 2, foot - height, x + width / 2, foot


def _grow(boxes: NDArray[np.float32], share: float) -> NDArray[np.float32]:
    size = boxes[:, 2:] - boxes[:, :2]
    return np.concatenate([boxes[:, :2] - size * share, boxes[:, 2:] + size * share], axis=1)
