"""A painted street in which a motorcycle soon runs a red light; each picture is painted and seen once."""

import hashlib
from functools import cache
from itertools import islice

from schemas.camera import CameraSegment
from services.media.store import MediaStore
from tests.vision.builders import START_MS
from vision.camera import CameraConfig, parse_camera
from vision.detector.base import Detections, Detector
from vision.detector.open import open_detector
from vision.frames import Frame
from vision.pieces import source_pieces
from vision.scenes.street import street_camera_yaml
from vision.segments import Piece

SEED = 13
CAMERA = parse_camera(street_camera_yaml("SC-01", ("Ngã tư", "Junction"), (105.8, 21.0), SEED).encode())
PIECES = 12  # the motorcycle runs at 11 s and is gone at 22 s


@cache
def pieces() -> tuple[Piece, ...]:
    return tuple(islice(source_pieces(CAMERA.source), PIECES))


class Remembering:
    """The shipped detector, which looks at no picture twice."""

    def __init__(self, detector: Detector) -> None:
        self._detector, self._known = detector, {}
        self.name, self.sha256 = detector.name, detector.sha256

    def detect(self, frame: Frame) -> Detections:
        digest = hashlib.sha256(frame.image).digest()
        if digest not in self._known:
            self._known[digest] = self._detector.detect(frame)
        return self._known[digest]


@cache
def shipped() -> Detector:
    return Remembering(open_detector(None))


def camera_detector(camera: CameraConfig) -> Detector:
    return shipped()


def segments(media: MediaStore, count: int = PIECES, clock: str = "recorded") -> list[CameraSegment]:
    made = []
    for number, piece in enumerate(pieces()[:count]):
        times = tuple(START_MS + round(s * 1000) for s in piece.frame_s)
        made.append(
            CameraSegment(
                camera_id="SC-01",
                segment=number,
                uri=media.put(f"segments/{number}.mp4", piece.data),
                sha256=hashlib.sha256(piece.data).hexdigest(),
                start_ms=times[0],
                end_ms=times[-1],
                received_ms=times[-1],
                frame_ms=times,
                width=CAMERA.frame[0],
                height=CAMERA.frame[1],
                codec="h264",
                clock=clock,
                uncertainty_s=0.0,
            )
        )
    return made
