"""Frames and their road users in order, while the next are looked at already: no core waits for the rules."""

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol, runtime_checkable

from vision.detector.base import Detections, Detector
from vision.frames import Frame

Found = tuple[Frame, Detections]


@runtime_checkable
class LooksAhead(Protocol):
    """A detector that looks at the next frames while the last is worked with."""

    def each(self, frames: Iterable[Frame]) -> Iterator[Found]:
        """Yield each frame with its road users, in order."""


def each_found(detector: Detector, frames: Iterable[Frame]) -> Iterator[Found]:
    """Yield each frame with its road users, in order.

    Parameters
    ----------
    detector : Detector
        Looks ahead where it can, else at a frame when it is asked for.
    frames : iterable of Frame
        In the order of their times.

    Yields
    ------
    tuple
        A frame and its road users.
    """
    if isinstance(detector, LooksAhead):
        yield from detector.each(frames)
    else:
        yield from ((frame, detector.detect(frame)) for frame in frames)


def one_ahead(detector: Detector, frames: Iterable[Frame]) -> Iterator[Found]:
    """Yield each frame with its road users while the next is looked at, for one that must see them one by one.

    Parameters
    ----------
    detector : Detector
        What it knows of one frame it needs for the next.
    frames : iterable of Frame
        In the order of their times.

    Yields
    ------
    tuple
        A frame and its road users.
    """
    with ThreadPoolExecutor(1, thread_name_prefix="look") as pool:
        last = None
        for frame in frames:
            looking = pool.submit(detector.detect, frame)
            if last is not None:
                yield last
            last = frame, looking.result()
        if last is not None:
            yield last
