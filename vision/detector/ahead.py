"""Frames and their road users in order, while the next are looked at already: no core waits for the rules."""

from collections import deque
from collections.abc import Iterable, Iterator
from typing import Any, Protocol, Self, runtime_checkable

from vision.detector.base import Detections, Detector, Engine
from vision.detector.views import View
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


class Lanes:
    """Frames that a network looks at at once, the first of them finished first.

    Parameters
    ----------
    engine : Engine
        Has so many lanes.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._under_way = deque[tuple[Frame, View, Any]]()

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *error: object) -> None:
        """Wait for what is under way, should whoever asked have gone away."""
        while self:
            self.finish()

    def __len__(self) -> int:
        """Return how many frames are under way."""
        return len(self._under_way)

    @property
    def are_full(self) -> bool:
        """Whether one must be finished before another is begun."""
        return len(self) >= self._engine.lanes

    def begin(self, frame: Frame, view: View) -> None:
        """Begin to look at a frame in some way."""
        self._under_way.append((frame, view, self._engine.begin(view.drawn(frame.image))))

    def finish(self) -> Found:
        """Return the first frame under way with its road users."""
        frame, view, ticket = self._under_way.popleft()
        return frame, view.placed(self._engine.finish(ticket))
