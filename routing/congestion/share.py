"""Share the time between two reports among the edges driven, and tell standing at stops and signals from driving."""

import enum
from collections.abc import Sequence
from dataclasses import dataclass, replace

from routing.congestion.settings import EstimateSettings
from routing.network.graph import RoadNetwork

CREEP_MPS = 1.5


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
    parts: list[tuple[int, float]], seconds: float, ends: tuple[End, End], stamp: Traversal, network: RoadNetwork,
    at_signal: Sequence[bool], settings: EstimateSettings,
) -> list[Traversal]:  # fmt: skip
    """Share seconds among edges: driving by metres and the speeds at both ends, the rest where the vehicle stood.

    Parameters
    ----------
    parts : list of (int, float)
        Edges in order, and the metres driven on each.
    seconds : float
        Between both reports, > 0.
    ends : tuple of End
        What was said at both.
    stamp : Traversal
        All else.
    network : RoadNetwork
        The roads.
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
        return [_stood(parts, seconds, ends, stamp, at_signal)]
    free = [float(network.edge_free_mps[edge]) for edge, _ in parts]
    driving = _driving_s(parts, free, ends)
    rest = max(seconds - sum(driving), 0.0)
    scale = seconds / sum(driving)
    if scale > 1.0 and not ends[0].stand is ends[1].stand is Stand.NONE:
        scale = 1.0
    shared = [replace(stamp, edge=e, distance_m=m, seconds=s * scale) for (e, m), s in zip(parts, driving, strict=True)]
    for place, share in _standing_places(ends, rest if scale == 1.0 else 0.0):
        shared[place] = _with_stand(shared[place], ends[place].stand, share, at_signal)
    return shared


def _driving_s(parts: list[tuple[int, float]], free: list[float], ends: tuple[End, End]) -> list[float]:
    """Return how long each part takes at speeds that go evenly from one end's to the other's."""
    metres = sum(part[1] for part in parts)
    known = [end.speed_mps for end in ends if end.speed_mps == end.speed_mps]
    out, before = [], 0.0
    for (_, length), fast in zip(parts, free, strict=True):
        speed = fast
        if len(known) == 2:
            share = (before + 0.5 * length) / metres
            speed = known[0] + (known[1] - known[0]) * share
        out.append(max(length, 0.01) / max(speed, CREEP_MPS))
        before += length
    return out


def _standing_places(ends: tuple[End, End], rest_s: float) -> list[tuple[int, float]]:
    places = [place for place in (0, -1) if ends[place].stand is not Stand.NONE]
    return [(place, rest_s / len(places)) for place in places] if rest_s > 0 else []


def _with_stand(of: Traversal, stand: Stand, seconds: float, at_signal: Sequence[bool]) -> Traversal:
    if stand is Stand.STOP:
        return replace(of, dwell_s=of.dwell_s + seconds)
    signal = seconds if at_signal[of.edge] else 0.0
    return replace(of, seconds=of.seconds + seconds, signal_s=of.signal_s + signal)


def _stood(
    parts: list[tuple[int, float]], seconds: float, ends: tuple[End, End], stamp: Traversal,
    at_signal: Sequence[bool],
) -> Traversal:  # fmt: skip
    """Return what a vehicle that hardly moved did: it stood at a stop, before a signal, or in traffic."""
    edge, _ = max(parts, key=lambda part: part[1])
    of = replace(stamp, edge=edge, distance_m=sum(part[1] for part in parts))
    stand = Stand.STOP if Stand.STOP in (ends[0].stand, ends[1].stand) else Stand.ROAD
    return _with_stand(of, stand, seconds, at_signal)
