import json

import cv2
import numpy as np
import pytest

from tests.vision.builders import START_MS, candidate, key, package, picture, small_camera
from vision.errors import EvidenceError
from vision.evidence.clip import StoredPiece, read_piece
from vision.evidence.package import Link, Sealed, seal
from vision.evidence.parts import Beside, compose
from vision.evidence.redacted import redact
from vision.evidence.verify import read_file, verify_package
from vision.evidence.witnesses import Witnesses
from vision.frames import Image
from vision.privacy import OtherTrack
from vision.segments import encode
from vision.tracks import Look

PERSON = OtherTrack(
    track_id=3, label="person", time_ms=(START_MS, START_MS + 1800), boxes=((2, 10, 18, 46), (2, 10, 18, 46))
)


def flat_piece(count: int = 19) -> StoredPiece:
    """Make a grey recording in which a white head stands above a black body."""
    image: Image = np.full((48, 64, 3), 120, np.uint8)
    image[10:18, 4:16] = 255
    image[18:46, 4:16] = 0
    made = encode([image] * count, [i / 10 for i in range(count)])
    return StoredPiece(made.data, tuple(START_MS + i * 100 for i in range(count)))


def sealed() -> Sealed:
    parts = compose(candidate(), small_camera(), [flat_piece()], Beside({}, picture(1), [PERSON]))
    return seal(parts, key(), Link(3, "ab" * 32))


def test_a_bystanders_head_is_covered_in_every_frame_and_in_the_pictures() -> None:
    copy = redact(sealed().data, key()).data
    manifest = json.loads(read_file(copy, "manifest.json"))
    frames = list(read_piece(StoredPiece(read_file(copy, "clip.mp4"), tuple(manifest["clip"]["frame_ms"]))))
    assert len(frames) == 19
    at = cv2.imdecode(np.frombuffer(read_file(copy, "frame_at.png"), np.uint8), cv2.IMREAD_COLOR)
    for image in [*(frame.image for frame in frames), at]:
        assert int(image[10:18, 4:16].max()) < 230
        assert int(image[30:44, 6:14].max()) < 30  # the body is seen


def test_the_copy_is_signed_names_its_original_and_is_the_same_each_time() -> None:
    original = sealed()
    copy = redact(original.data, key())
    verdict = verify_package(copy.data, {key().public_hex})
    assert verdict.ok
    assert verdict.manifest is not None
    assert verdict.manifest["original_manifest_sha256"] == original.manifest_sha256
    assert "chain" not in verdict.manifest
    names = {entry["name"] for entry in verdict.manifest["files"]}
    assert {"clip.mp4", "plate.png", "track.json", "measured.json", "verify.py", "overlay_at.jpg"} <= names
    assert "others.json" not in names
    # The encoder's macroblock tree once gave other bytes in a few of a hundred.
    assert {redact(original.data, key()).sha256 for _ in range(25)} == {copy.sha256}


def test_a_changed_package_has_no_copy() -> None:
    data = bytearray(package().data)
    data[len(data) // 2] ^= 1
    with pytest.raises(EvidenceError, match="not intact"):
        redact(bytes(data), key())


def test_the_tracks_of_all_others_around_the_clip_are_kept() -> None:
    kept = Witnesses(10_000)
    looks = [
        Look(number, START_MS + i * 500, i, (0.4, 0, 9.6, 9), 0.9, "car", i) for i in range(40) for number in (1, 2)
    ]
    kept.see(looks)
    (other,) = kept.others(1, START_MS + 15_000, START_MS + 17_000)
    assert (other.track_id, other.label, other.boxes[0]) == (2, "car", (0, 0, 10, 9))
    assert other.time_ms == tuple(range(START_MS + 14_000, START_MS + 18_001, 500))
    assert kept.others(1, START_MS, START_MS + 2_000) == []  # longer ago than is kept
