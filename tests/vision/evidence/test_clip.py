"""A clip's pictures lie at the times the manifest says, from zero on: players draw by that."""

import io

import av
import numpy as np
import pytest

from tests.data import shared_data
from vision.evidence.clip import StoredPiece, build_clip, read_piece
from vision.segments import encode


def picture_times(data: bytes) -> list[float]:
    with av.open(io.BytesIO(data), "r") as container:
        return sorted(float(frame.time) for frame in container.decode(video=0))


def piece_of(start_s: float, frames: int = 20) -> StoredPiece:
    rng = np.random.default_rng(1)
    pictures = [rng.integers(0, 255, (96, 128, 3), dtype=np.uint8) for _ in range(frames)]
    times = [start_s + 0.1 * i for i in range(frames)]
    return StoredPiece(encode(pictures, times).data, tuple(round(t * 1000) for t in times))


def test_joined_pieces_begin_at_zero_and_keep_their_distances() -> None:
    start_s = 1_790_000_000.0
    clip = build_clip([piece_of(start_s), piece_of(start_s + 2.0)])
    wanted = [(ms - clip.frame_ms[0]) / 1000 for ms in clip.frame_ms]
    assert picture_times(clip.data) == pytest.approx(wanted, abs=0.002)


def test_a_real_recording_copied_begins_at_zero() -> None:
    path = shared_data("cameras", "hn_lythuongkiet_hangbai_20220925_164147_640x480_6fps.mp4")
    times = picture_times(path.read_bytes())
    frame_ms = tuple(1_664_098_907_000 + round((t - times[0]) * 1000) for t in times)
    clip = build_clip([StoredPiece(path.read_bytes(), frame_ms)])
    wanted = [(ms - clip.frame_ms[0]) / 1000 for ms in clip.frame_ms]
    assert picture_times(clip.data) == pytest.approx(wanted, abs=0.005)


def test_pictures_that_the_decoder_had_to_patch_up_are_missing_and_the_others_keep_their_times() -> None:
    whole = piece_of(1_790_000_000.0)
    with av.open(io.BytesIO(whole.data), "r") as container:
        packets = [packet for packet in container.demux(video=0) if packet.size]
    data, middle = bytearray(whole.data), bytes(packets[10])
    at = whole.data.index(middle) + len(middle) // 2
    data[at : at + 200] = bytes(200)
    seen = [frame.time_ms for frame in read_piece(StoredPiece(bytes(data), whole.frame_ms))]
    assert seen[:10] == list(whole.frame_ms[:10])
    assert whole.frame_ms[10] not in seen
    assert [frame.time_ms for frame in read_piece(whole)] == list(whole.frame_ms)
