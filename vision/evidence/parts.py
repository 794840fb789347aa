"""What a package holds, before it is sealed: clip, key frames, plate, light, track, measures and states."""

import hashlib
import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from schemas.violation import Candidate
from vision.camera import CameraConfig
from vision.evidence import verifier
from vision.evidence.clip import Clip, StoredPiece, build_clip
from vision.evidence.coverage import cover
from vision.evidence.measures import measures
from vision.evidence.pictures import encode_picture, key_frames
from vision.frames import Image
from vision.privacy import OtherTrack

MEDIA_TYPES = {
    "mp4": "video/mp4",
    "png": "image/png",
    "jpg": "image/jpeg",
    "json": "application/json",
    "py": "text/x-python",
}


@dataclass(frozen=True)
class Parts:
    """The files of a package by name, and what its manifest says whatever its place in the chain."""

    candidate: Candidate
    files: Mapping[str, bytes]
    manifest: Mapping[str, Any]


@dataclass(frozen=True)
class Beside:
    """What a package holds beside the claim: how the camera fared, the best look at the plate, who else was there."""

    camera_state: Mapping[str, Any] = field(default_factory=dict)
    plate_crop: Image | None = None
    others: Sequence[OtherTrack] = ()


def compose(
    candidate: Candidate, camera: CameraConfig, pieces: Sequence[StoredPiece], beside: Beside | None = None
) -> Parts:
    """Put the evidence of a candidate together; the same inputs give the same bytes.

    Parameters
    ----------
    candidate : Candidate
        The claim; its ``evidence`` is left out.
    camera : CameraConfig
        The camera as it was configured.
    pieces : sequence of StoredPiece
        The recording around the act, in order of time.
    beside : Beside, optional
        What else belongs to it.

    Returns
    -------
    Parts
        To be sealed.

    Raises
    ------
    EvidenceError
        If no recording is left.
    """
    beside = beside or Beside()
    clip = build_clip(pieces)
    configured = _camera(camera)
    files = {
        "candidate.json": _json(_plain(candidate)),
        "camera.json": _json(configured),
        "camera_state.json": _json(beside.camera_state),
        "clip.mp4": clip.data,
        **key_frames(candidate, configured, pieces),
    }
    if beside.plate_crop is not None:
        files["plate.png"] = encode_picture(beside.plate_crop, "png")
    files["lamp.json"] = _json([msgspec.to_builtins(span) for span in candidate.timeline])
    files["track.json"] = _json([msgspec.to_builtins(point) for point in candidate.track])
    files["measured.json"] = _json(measures(candidate))
    files["others.json"] = msgspec.json.encode(beside.others) + b"\n"
    files["verify.py"] = Path(verifier.__file__).read_bytes()
    return Parts(candidate, files, _about(candidate, clip, files))


def _about(candidate: Candidate, clip: Clip, files: Mapping[str, bytes]) -> dict[str, Any]:
    shown = cover(clip.frame_ms, candidate.time_ms)
    return {
        "candidate_id": candidate.candidate_id,
        "camera_id": candidate.camera_id,
        "rule": candidate.rule,
        "time_ms": candidate.time_ms,
        "uncertainty_ms": round(candidate.uncertainty_s * 1000),
        "versions": dict(candidate.versions),
        "clip": {
            "file": "clip.mp4",
            "start_ms": clip.frame_ms[0],
            "end_ms": clip.frame_ms[-1],
            "frame_ms": list(clip.frame_ms),
            "copied": clip.copied,
            "before_ms": shown.before_ms,
            "after_ms": shown.after_ms,
            "gaps_ms": [list(gap) for gap in shown.gaps_ms],
            "lacks": list(shown.lacks),
        },
        "files": [describe(name, data) for name, data in files.items()],
    }


def describe(name: str, data: bytes) -> dict[str, Any]:
    """Return what a manifest says of a file: the CRC-32 up to each 64 KiB tells where it was changed."""
    sums, crc = [], 0
    view = memoryview(data)
    for start in range(0, len(data), verifier.BLOCK):
        crc = zlib.crc32(view[start : start + verifier.BLOCK], crc)
        sums.append(crc)
    return {
        "name": name,
        "media_type": MEDIA_TYPES[name.rpartition(".")[2]],
        "bytes": len(data),
        "sha256": hashlib.sha256(data).hexdigest(),
        "crc32": sums,
    }


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True).encode() + b"\n"


def _plain(candidate: Candidate) -> object:
    return {name: v for name, v in msgspec.to_builtins(candidate).items() if name != "evidence"}


def _camera(camera: CameraConfig) -> dict[str, Any]:
    """Return the camera as configured: all that a rule went by, but not its address, which may hold a password."""
    return {name: v for name, v in msgspec.to_builtins(camera).items() if name != "source"}
