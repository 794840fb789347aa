"""Who is in front: gaps along each road user's own way, and how it speeds up or brakes for them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vision.scenes.layout import Floats

LOOK_AHEAD_M = 45.0
BRAKE_MPS2 = 3.0
HARDEST_MPS2 = 8.0
HEADWAY_S = 0.9
FREE_M = 1e6


@dataclass(frozen=True, eq=False)
class Bodies:
    """All road users at one instant as arrays: middles, headings as cos and sin, half sizes, speeds, side clearance."""

    x: Floats
    y: Floats
    cos: Floats
    sin: Floats
    half_length: Floats
    half_width: Floats
    speed: Floats
    clearance: Floats
    ahead: Floats


@dataclass(frozen=True, eq=False)
class Around:
    """Pairs of road users, row by row: ``j`` as ``i`` sees it; metres ahead and to the right, half sizes as seen."""

    along: Floats
    across: Floats
    long: Floats
    wide: Floats
    same: Floats
    is_opposite: NDArray[np.bool_]

    def gaps(self, bodies: Bodies, speeds: Floats) -> tuple[Floats, Floats, Floats]:
        """Return for each the gap to the next in front (metres), that one's speed along its way, and its number."""
        room = bodies.half_width[:, None] + self.wide + bodies.clearance[:, None]
        gap = self.along - bodies.half_length[:, None] - self.long
        is_in_way = (self.along > 0.05) & (np.abs(self.across) < room) & ~self.is_opposite
        gap = np.where(is_in_way & (gap < bodies.ahead[:, None]), gap, FREE_M)
        np.fill_diagonal(gap, FREE_M)
        who = gap.argmin(axis=1)
        rows = np.arange(len(who))
        return gap[rows, who], (speeds[None, :] * self.same)[rows, who], who

    def free_ahead(self, i: int, bodies: Bodies, asides: Floats) -> Floats:
        """Return how far it is free for ``i`` at other offsets to the right, metres each."""
        room = bodies.half_width[i] + self.wide[i] + bodies.clearance[i]
        gap = self.along[i] - bodies.half_length[i] - self.long[i]
        is_near = (gap > -2 * bodies.half_length[i]) & (self.along[i] < LOOK_AHEAD_M)
        is_ahead = is_near & ~self.is_opposite[i]
        is_ahead[i] = False
        in_way = is_ahead[None, :] & (np.abs(self.across[i][None, :] - asides[:, None]) < room[None, :])
        return np.asarray(np.where(in_way, np.maximum(gap, 0.0)[None, :], LOOK_AHEAD_M).min(axis=1))

    def is_free_beside(self, i: int, bodies: Bodies, step_m: float) -> bool:
        """Tell whether ``i`` can move aside by so much (to the right when positive) and touch nobody."""
        beside = np.abs(self.along[i]) < bodies.half_length[i] + self.long[i] + 0.2
        beside[i] = False
        off = self.across[i]
        near = np.abs(off) - bodies.half_width[i] - self.wide[i] < abs(step_m) + 0.15
        return not bool((beside & near & (np.sign(off) == np.sign(step_m))).any())


def look_around(bodies: Bodies) -> Around:
    """Return every pair as each sees the other.

    Parameters
    ----------
    bodies : Bodies
        All road users.
    """
    dx = bodies.x[None, :] - bodies.x[:, None]
    dy = bodies.y[None, :] - bodies.y[:, None]
    cos, sin = bodies.cos[:, None], bodies.sin[:, None]
    same = cos * bodies.cos[None, :] + sin * bodies.sin[None, :]
    turn = np.abs(cos * bodies.sin[None, :] - sin * bodies.cos[None, :])
    straight = np.abs(same)
    long = straight * bodies.half_length[None, :] + turn * bodies.half_width[None, :]
    wide = turn * bodies.half_length[None, :] + straight * bodies.half_width[None, :]
    return Around(dx * cos + dy * sin, dx * sin - dy * cos, long, wide, same, same < -0.5)


def accel_mps2(speed: float, wish: float, gap: float, closing: float, accel: float, least_gap: float) -> float:
    """Return the acceleration of the intelligent driver model (Treiber, Hennecke, Helbing 2000), limited below.

    Parameters
    ----------
    speed, wish : float
        Now and on a free road, m/s.
    gap, closing : float
        To the one in front, metres, and how fast it shrinks, m/s.
    accel, least_gap : float
        The kind's acceleration and the gap it keeps in a queue.
    """
    free = 1.0 - (speed / max(wish, 0.1)) ** 4
    if gap >= FREE_M:
        return max(-BRAKE_MPS2, accel * free)
    wanted = least_gap + max(0.0, speed * HEADWAY_S + speed * closing / (2 * (accel * BRAKE_MPS2) ** 0.5))
    return max(-HARDEST_MPS2, accel * float(free - (wanted / max(gap, 0.05)) ** 2))
