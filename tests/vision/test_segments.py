import io
from pathlib import Path

import av
import pytest

from tests.data import shared_data
from tests.vision.builders import CLIPS, picture
from vision.errors import VideoError
from vision.evidence.clip import StoredPiece, read_piece
from vision.frames import Image
from vision.segments import cut, encode


def nearly_still(i: int) -> Image:
    image = picture(0)
    image[i % 40, 10:20] = 255
    return image


def test_a_clip_is_cut_at_key_frames_without_encoding_anew() -> None:
    pieces = list(cut(str(shared_data("cameras", CLIPS["ly_thuong_kiet"]))))
    assert [len(p.frame_s) for p in pieces] == [32] * 12
    assert all(p.copied and p.codec == "h264" for p in pieces)
    assert pieces[1].frame_s[0] == pytest.approx(5.33, abs=0.01)


def test_every_piece_decodes_on_its_own_with_the_times_of_the_source() -> None:
    for piece in cut(str(shared_data("cameras", CLIPS["redlight_pickup"]))):
        times = tuple(round(s * 1000) + 10**12 for s in piece.frame_s)
        assert [f.time_ms for f in read_piece(StoredPiece(piece.data, times))] == list(times)


def test_where_key_frames_are_too_far_apart_the_rest_is_encoded_anew(tmp_path: Path) -> None:
    long = encode([nearly_still(i) for i in range(150)], [i / 10 for i in range(150)])  # one key frame in 15 s
    path = tmp_path / "long.mp4"
    path.write_bytes(long.data)
    pieces = list(cut(str(path)))
    assert not any(p.copied for p in pieces)
    assert sum(len(p.frame_s) for p in pieces) == 150
    assert max(p.frame_s[-1] - p.frame_s[0] for p in pieces) < 2.0


def test_a_codec_that_mp4_cannot_carry_is_encoded_anew(tmp_path: Path) -> None:
    out = io.BytesIO()
    with av.open(out, "w", format="avi") as target:
        stream = target.add_stream("ffv1", rate=10)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for i in range(30):
            target.mux(stream.encode(av.VideoFrame.from_ndarray(picture(i), format="bgr24")))
        target.mux(stream.encode(None))
    path = tmp_path / "lossless.avi"
    path.write_bytes(out.getvalue())
    pieces = list(cut(str(path)))
    assert {p.codec for p in pieces} == {"h264"}
    assert sum(len(p.frame_s) for p in pieces) == 30


def test_a_file_cut_short_gives_what_is_left_or_says_why(tmp_path: Path) -> None:
    data = shared_data("cameras", CLIPS["ly_thuong_kiet"]).read_bytes()
    path = tmp_path / "short.mp4"
    path.write_bytes(data[: len(data) // 2])
    said: list[str] = []
    with pytest.raises(VideoError, match=r"short\.mp4"):  # its index lies at the end
        list(cut(str(path), on_bad=said.append))


def test_each_encoded_picture_keeps_its_own_time() -> None:
    times = [0.0, 0.1, 0.35, 0.36, 1.2]
    made = encode([picture(i) for i in range(5)], times)
    frames = list(read_piece(StoredPiece(made.data, tuple(round(t * 1000) for t in times))))
    assert [f.time_ms for f in frames] == [0, 100, 350, 360, 1200]


def transport_stream() -> bytes:
    out = io.BytesIO()
    with av.open(out, "w", format="mpegts") as target:
        stream = target.add_stream("libx264", rate=10, options={"g": "20"})
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for i in range(60):
            target.mux(stream.encode(av.VideoFrame.from_ndarray(picture(i), format="bgr24")))
        target.mux(stream.encode(None))
    return out.getvalue()


def test_a_stream_whose_clock_goes_back_is_cut_there_and_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "back.ts"
    said: list[str] = []
    path.write_bytes(transport_stream() * 2)
    pieces = list(cut(str(path), on_bad=said.append))
    assert any("the clock of the stream went back by" in sentence for sentence in said)
    assert sum(len(p.frame_s) for p in pieces) >= 110
    assert all(a < b for p in pieces for a, b in zip(p.frame_s, p.frame_s[1:], strict=False))
    assert pieces[-1].frame_s[-1] == pytest.approx(pieces[len(pieces) // 2 - 1].frame_s[-1], abs=2.5)
