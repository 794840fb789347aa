"""Leave out a fix that is over a quarter of an hour older than the newest one of its vehicle."""

from fleet.cleaning.verdict import Known
from schemas.fix import Fix


def drop_late(fix: Fix, known: Known) -> Fix | None:
    """Leave out a fix that is over a quarter of an hour older than the newest one of its vehicle."""
    return None if known.late_before_ms is not None and fix.time_ms < known.late_before_ms else fix
