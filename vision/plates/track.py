"""One plate for a whole track: each sign is voted on by several looks, and where they do not agree it is left open."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from schemas.violation import PlateReading, TrackPoint
from vision.evidence.clip import StoredPiece, read_piece
from vision.frames import Image
from vision.plates.looks import PlateLook
from vision.plates.vote import vote

# The largest are kept, the sharpest of them read first until a vote of so many stands: the first few may all be wrong
# alike. Else the best are read more closely.
MOST_LOOKS, LEAST_LOOKS, CLOSER_LOOKS = 10, 5, 3
ROOM = 0.02  # a finder fitted on vehicles cut closely looks worse where there is more
SMALLEST_BOX_PX = 60


class PlateSource(Protocol):
    """Something that finds plates in a picture."""

    @property
    def sha256(self) -> str:
        """SHA-256 of its weights."""

    def find(self, image: Image, *, is_quick: bool = False) -> list[PlateLook]:
        """Return the plates of a picture, the surest first; ``is_quick`` reads each only once."""

    def closer(self, look: PlateLook) -> PlateLook:
        """Read a look's plate again, with all care."""


def read_track(
    source: PlateSource,
    track: Sequence[TrackPoint],
    pieces: Sequence[StoredPiece],
    moment_ms: int,
    road_user: str = "",
) -> tuple[PlateReading, Image | None]:
    """Read the plate of a road user from the recording of its act.

    Parameters
    ----------
    source : PlateSource
        Finds and reads plates.
    track : sequence of TrackPoint
        The road user's boxes.
    pieces : sequence of StoredPiece
        The recording.
    moment_ms : int
        The act; looks near it come first.
    road_user : str
        What the detector calls it; its plate must be of that kind.

    Returns
    -------
    reading : PlateReading
        ``text`` is ``None`` where no look could be read or the looks disagree.
    crop : ndarray or None
        The best look's picture.
    """
    boxes = {point.time_ms: point.box for point in track}
    size = {t: min(b[2] - b[0], b[3] - b[1]) for t, b in boxes.items()}
    big = [t for t in boxes if size[t] >= SMALLEST_BOX_PX / 2 and max(_sides(boxes[t])) >= SMALLEST_BOX_PX]
    chosen = set(sorted(big, key=lambda t: (-round(size[t] / 10), abs(t - moment_ms)))[:MOST_LOOKS])
    parts = [
        part_around(frame.image, boxes[frame.time_ms])[0]
        for piece in (pieces if chosen else ())
        for frame in read_piece(piece)
        if frame.time_ms in chosen
    ]
    return read_parts(source, parts, road_user)


def read_parts(source: PlateSource, parts: Sequence[Image], road_user: str) -> tuple[PlateReading, Image | None]:
    """Read one plate from pictures of its vehicle.

    Parameters
    ----------
    source : PlateSource
        Finds and reads plates.
    parts : sequence of ndarray
        Looks at the vehicle.
    road_user : str
        What the detector calls it.

    Returns
    -------
    reading : PlateReading
        As `vote` gives it.
    crop : ndarray or None
        The best look's picture.
    """
    looks: list[PlateLook] = []
    result = vote(looks, road_user)
    for part in sorted(parts, key=_sharpness, reverse=True):
        looks += source.find(part, is_quick=True)[:1]
        result = vote(looks, road_user)
        if len(looks) >= LEAST_LOOKS and result[0].text is not None:
            return result
    if result[0].text is not None:
        return result
    looks.sort(key=lambda look: look.confidence, reverse=True)
    return vote([source.closer(look) for look in looks[:CLOSER_LOOKS]] + looks[CLOSER_LOOKS:], road_user)


def _sharpness(part: Image) -> float:
    """Return how many pixels it has, counted by how strong its edges are."""
    rows = part[part.shape[0] // 3 :, :, 1].astype(np.float32)
    steps = np.abs(np.diff(rows, axis=1)) if rows.size else np.zeros(1, np.float32)
    return float(part.size) * float(np.mean(steps) if steps.size else 0.0)


def _sides(box: tuple[float, float, float, float]) -> tuple[float, float]:
    return box[2] - box[0], box[3] - box[1]


def part_around(image: Image, box: tuple[float, float, float, float]) -> tuple[Image, tuple[int, int]]:
    """Cut a vehicle out with a little room.

    Parameters
    ----------
    image : ndarray
        The picture.
    box : tuple of float
        Left, top, right, bottom, pixels.

    Returns
    -------
    part : ndarray
        What of it is in the picture.
    at : tuple of int
        Where its left top corner was.
    """
    left, top, right, bottom = box
    room_x, room_y = ROOM * (right - left), ROOM * (bottom - top)
    x, y = max(0, int(left - room_x)), max(0, int(top - room_y))
    return np.ascontiguousarray(image[y : int(bottom + room_y), x : int(right + room_x)]), (x, y)
