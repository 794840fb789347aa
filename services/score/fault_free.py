"""Cameras without a fault: what is told of them all the same, over weeks of scenes, recordings, weeks of clocks."""

import math
import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from schemas.camera import CameraState
from vision.clock_drift import OFF_MS, ClockWatcher
from vision.frames import Image
from vision.health import HealthWatcher

START_MS = 1_700_000_000_000
WEEK_H = 168.0
PIECE_S = 2.0
# A network is late by so much in the mean, and in a few minutes of each day by this much more.
LATE_MS, JAM_MS, JAM_S, JAMS_A_DAY = 80.0, 700.0, 300.0, 3
QUARTZ = 3e-5


@dataclass
class Alarm:
    """What was told of a camera that is well: where, which state, and for how many seconds it was told."""

    where: str
    state: str
    lasted_s: float = 0.0


@dataclass
class Free:
    """What some hours without a fault gave: alarms with the state and where, and how much was looked at."""

    looks: int = 0
    shown_h: float = 0.0
    alarms: list[Alarm] = field(default_factory=list)
    doubts: int = 0

    def figures(self) -> dict[str, object]:
        """Return the figures: alarms, hours, the rate a week and its 95 % upper bound (Poisson)."""
        high = upper(len(self.alarms))
        return {
            "looks": self.looks,
            "camera_hours": round(self.shown_h, 2),
            "false_alarms": len(self.alarms),
            "alarms": [f"{alarm.where}: {alarm.state} for {alarm.lasted_s:.0f} s" for alarm in self.alarms],
            "doubts": self.doubts,
            "alarms_a_week": round(len(self.alarms) / max(self.shown_h, 1e-9) * WEEK_H, 2),
            "alarms_a_week_at_most_95": round(high / max(self.shown_h, 1e-9) * WEEK_H, 2),
        }


def watch(free: Free, name: str, pictures: Iterable[tuple[int, Image]], where: Callable[[], str]) -> None:
    """Watch pictures of one camera and note each state but ``ok`` that is told.

    Parameters
    ----------
    free : Free
        Takes what came of it.
    name : str
        The camera, for the list of alarms.
    pictures : iterable of (int, ndarray)
        Milliseconds since the beginning, and the picture.
    where : callable
        Says of the last picture where in the day or clip it is.
    """
    health, state, doubt = HealthWatcher(), CameraState.OK, CameraState.OK
    began_ms = at_ms = before_ms = -1
    for at_ms, image in pictures:
        began_ms = at_ms if began_ms < 0 else began_ms
        sight = health.step(START_MS + at_ms, image)
        free.looks += 1
        if state is not CameraState.OK:
            free.alarms[-1].lasted_s += (at_ms - before_ms) / 1000
        if sight.is_blind and sight.state is not state:
            free.alarms.append(Alarm(f"{name} {where()}", sight.state.value))
        free.doubts += sight.doubt is not CameraState.OK and sight.doubt is not doubt
        state, doubt, before_ms = sight.state, sight.doubt, at_ms
    free.shown_h += (at_ms - began_ms) / 3_600_000


def watch_clock(seed: int, hours: float) -> Free:
    """Watch the clock of a camera that keeps time behind a network that is late, some minutes a day very late.

    Parameters
    ----------
    seed : int
        Of the network and the quartz.
    hours : float
        For how long.

    Returns
    -------
    Free
        What came of it.
    """
    rng, clock = random.Random(seed), ClockWatcher()  # noqa: S311 - a simulation, not a secret
    rate, free, is_off = 1 + rng.uniform(-QUARTZ, QUARTZ), Free(shown_h=hours), False
    jams = [rng.uniform(0, hours * 3600) for _ in range(round(JAMS_A_DAY * hours / 24))]
    for number in range(round(hours * 3600 / PIECE_S)):
        true_s = number * PIECE_S
        late_ms = rng.expovariate(1 / LATE_MS)
        if any(0 <= true_s - jam < JAM_S for jam in jams):
            late_ms += rng.expovariate(1 / JAM_MS)
        off = abs(clock.see(true_s * rate, START_MS + round(true_s * 1000 + late_ms))) >= OFF_MS
        free.looks += 1
        if off and not is_off:
            free.alarms.append(Alarm(f"clock {seed} hour {true_s / 3600:.2f}", CameraState.CLOCK.value))
        is_off = off
    return free


def upper(count: int, share: float = 0.95) -> float:
    """Return the mean of a Poisson count that so few or fewer are seen of with a chance of 1 - ``share``.

    Parameters
    ----------
    count : int
        How many were seen.
    share : float
        How sure.

    Returns
    -------
    float
        The upper bound: 3.0 of none.
    """
    low, high = 0.0, 20.0 + 3.0 * count
    for _ in range(60):
        mean = (low + high) / 2
        chance = sum(math.exp(-mean + k * math.log(mean) - math.lgamma(k + 1)) for k in range(count + 1))
        low, high = (mean, high) if chance > 1 - share else (low, mean)
    return high
