"""How tall two-wheelers stand in the picture by the row of their feet: a line on a flat road, learnt from looks."""

from collections import deque
from dataclasses import dataclass

import numpy as np

from vision.detector.base import Detections

SURE = 0.35
LEAST_SEEN = 8
KEPT = 300
EACH_MS = 500
# Feet must lie so far apart (shares of the picture's height) for a line, and heights so near it (median, share).
LEAST_SPREAD = 0.12
FARTHEST_OFF = 0.35


@dataclass(frozen=True)
class Depth:
    """A two-wheeler with its rider whose foot is at row y is ``slope * (y - horizon_px)`` pixels tall."""

    horizon_px: float
    slope: float

    def height_px(self, foot_px: float) -> float:
        """Return how tall one is whose foot is at a row, pixels; 0 at the horizon and above."""
        return max(0.0, self.slope * (foot_px - self.horizon_px))

    def differs(self, other: "Depth", height_px: int) -> float:
        """Return how far another's heights are from these, a share of these, in the lower half of a picture."""
        rows = (0.5 * height_px, height_px)
        return max(abs(other.height_px(row) / max(self.height_px(row), 1.0) - 1.0) for row in rows)


class DepthLearner:
    """Collects the feet and heights of joined two-wheelers and people, and lays a line through them (Theil and Sen)."""

    def __init__(self) -> None:
        self._seen: deque[tuple[float, float]] = deque(maxlen=KEPT)
        self._last_ms: int | None = None

    def take(self, time_ms: int, joined: Detections, height_px: int) -> None:
        """Remember road users that are whole and surely seen, of a frame each half second.

        Parameters
        ----------
        time_ms : int
            Time of the frame.
        joined : Detections
            Riders joined with their two-wheelers.
        height_px : int
            Of the picture; who touches its border is not whole.
        """
        if self._last_ms is not None and len(self._seen) >= LEAST_SEEN and time_ms - self._last_ms < EACH_MS:
            return
        self._last_ms = time_ms
        for box, score, label in zip(joined.boxes, joined.scores, joined.labels, strict=True):
            if score >= SURE and label in {"motorcycle", "bicycle", "person"} and box[1] > 2 and box[3] < height_px - 2:
                self._seen.append((float(box[3]), float(box[3] - box[1])))

    def find(self, height_px: int) -> Depth | None:
        """Return the line, ``None`` while too little was seen or what was seen lies along none."""
        if len(self._seen) < LEAST_SEEN:
            return None
        feet, heights = np.array(self._seen).T
        apart = feet[:, None] - feet[None, :]
        far = apart > LEAST_SPREAD * height_px
        if far.sum() < LEAST_SEEN:
            return None
        slope = float(np.median((heights[:, None] - heights[None, :])[far] / apart[far]))
        if slope <= 0.02:
            return None
        horizon = float(np.median(feet - heights / slope))
        off = np.abs(slope * (feet - horizon) - heights) / heights
        return Depth(horizon, slope) if float(np.median(off)) < FARTHEST_OFF else None
