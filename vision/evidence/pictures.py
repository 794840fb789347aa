"""The key frames of a package: untouched ones, and the same with what was measured drawn in."""

from collections.abc import Mapping, Sequence
from typing import Any

import cv2
import numpy as np

from schemas.violation import Candidate
from vision.evidence.clip import StoredPiece, read_piece
from vision.frames import Frame, Image

AROUND_MS = 1_000
COLOURS = {"red": (60, 60, 235), "yellow": (60, 200, 235), "green": (90, 190, 60), "unknown": (160, 160, 160)}
LINE = (220, 220, 220)


class KeyFrames:
    """Keeps the frames nearest to a second before the act, to the act, and to a second after it.

    Parameters
    ----------
    candidate : Candidate
        The claim.
    """

    def __init__(self, candidate: Candidate) -> None:
        self._candidate = candidate
        act_ms = candidate.time_ms
        self.wanted_ms = {"before": act_ms - AROUND_MS, "at": act_ms, "after": act_ms + AROUND_MS}
        self._nearest: dict[str, Frame] = {}

    def see(self, frame: Frame) -> None:
        """Take a frame."""
        for name, moment in self.wanted_ms.items():
            best = self._nearest.get(name)
            if best is None or abs(frame.time_ms - moment) < abs(best.time_ms - moment):
                self._nearest[name] = frame

    def files(self, camera: Mapping[str, Any]) -> dict[str, bytes]:
        """Return the frames by file name, each as it is and once more drawn on; ``camera`` as in ``camera.json``."""
        said, kept = self._candidate, self._nearest
        return {f"frame_{name}.png": encode_picture(frame.image, "png") for name, frame in kept.items()} | {
            f"overlay_{name}.jpg": encode_picture(_drawn(frame, said, camera), "jpg") for name, frame in kept.items()
        }


def key_frames(candidate: Candidate, camera: Mapping[str, Any], pieces: Sequence[StoredPiece]) -> dict[str, bytes]:
    """Return the frames before, at and after the act, each as it was and once more drawn on.

    Parameters
    ----------
    candidate : Candidate
        The claim.
    camera : Mapping
        Its lines and lamps, as in ``camera.json``.
    pieces : sequence of StoredPiece
        The recording; only the pieces that hold these frames are decoded.

    Returns
    -------
    dict of str to bytes
        By file name; a frame that cannot be decoded is absent.
    """
    found = KeyFrames(candidate)
    for piece in {id(p): p for p in (_nearest(pieces, ms) for ms in found.wanted_ms.values())}.values():
        for frame in read_piece(piece):
            found.see(frame)
    return found.files(camera)


def _nearest(pieces: Sequence[StoredPiece], moment_ms: int) -> StoredPiece:
    return min(pieces, key=lambda piece: min(abs(t - moment_ms) for t in piece.frame_ms))


def encode_picture(image: Image, kind: str) -> bytes:
    """Encode a picture as ``png`` or ``jpg``."""
    _, data = cv2.imencode(f".{kind}", image)
    return bytes(data.tobytes())


def _place(camera: Mapping[str, Any], kind: str, candidate: Candidate) -> Mapping[str, Any]:
    """Return the approach or the zone that a claim is about; empty where it is of the other kind."""
    return next((place for place in camera.get(kind, ()) if place["id"] == candidate.approach_id), {})


def _draw_line(image: Image, points: Sequence[Any], colour: tuple[int, int, int], *, closed: bool = False) -> None:
    if points:
        cv2.polylines(image, [np.rint(points).astype(np.int32)], closed, colour, 2, cv2.LINE_AA)


def _drawn(frame: Frame, candidate: Candidate, camera: Mapping[str, Any]) -> Image:
    image = frame.image.copy()
    approach, zone = _place(camera, "approaches", candidate), _place(camera, "zones", candidate)
    span = next((s for s in candidate.timeline if s.start_ms <= frame.time_ms <= s.end_ms), None)
    colour = COLOURS[span.colour if span else "unknown"]
    _draw_line(image, approach.get("stop_line") or (), colour)
    _draw_line(image, approach.get("centre_line") or (), LINE)
    _draw_line(image, zone.get("polygon") or (), LINE, closed=True)
    for turn in approach.get("turns") or ():
        _draw_line(image, turn["line"], LINE)
    lamps = approach.get("lamps") or {}
    if span and (place := lamps.get(span.colour)):
        cv2.circle(image, (round(place[0]), round(place[1])), round(lamps["radius_px"]) + 4, colour, 2)
    seen = [p for p in candidate.track if p.time_ms <= frame.time_ms]
    feet = np.array([[(p.box[0] + p.box[2]) / 2, p.box[3]] for p in seen[-60:]], np.int32)
    if len(feet) > 1:
        cv2.polylines(image, [feet], False, (255, 170, 40), 2, cv2.LINE_AA)
    if seen and frame.time_ms - seen[-1].time_ms < 500:
        left, top, right, bottom = (round(v) for v in seen[-1].box)
        cv2.rectangle(image, (left, top), (right, bottom), (255, 170, 40), 2)
    return image
