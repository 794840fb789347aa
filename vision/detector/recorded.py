"""Detections that were written down before: one JSON object a frame."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

import msgspec

from vision.detector.base import GROUPS, NOTHING, Detections, empty_or
from vision.errors import WeightsError
from vision.frames import Frame


class RecordedFrame(msgspec.Struct, frozen=True):
    """One line: the frame's index and its road users as ``[label, score, left, top, right, bottom]``."""

    frame: int
    found: list[tuple[str, float, float, float, float, float]]


class RecordedDetector:
    """Gives back what a JSONL file says; frames it does not name hold nobody.

    Parameters
    ----------
    path : Path
        The file.

    Raises
    ------
    WeightsError
        If the file is absent or a line is wrong; the text names the line.
    """

    name = "recorded"

    def __init__(self, path: Path) -> None:
        try:
            data = path.read_bytes()
        except OSError as error:
            raise WeightsError(f"{path}: cannot be read ({error.strerror}); give recorded detections") from error
        self.sha256 = hashlib.sha256(data).hexdigest()
        self._frames: dict[int, Detections] = {}
        for number, line in enumerate(data.splitlines(), 1):
            try:
                row = msgspec.json.decode(line, type=RecordedFrame)
            except msgspec.MsgspecError as error:
                raise WeightsError(f"{path}, line {number}: {error}; see RecordedFrame for the form") from error
            found = [item for item in row.found if item[0] in GROUPS]
            self._frames[row.frame] = empty_or(
                [list(item[2:]) for item in found], [item[1] for item in found], [item[0] for item in found]
            )

    def detect(self, frame: Frame) -> Detections:
        """Return what was written down for this frame's index."""
        return self._frames.get(frame.index, NOTHING)


def write_recorded(path: Path, rows: Iterable[tuple[int, Detections]]) -> None:
    """Write detections down.

    Parameters
    ----------
    path : Path
        The file to write.
    rows : iterable of (int, Detections)
        The frame's index and its road users.
    """
    with path.open("wb") as out:
        for index, found in rows:
            items = [
                (label, round(float(score), 4), *(round(float(v), 2) for v in box))
                for label, score, box in zip(found.labels, found.scores, found.boxes, strict=True)
            ]
            out.write(msgspec.json.encode({"frame": index, "found": items}) + b"\n")
