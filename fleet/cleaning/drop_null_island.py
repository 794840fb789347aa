"""Leave out a fix at 0, 0: a receiver without a position says that."""

from fleet.cleaning.verdict import Known
from schemas.fix import Fix

NEAR_DEG = 0.01


def drop_null_island(fix: Fix, known: Known) -> Fix | None:
    """Leave out a fix at 0, 0: a receiver without a position says that."""
    del known
    return None if abs(fix.lon) < NEAR_DEG and abs(fix.lat) < NEAR_DEG else fix
