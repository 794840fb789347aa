"""When somebody came over a line: by a smooth curve through where its foot and its head were around that moment."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

# From so few places no curve is drawn, and none whose crossing is slower than so.
LEAST, LEAST_MPS = 8, 0.3
# All heads of one road user are off by the same, for it is taller or smaller than usual: by about so much.
HEAD_OFF_M = 0.6
# Where its head tells too, a foot that is off by more than so many of its deviations is the end of a covered box; each
# time a curve is drawn anew without them.
FOOT_SDS, ROUNDS = 0.77, 6
Floats = NDArray[np.float64]


class Told(NamedTuple):
    """How far past the line somebody was at a time, metres, by its foot or by its head, and how unsure that is."""

    time_s: float
    past_m: float
    sd_m: float
    is_head: bool


def crosses(told: Sequence[Told]) -> tuple[float, float] | None:
    """Return when a curve of second order through some places comes over the line.

    Places count by their deviations, of which only the ratio matters: how far they really are off is seen by how they
    lie about the curve. What heads are off by is a fourth unknown beside the curve's three.

    Parameters
    ----------
    told : sequence of Told
        Places of one road user at times about 0, when it roughly came over the line.

    Returns
    -------
    tuple of float or None
        The time and how far it may be off, seconds; ``None`` where no curve can be told.
    """
    if len(told) < LEAST:
        return None
    times, past_m, sds, heads = np.array(told, np.float64).T
    design = np.column_stack([np.ones_like(times), times, times**2, heads])
    fits = heads > 0 if heads.sum() >= LEAST else np.ones(len(told), bool)
    for _ in range(ROUNDS):
        rows = np.vstack([design[fits] / sds[fits, None], [0.0, 0.0, 0.0, 1 / HEAD_OFF_M]])
        due = np.append(past_m[fits] / sds[fits], 0.0)
        unknowns: Floats = np.linalg.lstsq(rows, due, rcond=None)[0]
        off_sds = np.abs(past_m - design @ unknowns) / sds
        still = (heads > 0) | (off_sds < FOOT_SDS) | (not heads.any())
        if (still == fits).all() or still.sum() < LEAST:
            break
        fits = still
    at_s = _root(unknowns, float(np.abs(times).max()))
    if at_s is None:
        return None
    left = due - rows @ unknowns
    here = np.array([1.0, at_s, at_s**2, 0.0])
    # Half of a box's error stays for half a second: looks beside each other err alike, and no curve averages that.
    shares = float(here @ np.linalg.inv(rows.T @ rows) @ here) + float(np.median(sds[fits])) ** 2
    variance_m2 = float(left @ left) / (len(due) - len(unknowns)) * shares
    return at_s, variance_m2**0.5 / abs(float(unknowns[1] + 2 * unknowns[2] * at_s))


def _root(unknowns: Floats, within_s: float) -> float | None:
    """Return when a curve is on the line, nearest to time 0; ``None`` where it is nowhere near or creeps there."""
    roots = [float(r.real) for r in np.roots(unknowns[2::-1]) if abs(r.imag) < 1e-9 and abs(r.real) <= within_s]
    at_s = min(roots, key=abs, default=None)
    return None if at_s is None or abs(unknowns[1]) < LEAST_MPS else at_s
