"""In which order a replay hands fixes to the tracker."""

import random
from collections.abc import Iterable, Sequence

import msgspec

from schemas.fix import Fix

LATE_MS = 900_000
REPEATED_SHARE = 0.03


def in_time_order(fixes: Iterable[Fix]) -> list[Fix]:
    """Return fixes as they were received; fixes of one moment by vehicle."""
    return sorted(fixes, key=lambda fix: (max(fix.received_ms, fix.time_ms), fix.vehicle_id, fix.time_ms))


def shuffled(fixes: Sequence[Fix], seed: int) -> list[Fix]:
    """Return fixes as the most unruly sources and partitions would deliver them.

    Each fix comes up to a quarter of an hour later than it was made, whatever the others do; three in a hundred come
    twice. None comes after one of its bus that is over a quarter of an hour newer, unless it does so in the recording.

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
    twice = [*fixes, *(fix for fix in fixes if dice.random() < REPEATED_SHARE)]
    slots = [(max(fix.time_ms, fix.received_ms - LATE_MS) + dice.randrange(LATE_MS), n) for n, fix in enumerate(twice)]
    of_bus: dict[str, list[int]] = {}
    for number, fix in enumerate(twice):
        of_bus.setdefault(fix.vehicle_id, []).append(number)
    for numbers in of_bus.values():
        _keep_within(sorted(numbers, key=lambda n: twice[n].time_ms, reverse=True), twice, slots)
    return [twice[number] for _, number in sorted(slots)]


def _keep_within(newest_first: list[int], fixes: list[Fix], slots: list[tuple[int, int]]) -> None:
    """Have no fix of a bus come after one that is over a quarter of an hour newer."""
    passed, bound = 0, None
    for number in newest_first:
        while fixes[newest_first[passed]].time_ms > fixes[number].time_ms + LATE_MS:
            at = slots[newest_first[passed]][0]
            bound = at if bound is None else min(bound, at)
            passed += 1
        if bound is not None and slots[number][0] >= bound:
            slots[number] = (bound - 1, number)


def without_trips(fix: Fix) -> Fix:
    """Return a fix as if its source named no trip, route or stop."""
    return msgspec.structs.replace(fix, claimed_trip=None, claimed_stop_id=None, claimed_stop_sequence=None)
