"""Pieces of any source: a file, a stream, a folder of pictures, or a scene rendered by code."""

from collections.abc import Callable, Iterator
from pathlib import Path

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
