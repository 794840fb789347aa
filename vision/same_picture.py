"""Whether a stream still carries pictures of the kind it was opened with; packets alone do not tell it."""

import io

import av
from av.error import FFmpegError

from vision.errors import VideoError

# So many pieces in a row that do not begin with a picture: no damage of the line, but something else comes now.
MOST_UNREADABLE = 3


class SamePicture:
    """Looks at the first picture of each piece as it was written: a recorder that copies packets sees none itself.

    Parameters
    ----------
    stream : av.VideoStream
        As it was opened.
    source : str
        Its name, for the sentences.
    """

    def __init__(self, stream: "av.VideoStream", source: str) -> None:
        self._source, self._codec = source, stream.codec_context.name
        self._size = (stream.codec_context.width, stream.codec_context.height)
        self._unreadable = 0

    def check(self, data: bytes) -> None:
        """Look at a piece.

        Parameters
        ----------
        data : bytes
            The piece, MP4.

        Raises
        ------
        VideoError
            If its picture has another size or codec than the stream was opened with, or if several pieces in a row
            begin with none.
        """
        codec, size = _first_picture(data)
        if codec != self._codec:
            raise VideoError(
                f"{self._source}: the codec turned from {self._codec} into {codec}; set the camera back, or cut the "
                "recording in two there"
            )
        self._unreadable = 0 if size else self._unreadable + 1
        if self._unreadable >= MOST_UNREADABLE:
            raise VideoError(
                f"{self._source}: its last {self._unreadable} pieces do not begin with a picture that can be decoded; "
                "look at what the camera sends"
            )
        if size is not None:
            self.check_size(*size)

    def check_size(self, width: int, height: int) -> None:
        """Raise `VideoError` where a picture has another size than the stream was opened with."""
        if (width, height) != self._size:
            raise VideoError(
                f"{self._source}: the picture turned from {self._size[0]}×{self._size[1]} into {width}×{height}; "
                "set the camera back, or give the new size a camera file of its own with its lines drawn anew"
            )


def _first_picture(data: bytes) -> tuple[str, tuple[int, int] | None]:
    """Return a piece's codec, and the size of its first picture where that can be decoded."""
    with av.open(io.BytesIO(data), "r") as container:
        stream = container.streams.video[0]
        name = stream.codec_context.name
        for packet in container.demux(stream):
            try:
                frames = packet.decode() or stream.codec_context.decode(None)
            except FFmpegError:
                return name, None
            return name, (frames[0].width, frames[0].height) if frames else None
    return name, None
