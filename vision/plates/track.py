"""One plate for a whole track: every look votes, and where they do not agree the reader abstains."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from schemas.violation import PlateReading, TrackPoint
from vision.evidence.clip import StoredPiece, read_piece
from vision.frames import Image
from vision.plates.reader import PlateLook

MOST_LOOKS = 10
# One look must be this sure of each sign; three looks that agree may each be less sure.
LEAST_CONFIDENCE = 0.72
LEAST_TOGETHER, AGREEING_LOOKS = 0.5, 3
LEAST_SHARE = 0.6
ROOM = 0.1
SMALLEST_BOX_PX = 60


class PlateSource(Protocol):
    """Something that finds plates in a picture."""

    @property
    def sha256(self) -> str:
        """SHA-256 of its weights."""

    def find(self, image: Image) -> list[PlateLook]:
        """Return the plates of a picture, the surest first."""


def read_track(
    source: PlateSource, track: Sequence[TrackPoint], pieces: Sequence[StoredPiece], moment_ms: int
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
    looks = []
    for piece in pieces if chosen else ():
        for frame in read_piece(piece):
            if frame.time_ms in chosen:
                looks += source.find(_part(frame.image, boxes[frame.time_ms]))[:1]
    return vote(looks)


def _sides(box: tuple[float, float, float, float]) -> tuple[float, float]:
    return box[2] - box[0], box[3] - box[1]


def _part(image: Image, box: tuple[float, float, float, float]) -> Image:
    left, top, right, bottom = box
    room_x, room_y = ROOM * (right - left), ROOM * (bottom - top)
    return np.ascontiguousarray(
        image[max(0, int(top - room_y)) : int(bottom + room_y), max(0, int(left - room_x)) : int(right + room_x)]
    )


def vote(looks: Sequence[PlateLook]) -> tuple[PlateReading, Image | None]:
    """Let the looks of one track vote.

    Parameters
    ----------
    looks : sequence of PlateLook
        In any order.

    Returns
    -------
    reading : PlateReading
        The winner where it has most of the weight and is sure enough; else ``text`` is ``None``.
    crop : ndarray or None
        The best look's picture.
    """
    if not looks:
        return PlateReading(text=None, confidence=0.0, looks=0), None
    weight: dict[str, float] = {}
    for look in looks:
        if look.text:
            weight[look.text] = weight.get(look.text, 0.0) + look.confidence
    colours = [look.colour for look in looks if look.colour]
    colour = max(sorted(set(colours)), key=colours.count) if colours else None
    winner = max(sorted(weight), key=lambda text: weight[text], default=None)
    of_winner = [look for look in looks if winner and look.text == winner]
    best = max(of_winner or looks, key=lambda look: (look.confidence, look.box[2] - look.box[0]))
    share = weight[winner] / sum(weight.values()) if winner else 0.0
    agree = len(of_winner) >= AGREEING_LOOKS
    least = LEAST_TOGETHER if agree else LEAST_CONFIDENCE
    sure = winner is not None and share >= LEAST_SHARE and best.confidence >= least
    confidence = best.confidence * share
    reading = PlateReading(
        text=winner if sure else None,
        confidence=round(min(1.0, confidence), 4) if sure else 0.0,
        looks=len(of_winner) if sure else len(looks),
        colour=colour,
    )
    return reading, best.crop
