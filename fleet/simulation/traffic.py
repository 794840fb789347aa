"""The traffic field: speed and flow of every edge at any moment, from demand, rain, floods and queues.

A pure function of seed and time. Nothing is stepped, so a simulation that begins at noon meets the same noon as one
that began at midnight, and scorers may ask for any moment again.
"""

from dataclasses import dataclass

import numpy as np

from fleet.simulation.demand import Demand
from fleet.simulation.incidents import Incident
from fleet.simulation.plan import Floats, Ints
from fleet.simulation.queue import Queue, make_queue
from fleet.simulation.roads import Roads
from fleet.simulation.weather import FLOODED_FACTOR, Rain, dwell_factor, low_edges, rain_factor

# Travel time = free travel time x (1 + SLOWING x ratio^POWER), the form of the US Bureau of Public Roads (1964) with
# more slowing: on city streets two fifths of the free speed are lost at capacity.
SLOWING, POWER = 0.7, 3.0
FULLEST = 1.6
SLOWEST_MPS = 0.6


@dataclass(frozen=True)
class Flow:
    """Traffic at one moment, one row an edge.

    ``speed_mps`` holds outside the queue; from ``queue_from_m`` to ``queue_to_m`` of the edge traffic moves at
    ``queue_mps``. ``ratio`` is demand over capacity.
    """

    speed_mps: Floats
    flow_veh_h: Floats
    ratio: Floats
    queue_from_m: Floats
    queue_to_m: Floats
    queue_mps: Floats
    rain_mm_h: float
    dwell_factor: float

    def mean_mps(self, length_m: Floats) -> Floats:
        """Return the mean speed over each whole edge, queue included."""
        queued = np.maximum(self.queue_to_m - self.queue_from_m, 0.0)
        time_s = (length_m - queued) / self.speed_mps + queued / self.queue_mps
        return np.asarray(length_m / time_s)


class Traffic:
    """Speeds and flows of a city.

    Parameters
    ----------
    roads : Roads
        The edges.
    demand : Demand
        How full they are.
    seed : int
        Which spots flood.
    rains : sequence of Rain, optional
        The weather of the period.
    incidents : sequence of Incident, optional
        What blocks roads in the period.
    """

    def __init__(
        self,
        roads: Roads,
        demand: Demand,
        seed: int,
        *,
        rains: tuple[Rain, ...] = (),
        incidents: tuple[Incident, ...] = (),
    ) -> None:
        self.roads = roads
        self.demand = demand
        self.rains = rains
        self.incidents = incidents
        self.low: Ints = low_edges(roads, seed)
        found = [make_queue(roads, one, self._plain(one.start_ms)[0], self._flow_at) for one in incidents]
        self.queues: tuple[Queue, ...] = tuple(queue for queue in found if queue is not None)

    def _flow_at(self, now_ms: int, rows: Ints | None) -> Floats:
        capacity = self.roads.capacity_veh_h if rows is None else self.roads.capacity_veh_h[rows]
        return np.asarray(np.minimum(self.demand.at(now_ms, rows), 1.0) * capacity)

    def _plain(self, now_ms: int) -> tuple[Floats, Floats, Floats]:
        """Return speed, flow and ratio without queues."""
        ratio = np.minimum(self.demand.at(now_ms), FULLEST)
        speed = self.roads.free_mps / (1.0 + SLOWING * ratio**POWER) * rain_factor(self.rain_mm_h(now_ms))
        if any(rain.floods(now_ms) for rain in self.rains):
            speed[self.low] *= FLOODED_FACTOR
        return np.maximum(speed, SLOWEST_MPS), np.minimum(ratio, 1.0) * self.roads.capacity_veh_h, ratio

    def rain_mm_h(self, now_ms: int) -> float:
        """Return how hard it rains at a moment, mm/h."""
        return max((rain.mm_h(now_ms) for rain in self.rains), default=0.0)

    def usual_mps(self, hour: float) -> Floats:
        """Return the speed of every edge at an hour of a workday when nothing is amiss.

        The slowing is that of the mean day: demand that strays upwards slows more than demand that strays downwards
        speeds up (the mean of a power of a log-normal number).
        """
        swell = np.exp(POWER / 2 * self.demand.mood.variance)
        ratio = np.minimum(self.demand.usual(hour) * swell, FULLEST)
        return np.asarray(np.maximum(self.roads.free_mps / (1.0 + SLOWING * ratio**POWER), SLOWEST_MPS))

    def at(self, now_ms: int) -> Flow:
        """Return the traffic at a moment.

        Parameters
        ----------
        now_ms : int
            Milliseconds since 1970, UTC.

        Returns
        -------
        Flow
            One row an edge.
        """
        speed, flow, ratio = self._plain(now_ms)
        size = len(speed)
        begin, end, slow = np.zeros(size), np.zeros(size), speed.copy()
        for queue in self.queues:
            if queue.incident.start_ms <= now_ms < queue.end_ms:
                _lay(queue, now_ms, self.roads.length_m, (begin, end, slow, flow))
        rain = self.rain_mm_h(now_ms)
        return Flow(speed, flow, ratio, begin, end, np.minimum(slow, speed), rain, dwell_factor(rain))


def _lay(queue: Queue, now_ms: int, length_m: Floats, out: tuple[Floats, Floats, Floats, Floats]) -> None:
    """Write where the queue stands on each edge of its chain, and what still flows there."""
    front, back = queue.at(now_ms)
    if back <= front:
        return
    begin, end, slow, flow = out
    low, high = np.maximum(queue.from_m, front), np.minimum(queue.to_m, back)
    on = np.flatnonzero(high > low)
    edge = queue.edge[on]
    # Metres upstream become metres from the start of the edge.
    head_m = np.where(on == 0, queue.incident.at_m, length_m[edge])
    begin[edge] = np.maximum(head_m - (high[on] - queue.from_m[on]), 0.0)
    end[edge] = head_m - (low[on] - queue.from_m[on])
    slow[edge] = np.maximum(queue.speed_mps[on], SLOWEST_MPS)
    flow[edge] = np.minimum(flow[edge], queue.through_veh_h)
