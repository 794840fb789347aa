"""Turn longitude and latitude round where only then the fix lies in the city."""

import msgspec

from fleet.cleaning.verdict import Known
from schemas.fix import Fix

MAX_LAT_DEG = 90.0


def mend_swapped_axes(fix: Fix, known: Known) -> Fix | None:
    """Turn longitude and latitude round where only then the fix lies in the city."""
    if known.area is None or known.area.holds(fix.lon, fix.lat) or abs(fix.lon) > MAX_LAT_DEG:
        return fix
    if not known.area.holds(fix.lat, fix.lon):
        return fix
    return msgspec.structs.replace(fix, lon=fix.lat, lat=fix.lon)
