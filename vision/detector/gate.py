"""A detector that looks only where something changed, near and far alike tall, and remembers who stands still."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import astuple, dataclass

import numpy as np

from vision.detector.ahead import Found, one_ahead
from vision.detector.barren import Barren
from vision.detector.base import Detections, Engine, check_frame
from vision.detector.depth import DepthLearner
from vision.detector.memory import Memory
from vision.detector.merge import Finds, inside, joined, placed
from vision.detector.plan import Plan
from vision.detector.regions import Window, crop
from vision.frames import Frame, Image
from vision.motion import ChangeMap, PixelBox
from vision.riders import join_riders

# Somebody of whom so much lies in a place that changed was there.
SEEN_SHARE = 0.3


@dataclass(frozen=True)
class GateSettings:
    """How much is looked at; seconds are of the frames' own clock.

    Attributes
    ----------
    full_s : float
        The whole road is looked at once in so many seconds, whether or not anything moves.
    target_px : float
        How tall the smallest two-wheelers of a strip are shown to the network.
    smallest_share : float
        Two-wheelers of less than this share of the picture's height are not looked for.
    learn_s : float
        How tall they stand where is learnt anew so often.
    """

    full_s: float = 3.0
    target_px: float = 80.0
    smallest_share: float = 0.0375
    learn_s: float = 30.0

    @property
    def sha256(self) -> str:
        """SHA-256 of these settings: they change what is found."""
        return hashlib.sha256(repr(("gate-1", *astuple(self))).encode()).hexdigest()


class GatedDetector:
    """One camera's detector: a network shown windows around what changed instead of one shrunken frame.

    The first frames are looked at whole. From the two-wheelers seen there it learns how tall they stand at which row
    (`depth`), cuts the road into strips in which near and far ones are shown alike tall (`regions`), and from then on
    shows the network only windows around what changed since it last looked there (`vision.motion`), and each strip
    whole from time to time. Who stands still is remembered (`memory`) and not looked for until something changes there.

    Parameters
    ----------
    engine : Engine
        The network; several cameras may share it.
    settings : GateSettings, optional
        How much is looked at.
    """

    def __init__(self, engine: Engine, settings: GateSettings | None = None) -> None:
        self._engine, self._settings = engine, settings or GateSettings()
        self.name, self.sha256, self.gate_sha256 = engine.name, engine.sha256, self._settings.sha256
        self.shown_px = 0
        self._size, self._time_ms = (0, 0), 0
        self._forget()

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
        check_frame(frame.image)
        size = (frame.image.shape[1], frame.image.shape[0])
        if size != self._size or frame.time_ms < self._time_ms:
            self._forget()
        self._size, self._time_ms = size, frame.time_ms
        self._changes.step(frame.time_ms, frame.image)
        if self._plan is None or frame.time_ms - self._plan.made_ms >= self._settings.learn_s * 1000:
            self._learn(frame.time_ms)
        found = self._whole(frame) if self._plan is None else self._watch(frame, self._plan)
        self._learner.take(join_riders(found), size[1])
        return found

    def each(self, frames: Iterable[Frame]) -> Iterator[Found]:
        """Yield each frame with its road users, in order, while the next is looked at."""
        return one_ahead(self, frames)

    def _forget(self) -> None:
        self._changes, self._memory, self._learner = ChangeMap(), Memory(), DepthLearner()
        self._barren = Barren(self._settings.full_s)
        self._plan: Plan | None = None

    def _learn(self, time_ms: int) -> None:
        depth = self._learner.find(self._size[1])
        if depth is not None:
            s = self._settings
            self._plan = Plan(
                depth,
                self._size,
                time_ms,
                s.full_s,
                target_px=s.target_px,
                smallest=s.smallest_share,
                fixed_px=self._engine.fixed_px,
            )

    def _whole(self, frame: Frame) -> Detections:
        self._changes.looked((0, 0, *self._size))
        self.shown_px += self._engine.longest_px**2 * min(self._size) // max(self._size)
        return self._engine.detect(frame)

    def _watch(self, frame: Frame, plan: Plan) -> Detections:
        places = [
            place
            for place in self._changes.places()
            if plan.is_worth(place) and not self._barren.rests(frame.time_ms, place, self._size)
        ]
        windows = plan.windows(frame.time_ms, places, self._memory.moving(self._changes), self._changes)
        found = self._memory.step(self._look(frame.image, windows), windows, self._changes)
        for place in places:
            is_empty = _is_nobody_in(place, found)
            self._barren.step(frame.time_ms, place, self._size, is_empty=is_empty)
            self._changes.looked(place)
        self._changes.looked_at_road()
        return found

    def _look(self, image: Image, windows: list[Window]) -> Finds:
        """Show the network all windows, the widest first so that no core waits long for the other."""
        windows = sorted(windows, key=lambda window: -window.cost_px)
        self.shown_px += sum(window.cost_px for window in windows)
        scales: list[float] = []

        def shown() -> Iterator[Image]:
            for window in windows:
                part, scale = crop(image, window)
                scales.append(scale)
                yield part

        seen = self._engine.look(shown())
        return joined(
            [
                placed(found, window, scale, self._size, self._settings.target_px)
                for found, window, scale in zip(seen, windows, scales, strict=True)
            ]
        )


def _is_nobody_in(place: PixelBox, found: Detections) -> bool:
    return not bool((inside(found.boxes, np.array([place], np.float32)) >= SEEN_SHARE).any())
