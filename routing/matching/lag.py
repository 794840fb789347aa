"""Reports of many vehicles that wait until enough has followed, and their decision."""

from typing import NamedTuple

import numba
import numpy as np
from numpy.typing import NDArray

from routing.matching.ground import REACH_M, Ground
from routing.matching.kernel import MOST, backward, forward, see, step

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Ints32 = NDArray[np.int32]
Bools = NDArray[np.bool_]

# Reports of one vehicle that can wait; who reports more often is decided with less that follows.
SLOTS = 32
# How much less likely a bus is off the edges of its line than on them, beside what its report says.
OFF_LINE = 0.1
# Below this the ways that are kept ready are long enough.
NEAR_M = 0.8 * REACH_M


class Reports(NamedTuple):
    """Reports of one source: the row of the vehicle, the number of the report, and what it says.

    ``kind`` is given back with the decision. Speed and heading are NaN where the report lacks them. ``noise`` is that
    of the source, as `kernel.see` takes it. ``line`` is the row of ``on_line``, shape (lines, edges), that tells which
    edges the vehicle's line has; −1 where none is known.
    """

    vehicle: Ints
    number: Ints
    kind: Ints
    time_s: Floats
    x: Floats
    y: Floats
    speed_mps: Floats
    heading_deg: Floats
    noise: Floats
    line: Ints
    on_line: Bools


class Waiting(NamedTuple):
    """The reports of each vehicle that wait: a ring of `SLOTS`, each with its candidates.

    ``first`` and ``filled`` tell which slots are in use, ``newest_s`` the time of the newest report. ``step`` is how
    likely each candidate of the slot before goes to each of this one, ``forward`` how likely each candidate is after
    all reports until here, ``linked`` whether any way leads here from the slot before.
    """

    first: Ints
    filled: Ints
    newest_s: Floats
    number: Ints
    kind: Ints
    time_s: Floats
    x: Floats
    y: Floats
    places: Ints
    linked: Bools
    edge: Ints32
    along: Floats
    off: Floats
    bend: Floats
    like: Floats
    step: Floats
    forward: Floats


class Decided(NamedTuple):
    """Decisions, one a row: the report's number and kind, its edge (−1 off the roads) and how sure that is.

    ``along`` and ``off`` are metres along and beside the edge, ``bend`` is 1 − cos of the angle to its direction.
    """

    number: Ints
    kind: Ints
    edge: Ints
    sure: Floats
    along: Floats
    off: Floats
    bend: Floats


def make_waiting(vehicles: int) -> Waiting:
    """Return room for so many vehicles, of whom none has reported."""
    ring, many = (vehicles, SLOTS), (vehicles, SLOTS, MOST)
    first, filled = np.zeros(vehicles, np.int64), np.zeros(vehicles, np.int64)
    numbers, kinds, places = np.zeros((3, *ring), np.int64)
    return Waiting(
        first, filled, np.full(vehicles, -np.inf), numbers, kinds, np.zeros(ring), np.zeros(ring), np.zeros(ring),
        places, np.zeros(ring, np.bool_), np.zeros(many, np.int32), np.zeros(many), np.zeros(many),
        np.zeros(many), np.zeros(many), np.zeros((*many, MOST)), np.zeros(many),
    )  # fmt: skip


def make_decided(most: int) -> Decided:
    """Return room for so many decisions."""
    ints, floats = np.zeros((3, most), np.int64), np.zeros((4, most))
    return Decided(*ints, *floats)


@numba.njit(cache=True)
def take(reports: Reports, lag_s: float, g: Ground, w: Waiting, out: Decided) -> int:
    """Take reports; decide a vehicle's older half whenever its oldest has waited ``lag_s``.

    A report older than the last of its vehicle, or without a place, is decided at once: off the roads.

    Parameters
    ----------
    reports : Reports
        Of any vehicles.
    lag_s : float
        The longest that a decision waits for what follows.
    g : Ground
        The roads.
    w : Waiting
        Changed in place.
    out : Decided
        Filled; has room for all that wait and all that come.

    Returns
    -------
    int
        How many were decided.
    """
    decided = 0
    for i in range(len(reports.vehicle)):
        v, now_s = reports.vehicle[i], reports.time_s[i]
        if not (now_s >= w.newest_s[v] and np.isfinite(reports.x[i]) and np.isfinite(reports.y[i])):
            out.number[decided], out.kind[decided] = reports.number[i], reports.kind[i]
            out.edge[decided], out.sure[decided] = -1, 0.0
            decided += 1
            continue
        w.newest_s[v] = now_s
        if w.filled[v] and now_s - w.time_s[v, w.first[v]] > lag_s:
            decided = decide(v, now_s - 0.5 * lag_s, w, out, decided)
        if w.filled[v] == SLOTS:
            decided = decide(v, w.time_s[v, (w.first[v] + SLOTS // 2) % SLOTS], w, out, decided)
        slot = (w.first[v] + w.filled[v]) % SLOTS
        w.number[v, slot], w.kind[v, slot], w.time_s[v, slot] = reports.number[i], reports.kind[i], now_s
        w.x[v, slot], w.y[v, slot] = reports.x[i], reports.y[i]
        n = see(
            reports.x[i], reports.y[i], reports.speed_mps[i], reports.heading_deg[i], reports.noise, g,
            w.edge[v, slot], w.along[v, slot], w.off[v, slot], w.bend[v, slot], w.like[v, slot],
        )  # fmt: skip
        if reports.line[i] >= 0:
            _lean(n, w.edge[v, slot], reports.on_line[reports.line[i]], w.like[v, slot])
        w.places[v, slot] = n
        w.linked[v, slot] = w.filled[v] > 0 and _link(v, slot, g, w)
        if n and not w.linked[v, slot]:
            w.forward[v, slot, :n] = w.like[v, slot, :n] / w.like[v, slot, :n].sum()
        w.filled[v] += 1
    return decided


@numba.njit(cache=True)
def _lean(n: int, edge: Ints32, on_line: Bools, like: Floats) -> None:
    """Make the candidates that are not of the vehicle's line less likely."""
    for i in range(n):
        if not on_line[edge[i]]:
            like[i] *= OFF_LINE


@numba.njit(cache=True)
def _link(v: int, slot: int, g: Ground, w: Waiting) -> bool:
    """Go on from the slot before; False where no way leads here."""
    before = (slot - 1) % SLOTS
    n, m = w.places[v, before], w.places[v, slot]
    if n == 0 or m == 0:
        return False
    straight_m = np.hypot(w.x[v, slot] - w.x[v, before], w.y[v, slot] - w.y[v, before])
    seconds = w.time_s[v, slot] - w.time_s[v, before]
    for far in (straight_m >= NEAR_M, True):
        likely = step(
            n, w.edge[v, before], w.along[v, before], m, w.edge[v, slot], w.along[v, slot], straight_m, seconds, far,
            g, w.step[v, slot],
        )  # fmt: skip
        if likely and forward(n, w.forward[v, before], w.step[v, slot], m, w.like[v, slot], w.forward[v, slot]):
            return True
    return False


@numba.njit(cache=True)
def decide(v: int, until_s: float, w: Waiting, out: Decided, decided: int) -> int:
    """Decide a vehicle's reports up to a time by all that wait.

    Each goes to the candidate that is likeliest after what came before *and* what followed, which is right more often
    than the likeliest way as a whole (forward-backward sums, Rabiner 1989).

    Parameters
    ----------
    v : int
        The vehicle's row.
    until_s : float
        The time.
    w : Waiting
        Changed in place.
    out : Decided
        Filled from row ``decided`` on.
    decided : int
        Rows filled before.

    Returns
    -------
    int
        Rows filled now.
    """
    due = 0
    while due < w.filled[v] and w.time_s[v, (w.first[v] + due) % SLOTS] <= until_s:
        due += 1
    after, now = np.ones(MOST), np.ones(MOST)
    for back in range(w.filled[v] - 1, -1, -1):
        slot = (w.first[v] + back) % SLOTS
        if back < due:
            _say(v, slot, decided + back, after, w, out)
        if back and w.linked[v, slot]:
            before = (slot - 1) % SLOTS
            backward(w.places[v, before], w.step[v, slot], w.places[v, slot], w.like[v, slot], after, now)
            after, now = now, after
        else:
            after[:] = 1.0
    w.first[v] = (w.first[v] + due) % SLOTS
    w.filled[v] -= due
    return decided + due


@numba.njit(cache=True)
def _say(v: int, slot: int, row: int, after: Floats, w: Waiting, out: Decided) -> None:
    """Fill in the likeliest candidate of a slot."""
    out.number[row], out.kind[row] = w.number[v, slot], w.kind[v, slot]
    out.edge[row], out.sure[row] = -1, 0.0
    best, total = 0.0, 0.0
    for j in range(w.places[v, slot]):
        likely = w.forward[v, slot, j] * after[j]
        total += likely
        if likely > best:
            best, out.edge[row] = likely, w.edge[v, slot, j]
            out.along[row], out.off[row], out.bend[row] = w.along[v, slot, j], w.off[v, slot, j], w.bend[v, slot, j]
    if total > 0.0:
        out.sure[row] = best / total
