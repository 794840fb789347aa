import itertools
from pathlib import Path

import numpy as np
import pytest

from vision.errors import VideoError
from vision.segments import encode

torch = pytest.importorskip("torch", reason="TORCH ABSENT: make test-train tries the networks in torch")
pytestmark = pytest.mark.train


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    """Return five frames, each of one grey, lighter than the last."""
    images = [np.full((64, 96, 3), 40 * number + 20, np.uint8) for number in range(5)]
    path = tmp_path / "grey.mp4"
    path.write_bytes(encode(images, [number / 30 for number in range(5)]).data)
    return path


def test_frames_come_again_and_again_in_the_bytes_of_the_decoder(recording: Path) -> None:
    from vision.detector.gpu.video import LoopedVideo, read_packets

    video = LoopedVideo(recording, read_packets(recording), 0, is_on_gpu=False)
    pictures = [picture for picture, _ in itertools.islice(video.frames(), 12)]
    assert {tuple(picture.shape) for picture in pictures} == {(96, 96)}
    greys = [float(picture[:64].float().mean()) for picture in pictures]
    assert greys[0] < greys[1] < greys[2] < greys[3] < greys[4]
    assert greys[5:10] == pytest.approx(greys[:5], abs=1)
    video.close()


def test_a_recording_begins_at_the_key_frame_before_the_frame_asked_for(recording: Path) -> None:
    from vision.detector.gpu.video import LoopedVideo, read_packets

    packets = read_packets(recording)
    first, _ = next(LoopedVideo(recording, packets, 8, is_on_gpu=False).frames())
    assert [packet.is_keyframe for packet in packets] == [True, False, False, False, False]
    assert float(first[:64].float().mean()) < 50


@pytest.mark.skipif(torch.cuda.is_available(), reason="A GPU IS HERE: what is said without one cannot be asked")
def test_without_a_gpu_it_is_said_who_cannot_decode(recording: Path) -> None:
    from vision.detector.gpu.video import LoopedVideo, read_packets

    with pytest.raises(VideoError, match="NVDEC"):
        LoopedVideo(recording, read_packets(recording), 0, is_on_gpu=True)
