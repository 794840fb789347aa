import io
import json
from pathlib import Path

import av
import cv2
import msgspec
import numpy as np
import pytest

from tests.data import shared_data
from tests.vision.builders import (
    CLIPS,
    SMALL_CAMERA,
    START_MS,
    candidate,
    key,
    package,
    parts,
    picture,
    piece,
    small_camera,
)  # fmt: skip
from vision.camera import parse_camera
from vision.errors import EvidenceError
from vision.evidence.clip import StoredPiece, build_clip, read_piece
from vision.evidence.keys import load_or_make_key
from vision.evidence.package import Link, seal
from vision.evidence.parts import Beside, compose
from vision.evidence.verify import read_file
from vision.segments import cut


def test_the_same_inputs_give_the_same_bytes() -> None:
    one, two = (package() for _ in range(2))
    assert one.sha256 == two.sha256
    assert one.manifest_sha256 == two.manifest_sha256


def test_the_manifest_names_versions_frame_times_and_every_file() -> None:
    sealed = seal(parts(beside=Beside({}, picture(1))), key(), Link())
    manifest = json.loads(read_file(sealed.data, "manifest.json"))
    assert manifest["versions"]["model_sha256"] == "0" * 64
    assert manifest["clip"]["frame_ms"] == [START_MS + 100 * i for i in range(10)]
    names = {entry["name"] for entry in manifest["files"]}
    assert {"clip.mp4", "candidate.json", "lamp.json", "track.json", "camera.json", "verify.py", "plate.png"} <= names
    assert {f"frame_{when}.png" for when in ("before", "at", "after")} <= names


def test_the_frames_are_untouched_and_what_was_measured_is_drawn_elsewhere() -> None:
    recorded = piece()
    sealed = seal(compose(candidate(), small_camera(), [recorded]), key(), Link())
    kept = cv2.imdecode(np.frombuffer(read_file(sealed.data, "frame_at.png"), np.uint8), cv2.IMREAD_COLOR)
    original = next(f for f in read_piece(recorded) if f.time_ms == START_MS + 500)
    assert np.array_equal(kept, original.image)
    assert read_file(sealed.data, "overlay_at.jpg")[:2] == b"\xff\xd8"


def test_without_a_recording_there_is_no_package() -> None:
    with pytest.raises(EvidenceError, match="gone from the media store"):
        compose(candidate(), small_camera(), [])


@pytest.mark.parametrize(
    ("name", "first", "last", "frames"), [("ly_thuong_kiet", 3, 6, 96), ("redlight_pickup", 0, 1, 77)]
)
def test_a_real_recording_is_joined_without_encoding_anew_and_keeps_its_times(
    name: str, first: int, last: int, frames: int
) -> None:
    parts = [
        StoredPiece(p.data, tuple(START_MS + round(s * 1000) for s in p.frame_s))
        for p in list(cut(str(shared_data("cameras", CLIPS[name]))))[first:last]
    ]
    clip = build_clip(parts)
    assert clip.copied
    with av.open(io.BytesIO(clip.data)) as opened:
        stream = opened.streams.video[0]
        assert stream.codec_context.name == "h264"
        times = [f.time for f in opened.decode(stream)]
    assert len(times) == len(clip.frame_ms) == frames
    ours = [(t - clip.frame_ms[0]) / 1000 for t in clip.frame_ms]
    assert times[0] == 0.0  # a player at second s shows the frame of s
    assert np.abs(np.array(times) - ours).max() < 0.005


def test_a_recording_that_browsers_cannot_play_is_encoded_anew() -> None:
    path = shared_data("cameras", "hn_hanggiay_hangdau_20221003_1025_1600x1200_25f.mp4")  # MPEG-4 part 2
    first = next(iter(cut(str(path))))
    clip = build_clip([StoredPiece(first.data, tuple(START_MS + round(s * 1000) for s in first.frame_s))])
    assert not clip.copied
    with av.open(io.BytesIO(clip.data)) as opened:
        context = opened.streams.video[0].codec_context
        assert (context.name, context.pix_fmt) == ("h264", "yuv420p")


def test_a_key_is_made_once_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "evidence.pem"
    first = load_or_make_key(path)
    assert load_or_make_key(path).public_hex == first.public_hex
    assert path.stat().st_mode & 0o077 == 0


def test_a_file_that_is_no_key_is_named(tmp_path: Path) -> None:
    path = tmp_path / "evidence.pem"
    path.write_text("no key", encoding="utf-8")
    with pytest.raises(EvidenceError, match=r"evidence\.pem"):
        load_or_make_key(path)


ZONED = SMALL_CAMERA.replace(b"source: none.mp4", b"source: rtsp://me:secret@camera.example/live").replace(
    b"rules:", b"zones:\n  - {id: kerb, kind: no_stopping, polygon: [[2, 30], [40, 30], [40, 44], [2, 44]]}\nrules:"
)


def test_the_camera_is_told_with_all_that_a_rule_goes_by_and_without_its_address() -> None:
    made = compose(candidate(), parse_camera(ZONED), [piece()])
    told = json.loads(made.files["camera.json"])
    assert told["zones"][0]["polygon"] == [[2, 30], [40, 30], [40, 44], [2, 44]]
    assert {"ground", "speed_limit_kmh", "limits", "sha256", "uncertainty_s"} <= told.keys()
    assert {"turns", "arrows", "signal", "lamps", "stop_line"} <= told["approaches"][0].keys()
    assert not any(b"secret" in data for data in made.files.values())


def test_the_zone_of_an_act_is_drawn_into_the_key_frames() -> None:
    in_zone = msgspec.structs.replace(candidate(), rule="no_stopping", approach_id="kerb")
    with_zone, without = (
        cv2.imdecode(np.frombuffer(compose(c, parse_camera(ZONED), [piece()]).files["overlay_at.jpg"], np.uint8), 1)
        for c in (in_zone, msgspec.structs.replace(in_zone, approach_id="none"))
    )
    changed = np.abs(with_zone.astype(int) - without.astype(int)).max(axis=2) > 60
    assert changed[30, 5:38].mean() > 0.5
    assert changed[44, 5:38].mean() > 0.5
    assert not changed[10:25].any()
