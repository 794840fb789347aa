"""A detector that shows the network the road on one canvas, near and far alike tall, not one shrunken frame."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import astuple, dataclass

from vision.detector.ahead import Found, Lanes
from vision.detector.base import Detections, Engine, check_frame
from vision.detector.canvas import Canvas, lay_canvas
from vision.detector.depth import DepthLearner
from vision.detector.views import View, Whole
from vision.frames import Frame
from vision.riders import join_riders

# How soon again where it is not known yet how tall they stand.
TRY_MS = 200


@dataclass(frozen=True)
class ZoomSettings:
    """How the road is shown; seconds are of the frames' own clock.

    Attributes
    ----------
    canvas_px : tuple of int
        Width and height of the canvas: what a frame costs, whatever the camera.
    smallest_share : float
        Two-wheelers of less than this share of the picture's height are not looked for.
    learn_s : float
        How tall they stand where is learnt anew so often, sooner in a camera's first minute.
    differs : float
        A canvas stays until two-wheelers are so much (share) taller or smaller than it was laid for.
    """

    canvas_px: tuple[int, int] = (832, 832)
    smallest_share: float = 0.0375
    learn_s: float = 30.0
    differs: float = 0.08

    @property
    def sha256(self) -> str:
        """SHA-256 of these settings: they change what is found."""
        return hashlib.sha256(repr(("canvas-1", *astuple(self))).encode()).hexdigest()


class ZoomedDetector:
    """One camera's detector.

    The first frames are looked at whole. From the two-wheelers seen there it learns how tall they stand at which row
    (`depth`) and from then on shows the network strips of the road, each at its own zoom, on one canvas (`canvas`).

    Parameters
    ----------
    engine : Engine
        The network; several cameras may share it.
    settings : ZoomSettings, optional
        How the road is shown. A network of one size has a canvas of that size.
    """

    def __init__(self, engine: Engine, settings: ZoomSettings | None = None) -> None:
        self._engine, self._settings = engine, settings or ZoomSettings()
        self.name, self.sha256, self.canvas_sha256 = engine.name, engine.sha256, self._settings.sha256
        fixed = engine.fixed_px
        self._sides = (fixed[1], fixed[0]) if fixed else self._settings.canvas_px
        self._size = (0, 0)
        self._forget(0)

    @property
    def canvas(self) -> Canvas | None:
        """The canvas in use; ``None`` while frames are looked at whole."""
        return self._canvas

    def detect(self, frame: Frame) -> Detections:
        """Return the road users of one frame, after those before it.

        Parameters
        ----------
        frame : Frame
            A frame of another size, or earlier than the last, begins anew.

        Returns
        -------
        Detections
            Best first.
        """
        return next(self.each([frame]))[1]

    def each(self, frames: Iterable[Frame]) -> Iterator[Found]:
        """Yield each frame with its road users, in order, while the next ones are looked at."""
        with Lanes(self._engine) as lanes:
            for frame in frames:
                check_frame(frame.image)
                is_anew = self._is_anew(frame)
                if is_anew or frame.time_ms >= self._due_ms:
                    while lanes:  # what is learnt is learnt from all that came before, however many cores there are
                        yield self._taken(lanes.finish())
                    self._learn(frame, is_anew=is_anew)
                if lanes.are_full:
                    yield self._taken(lanes.finish())
                self._time_ms = frame.time_ms
                lanes.begin(frame, self._view())
            while lanes:
                yield self._taken(lanes.finish())

    def _is_anew(self, frame: Frame) -> bool:
        return (frame.image.shape[1], frame.image.shape[0]) != self._size or frame.time_ms < self._time_ms

    def _forget(self, time_ms: int) -> None:
        self._learner = DepthLearner()
        self._canvas: Canvas | None = None
        self._began_ms = self._time_ms = self._due_ms = time_ms

    def _learn(self, frame: Frame, *, is_anew: bool) -> None:
        if is_anew:
            self._size = (frame.image.shape[1], frame.image.shape[0])
            self._forget(frame.time_ms)
        depth = self._learner.find(self._size[1])
        if depth is None:
            self._due_ms = frame.time_ms + TRY_MS
            return
        if self._canvas is None or self._canvas.depth.differs(depth, self._size[1]) > self._settings.differs:
            self._canvas = lay_canvas(
                depth,
                self._size,
                self._sides,
                smallest_px=self._settings.smallest_share * self._size[1],
                least_zoom=min(1.0, self._engine.longest_px / max(self._size)),
            )
        known_ms = frame.time_ms - self._began_ms
        self._due_ms = frame.time_ms + min(max(known_ms, 1000), round(self._settings.learn_s * 1000))

    def _view(self) -> View:
        if self._canvas is not None:
            return self._canvas
        return Whole(self._size, self._engine.longest_px, square=self._engine.fixed_px is not None)

    def _taken(self, found: Found) -> Found:
        self._learner.take(found[0].time_ms, join_riders(found[1]), self._size[1])
        return found
