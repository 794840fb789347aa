"""A detector that tells no helmets, and beside it the shipped classifier that does: for painted scenes."""

import hashlib
from collections.abc import Iterable, Iterator

from vision.camera_values import CameraConfig
from vision.detector.ahead import each_found
from vision.detector.base import Detections, Detector
from vision.frames import Frame
from vision.heads.teller import HeadTeller
from vision.rules.helmet import Helmet


class HeadedDetector:
    """Finds road users with a detector and adds who rides bare-headed.

    Parameters
    ----------
    detector : Detector
        Finds people apart from their two-wheelers.
    teller : HeadTeller
        Tells bare heads; cameras may share it.
    """

    def __init__(self, detector: Detector, teller: HeadTeller) -> None:
        self._detector, self._teller = detector, teller
        self.name = f"{detector.name}+heads"
        self.sha256 = hashlib.sha256(f"{detector.sha256} {teller.sha256}".encode()).hexdigest()

    def detect(self, frame: Frame) -> Detections:
        """Return the road users of one frame."""
        return self._teller.tell(frame.image, self._detector.detect(frame))

    def each(self, frames: Iterable[Frame]) -> Iterator[tuple[Frame, Detections]]:
        """Yield each frame with its road users, in order."""
        for frame, found in each_found(self._detector, frames):
            yield frame, self._teller.tell(frame.image, found)


def with_heads(detector: Detector, camera: CameraConfig) -> Detector:
    """Put the shipped classifier beside a detector where a painted scene is watched for helmets.

    Parameters
    ----------
    detector : Detector
        Tells no helmets.
    camera : CameraConfig
        A real street's is left to the detector: the classifier was shown painted heads only.

    Returns
    -------
    Detector
        For that camera.
    """
    return HeadedDetector(detector, HeadTeller()) if camera.is_scene and Helmet.name in camera.rules else detector
