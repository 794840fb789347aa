"""What a bus is doing, from the hypothesis believed in and from how long the bus has stood."""

import math

from fleet.assignment.model import DETOUR, EMPTY, NONE, WAIT
from fleet.vehicle import Vehicle
from schemas.fix import Fix
from schemas.trip import Phase

PARKED_MS = 600_000  # standing so long on no trip is parking; drivers of empty buses stand for some minutes too
OFF_MS = 180_000  # with the engine off sooner
LONG_BEFORE_MS = 1_800_000  # a bus that parks elsewhere so long before its trip is at the depot
BASE_MS, BASE_M = 7_200_000, 250.0  # where a bus spends so long is its base, with all of its yard
ROLLS_MPS = 2.0
UNSURE_MS, STANDS_SHARE = 60_000, 0.7  # who stands on no trip may be parked already
PARKED_SHARE = 0.85  # no feed says where depots are
AT_BASE_SHARE = 0.95
EMPTY_SHARE = 0.7  # who left many stops without standing may have found nobody there
UNKNOWN_BELOW = 0.3
NEAR_M = 1_500.0  # who stands so near before his trip has his layover


def judge_phase(vehicle: Vehicle, fix: Fix) -> Phase:
    """Return the phase of a bus after its newest fix; a parked bus stays parked until it rolls.

    Parameters
    ----------
    vehicle : Vehicle
        After the filter and the follower took the fix.
    fix : Fix
        The cleaned fix.

    Returns
    -------
    Phase
        Never `IN_SERVICE` or `LAYOVER` without a trip.
    """
    mode, progress, watch = vehicle.belief.mode, vehicle.progress, vehicle.watch
    if mode in (NONE, EMPTY) or progress is None or watch is None:
        return _without_service(vehicle, fix)
    if mode == WAIT:
        return Phase.LAYOVER
    if mode == DETOUR:
        return Phase.DETOUR
    if vehicle.is_waiting or (progress.is_at_end and watch.ahead >= len(progress.pattern.stop_index)):
        return Phase.LAYOVER
    if vehicle.serving.is_empty:
        vehicle.probability *= EMPTY_SHARE
        return Phase.DEADHEAD
    return Phase.IN_SERVICE


def _without_service(vehicle: Vehicle, fix: Fix) -> Phase:
    moved = vehicle.anchor is not None and vehicle.anchor[2] == fix.time_ms
    rolls = moved if fix.speed_mps is None else fix.speed_mps > ROLLS_MPS
    stood_ms = 0 if vehicle.anchor is None or rolls else fix.time_ms - vehicle.anchor[2]
    if vehicle.phase is Phase.AT_DEPOT and stood_ms >= BASE_MS:
        vehicle.belief.base = (vehicle.x, vehicle.y)
    base = vehicle.belief.base
    if base is not None and math.hypot(vehicle.x - base[0], vehicle.y - base[1]) < BASE_M:
        vehicle.probability *= AT_BASE_SHARE
        return Phase.AT_DEPOT
    progress = vehicle.progress if vehicle.belief.mode == EMPTY else None
    long_before = progress is None or progress.run.start_ms - fix.time_ms > LONG_BEFORE_MS
    parked = stood_ms >= (OFF_MS if fix.ignition is False else PARKED_MS) and long_before
    if parked or (vehicle.phase is Phase.AT_DEPOT and not rolls):
        vehicle.probability *= PARKED_SHARE
        return Phase.AT_DEPOT
    if progress is not None and not rolls and vehicle.belief.off_m <= NEAR_M:
        return Phase.LAYOVER
    if stood_ms > UNSURE_MS:
        vehicle.probability *= STANDS_SHARE
    return Phase.DEADHEAD if vehicle.belief.probability > UNKNOWN_BELOW else Phase.UNKNOWN
