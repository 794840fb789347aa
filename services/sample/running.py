"""How long the sample's buses take from stop to stop: the usual day of the traffic that will be simulated there.

A timetable that is faster than the traffic makes every bus late. A planner would look at the median of many days; the
simulator's speeds without its moods, weather and incidents are that median, so no day has to be simulated.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from fleet.simulation.demand import Demand
from fleet.simulation.lay import lay_courses
from fleet.simulation.lights import place_lights
from fleet.simulation.operations import Operations
from fleet.simulation.plan import Course, Floats
from fleet.simulation.running import usual_mps, usual_seconds
from fleet.simulation.traffic import Traffic
from routing.network import RoadNetwork

HOURS = tuple(half / 2 for half in range(49))
UTC_OFFSET_S = 7 * 3600
# A bus that is early has to wait and annoys who came in time, so times are a little tighter than the median day.
PLANNED_SHARE = 0.96


@dataclass(frozen=True)
class Driven:
    """One direction of a line as it is driven: its way, the metres of its stops, whether it has a bus lane."""

    course: Course
    stop_m: Floats
    bus_lane: bool = False


def usual_hops(ways: Sequence[Driven], network: RoadNetwork) -> list[Floats]:
    """Return the usual seconds from stop to stop by hour of a workday.

    Parameters
    ----------
    ways : sequence of Driven
        The directions of the lines.
    network : RoadNetwork
        The sample's roads.

    Returns
    -------
    list of ndarray, shape (len(HOURS), stops - 1)
        One a way.
    """
    courses = [way.course for way in ways]
    roads, chains = lay_courses(network, courses)
    # Seeds name moods, floods and cycles, of which a usual day knows nothing.
    traffic = Traffic(roads, Demand(roads, 0, UTC_OFFSET_S), 0)
    signals = list(zip(network.signal_lon.tolist(), network.signal_lat.tolist(), strict=True))
    lights = place_lights(0, courses, signals)
    operations = Operations()
    speeds = {lane: [usual_mps(traffic, operations, hour, bus_lane=lane) for hour in HOURS] for lane in (False, True)}
    hops = []
    for number, (way, chain) in enumerate(zip(ways, chains, strict=True)):
        light_m = lights.at_m[lights.first[number] : lights.first[number + 1] - 1]
        at_s = [usual_seconds(chain, light_m, way.stop_m, mps) for mps in speeds[way.bus_lane]]
        hops.append(PLANNED_SHARE * np.diff(np.array(at_s), axis=1))
    return hops
