"""The sealed package: clip, frames, timeline, track and candidate under one signed manifest."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import msgspec
import numpy as np

from schemas.violation import Candidate
from vision.camera import CameraConfig
from vision.evidence import verifier
from vision.evidence.clip import Clip, StoredPiece, build_clip, read_piece
from vision.evidence.keys import SealingKey
from vision.frames import Frame, Image

FORMAT = "hanoi-evidence/1"
AROUND_S = 1.0
MEDIA_TYPES = {
    "mp4": "video/mp4",
    "png": "image/png",
    "jpg": "image/jpeg",
    "json": "application/json",
    "py": "text/x-python",
}
COLOURS = {"red": (60, 60, 235), "yellow": (60, 200, 235), "green": (90, 190, 60), "unknown": (160, 160, 160)}


@dataclass(frozen=True)
class Sealed:
    """A package's bytes with their hash, the manifest's hash and the id of the key."""

    data: bytes
    sha256: str
    manifest_sha256: str
    key_id: str


def seal(
    candidate: Candidate,
    camera: CameraConfig,
    pieces: Sequence[StoredPiece],
    key: SealingKey,
    *,
    plate_crop: Image | None = None,
) -> Sealed:
    """Put the evidence of a candidate together and sign it; the same inputs give the same bytes.

    Parameters
    ----------
    candidate : Candidate
        The claim; its ``evidence`` is left out.
    camera : CameraConfig
        The camera as it was configured.
    pieces : sequence of StoredPiece
        The recording around the act, in order of time.
    key : SealingKey
        Signs the manifest.
    plate_crop : ndarray, optional
        The plate's picture as it was read.

    Returns
    -------
    Sealed
        The package.

    Raises
    ------
    EvidenceError
        If no recording is left.
    """
    clip = build_clip(pieces)
    files: dict[str, bytes] = {"candidate.json": _json(_plain(candidate)), "camera.json": _json(_camera(camera))}
    files["clip.mp4"] = clip.data
    files |= _pictures(candidate, camera, pieces)
    if plate_crop is not None:
        files["plate.png"] = _picture(plate_crop, "png")
    files["lamp.json"] = _json([msgspec.to_builtins(span) for span in candidate.timeline])
    files["track.json"] = _json([msgspec.to_builtins(point) for point in candidate.track])
    files["verify.py"] = Path(verifier.__file__).read_bytes()
    manifest = _json(_manifest(candidate, clip, files, key))
    signature = key.sign(manifest).hex() + "\n"
    whole = {
        "manifest.json": manifest,
        "manifest.sig": signature.encode(),
        "public_key.hex": f"{key.public_hex}\n".encode(),
    } | files
    data = verifier.zip_bytes(whole)
    return Sealed(data, hashlib.sha256(data).hexdigest(), hashlib.sha256(manifest).hexdigest(), key.key_id)


def _manifest(candidate: Candidate, clip: Clip, files: dict[str, bytes], key: SealingKey) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "candidate_id": candidate.candidate_id,
        "camera_id": candidate.camera_id,
        "rule": candidate.rule,
        "time_ms": candidate.time_ms,
        "uncertainty_s": candidate.uncertainty_s,
        "key_id": key.key_id,
        "versions": candidate.versions,
        "clip": {
            "file": "clip.mp4",
            "start_ms": clip.frame_ms[0],
            "end_ms": clip.frame_ms[-1],
            "frame_ms": list(clip.frame_ms),
            "copied": clip.copied,
        },
        "files": [_entry(name, data) for name, data in files.items()],
    }


def _entry(name: str, data: bytes) -> dict[str, Any]:
    size = verifier.BLOCK
    blocks = [hashlib.sha256(data[i : i + size]).hexdigest() for i in range(0, len(data), size)]
    return {
        "name": name,
        "media_type": MEDIA_TYPES[name.rpartition(".")[2]],
        "bytes": len(data),
        "sha256": hashlib.sha256(data).hexdigest(),
        "blocks": blocks if len(blocks) > 1 else [],
    }


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True).encode() + b"\n"


def _plain(candidate: Candidate) -> object:
    return {name: v for name, v in msgspec.to_builtins(candidate).items() if name != "evidence"}


def _camera(camera: CameraConfig) -> dict[str, Any]:
    return {
        "id": camera.id,
        "name": msgspec.to_builtins(camera.name),
        "position": camera.position,
        "frame": camera.frame,
        "sha256": camera.sha256,
        "rules": camera.rules,
        "limits": dict(camera.limits),
        "approaches": [
            {
                "id": a.id,
                "travel_px": a.travel_px,
                "stop_line": a.stop_line,
                "centre_line": a.centre_line,
                "lamps": a.lamps.__dict__ if a.lamps else None,
            }
            for a in camera.approaches
        ],
    }


def _pictures(candidate: Candidate, camera: CameraConfig, pieces: Sequence[StoredPiece]) -> dict[str, bytes]:
    """Return the frames before, at and after the act, untouched, and each once more with what was measured drawn in."""
    wanted = {
        "before": candidate.time_ms - AROUND_S * 1000,
        "at": float(candidate.time_ms),
        "after": candidate.time_ms + AROUND_S * 1000,
    }
    nearest: dict[str, Frame] = {}
    for piece in pieces:
        for frame in read_piece(piece):
            for name, moment in wanted.items():
                best = nearest.get(name)
                if best is None or abs(frame.time_ms - moment) < abs(best.time_ms - moment):
                    nearest[name] = frame
    files = {f"frame_{name}.png": _picture(frame.image, "png") for name, frame in nearest.items()}
    return files | {
        f"overlay_{name}.jpg": _picture(_drawn(frame, candidate, camera), "jpg") for name, frame in nearest.items()
    }


def _picture(image: Image, kind: str) -> bytes:
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
