"""Count a fix that repeats the last place to the digit while it claims to move: the receiver is frozen."""

import msgspec

from fleet.cleaning.verdict import Known
from schemas.fix import Fix

MOVING_MPS = 3.0
SEEN_M = 3.0  # by which a moving bus leaves the digits of its last place


def mark_repeated_position(fix: Fix, known: Known) -> Fix | None:
    """Count a fix that repeats the last place to the digit while it claims to move, and trust its speed no more."""
    last = known.last
    if last is None or (fix.lon, fix.lat) != (last.lon, last.lat) or (fix.speed_mps or 0.0) < MOVING_MPS:
        return fix
    if (fix.speed_mps or 0.0) * (fix.time_ms - last.time_ms) < SEEN_M * 1000.0:  # fractions of a second apart
        return fix
    return msgspec.structs.replace(fix, speed_mps=None)
