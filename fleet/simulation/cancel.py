"""Trips that nobody runs: buses that stay away all day, and single trips that fall out."""

from collections.abc import Sequence

import numpy as np

from fleet.simulation.plan import Duty, Lost

ABSENT, CANCELLED = "absent", "cancelled"


def cancel_trips(duties: Sequence[Duty], share: float, seed: int) -> tuple[tuple[Duty, ...], tuple[Lost, ...]]:
    """Take trips away: half of the share with whole vehicles, half as single trips of vehicles that go on.

    Parameters
    ----------
    duties : sequence of Duty
        What every vehicle should do.
    share : float
        Of all trips, from 0 to 1.
    seed : int
        Same seed, same trips.

    Returns
    -------
    tuple of (tuple of Duty, tuple of Lost)
        What is left to do, without vehicles that have nothing to do, and what nobody does.
    """
    rng = np.random.default_rng([seed, 8])
    left, lost = [], []
    for duty in duties:
        stays_away = rng.random() < share / 2
        falls_out = rng.random(len(duty.runs)) < share / 2
        kept = tuple(run for run, out in zip(duty.runs, falls_out, strict=True) if not out and not stays_away)
        reason = ABSENT if stays_away else CANCELLED
        lost += [Lost(duty.vehicle_id, run, reason) for run in duty.runs if run not in kept]
        left += [Duty(duty.vehicle_id, kept)] if kept else []
    return tuple(left), tuple(lost)
