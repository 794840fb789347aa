"""Frames of files and streams with the times they carry: never a count, never an assumed rate."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import av
import numpy as np
from av.error import FFmpegError
from numpy.typing import NDArray

from vision.errors import VideoError

Image = NDArray[np.uint8]
# Some cameras send their first key frame half a minute after they were asked.
OPEN_TIMEOUT_S = 45.0
READ_TIMEOUT_S = 20.0


@dataclass(frozen=True, eq=False)
class Frame:
    """One picture: ``image`` is height × width × 3, blue green red; ``time_ms`` is event time, UTC."""

    index: int
    time_ms: int
    image: Image


def open_input(source: str) -> "av.container.InputContainer":
    """Open a file, an RTSP address or an HTTP address.

    Parameters
    ----------
    source : str
        A path or an address.

    Returns
    -------
    av.container.InputContainer
        An open container with at least one video stream.

    Raises
    ------
    VideoError
        If it cannot be opened or holds no video.
    """
    options = {"rtsp_transport": "tcp"} if source.startswith("rtsp") else {}
    try:
        container = av.open(source, options=options, timeout=(OPEN_TIMEOUT_S, READ_TIMEOUT_S))
    except (FFmpegError, OSError, ValueError) as error:
        raise VideoError(
            f"{source}: cannot be opened as video ({error}); check the path, the address or the file"
        ) from None
    if not container.streams.video:
        container.close()
        raise VideoError(f"{source}: holds no video stream; give a recording with pictures")
    return container


def read_frames(source: str, *, start_ms: int = 0, on_bad: Callable[[str], None] | None = None) -> Iterator[Frame]:
    """Read every frame with its presentation time.

    A damaged packet, and a frame whose time is not after the last one's, is left out and reported; reading goes on.

    Parameters
    ----------
    source : str
        A path or an address.
    start_ms : int
        Event time of presentation time zero, milliseconds UTC.
    on_bad : callable, optional
        Takes one sentence for each packet or frame left out.

    Yields
    ------
    Frame
        In the order of presentation.

    Raises
    ------
    VideoError
        If nothing at all can be read, or the picture changes its size on the way.
    """
    tell = on_bad or ignore
    index, last_s = 0, float("-inf")
    size: tuple[int, int] | None = None
    with open_input(source) as container:
        for frame in decode(container, source, tell):
            if frame.time is None:
                tell(f"{source}: frame without a time left out")
                continue
            if frame.time <= last_s:
                tell(f"{source}: after {last_s:.3f} s comes {frame.time:.3f} s; left out, check the recording's clock")
                continue
            if size is not None and size != (frame.width, frame.height):
                raise VideoError(
                    f"{source}: at {frame.time:.3f} s the picture turns from {size[0]}×{size[1]} into "
                    f"{frame.width}×{frame.height}; give each size as a recording and a camera file of its own"
                )
            size, last_s = (frame.width, frame.height), float(frame.time)
            yield Frame(index, start_ms + round(last_s * 1000), to_image(frame))
            index += 1
    if index == 0:
        raise VideoError(f"{source}: not one frame could be decoded; the file is broken or of an unknown codec")


def to_image(frame: "av.VideoFrame") -> Image:
    """Return a decoded frame's picture: height × width × 3, blue green red.

    Parameters
    ----------
    frame : av.VideoFrame
        A decoded frame.

    Returns
    -------
    ndarray
        Bytes.
    """
    return np.asarray(frame.to_ndarray(format="bgr24"), np.uint8)


def ignore(sentence: str) -> None:
    """Take a sentence about something left out where nobody asked to be told."""
    del sentence


def decode(
    container: "av.container.InputContainer", source: str, tell: Callable[[str], None]
) -> Iterator["av.VideoFrame"]:
    """Decode a container's first video stream, leaving out what is damaged.

    Parameters
    ----------
    container : av.container.InputContainer
        An open container.
    source : str
        Its name, for the sentences.
    tell : callable
        Takes one sentence for each packet left out.

    Yields
    ------
    av.VideoFrame
        In the order of presentation.
    """
    stream = container.streams.video[0]
    stream.thread_type = "SLICE"
    try:
        for packet in container.demux(stream):
            try:
                yield from packet.decode()
            except FFmpegError as error:
                tell(f"{source}: damaged packet left out ({error})")
    except FFmpegError as error:
        tell(f"{source}: reading ended early ({error})")
