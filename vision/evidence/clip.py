"""The clip around an act: stored pieces joined by stream copy, and their frames with their event times."""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

import av
import numpy as np
from av.error import FFmpegError

from vision.errors import EvidenceError, VideoError
from vision.frames import Frame, to_image
from vision.segments import encode

TICKS = 90_000
SAME_FRAME_MS = 2


@dataclass(frozen=True)
class StoredPiece:
    """A recorded piece: MP4 bytes and the event time of each of its frames, milliseconds UTC."""

    data: bytes
    frame_ms: tuple[int, ...]


@dataclass(frozen=True)
class Clip:
    """A browser-playable MP4, the event time of each frame, and whether its packets are the recorder's own."""

    data: bytes
    frame_ms: tuple[int, ...]
    copied: bool


def read_piece(piece: StoredPiece, first_index: int = 0) -> Iterator[Frame]:
    """Decode a piece's frames with their event times.

    Parameters
    ----------
    piece : StoredPiece
        The piece.
    first_index : int
        Index of its first frame.

    Yields
    ------
    Frame
        In order of time. A frame that cannot be decoded, or not whole, is missing; the others keep their own times.

    Raises
    ------
    VideoError
        If the piece is no video.
    """
    times = np.array(piece.frame_ms)
    start_s = None
    with _open(piece) as container:
        stream = container.streams.video[0]
        stream.thread_type = "SLICE"
        for packet in container.demux(stream):
            try:
                decoded = packet.decode()
            except FFmpegError:
                continue
            for frame in decoded:
                if frame.time is None:
                    continue
                start_s = frame.time if start_s is None else start_s
                if frame.is_corrupt:  # patched up by the decoder: what moves in it may be nothing but damage
                    continue
                wanted = times[0] + (frame.time - start_s) * 1000
                at = int(np.abs(times - wanted).argmin())
                yield Frame(first_index + at, int(times[at]), to_image(frame))


def _open(piece: StoredPiece) -> "av.container.InputContainer":
    try:
        container = av.open(io.BytesIO(piece.data), "r")
    except (FFmpegError, ValueError) as error:
        raise VideoError(f"a recorded piece of {len(piece.data)} bytes cannot be opened ({error})") from None
    if not container.streams.video or not piece.frame_ms:
        container.close()
        raise VideoError(f"a recorded piece of {len(piece.data)} bytes holds no picture")
    return container


def build_clip(pieces: Sequence[StoredPiece]) -> Clip:
    """Join pieces into one clip.

    Packets are copied where all pieces are H.264 of one kind; otherwise the pictures are encoded anew.

    Parameters
    ----------
    pieces : sequence of StoredPiece
        In order of time, at least one.

    Returns
    -------
    Clip
        The clip.

    Raises
    ------
    EvidenceError
        If there are no pieces or they hold no pictures.
    """
    if not pieces:
        raise EvidenceError("there is no recording of the act: its pieces are gone from the media store")
    frame_ms = tuple(t for piece in pieces for t in piece.frame_ms)
    copied = _copy(pieces)
    if copied is not None:
        return Clip(copied, frame_ms, copied=True)
    frames = [frame for piece in pieces for frame in read_piece(piece)]
    if not frames:
        raise EvidenceError("the recording of the act holds no picture that can be decoded")
    times = [frame.time_ms for frame in frames]
    piece = encode([frame.image for frame in frames], [t / 1000 for t in times])
    return Clip(piece.data, tuple(times), copied=False)


def _copy(pieces: Sequence[StoredPiece]) -> bytes | None:
    out = io.BytesIO()
    start_ms = pieces[0].frame_ms[0]
    extra: bytes | None = None
    last_dts = -(1 << 62)
    with av.open(out, "w", format="mp4") as target:
        copy = None
        for piece in pieces:
            with _open(piece) as container:
                stream = container.streams.video[0]
                context = stream.codec_context
                if context.name != "h264" or (extra is not None and context.extradata != extra):
                    return None
                if copy is None:
                    extra = context.extradata
                    copy = target.add_stream_from_template(stream)
                packets = [p for p in container.demux(stream) if p.size and p.pts is not None and p.dts is not None]
                if not packets or stream.time_base is None:
                    return None
                base = float(stream.time_base)
                first_pts = min(p.pts for p in packets if p.pts is not None)
                offset = (piece.frame_ms[0] - start_ms) / 1000
                for packet in packets:
                    assert packet.pts is not None
                    assert packet.dts is not None
                    shift = offset - first_pts * base
                    packet.pts = round((packet.pts * base + shift) * TICKS)
                    packet.dts = max(last_dts + 1, round((packet.dts * base + shift) * TICKS))
                    if packet.dts > packet.pts:
                        return None
                    last_dts = packet.dts
                    packet.time_base = _ticks()
                    packet.stream = copy
                    target.mux(packet)
    return out.getvalue()


def _ticks() -> Fraction:
    return Fraction(1, TICKS)
