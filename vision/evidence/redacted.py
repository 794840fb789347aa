"""The redacted copy of a package: the same evidence with bystanders' heads and plates covered in all frames."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec

from schemas.violation import Candidate
from vision.errors import EvidenceError
from vision.evidence import verifier
from vision.evidence.clip import Clip, StoredPiece, build_clip, read_piece
from vision.evidence.keys import SealingKey
from vision.evidence.package import Sealed, sign
from vision.evidence.parts import describe
from vision.evidence.pictures import KeyFrames
from vision.frames import Frame, Image
from vision.privacy import Actor, Box, OtherTrack, cover, covered
from vision.segments import encode_all

FORMAT = "hanoi-evidence-redacted/1"
OTHERS = "others.json"
# What shows nobody but the one who acted goes over as it is.
AS_IT_IS = (
    "candidate.json",
    "camera.json",
    "camera_state.json",
    "plate.png",
    "lamp.json",
    "track.json",
    "measured.json",
    "verify.py",
)


def redact(package: bytes, key: SealingKey) -> Sealed:
    """Make the redacted copy of an intact package, from nothing but the package.

    Parameters
    ----------
    package : bytes
        A sealed package that tells the tracks of all road users.
    key : SealingKey
        Signs the copy.

    Returns
    -------
    Sealed
        The copy; its manifest names the original's by its SHA-256.

    Raises
    ------
    EvidenceError
        If the package is changed, or does not tell who else was in the picture.
    """
    told = verifier.check(package)
    manifest = told["manifest"]
    if told["problems"] or manifest is None:
        raise EvidenceError("a package that is not intact has no redacted copy")
    files, _ = verifier.read_zip(package)
    if OTHERS not in files:
        raise EvidenceError(f"the package has no {OTHERS}: nothing tells who else is in its pictures")
    others = msgspec.json.decode(files[OTHERS], type=list[OtherTrack])
    candidate = msgspec.json.decode(files["candidate.json"], type=Candidate)
    actor = Actor(tuple(p.time_ms for p in candidate.track), tuple(p.box for p in candidate.track))
    kept = {name: files[name] for name in AS_IT_IS if name in files}
    camera = msgspec.json.decode(files["camera.json"])
    piece = StoredPiece(files["clip.mp4"], tuple(manifest["clip"]["frame_ms"]))
    pictures = KeyFrames(candidate)
    shots = _seen(_redacted(piece, others, actor, _lamps(camera)), pictures)
    # A second at a time: a whole clip of large pictures does not fit into memory.
    made = encode_all(shots, span_s=1.0, repeatable=True)
    pieces = [StoredPiece(one.data, tuple(round(s * 1000) for s in one.frame_s)) for one in made]
    clip = build_clip(pieces)
    whole = {"clip.mp4": clip.data, **pictures.files(camera), **kept}
    return sign(_manifest(manifest, str(told["manifest_sha256"]), clip, whole), whole, key)


def _redacted(piece: StoredPiece, others: list[OtherTrack], actor: Actor, lamps: list[Box]) -> Iterator[Frame]:
    for frame in read_piece(piece):
        yield Frame(frame.index, frame.time_ms, cover(frame.image, covered(others, actor, frame.time_ms), lamps))


def _lamps(camera: Mapping[str, Any]) -> list[Box]:
    """Return the lamps of all approaches, each with twice its radius around it."""
    found = []
    for lamps in (approach.get("lamps") or {} for approach in camera.get("approaches", ())):
        room = 2 * float(lamps.get("radius_px", 0.0))
        places = (lamps.get(colour) for colour in ("red", "yellow", "green"))
        found += [(x - room, y - room, x + room, y + room) for x, y in (place for place in places if place)]
    return found


def _seen(frames: Iterable[Frame], pictures: KeyFrames) -> Iterator[tuple[float, Image]]:
    for frame in frames:
        pictures.see(frame)
        yield frame.time_ms / 1000, frame.image


def _manifest(original: dict[str, Any], original_sha256: str, clip: Clip, files: dict[str, bytes]) -> dict[str, Any]:
    taken = ("candidate_id", "camera_id", "rule", "time_ms", "uncertainty_ms", "versions", "key_id")
    times = {"start_ms": clip.frame_ms[0], "end_ms": clip.frame_ms[-1], "frame_ms": list(clip.frame_ms)}
    return {
        **{name: original[name] for name in taken},
        "format": FORMAT,
        "original_manifest_sha256": original_sha256,
        "covered": "heads and plates of all road users but the one who acted",
        "clip": {**original["clip"], **times, "copied": False},
        "files": [describe(name, data) for name, data in files.items()],
    }
