"""Leave out a fix outside the city's area."""

from fleet.cleaning.verdict import Known
from schemas.fix import Fix


def drop_outside_area(fix: Fix, known: Known) -> Fix | None:
    """Leave out a fix outside the city's area."""
    return fix if known.area is None or known.area.holds(fix.lon, fix.lat) else None
