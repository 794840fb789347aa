"""Many passes of one stop line, legal and not, as chance would have them; the truth is known of each."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from tests.vision.builders import START_MS
from tests.vision.rules.stage import Actor, Path, Pose, camera, going, play
from vision.camera import CameraConfig
from vision.road import SIZE_M

LINE_M, GREEN_S, YELLOW_S = 24.0, 6.0, 3.0
RED_S = GREEN_S + YELLOW_S
END_S = 26.0
LABELS = ("motorcycle", "motorcycle", "motorcycle", "car", "car", "truck", "bus")


@dataclass(frozen=True)
class Case:
    """One pass: who, with when its nose and its tail come over the line, seconds; ``is_act`` if on red."""

    actors: tuple[Actor, ...]
    nose_s: float
    tail_s: float
    is_act: bool
    kind: str


def light(t: float) -> str:
    """Show green, yellow, red from ``RED_S`` on and green again from ``END_S`` on."""
    if t < GREEN_S or t >= END_S:
        return "green"
    return "yellow" if t < RED_S else "red"


def away(*rules: str) -> CameraConfig:
    return camera(rules or ("red_light", "stop_line"), [going("away", LINE_M)])


def towards(*rules: str) -> CameraConfig:
    return camera(rules or ("red_light", "stop_line"), [going("towards", LINE_M)])


class Chance:
    """Makes cases for traffic that drives away from the camera (``sign`` 1) or towards it (-1)."""

    def __init__(self, seed: int, sign: int) -> None:
        self.rng, self.sign = np.random.default_rng(seed), sign

    def _who(self) -> tuple[str, float, float, float]:
        label = str(self.rng.choice(LABELS))
        size = float(np.clip(self.rng.normal(1.0, 0.06), 0.85, 1.15))
        return label, size, SIZE_M[label][0] * size, float(self.rng.uniform(-4.0, 4.0))

    def _path(self, east: float, past_m: Callable[[float], float]) -> Path:
        heading = 0.0 if self.sign > 0 else 180.0

        def path(t: float) -> Pose:
            past = past_m(t)
            return (east, LINE_M + self.sign * past, heading) if -30.0 < past < 40.0 else None

        return path

    def through(self, nose_s: float, kind: str, *, is_act: bool) -> Case:
        """Drive over the line without a stop, the nose at one moment; a little faster or slower on the way."""
        label, size, length, east = self._who()
        mps = float(self.rng.uniform(3.0, 12.0)) * (0.6 if label in ("bus", "truck") else 1.0)
        gain = float(self.rng.uniform(-0.8, 0.8))

        def past(t: float) -> float:
            since = max(-3.0, min(3.0, t - nose_s))
            return (t - nose_s) * mps + gain * since * abs(since) / 2 - length / 2

        tail_s = nose_s
        while past(tail_s) < length / 2:
            tail_s += 0.005
        return Case((Actor(label, self._path(east, past), size),), nose_s, tail_s, is_act, kind)

    def waits(self, off_s: float, kind: str, *, over_m: float = -0.5, is_act: bool = False, push: bool = False) -> Case:
        """Stop with the nose about at the line and drive on at a moment; pushed: on by 1.6 m, somebody close behind."""
        label, size, length, east = self._who()
        arrive_s = float(self.rng.uniform(3.0, 8.0))

        def past(t: float) -> float:
            if t < arrive_s:
                nose = over_m - (arrive_s - t) ** 2 * 1.2
            elif t < off_s:
                nose = over_m + (1.6 * min(1.0, max(0.0, (t - arrive_s - 3.0) / 4.0)) if push else 0.0)
            else:
                at = over_m + (1.6 if push else 0.0)
                nose = at + min(t - off_s, 4.0) ** 2 * 0.9 + max(0.0, t - off_s - 4.0) * 7.2
            return nose - length / 2

        actors = [Actor(label, self._path(east, past), size)]
        if push:
            actors.append(Actor("motorcycle", self._path(east, lambda t: past(t) - length / 2 - 2.0)))
        nose_s = off_s + (max(0.0, -over_m) / 0.9) ** 0.5
        return Case(tuple(actors), nose_s, off_s + ((length - over_m) / 0.9) ** 0.5, is_act, kind)

    def legal(self) -> Case:
        """Make one of the legal passes."""
        kind = str(self.rng.choice(["green", "yellow", "late_yellow", "waits", "pushed", "over_a_bit", "early"]))
        if kind == "green":
            return self.through(float(self.rng.uniform(3.0, GREEN_S)), kind, is_act=False)
        if kind == "yellow":
            return self.through(float(self.rng.uniform(GREEN_S, RED_S - 0.5)), kind, is_act=False)
        if kind == "late_yellow":
            return self.through(float(self.rng.uniform(RED_S - 0.5, RED_S)), kind, is_act=False)
        if kind == "pushed":
            return self.waits(END_S + float(self.rng.uniform(0.2, 2.0)), kind, push=True)
        if kind == "over_a_bit":
            return self.waits(END_S + float(self.rng.uniform(0.2, 2.0)), kind, over_m=float(self.rng.uniform(0.0, 0.4)))
        if kind == "early":
            return self.waits(END_S - float(self.rng.uniform(0.0, 1.0)), kind)
        return self.waits(END_S + float(self.rng.uniform(0.2, 2.0)), kind, over_m=float(self.rng.uniform(-2.0, -0.2)))

    def act(self) -> Case:
        """Make one ride over the line on red, the nose more than 0.3 s after red began."""
        if self.rng.random() < 0.75:
            return self.through(RED_S + float(self.rng.uniform(0.3, 12.0)), "through", is_act=True)
        return self.waits(float(self.rng.uniform(12.0, 20.0)), "starts_on_red", is_act=True)


def found_at(
    config: CameraConfig, case: Case, noise: float, seed: int, fps: float = 25.0
) -> list[tuple[str, int, float]]:
    """Return rule, track and time (seconds) of what is found in one case."""
    seconds = min(END_S + 9.0, max(case.tail_s, case.nose_s) + 7.0)
    found = play(config, case.actors, seconds, light, fps=fps, noise=noise, seed=seed)
    return [(f.rule, f.track_id, (f.time_ms - START_MS) / 1000) for f in found]
