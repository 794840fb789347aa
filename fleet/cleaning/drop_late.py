"""Leave out a fix that is older than the newest one of its vehicle: it cannot change what is known."""

from fleet.cleaning.verdict import Known
from schemas.fix import Fix


def drop_late(fix: Fix, known: Known) -> Fix | None:
    """Leave out a fix that is older than the newest one of its vehicle: it cannot change what is known."""
    return None if known.last is not None and fix.time_ms < known.last.time_ms else fix
