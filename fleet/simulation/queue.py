"""The queue behind an incident, as a kinematic wave on the chain of edges that leads to it.

Traffic follows a triangular fundamental diagram (Newell 1993): free speed up to capacity, beyond it a wave of 4.5 m/s
that runs back. While the incident lasts, the end of the queue moves back with the shock between what arrives and what
gets through; when it is over, its front dissolves backwards with the wave. The queue spills from edge to edge along the
feeder with the largest flow.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from fleet.simulation.incidents import Incident
from fleet.simulation.plan import Floats, Ints
from fleet.simulation.roads import Roads

WAVE_MPS = 4.5
STEP_MS = 10_000
REACH_M = 4_000.0
# Where a road is closed some still squeeze through, and most drivers turn off before.
LEAST_FLOW_SHARE, STAY_SHARE = 0.06, 0.3
LONGEST_MS = 4 * 3_600_000


@dataclass(frozen=True)
class Queue:
    """A queue's front and back, metres upstream of its incident, every ten seconds from the start.

    ``edge[i]`` lies between ``from_m[i]`` and ``to_m[i]`` upstream; ``speed_mps[i]`` is what the queue moves at there.
    """

    incident: Incident
    edge: Ints
    from_m: Floats
    to_m: Floats
    speed_mps: Floats
    front_m: Floats
    back_m: Floats
    through_veh_h: float

    @property
    def end_ms(self) -> int:
        """When it has dissolved."""
        return self.incident.start_ms + len(self.back_m) * STEP_MS

    def at(self, now_ms: int) -> tuple[float, float]:
        """Return how far upstream the queue begins and ends; equal where there is none."""
        place = (now_ms - self.incident.start_ms) / STEP_MS
        if place < 0 or place > len(self.back_m) - 1:
            return 0.0, 0.0
        steps = np.arange(len(self.back_m))
        return float(np.interp(place, steps, self.front_m)), float(np.interp(place, steps, self.back_m))


@dataclass(frozen=True)
class _Upstream:
    """The edges that lead to an incident, the nearest first, with what they carry."""

    edge: Ints
    to_m: Floats
    free_mps: Floats
    capacity_s: Floats


def make_queue(
    roads: Roads, incident: Incident, speed_mps: Floats, flow_at: Callable[[int, Ints | None], Floats]
) -> Queue | None:
    """Work out how the queue of one incident grows and dissolves.

    Parameters
    ----------
    roads : Roads
        The edges.
    incident : Incident
        What blocks the road.
    speed_mps : ndarray, shape (edges,)
        Speed outside the queue when it begins.
    flow_at : callable
        Moment in milliseconds and edges (``None`` is all) → vehicles an hour on each.

    Returns
    -------
    Queue or None
        ``None`` where the open lanes carry what arrives.
    """
    chain = _upstream(roads, incident, speed_mps, flow_at(incident.start_ms, None))
    through_s = max(incident.open_share, LEAST_FLOW_SHARE) * roads.capacity_veh_h[incident.edge] / 3600.0
    jam = chain.capacity_s / chain.free_mps + chain.capacity_s / WAVE_MPS
    queued = np.maximum(jam - through_s / WAVE_MPS, 1e-6)
    stay = STAY_SHARE if incident.closed else 1.0
    back = [0.0]
    front = [0.0]
    now_ms = incident.start_ms
    flow = flow_at(now_ms, chain.edge)
    while now_ms < incident.start_ms + LONGEST_MS:
        if (now_ms - incident.start_ms) % 60_000 == 0:
            flow = flow_at(now_ms, chain.edge)
        now_ms += STEP_MS
        here = min(int(np.searchsorted(chain.to_m, back[-1], side="right")), len(chain.edge) - 1)
        coming_s = min(flow[here] / 3600.0 * stay, chain.capacity_s[here])
        dense = coming_s / chain.free_mps[here]
        shock = (coming_s - through_s) / max(queued[here] - dense, 1e-6)
        back.append(min(max(back[-1] + shock * STEP_MS / 1000.0, 0.0), float(chain.to_m[-1])))
        over_ms = now_ms - incident.end_ms
        front.append(max(over_ms, 0) / 1000.0 * WAVE_MPS)
        if over_ms >= 0 and front[-1] >= back[-1]:
            break
    if max(back) <= 1.0:
        return None
    from_m = np.concatenate([[0.0], chain.to_m[:-1]])
    shut = np.minimum(np.array(front), np.array(back))
    return Queue(incident, chain.edge, from_m, chain.to_m, through_s / queued, shut, np.array(back), through_s * 3600.0)


def _upstream(roads: Roads, incident: Incident, speed_mps: Floats, flow: Floats) -> _Upstream:
    edges, ends = [incident.edge], [incident.at_m]
    while ends[-1] < REACH_M:
        before = roads.feeders(edges[-1])
        before = before[~np.isin(before, edges)]
        if not len(before):
            break
        best = int(before[np.argmax(flow[before])])
        edges.append(best)
        ends.append(ends[-1] + float(roads.length_m[best]))
    rows = np.array(edges, dtype=np.int64)
    return _Upstream(rows, np.array(ends), speed_mps[rows], roads.capacity_veh_h[rows] / 3600.0)
