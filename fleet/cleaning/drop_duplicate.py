"""Leave out a fix of the same vehicle and time as the last one."""

from fleet.cleaning.verdict import Known
from schemas.fix import Fix


def drop_duplicate(fix: Fix, known: Known) -> Fix | None:
    """Leave out a fix of the same vehicle and time as the last one."""
    return None if known.last is not None and fix.time_ms == known.last.time_ms else fix
