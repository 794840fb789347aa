"""In which order a replay hands fixes to the tracker."""

import random
from collections.abc import Iterable, Sequence

import msgspec

from schemas.fix import Fix

SKEW_MS = 120_000
REPEATED_SHARE = 0.03
REPEATED_WITHIN_MS = 600_000


def in_time_order(fixes: Iterable[Fix]) -> list[Fix]:
    """Return fixes as they were received; fixes of one moment by vehicle."""
    return sorted(fixes, key=lambda fix: (max(fix.received_ms, fix.time_ms), fix.vehicle_id, fix.time_ms))


def shuffled(fixes: Sequence[Fix], seed: int) -> list[Fix]:
    """Return fixes as a log with unruly partitions would hand them over.

    Each bus keeps its own order but runs up to two minutes behind the others; three in a hundred fixes come again up
    to ten minutes later. The tracker must say the same.

    Parameters
    ----------
    fixes : sequence of Fix
        In time order.
    seed : int
        Same seed, same order.

    Returns
    -------
    list of Fix
        In the order of delivery.
    """
    dice = random.Random(seed)  # noqa: S311
    behind = {vehicle: dice.randrange(SKEW_MS) for vehicle in sorted({fix.vehicle_id for fix in fixes})}
    slots = [(fix.received_ms + behind[fix.vehicle_id], number, fix) for number, fix in enumerate(fixes)]
    again = [
        (at + dice.randrange(REPEATED_WITHIN_MS), len(fixes) + number, fix)
        for at, number, fix in slots
        if dice.random() < REPEATED_SHARE
    ]
    return [fix for _, _, fix in sorted(slots + again, key=lambda slot: slot[:2])]


def without_trips(fix: Fix) -> Fix:
    """Return a fix as if its source named no trip, route or stop."""
    return msgspec.structs.replace(fix, claimed_trip=None, claimed_stop_id=None, claimed_stop_sequence=None)
