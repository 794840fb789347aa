"""Road users of rendered scenes, told by their colour: for `scene://` pictures only, blind to real streets."""

import hashlib
from pathlib import Path

import cv2
import numpy as np

from vision.detector.base import Detections, check_frame, empty_or
from vision.frames import Frame

# Hue bands (OpenCV degrees / 2) that vision/scenes paints each kind of road user in.
HUES: dict[str, tuple[int, int]] = {"car": (96, 124), "motorcycle": (134, 164), "bus": (78, 92)}
LOWEST, HIGHEST = 78, 164
SMALLEST_PX = 30


class SceneDetector:
    """Finds the plain coloured shapes of `vision.scenes`; it needs no weights."""

    name = "scene"

    def __init__(self) -> None:
        self.sha256 = hashlib.sha256(Path(__file__).read_bytes()).hexdigest()

    def detect(self, frame: Frame) -> Detections:
        """Return the painted road users of one frame."""
        check_frame(frame.image)
        hsv = cv2.cvtColor(frame.image, cv2.COLOR_BGR2HSV)
        painted = cv2.inRange(hsv, np.array([LOWEST, 90, 60]), np.array([HIGHEST, 255, 255]))
        _, _, stats, middles = cv2.connectedComponentsWithStats(painted, connectivity=8)
        boxes: list[list[float]] = []
        scores: list[float] = []
        labels: list[str] = []
        for (x, y, w, h, area), middle in zip(stats[1:], middles[1:], strict=True):
            hue = int(hsv[round(middle[1]), round(middle[0]), 0])
            label = next((name for name, (low, high) in HUES.items() if low <= hue <= high), None)
            if area >= SMALLEST_PX and label is not None:
                boxes.append([float(x), float(y), float(x + w), float(y + h)])
                scores.append(min(0.99, 0.5 + 0.5 * float(area) / float(w * h)))
                labels.append(label)
        return empty_or(boxes, scores, labels)
