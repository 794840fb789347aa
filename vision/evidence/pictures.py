"""The key frames of a package: untouched ones, and the same with what was measured drawn in."""

from collections.abc import Sequence

import cv2
import numpy as np

from schemas.violation import Candidate
from vision.camera import CameraConfig
from vision.evidence.clip import StoredPiece, read_piece
from vision.frames import Frame, Image

AROUND_MS = 1_000
COLOURS = {"red": (60, 60, 235), "yellow": (60, 200, 235), "green": (90, 190, 60), "unknown": (160, 160, 160)}


def key_frames(candidate: Candidate, camera: CameraConfig, pieces: Sequence[StoredPiece]) -> dict[str, bytes]:
    """Return the frames before, at and after the act, each as it was and once more drawn on.

    Parameters
    ----------
    candidate : Candidate
        The claim.
    camera : CameraConfig
        Where its lines and lamps are.
    pieces : sequence of StoredPiece
        The recording; only the pieces that hold these frames are decoded.

    Returns
    -------
    dict of str to bytes
        By file name; a frame that cannot be decoded is absent.
    """
    nearest = find_frames(
        pieces,
        {
            "before": candidate.time_ms - AROUND_MS,
            "at": candidate.time_ms,
            "after": candidate.time_ms + AROUND_MS,
        },
    )
    files = {f"frame_{name}.png": encode_picture(frame.image, "png") for name, frame in nearest.items()}
    return files | {
        f"overlay_{name}.jpg": encode_picture(_drawn(frame, candidate, camera), "jpg")
        for name, frame in nearest.items()
    }


def find_frames(pieces: Sequence[StoredPiece], wanted_ms: dict[str, int]) -> dict[str, Frame]:
    """Return the frame nearest to each moment, by the moment's name."""
    found: dict[str, Frame] = {}
    for piece in pieces:
        here = {name: ms for name, ms in wanted_ms.items() if _nearest(pieces, ms) is piece}
        for frame in read_piece(piece) if here else ():
            for name, moment in here.items():
                best = found.get(name)
                if best is None or abs(frame.time_ms - moment) < abs(best.time_ms - moment):
                    found[name] = frame
    return found


def _nearest(pieces: Sequence[StoredPiece], moment_ms: int) -> StoredPiece:
    return min(pieces, key=lambda piece: min(abs(t - moment_ms) for t in piece.frame_ms))


def encode_picture(image: Image, kind: str) -> bytes:
    """Encode a picture as ``png`` or ``jpg``."""
    _, data = cv2.imencode(f".{kind}", image)
    return bytes(data.tobytes())


def _drawn(frame: Frame, candidate: Candidate, camera: CameraConfig) -> Image:
    image = frame.image.copy()
    approach = next((a for a in camera.approaches if a.id == candidate.approach_id), None)
    span = next((s for s in candidate.timeline if s.start_ms <= frame.time_ms <= s.end_ms), None)
    colour = COLOURS[span.colour if span else "unknown"]
    if approach and approach.stop_line:
        start, end = ((round(x), round(y)) for x, y in approach.stop_line)
        cv2.line(image, start, end, colour, 2, cv2.LINE_AA)
    if approach and approach.lamps and span and (place := getattr(approach.lamps, span.colour, None)):
        cv2.circle(image, (round(place[0]), round(place[1])), round(approach.lamps.radius_px) + 4, colour, 2)
    seen = [p for p in candidate.track if p.time_ms <= frame.time_ms]
    feet = np.array([[(p.box[0] + p.box[2]) / 2, p.box[3]] for p in seen[-60:]], np.int32)
    if len(feet) > 1:
        cv2.polylines(image, [feet], False, (255, 170, 40), 2, cv2.LINE_AA)
    if seen and frame.time_ms - seen[-1].time_ms < 500:
        left, top, right, bottom = (round(v) for v in seen[-1].box)
        cv2.rectangle(image, (left, top), (right, bottom), (255, 170, 40), 2)
    return image
