"""Small things that several tests of vision build."""

from functools import cache
from pathlib import Path

import numpy as np
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from schemas.violation import Candidate, LampSpan, PlateReading, TrackPoint
from tests.data import shared_data
from vision.camera import CameraConfig, parse_camera, read_camera, with_source
from vision.evidence.clip import StoredPiece
from vision.evidence.keys import SealingKey
from vision.evidence.package import Link, Sealed, seal
from vision.evidence.parts import Beside, Parts, compose
from vision.frames import Frame, Image
from vision.pipeline import Outputs, Watcher
from vision.segments import encode
from vision.tracks import Look

CAMERAS = Path(__file__).parent / "cameras"
CLIPS = {
    "ly_thuong_kiet": "hn_lythuongkiet_hangbai_20220925_164147_640x480_6fps.mp4",
    "redlight_pickup": "redlight_pickup_854x480_77f.mp4",
}
START_MS = 1_700_000_000_000
SMALL_CAMERA = b"""
id: T-1
name: Test
position: [105.8, 21.0]
source: none.mp4
frame: [64, 48]
approaches:
  - id: south
    travel_px: [0.0, -1.0]
    stop_line: [[0, 24], [64, 24]]
    centre_line: [[10, 24], [10, 48]]
    lamps: {red: [50, 6], yellow: [50, 12], green: [50, 18], radius_px: 2}
rules: [red_light, stop_line, wrong_side]
"""


def small_camera() -> CameraConfig:
    return parse_camera(SMALL_CAMERA)


def real_camera(name: str) -> CameraConfig:
    return with_source(read_camera(CAMERAS / f"{name}.yaml"), str(shared_data("cameras", CLIPS[name])))


@cache
def watched(name: str) -> Outputs:
    """Watch one real clip from its first to its last frame, once for all tests."""
    from vision.detector.open import open_detector, with_canvas
    from vision.frames import read_frames

    camera = real_camera(name)
    watcher = Watcher(camera, with_canvas(open_detector(shared_data("weights", "yolo11n_int8_openvino_model"))))
    out = watcher.step(list(read_frames(camera.source, start_ms=camera.start_ms or 0)))
    end = watcher.finish()
    out.acts += end.acts
    out.counts += end.counts
    return out


def picture(seed: int = 0, size: tuple[int, int] = (64, 48)) -> Image:
    rng = np.random.default_rng(seed)
    return np.asarray(rng.integers(0, 256, (size[1], size[0], 3)), np.uint8)


def piece(count: int = 10, start_ms: int = START_MS, step_ms: int = 100) -> StoredPiece:
    """Make a short recording of noise, one key frame at its beginning."""
    made = encode([picture(i) for i in range(count)], [i * step_ms / 1000 for i in range(count)])
    return StoredPiece(made.data, tuple(start_ms + i * step_ms for i in range(count)))


def candidate(time_ms: int = START_MS + 500) -> Candidate:
    return Candidate(
        candidate_id=f"T-1-red_light-{time_ms}",
        camera_id="T-1",
        rule="red_light",
        approach_id="south",
        track_id=7,
        time_ms=time_ms,
        frame=5,
        box=(20.0, 10.0, 30.0, 24.0),
        road_user="motorcycle",
        confidence=0.8,
        uncertainty_s=0.5,
        measured={"after_red_s": 4.0},
        plate=PlateReading(text=None, confidence=0.0, looks=0),
        timeline=(LampSpan(colour="red", start_ms=time_ms - 4000, end_ms=time_ms + 4000),),
        track=(TrackPoint(time_ms=time_ms, box=(20.0, 10.0, 30.0, 24.0), confidence=0.8),),
        exceptions={},
        versions={"model_sha256": "0" * 64},
    )


def key(number: int = 1) -> SealingKey:
    return SealingKey(Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32))


def parts(time_ms: int = START_MS + 500, beside: Beside | None = None) -> Parts:
    return compose(candidate(time_ms), small_camera(), [piece()], beside)


def package(number: int = 1, link: Link | None = None) -> Sealed:
    """Seal a small package with key ``number``."""
    return seal(parts(), key(number), link or Link())


def frame(index: int, image: Image, step_ms: int = 100) -> Frame:
    return Frame(index, START_MS + index * step_ms, image)


def look(
    index: int, x: float, foot: float, *, track_id: int = 1, label: str = "motorcycle", step_ms: int = 100
) -> Look:
    """Make a look at a road user 6 px wide and 10 px tall whose foot is at x, foot."""
    box = (x - 3, foot - 10, x + 3, foot)
    return Look(track_id, START_MS + index * step_ms, index, box, 0.9, label, index + 1)
