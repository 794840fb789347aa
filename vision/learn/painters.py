"""What a process that paints for a detector does; it needs no torch."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from vision.frames import Image
from vision.scenes.made_up import SIZE, Cast
from vision.scenes.training import LABELS, examples

FRAMES = 12  # of a junction: with half as many a third of the work is the empty junction
MOST_BOXES = 224
NUMBERS_APART = 10_000_000
PICTURE_BYTES = SIZE[0] * SIZE[1] * 3
Painted = tuple[Image, NDArray[np.float32], NDArray[np.int64]]


def painted(seeds: Iterator[int], first: int) -> Iterator[Painted]:
    """Yield pictures of junctions, with the boxes and the numbers (in `LABELS`) of who is to be seen.

    Parameters
    ----------
    seeds : iterator of int
        A junction each, from which come `FRAMES` pictures.
    first : int
        Number of the first road user; the same people drive through all junctions.

    Yields
    ------
    tuple
        Picture, n × 4 boxes, n numbers.
    """
    cast = Cast(first)
    for seed in seeds:
        for one in examples(seed, FRAMES, cast):
            yield (
                one.image,
                one.boxes.astype(np.float32),
                np.array([LABELS.index(name) for name in one.labels], np.int64),
            )


@dataclass(frozen=True)
class Slots:
    """Room that processes share: pictures lie there until they are taken over.

    ``pictures`` and ``boxes`` are arrays of bytes and of floats, see `views`. ``free`` and ``full`` are queues of
    slots' numbers; ``full`` has how many boxes each has, too.
    """

    count: int
    pictures: Any
    boxes: Any
    free: Any
    full: Any

    @classmethod
    def of(cls, context: Any, count: int) -> "Slots":
        """Return room for so many pictures, all of it free."""
        slots = cls(
            count, context.RawArray("B", count * PICTURE_BYTES), context.RawArray("f", count * MOST_BOXES * 5),
            context.SimpleQueue(), context.SimpleQueue(),
        )  # fmt: skip
        for number in range(count):
            slots.free.put(number)
        return slots

    def views(self) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
        """Return the pictures, count × height × width × 3, and count × most × 5: boxes and numbers."""
        pictures = np.frombuffer(self.pictures, np.uint8).reshape(self.count, SIZE[1], SIZE[0], 3)
        return pictures, np.frombuffer(self.boxes, np.float32).reshape(self.count, MOST_BOXES, 5)


def paint_for_ever(slots: Slots, seed: int, step: int) -> None:
    """Paint junctions ``seed``, ``seed + step`` and so on into free slots.

    Parameters
    ----------
    slots : Slots
        Where to.
    seed : int
        Of this process's first junction.
    step : int
        As many as there are processes.
    """
    cv2.setNumThreads(1)
    pictures, boxes = slots.views()
    for image, found, numbers in painted(iter(range(seed, 2**62, step)), NUMBERS_APART * (1 + seed % step)):
        slot, count = slots.free.get(), min(len(numbers), MOST_BOXES)
        pictures[slot] = image
        boxes[slot, :count, :4], boxes[slot, :count, 4] = found[:count], numbers[:count]
        slots.full.put((slot, count))
