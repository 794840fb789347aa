"""Turn the sign of a longitude or latitude where only then the fix lies in the city."""

import msgspec

from fleet.cleaning.verdict import Known
from schemas.fix import Fix


def mend_flipped_sign(fix: Fix, known: Known) -> Fix | None:
    """Turn the sign of a longitude or latitude where only then the fix lies in the city."""
    if known.area is None or known.area.holds(fix.lon, fix.lat):
        return fix
    for lon, lat in ((-fix.lon, fix.lat), (fix.lon, -fix.lat), (-fix.lon, -fix.lat)):
        if known.area.holds(lon, lat):
            return msgspec.structs.replace(fix, lon=lon, lat=lat)
    return fix
