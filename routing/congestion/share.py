"""Share the time between two reports among the edges driven, and tell standing at stops and signals from driving."""

import enum
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from routing.congestion.pace import drive
from routing.congestion.settings import EstimateSettings
from routing.network.graph import Floats

# Metres that belong to no edge: some networks draw their edges only up to the junction.
NOWHERE = -1
# So that where a vehicle stood has a time; metres a second.
MONOTONE = 1e-6
# A bus that goes so fast drives; one that goes slower beside a stop may be in a queue.
CRUISE_MPS = 2.0


class Stand(enum.Enum):
    """How a vehicle stood when it reported."""

    NONE = 0
    ROAD = 1
    STOP = 2


@dataclass(frozen=True, slots=True)
class End:
    """What a vehicle said at one end of the time to share: its speed (NaN where unknown), and how it stood."""

    speed_mps: float
    stand: Stand


@dataclass(frozen=True, slots=True)
class Traversal:
    """What one vehicle drove of one edge between two reports, until ``time_ms``.

    ``seconds`` are those of traffic, ``signal_s`` of them spent before a signal; ``dwell_s``, at a stop, are not among
    them.
    """

    edge: int
    time_ms: int
    vehicle_id: str
    distance_m: float
    seconds: float
    dwell_s: float = 0.0
    signal_s: float = 0.0
    source: str = ""
    is_bus: bool = True


def share_out(
    parts: list[tuple[int, float]], seconds: float, ends: tuple[End, End], stamp: Traversal,
    at_signal: Sequence[bool], settings: EstimateSettings,
) -> list[Traversal]:  # fmt: skip
    """Share seconds among edges by when the vehicle came to each; what it stood for at a stop is apart.

    Parameters
    ----------
    parts : list of (int, float)
        Edges in order, and the metres driven on each; `NOWHERE` inside junctions that the network does not draw, whose
        metres and seconds are no edge's.
    seconds : float
        Between both reports, > 0.
    ends : tuple of End
        What was said at both.
    stamp : Traversal
        All else.
    at_signal : sequence of bool
        Edges that end at a signal.
    settings : EstimateSettings
        What standing is.

    Returns
    -------
    list of Traversal
        One an edge.
    """
    metres = sum(part[1] for part in parts)
    if metres <= settings.standing_m:
        return [_stood([part for part in parts if part[0] != NOWHERE], seconds, ends, stamp, at_signal)]
    time_s, way_m = drive(metres, seconds, ends[0].speed_mps, ends[1].speed_mps)
    came = np.interp(np.cumsum([0.0, *(part[1] for part in parts)]), way_m + MONOTONE * time_s, time_s)
    came[0], came[-1] = 0.0, seconds
    took = np.diff(came).tolist()
    shared = [replace(stamp, edge=e, distance_m=m, seconds=s) for (e, m), s in zip(parts, took, strict=True)]
    cruise_mps = _beside_stop(ends)
    if cruise_mps >= CRUISE_MPS:
        return [_without_stop(of, cruise_mps) for of in shared if of.edge != NOWHERE]
    stood = _stands(time_s, way_m, settings.standing_mps)
    for place in (0, -1):
        if ends[place].stand is not Stand.NONE:
            of = shared[place]
            shared[place] = _with_stand(of, ends[place].stand, min(stood[place], of.seconds), at_signal)
    return [of for of in shared if of.edge != NOWHERE]


def _beside_stop(ends: tuple[End, End]) -> float:
    """Return the speed at the other end where a vehicle stood at a stop at one; 0 elsewhere."""
    first, last = ends
    if (first.stand is Stand.STOP) is (last.stand is Stand.STOP):
        return 0.0
    return last.speed_mps if first.stand is Stand.STOP else first.speed_mps


def _without_stop(of: Traversal, cruise_mps: float) -> Traversal:
    """Count what braking, standing and starting cost as dwell: others pass a stop at the speed of further on."""
    seconds = min(of.seconds, of.distance_m / cruise_mps)
    return replace(of, seconds=seconds, dwell_s=of.seconds - seconds)


def _stands(time_s: Floats, way_m: Floats, standing_mps: float) -> tuple[float, float]:
    """Return how long a vehicle stood right after the first moment and right before the last."""
    step = float(time_s[1])
    drove = np.flatnonzero(np.diff(way_m) >= standing_mps * step)
    return (float(drove[0]) * step, float(len(way_m) - 2 - drove[-1]) * step) if len(drove) else (0.0, 0.0)


def _with_stand(of: Traversal, stand: Stand, seconds: float, at_signal: Sequence[bool]) -> Traversal:
    """Mark seconds of a traversal as stood, at a stop (no traffic) or on the road."""
    if stand is Stand.STOP:
        return replace(of, seconds=of.seconds - seconds, dwell_s=of.dwell_s + seconds)
    return replace(of, signal_s=of.signal_s + seconds * at_signal[of.edge])


def _stood(
    parts: list[tuple[int, float]], seconds: float, ends: tuple[End, End], stamp: Traversal,
    at_signal: Sequence[bool],
) -> Traversal:  # fmt: skip
    """Return what a vehicle that hardly moved did: it stood at a stop, before a signal, or in traffic."""
    edge, _ = max(parts, key=lambda part: part[1])
    of = replace(stamp, edge=edge, distance_m=sum(part[1] for part in parts), seconds=seconds)
    stand = Stand.STOP if Stand.STOP in (ends[0].stand, ends[1].stand) else Stand.ROAD
    return _with_stand(of, stand, seconds, at_signal)
