"""How long a bus usually takes along a way, in closed form: what a planner makes timetables from."""

import numpy as np

from fleet.simulation.lay import Chain
from fleet.simulation.operations import Operations
from fleet.simulation.plan import Floats
from fleet.simulation.traffic import Traffic

# What a stop and a signal cost on average, as the kernel has them: doors, riders, braking and starting again; Webster's
# uniform delay of a cycle of 87 s with a third of the green taken, and starting again.
STOP_COST_S, LIGHT_COST_S = 27.0, 18.0
TOP_MPS = 16.0
LANE_HELD = 0.75


def usual_mps(traffic: Traffic, operations: Operations, hour: float, *, bus_lane: bool = False) -> Floats:
    """Return how fast a bus drives on every edge at an hour of a workday when nothing is amiss.

    Parameters
    ----------
    traffic : Traffic
        Usual speeds.
    operations : Operations
        How buses compare with cars.
    hour : float
        Hour of the local day.
    bus_lane : bool, default: False
        Whether the bus passes the others on a lane of its own.

    Returns
    -------
    ndarray, shape (edges,)
        Metres a second between stops and signals.
    """
    usual = traffic.usual_mps(hour)
    if bus_lane:
        usual = np.maximum(usual, LANE_HELD * traffic.roads.free_mps)
    return np.minimum(usual * operations.bus_share, TOP_MPS)


def usual_seconds(chain: Chain, light_m: Floats, stop_m: Floats, edge_mps: Floats) -> Floats:
    """Return when a bus that leaves the first stop at 0 arrives at each stop.

    Parameters
    ----------
    chain : Chain
        The edges under its way.
    light_m, stop_m : ndarray
        Metres along the way of the signals and of the stops, rising.
    edge_mps : ndarray, shape (edges,)
        As of `usual_mps`.

    Returns
    -------
    ndarray, shape (stops,)
        Seconds; standing at the stops between is in it.
    """
    edge_m = np.diff(chain.end_m, prepend=0.0)
    driven_s = np.concatenate([[0.0], np.cumsum(edge_m / edge_mps[chain.edge])])
    at_s = np.interp(stop_m, np.concatenate([[0.0], chain.end_m]), driven_s)
    at_s += np.searchsorted(light_m, stop_m) * LIGHT_COST_S + np.arange(len(stop_m)) * STOP_COST_S
    return np.asarray(at_s - at_s[0])
