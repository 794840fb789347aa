"""What is told of a crossing once the looks behind the line are there: its time, its speed, and whose it is."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from vision.rules.crossing import SETTLE_MS, Crossing, History, Past
from vision.rules.curve import LEAST, Told, crosses

# Who is so fast and stays so near a smooth curve was there, whichever of two it was: both would have crossed.
SMOOTH_MPS, SMOOTH_M = 2.5, 0.6


def settle(history: History, crossing: Crossing) -> Crossing:
    """Return a crossing with its time and speed read off a curve through the looks around it.

    A curve of second order over 1.6 s averages the noise of single boxes; where there are too few looks the straight
    line between the two beside the line stays.
    """
    if history.settled is not None and history.settled[0] is crossing:
        return history.settled[1]
    near = history.between(crossing.time_ms - SETTLE_MS, crossing.time_ms + SETTLE_MS)
    if not near:
        return crossing  # so long ago that its looks are forgotten
    speed_mps = (near[-1].foot_m - near[0].foot_m) / max((near[-1].time_ms - near[0].time_ms) / 1000, 1e-3)
    told = replace(crossing, speed_mps=speed_mps)
    when = crosses(_places(history, near, crossing.time_ms))
    if when is not None:
        told = replace(told, time_ms=crossing.time_ms + round(when[0] * 1000), error_s=when[1])
    if history.seen_ms > crossing.time_ms + SETTLE_MS:
        history.settled = crossing, told
    return told


def _places(history: History, near: Sequence[Past], about_ms: int) -> list[Told]:
    """Return how far past the line some looks are by their feet, and each by its head too where it has one."""
    told = []
    for past in near:
        time_s, by_head = (past.time_ms - about_ms) / 1000, history.by_head(past)
        told += [Told(time_s, past.foot_m, past.place.sd_m, is_head=False)] if past.place.is_foot else []
        told += [by_head._replace(time_s=time_s)] if by_head is not None else []
    return told


def is_smooth(history: History, crossing: Crossing) -> bool:
    """Tell whether it came over the line fast and on a smooth curve, so that a doubt about who it was changes nothing.

    A track that is handed from one road user to another without a trace in place and speed was handed to one that
    rode over the line at the same place and time.
    """
    near = history.between(crossing.time_ms - SETTLE_MS, crossing.time_ms + SETTLE_MS)
    if len(near) < LEAST or max(b.time_ms - a.time_ms for a, b in pairwise(near)) > SETTLE_MS / 2:
        return False
    times = np.array([past.time_ms - crossing.time_ms for past in near]) / 1000
    x, y = np.array([(past.place.x, past.place.y) for past in near]).T / near[0].place.per_m
    speeds = []
    for metres in (x, y):
        curve = np.polyfit(times, metres, 2)
        if np.abs(metres - np.polyval(curve, times)).max() > SMOOTH_M:
            return False
        speeds.append(np.polyval(np.polyder(curve), times[[0, -1]]))
    return bool(np.hypot(*speeds).min() >= SMOOTH_MPS)
