"""A small RTSP 1.0 server (RFC 2326, RTP over TCP) that plays a file: a camera that tests can unplug."""

import base64
import io
import socket
import socketserver
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import av


class RtspCamera:
    """Serves ``rtsp://127.0.0.1:port/cam`` on its own thread.

    Parameters
    ----------
    video : Path
        An H.264 recording; its packets are sent as they are.
    speed : float
        How many seconds of the recording go out in one.
    first_key_s : float
        How long after PLAY the first packet comes, in seconds.
    """

    def __init__(self, video: Path, *, speed: float = 20.0, first_key_s: float = 0.0) -> None:
        self.plays = 0
        self.cut_after: int | None = None  # packets, then the line goes dead
        self._lines: list[socket.socket] = []
        camera = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                camera._lines.append(self.connection)
                try:
                    camera._talk(self.rfile, self.wfile, video, speed, first_key_s)
                except (OSError, ValueError):
                    return  # the other side, or the test, cut the line

        class Server(socketserver.ThreadingTCPServer):
            allow_reuse_address = True
            daemon_threads = True

        self._server = Server(("127.0.0.1", 0), Handler)
        self.port = int(self._server.server_address[1])
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    @property
    def address(self) -> str:
        """Where it is."""
        return f"rtsp://127.0.0.1:{self.port}/cam"

    def unplug(self) -> None:
        """Cut every line and listen no more."""
        self._server.shutdown()
        self._server.server_close()
        for line in self._lines:
            try:
                line.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue

    def _talk(self, rfile: BinaryIO, wfile: BinaryIO, video: Path, speed: float, wait_s: float) -> None:
        sdp = _sdp(video)
        while True:
            method, headers = _request(rfile)
            if method is None:
                return
            answer, body = {"CSeq": headers.get("cseq", "0"), "Session": "7"}, b""
            if method == "OPTIONS":
                answer["Public"] = "OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN, GET_PARAMETER"
            elif method == "DESCRIBE":
                answer |= {"Content-Type": "application/sdp", "Content-Base": f"{self.address}/"}
                body = sdp
            elif method == "SETUP":
                answer["Transport"] = "RTP/AVP/TCP;unicast;interleaved=0-1"
            lines = "".join(f"{k}: {v}\r\n" for k, v in answer.items())
            wfile.write(f"RTSP/1.0 200 OK\r\n{lines}Content-Length: {len(body)}\r\n\r\n".encode() + body)
            if method == "PLAY":
                self.plays += 1
                time.sleep(wait_s)
                self._play(wfile, video, speed)
                return

    def _play(self, wfile: BinaryIO, video: Path, speed: float) -> None:
        began = time.monotonic()
        for sent, (at_s, packet) in enumerate(_rtp(video)):
            if self.cut_after is not None and sent >= self.cut_after:
                return
            time.sleep(max(0.0, began + at_s / speed - time.monotonic()))
            wfile.write(b"$\x00" + len(packet).to_bytes(2, "big") + packet)


def _request(rfile: BinaryIO) -> tuple[str | None, dict[str, str]]:
    line = rfile.readline().decode("ascii", "replace").split()
    if not line:
        return None, {}
    headers = {}
    while raw := rfile.readline().decode("ascii", "replace").strip():
        name, _, value = raw.partition(":")
        headers[name.strip().lower()] = value.strip()
    return line[0], headers


class _Packets(io.RawIOBase):
    """Takes what ffmpeg's RTP packetizer writes: each write is one packet."""

    def __init__(self) -> None:
        self.held: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]
        self.held.append(bytes(data))
        return len(data)


def _rtp(video: Path) -> Iterator[tuple[float, bytes]]:
    """Yield when, in seconds from the start, and each RTP packet of the recording."""
    sink = _Packets()
    with av.open(str(video)) as source, av.open(sink, "w", format="rtp", options={"packetsize": "1400"}) as out:
        stream = source.streams.video[0]
        copy = out.add_stream_from_template(stream)
        for packet in source.demux(stream):
            if packet.dts is None:
                continue
            at_s = float(packet.dts * stream.time_base)
            packet.stream = copy
            out.mux(packet)
            for made in sink.held:
                if 192 <= made[1] <= 223:  # RTCP
                    continue
                yield at_s, made
            sink.held.clear()


def _sdp(video: Path) -> bytes:
    lines = [
        "v=0",
        "o=- 0 0 IN IP4 127.0.0.1",
        "s=cam",
        "c=IN IP4 127.0.0.1",
        "t=0 0",
        "m=video 0 RTP/AVP 96",
        "a=rtpmap:96 H264/90000",
        f"a=fmtp:96 packetization-mode=1; sprop-parameter-sets={_sets(video)}",
        "a=control:track1",
    ]
    return "".join(f"{line}\r\n" for line in lines).encode()


def _sets(video: Path) -> str:
    with av.open(str(video)) as source:
        extra = bytes(source.streams.video[0].codec_context.extradata or b"")
    sets, at = [], 6
    for _ in range(2):  # avcC: one SPS, one PPS (ISO/IEC 14496-15, 5.2.4.1)
        size = int.from_bytes(extra[at : at + 2], "big")
        sets.append(base64.b64encode(extra[at + 2 : at + 2 + size]).decode())
        at += 3 + size
    return ",".join(sets)
