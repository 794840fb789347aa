"""Random numbers by name instead of by turn: the same seed, stream, thing and moment give the same number.

A generator that is asked in turn makes one bus's luck depend on how many others asked before it.
Here each number is a hash of what it is for, so batches, processes and the choice of buses change nothing.
"""

from typing import Any

import numba
import numpy as np

from fleet.simulation.plan import Floats, Ints

# One stream a purpose, so that no two purposes share a number.
STREAMS: tuple[Any, ...] = tuple(np.int64(stream) for stream in range(1, 11))
NOISE, DWELL, RIDERS, LEAVING, PACE, LATE_START, FAILURE, FAILURE_PLACE, REPAIR, EARLY_START = STREAMS
ONCE: Any = np.int64(0)
AGAIN: Any = np.int64(1)
MOST_DRAWN = 60


@numba.njit(cache=True)
def _mix(value: np.uint64) -> np.uint64:
    """Return the finaliser of SplitMix64 (Steele, Lea, Flood 2014)."""
    z = value
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


@numba.njit(cache=True)
def uniform(seed: int, stream: int, thing: int, moment: int) -> float:
    """Return a number in (0, 1) that follows from its four names.

    Parameters
    ----------
    seed, stream, thing, moment : int
        Which simulation, what for, whose, when; any whole numbers.

    Returns
    -------
    float
        Uniform in (0, 1).
    """
    golden = np.uint64(0x9E3779B97F4A7C15)
    z = _mix(np.uint64(seed) * golden + np.uint64(stream))
    z = _mix((np.uint64(z) ^ np.uint64(thing)) * golden + np.uint64(1))
    z = _mix((np.uint64(z) ^ np.uint64(moment)) * golden + np.uint64(2))
    return (float(np.uint64(z) >> np.uint64(11)) + 0.5) / 9007199254740992.0


@numba.njit(cache=True)
def normal(seed: int, stream: int, thing: int, moment: int) -> float:
    """Return a number of mean 0 and deviation 1 that follows from its four names (Box and Muller 1958).

    Parameters
    ----------
    seed, stream, thing, moment : int
        As for `uniform`.

    Returns
    -------
    float
        Standard normal.
    """
    radius = np.sqrt(-2.0 * np.log(uniform(seed, stream, thing, moment)))
    return float(radius * np.cos(2.0 * np.pi * uniform(seed, stream + 500, thing, moment)))


@numba.njit(cache=True)
def poisson(mean: float, seed: int, stream: int, thing: int, moment: int) -> int:
    """Return a Poisson count that follows from its names, at most 60.

    Parameters
    ----------
    mean : float
        Expected count.
    seed, stream, thing, moment : int
        As for `uniform`.

    Returns
    -------
    int
        How many came.
    """
    chance = uniform(seed, stream, thing, moment)
    term = np.exp(-mean)
    total, count = term, 0
    while total < chance and count < MOST_DRAWN:
        count += 1
        term *= mean / count
        total += term
    return count


@numba.njit(cache=True)
def normals(seed: int, stream: int, things: Ints, moment: int) -> Floats:
    """Return one standard normal a thing.

    Parameters
    ----------
    seed, stream : int
        As for `uniform`.
    things : ndarray of int, shape (n,)
        Whose.
    moment : int
        When.

    Returns
    -------
    ndarray, shape (n,)
        Standard normals.
    """
    out = np.empty(len(things))
    for row in range(len(things)):
        out[row] = normal(seed, stream, things[row], moment)
    return out


def knot_noise(seed: int, things: Ints, now_ms: int, every_s: float) -> Floats:
    """Return noise of deviation 1 that changes smoothly with time and can be asked at any moment.

    It runs between independent normals a knot apart; its memory is about one knot.

    Parameters
    ----------
    seed : int
        Same seed, same noise.
    things : ndarray of int, shape (n,)
        Whose.
    now_ms : int
        The moment, milliseconds since 1970.
    every_s : float
        Seconds between knots.

    Returns
    -------
    ndarray, shape (n,)
        Mean 0, deviation 1 at every moment.
    """
    knot, part = divmod(now_ms / 1000.0 / every_s, 1.0)
    before, after = (normals(seed, NOISE, things, int(knot) + k) for k in (0, 1))
    return np.asarray(((1.0 - part) * before + part * after) / np.hypot(1.0 - part, part))
