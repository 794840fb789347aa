from pathlib import Path

import numpy as np

from vision.frames import open_input, read_frames
from vision.scenes.recording import FPS, write_recording


def test_a_painted_recording_is_full_hd_with_thirty_frames_a_second_and_traffic_in_it(tmp_path: Path) -> None:
    path = tmp_path / "street.mp4"
    write_recording(path, 0.2, seed=3)
    frames = list(read_frames(str(path)))
    assert [frame.time_ms for frame in frames] == [round(1000 * number / FPS) for number in range(6)]
    assert frames[0].image.shape == (1080, 1920, 3)
    changed = np.abs(frames[0].image.astype(int) - frames[-1].image).max(2) > 40
    assert changed.sum() > 500


def test_no_frame_of_it_looks_ahead_and_the_first_needs_no_other(tmp_path: Path) -> None:
    path = tmp_path / "street.mp4"
    write_recording(path, 0.2)
    with open_input(str(path)) as container:
        packets = [packet for packet in container.demux(video=0) if packet.size]
    assert packets[0].is_keyframe
    assert all(packet.pts == packet.dts for packet in packets)
