"""How a vehicle drove between two reports: where it was at each moment, by its speeds at both ends and its way."""

import numpy as np

from routing.network.graph import Floats

MOMENTS = 31
SLOW_MPS = 0.1


def drive(metres: float, seconds: float, start_mps: float, end_mps: float) -> tuple[Floats, Floats]:
    """Return moments between two reports and how far the vehicle had come.

    Speed goes from one end's to the other's, and in between is higher or lower by as much as the way asks for. Where
    that would be backwards, the vehicle braked evenly, stood, and started evenly.

    Parameters
    ----------
    metres, seconds : float
        Of the way between both, > 0.
    start_mps, end_mps : float
        What was reported; NaN where nothing was, and the speed is even.

    Returns
    -------
    time_s, way_m : ndarray, shape (31,)
        From 0 to ``seconds`` and from 0 to ``metres``.
    """
    time_s = np.linspace(0.0, seconds, MOMENTS)
    share = time_s / seconds
    if not (start_mps == start_mps and end_mps == end_mps):
        return time_s, metres * share
    bulge = metres / seconds - 0.5 * (start_mps + end_mps)
    speed = start_mps + (end_mps - start_mps) * share + 6.0 * bulge * share * (1.0 - share)
    if speed.min() < 0.0:
        return time_s, _with_a_stand(time_s, metres, start_mps, end_mps)
    way = np.concatenate(([0.0], np.cumsum(0.5 * (speed[1:] + speed[:-1]))))
    return time_s, way * (metres / way[-1])


def _with_a_stand(time_s: Floats, metres: float, start_mps: float, end_mps: float) -> Floats:
    """Return the way of a vehicle that braked to a stand and started again; speeds at both ends are not both 0."""
    before_m = metres * start_mps**2 / (start_mps**2 + end_mps**2)
    after_m = metres - before_m
    braking_s, starting_s = 2.0 * before_m / max(start_mps, SLOW_MPS), 2.0 * after_m / max(end_mps, SLOW_MPS)
    scale = min(1.0, time_s[-1] / max(braking_s + starting_s, 1e-6))
    braking = np.clip(time_s / max(braking_s * scale, 1e-6), 0.0, 1.0)
    starting = np.clip(1.0 - (time_s[-1] - time_s) / max(starting_s * scale, 1e-6), 0.0, 1.0)
    return np.asarray(before_m * (1.0 - (1.0 - braking) ** 2) + after_m * starting**2)
