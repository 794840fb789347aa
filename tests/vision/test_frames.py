import itertools
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from tests.data import shared_data
from tests.vision.builders import CLIPS
from vision.errors import VideoError
from vision.frames import read_frames


def test_frames_carry_the_times_of_the_recording_and_never_go_backwards() -> None:
    # This clip has B-frames: its packets are not in the order of presentation.
    path = shared_data("cameras", CLIPS["redlight_pickup"])
    frames = list(read_frames(str(path), start_ms=1000))
    assert len(frames) == 77
    assert [f.time_ms for f in frames[:3]] == [1000, 1040, 1080]
    assert all(a.time_ms < b.time_ms for a, b in itertools.pairwise(frames))
    assert frames[0].image.shape == (480, 854, 3)


def test_an_uneven_rate_is_kept_as_it_is() -> None:
    frames = list(read_frames(str(shared_data("cameras", CLIPS["ly_thuong_kiet"]))))
    assert len(frames) == 384
    assert frames[-1].time_ms == 63817  # 6.017 frames a second, not the 6 its name says


def test_an_absent_file_is_named() -> None:
    with pytest.raises(VideoError, match=r"nowhere\.mp4: cannot be opened as video"):
        list(read_frames("nowhere.mp4"))


def test_a_file_that_is_no_video_is_named(tmp_path: Path) -> None:
    bad = tmp_path / "text.mp4"
    bad.write_text("this is no video", encoding="utf-8")
    with pytest.raises(VideoError, match=r"text\.mp4"):
        list(read_frames(str(bad)))


def test_a_damaged_middle_costs_frames_but_not_the_rest(tmp_path: Path) -> None:
    data = bytearray(shared_data("cameras", CLIPS["ly_thuong_kiet"]).read_bytes())
    data[1_500_000:1_560_000] = bytes(60_000)
    bad = tmp_path / "damaged.mp4"
    bad.write_bytes(data)
    said: list[str] = []
    frames = list(read_frames(str(bad), on_bad=said.append))
    assert 250 <= len(frames) <= 384
    assert frames[-1].time_ms > 60_000


def transport_stream(path: Path, size: tuple[int, int], first_s: float, count: int = 20) -> bytes:
    """Write a short MPEG transport stream, which may be joined with another byte by byte."""
    with av.open(str(path), "w", format="mpegts") as out:
        stream = out.add_stream("libx264", rate=10, options={"preset": "ultrafast", "tune": "zerolatency"})
        stream.width, stream.height, stream.pix_fmt = *size, "yuv420p"
        for i in range(count):
            image = np.random.default_rng(i).integers(0, 255, (size[1], size[0], 3), np.uint8)
            frame = av.VideoFrame.from_ndarray(np.asarray(image, np.uint8), format="bgr24")
            frame.pts, frame.time_base = round((first_s + i / 10) * 90_000), Fraction(1, 90_000)
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    return path.read_bytes()


def test_a_picture_that_changes_its_size_is_named_with_the_time_it_did(tmp_path: Path) -> None:
    joined = tmp_path / "joined.ts"
    first = transport_stream(tmp_path / "a.ts", (64, 48), 0.0)
    joined.write_bytes(first + transport_stream(tmp_path / "b.ts", (96, 64), 2.0))
    with pytest.raises(VideoError, match=r"joined\.ts: at .* s the picture turns from 64×48 into 96×64"):
        list(read_frames(str(joined)))


def test_a_clock_that_goes_back_is_told_and_nothing_goes_backwards(tmp_path: Path) -> None:
    joined = tmp_path / "joined.ts"
    first = transport_stream(tmp_path / "a.ts", (64, 48), 5.0)
    joined.write_bytes(first + transport_stream(tmp_path / "b.ts", (64, 48), 4.0, count=40))
    said: list[str] = []
    frames = list(read_frames(str(joined), on_bad=said.append))
    assert all(a.time_ms < b.time_ms for a, b in itertools.pairwise(frames))
    assert len(frames) > 20
    assert any("check the recording's clock" in sentence for sentence in said)
