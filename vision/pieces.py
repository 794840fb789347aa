"""Pieces of any source: a file, a stream, a folder of pictures, or a scene rendered by code."""

from collections.abc import Callable, Iterator
from pathlib import Path

from vision.frames import open_input
from vision.pictures import picture_pieces
from vision.scenes.street import open_street
from vision.segments import Piece, cut, encode_all


def source_pieces(source: str, *, on_bad: Callable[[str], None] | None = None) -> Iterator[Piece]:
    """Cut a source into pieces of about two seconds.

    Parameters
    ----------
    source : str
        A path of a file or of a folder of pictures, an address, or ``scene://street?seed=N`` (which never ends).
    on_bad : callable, optional
        Takes one sentence for each thing left out.

    Yields
    ------
    Piece
        In order of time.

    Raises
    ------
    VideoError
        If the source cannot be read.
    """
    if "://" not in source and Path(source).is_dir():
        yield from picture_pieces(Path(source), on_bad=on_bad)
        return
    if not source.startswith("scene://"):
        yield from cut(source, on_bad=on_bad)
        return
    yield from encode_all(open_street(source).frames(), preset="ultrafast", crf=23)


def is_finished(address: str) -> bool:
    """Ask an HTTP address whether it serves a recording that has an end, rather than what a camera sees now.

    Parameters
    ----------
    address : str
        Any source.

    Returns
    -------
    bool
        True of a file whose size and duration are told, and of an HLS playlist that is closed. False of what is not
        HTTP.

    Raises
    ------
    VideoError
        If it cannot be opened.
    """
    if not address.startswith(("http://", "https://")):
        return False
    with open_input(address) as container:
        return bool(container.duration) and (container.size > 0 or container.format.name == "hls")
