"""The one interface of every detector, and what it gives."""

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from vision.frames import Frame, Image

# Road users we know, each in the group within which one kind may be mistaken for another.
GROUPS: dict[str, str] = {
    "person": "person",
    "bicycle": "two_wheeler",
    "motorcycle": "two_wheeler",
    "car": "vehicle",
    "bus": "vehicle",
    "truck": "vehicle",
    "ambulance": "vehicle",
    "fire_engine": "vehicle",
    "police_car": "vehicle",
}


@dataclass(frozen=True, eq=False)
class Detections:
    """Road users of one frame: ``boxes`` is n × 4 (left, top, right, bottom, pixels), ``scores`` n, best first.

    ``heads`` counts the people on each, ``bare_heads`` those of them without a helmet; empty where that is not told.
    """

    boxes: NDArray[np.float32]
    scores: NDArray[np.float32]
    labels: tuple[str, ...]
    heads: tuple[int, ...] = ()
    bare_heads: tuple[int | None, ...] = ()

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.labels)


NOTHING = Detections(np.zeros((0, 4), np.float32), np.zeros(0, np.float32), ())


class Detector(Protocol):
    """Finds road users in one picture at a time."""

    @property
    def name(self) -> str:
        """What kind of detector, for people."""

    @property
    def sha256(self) -> str:
        """SHA-256 of the weights, or of the code where there are none."""

    def detect(self, frame: Frame) -> Detections:
        """Return the road users of one frame."""


class Engine(Detector, Protocol):
    """A network: besides a whole frame it looks at any picture that somebody drew of a frame."""

    @property
    def fixed_px(self) -> tuple[int, int] | None:
        """Height and width of the only input it takes; ``None`` where any multiple of 32 will do."""

    @property
    def longest_px(self) -> int:
        """Longer side to which it scales a whole frame."""

    @property
    def lanes(self) -> int:
        """How many pictures it looks at at once."""

    def begin(self, image: Image) -> Any:
        """Begin to look at a picture as it is; return a ticket."""

    def finish(self, ticket: Any) -> Detections:
        """Return the road users of a picture that was begun, in its own pixels."""


def empty_or(boxes: list[list[float]], scores: list[float], labels: list[str]) -> Detections:
    """Make detections of lists, best first.

    Parameters
    ----------
    boxes : list of list of float
        Left, top, right, bottom in pixels.
    scores : list of float
        0 to 1.
    labels : list of str
        Keys of `GROUPS`.

    Returns
    -------
    Detections
        Sorted by score, the highest first.
    """
    if not boxes:
        return NOTHING
    order = np.argsort(-np.asarray(scores, np.float32), kind="stable")
    array = np.asarray(boxes, np.float32)[order]
    return Detections(array, np.asarray(scores, np.float32)[order], tuple(labels[i] for i in order))


def check_frame(image: Image) -> None:
    """Raise ``ValueError`` unless the picture is height × width × 3 bytes.

    Parameters
    ----------
    image : ndarray
        The picture.
    """
    if image.ndim != 3 or image.shape[2] != 3 or image.dtype != np.uint8:
        raise ValueError(f"a picture is height × width × 3 bytes, not {image.shape} {image.dtype}")
