"""Recordings cut into short pieces: stream copy at key frames, re-encoded only where those lie too far apart."""

import io
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, TypeAlias

import av
import numpy as np
from av.error import FFmpegError

from vision.errors import VideoError
from vision.frames import Image, ignore, open_input, to_image
from vision.gradual import refreshes_gradually
from vision.receive_times import LIVE, NUMBERED, TICK, as_received
from vision.same_picture import SamePicture

TARGET_S = 2.0
LONGEST_S = 10.0
# A stream's first packet may come without a time; it is taken where the next follows it so soon.
FIRST_STEP_S = 1.0
# Times go back by less where pictures are sent in another order than they are shown; by more the clock went back.
BACK_S = 1.0
# Pictures that wait for two seconds to go by; with more of them the clock of the stream stands still.
MOST_HELD = 2_000
COPIED_CODECS = frozenset({"h264", "hevc", "mpeg4", "mjpeg"})
TICKS = 90_000
Packet: TypeAlias = "av.Packet[Any]"


@dataclass(frozen=True)
class Piece:
    """A short recording on its own: MP4 bytes and the presentation time of each frame in the source, seconds."""

    data: bytes
    frame_s: tuple[float, ...]
    width: int
    height: int
    codec: str
    copied: bool


def cut(
    source: str, *, on_bad: Callable[[str], None] | None = None, now_s: Callable[[], float] = time.monotonic
) -> Iterator[Piece]:
    """Cut a file or a stream into pieces of about two seconds.

    Packets are copied as they are; a piece begins at a key frame. Where no key frame comes for ten seconds, or
    the picture is refreshed strip by strip instead, or the codec does not fit into MP4, the rest is encoded anew as
    H.264.

    Parameters
    ----------
    source : str
        A path or an address.
    on_bad : callable, optional
        Takes one sentence for each thing left out.
    now_s : callable
        A clock that never goes back, for streams that carry no times (motion JPEG over HTTP).

    Yields
    ------
    Piece
        In order of time.

    Raises
    ------
    VideoError
        If it cannot be opened, nothing can be read, or the picture turns into another size or codec on the way.
    """
    tell = on_bad or ignore
    pieces = 0
    with open_input(source) as container:
        for piece in _Cutter(container, source, tell, now_s).pieces():
            pieces += 1
            yield piece
    if pieces == 0:
        raise VideoError(f"{source}: not one piece could be read; the file is broken or empty")


class _Cutter:
    def __init__(
        self,
        container: "av.container.InputContainer",
        source: str,
        tell: Callable[[str], None],
        now_s: Callable[[], float],
    ) -> None:
        self._source, self._tell = source, tell
        self._stream = container.streams.video[0]
        self._stream.thread_type = "SLICE"
        self._demuxed: Iterator[Packet] = container.demux(self._stream)
        assert self._stream.time_base is not None
        self._base = self._stream.time_base
        if container.format.name in LIVE:
            self._demuxed, self._base = as_received(self._demuxed, now_s), TICK
        elif container.format.name in NUMBERED:
            raise self._untimed()
        self._same = SamePicture(self._stream, source)
        self._is_timed = False
        self._left_out = 0

    def pieces(self) -> Iterator[Piece]:
        held: list[Packet] = []
        packets = self._packets()
        copies = self._stream.codec_context.name in COPIED_CODECS
        for packet in packets:
            if not copies or self._is_no_key(packet):
                yield from self._encoded([*held, packet], packets)
                return
            if held and self._leaps(self._seconds(held[-1], packet)):
                yield from self._copied(held)
                held = []
            span_s = self._seconds(held[0], packet) if held else 0.0
            if held and packet.is_keyframe and span_s >= TARGET_S * 0.9:
                yield from self._copied(held)
                held = []
            elif span_s > LONGEST_S:
                yield from self._encoded([*held, packet], packets)
                return
            if held or packet.is_keyframe:
                held.append(packet)
            if len(held) > MOST_HELD:
                raise VideoError(f"{self._source}: {self._crowd(len(held), span_s)}")
        if held:
            yield from self._copied(held)

    def _is_no_key(self, packet: "Packet") -> bool:
        """Return whether a packet that passes for a key frame only begins to refresh the picture."""
        context = self._stream.codec_context
        return packet.is_keyframe and context.name == "h264" and refreshes_gradually(bytes(packet), context.extradata)

    def _leaps(self, step_s: float) -> bool:
        """Return whether the clock of the stream went back or far ahead from one packet to the next, and say so."""
        if -BACK_S <= step_s <= LONGEST_S:
            return False
        way = f"went back by {-step_s:.1f}" if step_s < 0 else f"leapt ahead by {step_s:.1f}"
        self._tell(f"{self._source}: the clock of the stream {way} s; a new piece begins there")
        return True

    @staticmethod
    def _crowd(pictures: int, span_s: float) -> str:
        return (
            f"{pictures} pictures within {span_s:.3f} s; the clock of the stream stands still. Set the camera's frame "
            "rate and time stamps; no rate is assumed"
        )

    def _seconds(self, first: "Packet", last: "Packet") -> float:
        assert first.pts is not None
        assert last.pts is not None
        return float((last.pts - first.pts) * self._base)

    def _packets(self) -> Iterator["Packet"]:
        first: Packet | None = None
        is_begun = False
        try:
            for packet in self._demuxed:
                if packet.size == 0:
                    continue
                if not is_begun and packet.pts is None and packet.is_keyframe and not packet.is_corrupt:
                    first = packet
                    continue
                self._is_timed |= packet.pts is not None
                if packet.is_corrupt or packet.pts is None:
                    self._left_out += 1
                    if not self._is_timed and self._left_out > MOST_HELD:
                        break
                    continue
                if first is not None:
                    yield from self._timed(first, packet)
                first, is_begun = None, True
                yield packet
        except FFmpegError as error:
            self._tell(f"{self._source}: reading ended early ({error})")
        if self._left_out and not self._is_timed:
            raise self._untimed()
        self._tell_left_out()

    def _untimed(self) -> VideoError:
        return VideoError(
            f"{self._source}: its pictures carry no times (a bare stream such as .h264); put it into a container that "
            "keeps them (MP4, MKV, MPEG-TS). No rate is assumed"
        )

    def _tell_left_out(self) -> None:
        """Say how many packets were left out since this was called last, in one sentence."""
        count, self._left_out = self._left_out, 0
        if count:
            self._tell(f"{self._source}: left out were {count} packets that are damaged or carry no time")

    def _timed(self, first: "Packet", then: "Packet") -> Iterator["Packet"]:
        """Give a stream's first packet the time that the others are counted from.

        The reader counts an RTP stream's times from its first packet (RFC 3550 begins anywhere) but leaves that one
        without; dropped, all pictures up to the next key frame would go with it.
        """
        assert then.pts is not None
        if 0 < float(then.pts * self._base) <= FIRST_STEP_S:
            first.pts = first.dts = 0
            yield first
        else:
            self._tell(f"{self._source}: the first packet has no time and is left out")

    def _copied(self, packets: Sequence["Packet"]) -> Iterator[Piece]:
        self._tell_left_out()
        span_s = max(self._seconds(packets[0], packet) for packet in packets)
        if (len(packets) - 1) / 1000 > span_s:
            self._tell(f"{self._source}: {self._crowd(len(packets), span_s)}. They are left out")
            return
        try:
            yield self._copy(packets)
        except FFmpegError as error:
            self._tell(f"{self._source}: a piece of {len(packets)} packets cannot be stored and is left out ({error})")

    def _copy(self, packets: Sequence["Packet"]) -> Piece:
        times = sorted(float(p.pts * self._base) for p in packets if p.pts is not None)
        out = io.BytesIO()
        with av.open(out, "w", format="mp4") as target:
            copy = target.add_stream_from_template(self._stream)
            first_dts = packets[0].dts if packets[0].dts is not None else packets[0].pts
            for packet in packets:
                packet.pts = (packet.pts or 0) - (first_dts or 0)
                packet.dts = None if packet.dts is None else packet.dts - (first_dts or 0)
                packet.stream = copy
                target.mux(packet)
        self._same.check(out.getvalue())
        context = self._stream.codec_context
        return Piece(out.getvalue(), tuple(times), context.width, context.height, context.name, copied=True)

    def _encoded(self, held: Sequence["Packet"], rest: Iterator["Packet"]) -> Iterator[Piece]:
        images: list[Image] = []
        times: list[float] = []
        for frame in self._decoded(held, rest):
            if frame.time is None or frame.is_corrupt:  # encoded anew, damage would pass for what was there
                continue
            self._same.check_size(frame.width, frame.height)
            leaps = bool(times) and self._leaps(frame.time - times[-1])
            if not leaps and times and frame.time <= times[-1]:
                continue
            if leaps or (times and frame.time - times[0] >= TARGET_S):
                yield encode(images, times)
                images, times = [], []
            images.append(to_image(frame))
            times.append(float(frame.time))
        if images:
            yield encode(images, times)

    def _decoded(self, held: Sequence["Packet"], rest: Iterator["Packet"]) -> Iterator["av.VideoFrame"]:
        for packets in (held, rest):
            for packet in packets:
                try:
                    yield from packet.decode()
                except FFmpegError as error:
                    self._tell(f"{self._source}: damaged packet left out ({error})")
        yield from self._stream.codec_context.decode(None)


def encode(
    images: Sequence[Image],
    times_s: Sequence[float],
    *,
    preset: str = "veryfast",
    crf: int = 20,
    repeatable: bool = False,
) -> Piece:
    """Encode pictures as H.264 that every browser plays, each with its own time.

    Parameters
    ----------
    images : sequence of ndarray
        Height × width × 3, blue green red, all of one size.
    times_s : sequence of float
        Rising, one a picture.
    preset : str
        x264's speed.
    crf : int
        x264's quality, lower is better.
    repeatable : bool
        Whether the same pictures always give the same bytes, for 8 % more of them: x264's macroblock tree reads
        beyond its rows where a picture is not a multiple of 128 pixels wide, and what lies there differs.

    Returns
    -------
    Piece
        The recording; ``copied`` is false.
    """
    options = {"preset": preset, "crf": str(crf), "threads": "1"}
    if repeatable:
        options["x264-params"] = "mbtree=0"
    height, width = images[0].shape[:2]
    even_h, even_w = height - height % 2, width - width % 2
    out = io.BytesIO()
    with av.open(out, "w", format="mp4") as target:
        stream = target.add_stream("libx264", rate=25, options=options)
        stream.width, stream.height, stream.pix_fmt = even_w, even_h, "yuv420p"
        stream.codec_context.time_base = _tick()
        stream.codec_context.max_b_frames = 0
        for image, time_s in zip(images, times_s, strict=True):
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(image[:even_h, :even_w]), format="bgr24")
            frame.pts, frame.time_base = round((time_s - times_s[0]) * TICKS), _tick()
            target.mux(stream.encode(frame))
        target.mux(stream.encode(None))
    return Piece(out.getvalue(), tuple(times_s), even_w, even_h, "h264", copied=False)


def encode_all(
    shots: Iterable[tuple[float, Image]],
    *,
    span_s: float = TARGET_S,
    preset: str = "veryfast",
    crf: int = 20,
    repeatable: bool = False,
) -> Iterator[Piece]:
    """Encode pictures as short pieces, see `encode`; one ends where the pictures' size changes.

    Parameters
    ----------
    shots : iterable of tuple
        Times in seconds, rising, and pictures.
    span_s : float
        Length of a piece.
    preset : str
        x264's speed.
    crf : int
        x264's quality, lower is better.
    repeatable : bool
        Whether the same pictures always give the same bytes.

    Yields
    ------
    Piece
        In order of time.
    """
    images: list[Image] = []
    times: list[float] = []
    for time_s, image in shots:
        if images and (time_s - times[0] >= span_s - 1e-6 or image.shape != images[0].shape):
            yield encode(images, times, preset=preset, crf=crf, repeatable=repeatable)
            images, times = [], []
        images.append(image)
        times.append(time_s)
    if images:
        yield encode(images, times, preset=preset, crf=crf, repeatable=repeatable)


def _tick() -> Fraction:
    return Fraction(1, TICKS)
