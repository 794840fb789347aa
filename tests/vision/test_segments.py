import io
from fractions import Fraction
from pathlib import Path

import av
import pytest

from tests.data import shared_data
from tests.vision.builders import CLIPS, picture
from vision.errors import VideoError
from vision.evidence.clip import StoredPiece, read_piece
from vision.frames import Image
from vision.segments import Piece, cut, encode


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


def transport_stream(
    *,
    form: str = "mpegts",
    codec: str = "libx264",
    size: tuple[int, int] = (64, 48),
    from_s: float = 0.0,
    step_s: float = 0.1,
) -> bytes:
    out, clock = io.BytesIO(), Fraction(1, 90_000)
    with av.open(out, "w", format=form) as target:
        options = {"g": "20", "bf": "0", "x265-params": "keyint=20:bframes=0:log-level=none"}
        stream = target.add_stream(codec, rate=10, options=options)
        stream.width, stream.height, stream.pix_fmt = *size, "yuv420p"
        stream.codec_context.time_base = clock
        for i in range(60):
            frame = av.VideoFrame.from_ndarray(picture(i, size), format="bgr24")
            frame.pts, frame.time_base = round((from_s + i * step_s) / clock), clock
            target.mux(stream.encode(frame))
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


def gather(path: Path) -> tuple[list[Piece], str]:
    """Return the pieces that come before the error, and the error."""
    pieces: list[Piece] = []
    try:
        for piece in cut(str(path)):
            pieces.append(piece)  # noqa: PERF402 - what came before an error counts too
    except VideoError as error:
        return pieces, str(error)
    return pieces, ""


def test_a_stream_that_turns_into_another_size_ends_there_and_says_which(tmp_path: Path) -> None:
    path = tmp_path / "turned.ts"
    path.write_bytes(transport_stream() + transport_stream(size=(96, 64), from_s=6.0))
    pieces, error = gather(path)
    assert {(p.width, p.height) for p in pieces} == {(64, 48)}
    assert sum(len(p.frame_s) for p in pieces) >= 55
    assert "turned.ts: the picture turned from 64×48 into 96×64" in error


def test_a_stream_that_turns_into_another_codec_ends_there_and_says_so(tmp_path: Path) -> None:
    path = tmp_path / "turned.ts"
    path.write_bytes(transport_stream(step_s=0.3) + transport_stream(codec="libx265", from_s=18.0))
    pieces, error = gather(path)
    assert all(list(read_piece(StoredPiece(p.data, tuple(round(s * 1000) for s in p.frame_s)))) for p in pieces)
    assert "turned.ts: the codec turned from h264 into hevc" in error


def test_a_stream_whose_clock_leaps_ahead_is_still_copied_and_not_encoded_from_there_on(tmp_path: Path) -> None:
    path = tmp_path / "ahead.ts"
    said: list[str] = []
    path.write_bytes(transport_stream()[: -188 * 12] + transport_stream(from_s=500.0))
    pieces = list(cut(str(path), on_bad=said.append))
    assert any("the clock of the stream leapt ahead by 49" in sentence for sentence in said)
    assert all(p.copied for p in pieces)
    assert sum(len(p.frame_s) for p in pieces) >= 100


def test_a_bare_stream_without_times_is_refused_with_how_to_mend_it(tmp_path: Path) -> None:
    path = tmp_path / "bare.h264"
    path.write_bytes(transport_stream(form="h264"))
    said: list[str] = []
    with pytest.raises(VideoError, match=r"its pictures carry no times .* put it into a container"):
        list(cut(str(path), on_bad=said.append))
    assert said == []


def test_pictures_that_all_have_one_time_are_left_out_with_a_word(tmp_path: Path) -> None:
    path = tmp_path / "still.ts"
    path.write_bytes(transport_stream(step_s=1 / 90_000))
    said: list[str] = []
    with pytest.raises(VideoError, match="not one piece"):
        list(cut(str(path), on_bad=said.append))
    assert any("60 pictures within 0.001 s; the clock of the stream stands still" in sentence for sentence in said)


def test_a_stream_whose_clock_stands_still_for_long_does_not_fill_the_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vision.segments.MOST_HELD", 40)
    path = tmp_path / "still.ts"
    path.write_bytes(transport_stream(step_s=1 / 90_000))
    with pytest.raises(VideoError, match=r"41 pictures within .* the clock of the stream stands still"):
        list(cut(str(path)))


def test_damage_is_told_once_a_piece_and_not_once_a_packet(tmp_path: Path) -> None:
    data = bytearray(transport_stream())
    for at in range(len(data) // 4 // 188 * 188, len(data) * 3 // 4, 188 * 25):
        data[at : at + 188] = b"\0" * 188
    path = tmp_path / "damaged.ts"
    path.write_bytes(data)
    said: list[str] = []
    pieces = list(cut(str(path), on_bad=said.append))
    assert any("packets that are damaged or carry no time" in sentence for sentence in said)
    assert len(said) <= len(pieces) + 1


def refreshed(path: Path, container: str) -> Path:
    """Write twelve seconds of a camera that sends one whole picture and then refreshes it strip by strip."""
    options = {"preset": "ultrafast", "threads": "1", "x264-params": "intra-refresh=1:keyint=50:bframes=0"}
    with av.open(path, "w", format=container) as target:
        stream = target.add_stream("libx264", rate=25, options=options)
        stream.width, stream.height, stream.pix_fmt = 128, 96, "yuv420p"
        for i in range(300):
            target.mux(stream.encode(av.VideoFrame.from_ndarray(picture(i, (128, 96)), format="bgr24")))
        target.mux(stream.encode(None))
    return path


@pytest.mark.parametrize("container", ["mp4", "mpegts", "matroska"])
def test_a_camera_that_refreshes_its_picture_in_strips_loses_no_picture(tmp_path: Path, container: str) -> None:
    pieces = list(cut(str(refreshed(tmp_path / "strips", container))))
    seen = [len(list(read_piece(StoredPiece(p.data, tuple(round(s * 1000) for s in p.frame_s))))) for p in pieces]
    assert sum(seen) == sum(len(p.frame_s) for p in pieces) == 300
    assert max(p.frame_s[-1] - p.frame_s[0] for p in pieces) < 2.1


def test_whole_key_pictures_that_others_lean_on_are_still_copied(tmp_path: Path) -> None:
    path = tmp_path / "open.ts"  # open groups of pictures: recovery points that hold from their own picture on
    with av.open(path, "w", format="mpegts") as target:
        options = {"threads": "1", "x264-params": "open-gop=1:keyint=50:min-keyint=25:bframes=2:scenecut=0"}
        stream = target.add_stream("libx264", rate=25, options=options)
        stream.width, stream.height, stream.pix_fmt = 128, 96, "yuv420p"
        for i in range(300):
            target.mux(stream.encode(av.VideoFrame.from_ndarray(picture(i, (128, 96)), format="bgr24")))
        target.mux(stream.encode(None))
    assert all(piece.copied for piece in cut(str(path)))
