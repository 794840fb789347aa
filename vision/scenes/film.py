"""What a camera would give the pipeline of a world: frame times, detections made from the truth, lit lamps."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import cv2
import numpy as np

from vision.detector.base import NOTHING, Detections
from vision.frames import Frame, Image
from vision.scenes.frame_times import frame_times_s
from vision.scenes.lamp_places import LAMP_M, signal_head
from vision.scenes.noise import Noise, NoisyEyes
from vision.scenes.pinhole import PinholeCamera
from vision.scenes.seen import Seen, look_at
from vision.scenes.world import World

# Lamps as they shine and as they are dark, blue green red.
LIT = {"red": (40, 40, 240), "yellow": (30, 200, 250), "green": (90, 230, 60)}
DARK = (45, 45, 45)
NOISE_PICTURES = 4
RADIUS = 1.3


@dataclass(frozen=True)
class Shot:
    """One frame with its truth: when the camera took it (seconds of the world) and whom it saw, nearest first."""

    frame: Frame
    time_s: float
    seen: list[Seen]


class Film:
    """A world as one camera's frames; the picture is a still street where only the lamps change.

    The road users are not in the picture: they come from `detect`, as a detector would have found them.

    Parameters
    ----------
    world : World
        The world; it is moved on.
    camera : PinholeCamera
        Who looks.
    noise : Noise
        How wrong the detections are.
    seed : int
        The seed of noise, jitter and drops.
    start_ms : int, optional
        Event time of the world's second 0.
    jitter, drops : float, optional
        Of frame times, see `frame_times_s`.
    """

    name = "truth"
    sha256 = "0" * 64

    def __init__(
        self,
        world: World,
        camera: PinholeCamera,
        noise: Noise,
        seed: int,
        *,
        start_ms: int = 0,
        jitter: float = 0.0,
        drops: float = 0.0,
    ) -> None:
        self.world = world
        self.camera = camera
        self.start_ms = start_ms
        self._eyes = NoisyEyes(noise, seed, camera.size)
        self._jitter, self._drops, self._seed = jitter, drops, seed
        self._streets = [_street(camera.size, seed + k) for k in range(NOISE_PICTURES)]
        self._painted: list[object] = [None] * NOISE_PICTURES
        self._found: tuple[int, Detections] = (-1, NOTHING)

    def detect(self, frame: Frame) -> Detections:
        """Return the detections of the frame that came last.

        Parameters
        ----------
        frame : Frame
            That frame.

        Raises
        ------
        ValueError
            If it is another.
        """
        if frame.index != self._found[0]:
            raise ValueError(f"frame {frame.index} is not the last one, {self._found[0]}")
        return self._found[1]

    def shots(
        self, from_s: float, to_s: float, shake: Callable[[float], PinholeCamera] | None = None
    ) -> Iterator[Shot]:
        """Yield the frames from one second of the world to another, each with what is to be seen.

        Parameters
        ----------
        from_s, to_s : float
            Seconds of the world.
        shake : callable, optional
            Gives the camera as it hangs at a time; the one of the film otherwise.
        """
        times = frame_times_s(self.camera.fps, seed=self._seed, from_s=from_s, jitter=self._jitter, drops=self._drops)
        for index, time_s in enumerate(times):
            if time_s >= to_s:
                return
            camera = shake(time_s) if shake else self.camera
            seen = look_at(camera, self.world.poses(time_s))
            time_ms = self.start_ms + round(time_s * 1000)
            self._found = (index, self._eyes.detect(time_ms, seen))
            yield Shot(Frame(index, time_ms, self._picture(index, time_s, camera)), time_s, seen)

    def _picture(self, index: int, time_s: float, camera: PinholeCamera) -> Image:
        image = self._streets[index % NOISE_PICTURES]
        lamps = {name: self.world.lamp(name, time_s) for name in self.world.layout.arms}
        shown = camera, [(lamp.colour, lamp.arrows) for lamp in lamps.values()]
        if self._painted[index % NOISE_PICTURES] == shown:
            return image
        self._painted[index % NOISE_PICTURES] = shown
        for arm in self.world.layout.arms.values():
            lamp = lamps[arm.name]
            head = signal_head(arm)
            if (np.array(camera.axes[2][:2]) * np.array(arm.heading)).sum() < 0.5:
                continue  # it shows us its back
            lit = {lamp.colour: LIT[lamp.colour]}
            _paint_lamps(image, camera, head.lamps, lit)
            _paint_lamps(image, camera, head.arrows, dict.fromkeys(lamp.arrows, LIT["green"]))
        return image


def _paint_lamps(
    image: Image,
    camera: PinholeCamera,
    places: dict[str, tuple[float, float, float]],
    lit: dict[str, tuple[int, int, int]],
) -> None:
    pixels, depth = camera.pixels(list(places.values()))
    for name, (x, y), far in zip(places, pixels, depth, strict=True):
        if far <= 1.0 or not (0 <= x < camera.size[0] and 0 <= y < camera.size[1]):
            continue
        radius = max(1, round(RADIUS * LAMP_M / 2 * camera.focal_px / far))
        cv2.circle(image, (round(x), round(y)), radius, lit.get(name, DARK), -1)


def _street(size: tuple[int, int], seed: int) -> Image:
    """Return a street of grey slabs with sensor noise, so that it is neither blurred, dark nor frozen."""
    rng = np.random.default_rng(seed)
    slabs = np.random.default_rng(0).integers(60, 170, (size[1] // 40 + 1, size[0] // 40 + 1), np.uint8)
    grey = cv2.resize(slabs, (size[0] + 40, size[1] + 40), interpolation=cv2.INTER_NEAREST)[: size[1], : size[0]]
    noisy = np.clip(grey.astype(np.int16)[..., None] + rng.integers(-4, 5, (size[1], size[0], 3)), 0, 255)
    return np.ascontiguousarray(noisy.astype(np.uint8))
