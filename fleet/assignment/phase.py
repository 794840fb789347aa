"""What a bus is doing, from the hypothesis believed in and from how long the bus has stood."""

from fleet.assignment.model import DETOUR, EMPTY, NONE, WAIT
from fleet.assignment.yards import BASE_MS, Yards, is_at, note_base
from fleet.stop_events.watch import UNSEEN_S
from fleet.vehicle import Vehicle
from schemas.fix import Fix
from schemas.trip import Phase

PARKED_MS = 1_200_000  # standing so long on no trip is parking; drivers of empty buses take breaks
OFF_MS = 180_000  # with the engine off sooner
LONG_BEFORE_MS = 1_800_000  # a bus that parks elsewhere so long before its trip is at the depot
ROLLS_MPS = 2.0
UNSURE_MS, STANDS_SHARE = 60_000, 0.7  # who stands on no trip may be parked already
PARKED_SHARE = 0.85  # no feed says where depots are
AT_BASE_SHARE = 0.95
EMPTY_SHARE = 0.7  # who left many stops without standing may have found nobody there
UNKNOWN_BELOW = 0.3
UNLOADS_MS = 30_000  # so long who came to the last stop lets people off
NEAR_M = 1_500.0  # who stands so near before his trip has his layover


def judge_phase(vehicle: Vehicle, fix: Fix, yards: Yards) -> Phase:
    """Return the phase of a bus after its newest fix; a parked bus stays parked until it rolls.

    Parameters
    ----------
    vehicle : Vehicle
        After the filter and the follower took the fix.
    fix : Fix
        The cleaned fix.
    yards : Yards
        Where buses park.

    Returns
    -------
    Phase
        Never `IN_SERVICE` or `LAYOVER` without a trip.
    """
    mode, progress, watch = vehicle.belief.mode, vehicle.progress, vehicle.watch
    if mode in (NONE, EMPTY) or progress is None or watch is None:
        return _without_service(vehicle, fix, yards)
    if mode == WAIT:
        return Phase.LAYOVER
    if mode == DETOUR:
        return Phase.DETOUR
    if vehicle.is_waiting or (progress.is_at_end and watch.ahead >= len(progress.pattern.stop_index)):
        return Phase.IN_SERVICE if _unloads(vehicle, fix) else Phase.LAYOVER
    if vehicle.serving.is_empty:
        vehicle.probability *= EMPTY_SHARE
        return Phase.DEADHEAD
    return Phase.IN_SERVICE


def _unloads(vehicle: Vehicle, fix: Fix) -> bool:
    """Return whether a bus that was in service was seen to come to its last stop just now."""
    watch = vehicle.watch
    if watch is None or vehicle.is_waiting or watch.arrival_ms is None or watch.error_s >= UNSEEN_S:
        return False
    return fix.time_ms - watch.arrival_ms < UNLOADS_MS and not vehicle.serving.is_empty


def _without_service(vehicle: Vehicle, fix: Fix, yards: Yards) -> Phase:
    moved = vehicle.anchor is not None and vehicle.anchor[2] == fix.time_ms
    rolls = moved if fix.speed_mps is None else fix.speed_mps > ROLLS_MPS
    stood_ms = 0 if vehicle.anchor is None or rolls else fix.time_ms - vehicle.anchor[2]
    if vehicle.phase is Phase.AT_DEPOT and stood_ms >= BASE_MS:
        vehicle.belief.bases = note_base(vehicle.belief.bases, vehicle.x, vehicle.y, fix.time_ms / 1000.0)
    x, y = vehicle.x, vehicle.y
    if is_at(vehicle.belief.bases, x, y) or yards.has(x, y, fix.time_ms / 1000.0):
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
