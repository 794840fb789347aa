import http.server
import itertools
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import av
import pytest

from tests.data import shared_data
from tests.vision.builders import CLIPS, picture
from tests.vision.rtsp_server import RtspCamera
from vision.errors import VideoError
from vision.evidence.clip import StoredPiece, read_piece
from vision.evidence.pictures import encode_picture
from vision.pieces import is_finished
from vision.segments import cut


@pytest.fixture
def address() -> Iterator[str]:
    with serving(shared_data("cameras")) as place:
        yield place


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    handler = partial(http.server.SimpleHTTPRequestHandler, directory=str(folder))
    handler.func.log_message = lambda *args: None  # type: ignore[attr-defined, method-assign]
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def test_a_recording_behind_http_is_cut_like_a_file(address: str) -> None:
    pieces = list(cut(f"{address}/{CLIPS['redlight_pickup']}"))
    assert sum(len(p.frame_s) for p in pieces) == 77


def test_what_has_a_size_and_an_end_is_a_finished_file_and_what_a_camera_sends_is_not(address: str) -> None:
    assert is_finished(f"{address}/{CLIPS['redlight_pickup']}")
    assert not is_finished(str(shared_data("cameras", CLIPS["redlight_pickup"])))
    assert not is_finished("scene://street")


def test_an_address_that_has_nothing_is_named(address: str) -> None:
    with pytest.raises(VideoError, match=r"none\.mp4: cannot be opened"):
        list(cut(f"{address}/none.mp4"))


def test_a_camera_that_is_switched_off_is_named() -> None:
    with pytest.raises(VideoError, match=r"rtsp://127\.0\.0\.1:9/cam"):
        list(cut("rtsp://127.0.0.1:9/cam"))


def test_a_live_playlist_over_http_is_cut_like_a_file(tmp_path: Path) -> None:
    with av.open(str(shared_data("cameras", CLIPS["redlight_pickup"]))) as source:
        video = source.streams.video[0]
        with av.open(str(tmp_path / "live.m3u8"), "w", format="hls", options={"hls_list_size": "0"}) as target:
            copy = target.add_stream_from_template(video)
            for packet in source.demux(video):
                if packet.dts is not None:
                    packet.stream = copy
                    target.mux(packet)
    told: list[str] = []
    with serving(tmp_path) as place:
        pieces = list(cut(f"{place}/live.m3u8", on_bad=told.append))
    assert sum(len(p.frame_s) for p in pieces) == 77
    assert not told


def test_the_first_key_frame_of_an_rtsp_stream_is_recorded_though_the_reader_gives_it_no_time() -> None:
    camera = RtspCamera(shared_data("cameras", CLIPS["ly_thuong_kiet"]), speed=40.0)
    said: list[str] = []
    first = next(cut(camera.address, on_bad=said.append))
    camera.unplug()
    assert said == []
    assert first.frame_s[0] == 0.0
    assert first.frame_s[1] == pytest.approx(1 / 6, abs=0.01)
    times = tuple(round(s * 1000) for s in first.frame_s)
    assert len(list(read_piece(StoredPiece(first.data, times)))) == len(times) == 32


class MotionJpeg(http.server.BaseHTTPRequestHandler):
    """A camera that sends forty pictures, each a JPEG of its own, without a word about time."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=picture")
        self.end_headers()
        for number in range(40):
            data = encode_picture(picture(number), "jpg")
            head = f"--picture\r\nContent-Type: image/jpeg\r\nContent-Length: {len(data)}\r\n\r\n"
            self.wfile.write(head.encode() + data + b"\r\n")

    def log_message(self, *words: object) -> None:
        pass


def test_motion_jpeg_over_http_bears_the_times_at_which_it_came_and_no_made_up_rate() -> None:
    ticks = itertools.count()
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), MotionJpeg) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_address[1]}/live"
        pieces = list(cut(address, now_s=lambda: 100.0 + next(ticks) * 0.16))
        server.shutdown()
    times = [s for piece in pieces for s in piece.frame_s]
    assert len(times) == 40
    assert times == pytest.approx([0.16 * i for i in range(40)], abs=0.001)
    assert len(pieces) == 4
    for piece in pieces:
        frame_ms = tuple(round(s * 1000) for s in piece.frame_s)
        assert [frame.time_ms for frame in read_piece(StoredPiece(piece.data, frame_ms))] == list(frame_ms)
