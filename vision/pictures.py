"""A folder of pictures as a recording: each has the time that a table or its name says, never an assumed rate."""

import csv
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np

from vision.errors import VideoError
from vision.frames import Image, ignore
from vision.segments import Piece, encode_all

TABLE = "times.csv"
ENDINGS = frozenset({".jpg", ".jpeg", ".png", ".bmp", ".webp"})
# 20220925_164147.250, 2022-09-25T16-41-47, cam1-20220925164147250: separators and fraction are free.
_WALL = re.compile(
    r"(?<!\d)(20\d\d)[-_.]?(\d\d)[-_.]?(\d\d)[-_.T ]?(\d\d)[-_.:h]?(\d\d)[-_.:m]?(\d\d)[-_.,]?(\d{1,6})?(?!\d)"
)
_EPOCH = re.compile(r"(?<!\d)(1\d{9})[-_.]?(\d{3})?(?!\d)")
_JPEG_BEGINS, _JPEG_ENDS, _TRAILER = b"\xff\xd8", b"\xff\xd9", 65_536


def picture_pieces(folder: Path, *, on_bad: Callable[[str], None] | None = None) -> Iterator[Piece]:
    """Read a folder of pictures as pieces of about two seconds.

    Parameters
    ----------
    folder : Path
        Holds JPEG, PNG, BMP or WebP files. ``times.csv`` (columns ``file,seconds``) gives each file's time; without
        it the names must hold a date with a time, or seconds or milliseconds since 1970.
    on_bad : callable, optional
        Takes one sentence for each picture left out: absent, unreadable, cut short, or of the time of another.

    Yields
    ------
    Piece
        In order of time; seconds count from the earliest picture. A piece ends where the pictures' size changes.

    Raises
    ------
    VideoError
        If there are no pictures, a name tells no time, or not one picture can be read.
    """
    tell = on_bad or ignore
    pieces = 0
    for piece in encode_all(_readable(folder, tell)):
        yield piece
        pieces += 1
    if pieces == 0:
        raise VideoError(f"{folder}: not one picture could be read; the files are broken")


def _readable(folder: Path, tell: Callable[[str], None]) -> Iterator[tuple[float, Image]]:
    for time_s, path in _in_order(folder, tell):
        image = _read(path, tell)
        if image is not None:
            yield time_s, image


def _in_order(folder: Path, tell: Callable[[str], None]) -> list[tuple[float, Path]]:
    """Return seconds since the earliest picture and its path, rising; of one time the first name stays."""
    found = _timed_by_table(folder, tell) if (folder / TABLE).is_file() else _timed_by_name(folder)
    if not found:
        raise VideoError(f"{folder}: holds no pictures ({', '.join(sorted(ENDINGS))})")
    found.sort()
    for (before_s, before), (time_s, path) in pairwise(found):
        if time_s == before_s:
            tell(f"{path}: has the same time as {before.name} and is left out")
    return [
        (time_s - found[0][0], path) for i, (time_s, path) in enumerate(found) if i == 0 or time_s > found[i - 1][0]
    ]


def _timed_by_table(folder: Path, tell: Callable[[str], None]) -> list[tuple[float, Path]]:
    found = []
    with (folder / TABLE).open(encoding="utf-8-sig", newline="") as lines:
        rows = csv.DictReader(lines)
        if not {"file", "seconds"} <= set(rows.fieldnames or ()):
            raise VideoError(
                f"{folder / TABLE}: needs the columns file,seconds; it has {','.join(rows.fieldnames or ())}"
            )
        for row in rows:
            path = folder / (row["file"] or "").strip()
            try:
                time_s = float(row["seconds"])
            except (TypeError, ValueError):
                raise VideoError(
                    f"{folder / TABLE}: line {rows.line_num} has seconds {row['seconds']!r}; it takes a number (12.48)"
                ) from None
            if path.is_file() and np.isfinite(time_s):
                found.append((time_s, path))
            else:
                tell(f"{folder / TABLE}: line {rows.line_num} names {row['file']}, which is not there; left out")
    return found


def _timed_by_name(folder: Path) -> list[tuple[float, Path]]:
    paths = sorted(path for path in folder.iterdir() if path.suffix.lower() in ENDINGS)
    found = [(time_of_name(path.stem), path) for path in paths]
    silent = [path.name for time_s, path in found if time_s is None]
    if silent:
        raise VideoError(
            f"{folder}: {len(silent)} of {len(found)} names tell no time, the first {silent[0]}; name them by date "
            f"and time (20220925_164147.250.jpg) or write {TABLE} with the columns file,seconds. No rate is assumed"
        )
    return [(time_s, path) for time_s, path in found if time_s is not None]


def time_of_name(stem: str) -> float | None:
    """Read the time that a file's name holds.

    Parameters
    ----------
    stem : str
        The name without its ending, for instance ``"20220925_164147.250"`` or ``"cam1_1664098907250"``.

    Returns
    -------
    float or None
        Seconds on one scale for names of one form (a wall clock's zone is not asked: differences count); ``None``
        where the name holds no time.
    """
    if wall := _WALL.search(stem):
        try:
            clock = datetime.strptime("".join(wall.groups()[:6]), "%Y%m%d%H%M%S").replace(tzinfo=UTC)
        except ValueError:
            return None
        return clock.timestamp() + float(f"0.{wall[7] or 0}")
    if epoch := _EPOCH.search(stem):
        return float(f"{epoch[1]}.{epoch[2] or 0}")
    return None


def _read(path: Path, tell: Callable[[str], None]) -> Image | None:
    data = path.read_bytes()
    if data.startswith(_JPEG_BEGINS) and _JPEG_ENDS not in data[-_TRAILER:]:
        tell(f"{path}: is cut short and left out; half a picture would pass for a covered lens")
        return None
    image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR) if data else None
    if image is None:
        tell(f"{path}: is no picture that can be read and is left out")
        return None
    return np.asarray(image, np.uint8)
