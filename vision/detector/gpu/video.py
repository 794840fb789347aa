"""A recording decoded for a network on a GPU: frame by frame, in the bytes the decoder gives, on the GPU."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import torch
from av.codec.hwaccel import HWAccel
from av.error import FFmpegError

from vision.detector.gpu.pictures import Form
from vision.errors import VideoError
from vision.frames import open_input

# In the context that torch made (the thread's own): pictures of another one could not be read, and FFmpeg would not
# take the device's first one as torch has set it.
IN_CONTEXT: dict[str, object] = {"primary_ctx": "0", "current_ctx": "1"}
ON_GPU = HWAccel("cuda", allow_software_fallback=False, options=IN_CONTEXT, is_hw_owned=True)


def read_packets(path: Path) -> list[Any]:
    """Return a recording's packets, as they lie in the file.

    Parameters
    ----------
    path : Path
        A recording.

    Returns
    -------
    list of av.Packet
        Compressed frames; the first is a key frame.

    Raises
    ------
    VideoError
        If it cannot be read.
    """
    with open_input(str(path)) as container:
        return [packet for packet in container.demux(video=0) if packet.size]


class LoopedVideo:
    """A recording's frames for ever.

    Parameters
    ----------
    path : Path
        H.264 of one size, without frames that look ahead.
    packets : list of av.Packet
        Its packets (`read_packets`); who decodes it many times shares them.
    first : int
        Number of the frame to begin with; it begins at the key frame before.
    is_on_gpu : bool
        Whether the GPU decodes (NVDEC) and pictures never leave it; else one thread of the processor does.

    Raises
    ------
    VideoError
        If it cannot be decoded so.
    """

    def __init__(self, path: Path, packets: list[Any], first: int, *, is_on_gpu: bool) -> None:
        self.form = Form.NV12 if is_on_gpu else Form.I420
        self._name, self._packets = str(path), packets
        keys = [number for number, packet in enumerate(packets) if packet.is_keyframe]
        self._next = max(number for number in keys if number <= first % len(packets))
        try:
            if is_on_gpu:
                torch.zeros(1, device="cuda")  # makes the context
            self._container = av.open(self._name, hwaccel=ON_GPU if is_on_gpu else None)
            self._decoder = self._container.streams.video[0].codec_context
            self._decoder.thread_count = 1
        except (FFmpegError, OSError, ValueError, RuntimeError, NotImplementedError) as error:
            raise self._error(error) from None

    def frames(self) -> Iterator[tuple[Any, Any]]:
        """Yield the bytes of frame after frame (see `Form`) and an event after which they are there.

        A frame is decoded when it is asked for.
        """
        while True:
            packet = self._packets[self._next]
            self._next = (self._next + 1) % len(self._packets)
            try:
                decoded = self._decoder.decode(packet)
            except (FFmpegError, RuntimeError) as error:
                raise self._error(error) from None
            for frame in decoded:
                picture = _of_gpu(frame) if self.form is Form.NV12 else _of_processor(frame)
                yield picture, _now(picture)

    def close(self) -> None:
        """Let the decoder go."""
        self._container.close()

    def _error(self, error: Exception) -> VideoError:
        where = "the GPU (NVDEC)" if self.form is Form.NV12 else "the processor"
        return VideoError(f"{self._name}: cannot be decoded on {where} ({error})")


def _of_gpu(frame: Any) -> Any:
    # Asked without a stream, as PyAV wants it: decoder and torch use the same one, the default of the context.
    bright, colours = (torch.from_dlpack(plane.__dlpack__()) for plane in frame.planes)
    return torch.cat([bright, colours.reshape(len(colours), -1)])  # a copy: the decoder uses its own again


def _of_processor(frame: Any) -> Any:
    """Copy planes as they are, holding up no other thread, and send them to the GPU if there is one."""
    height, width, has_gpu = frame.height, frame.width, torch.cuda.is_available()
    picture = torch.empty((height * 3 // 2, width), dtype=torch.uint8, pin_memory=has_gpu)
    flat, begin = picture.view(-1), 0
    for plane in frame.planes:
        rows = torch.frombuffer(plane, dtype=torch.uint8).view(plane.height, plane.line_size)
        end = begin + plane.height * plane.width
        flat[begin:end].view(plane.height, plane.width).copy_(rows[:, : plane.width])
        begin = end
    return picture.to("cuda", non_blocking=True) if has_gpu else picture


def _now(picture: Any) -> Any:
    """Return an event of what was asked of the GPU until now; ``None`` without a GPU."""
    if not picture.is_cuda:
        return None
    event = torch.cuda.Event()
    event.record()
    return event
