"""Leave out a fix of a vehicle and time that are known already."""

from fleet.cleaning.verdict import Known
from schemas.fix import Fix


def drop_duplicate(fix: Fix, known: Known) -> Fix | None:
    """Leave out a fix of a vehicle and time that are known already."""
    return fix if known.twin is None else None
