"""Leave out a fix that no bus can have reached since the last one, unless three in a row insist."""

import math

from fleet.cleaning.verdict import Known
from schemas.earth import METRES_PER_DEGREE
from schemas.fix import Fix

MAX_SPEED_MPS = 45.0
GRACE_M = 150.0
INSIST = 3


def drop_impossible_jump(fix: Fix, known: Known) -> Fix | None:
    """Leave out a fix that no bus can have reached since the last one, unless three in a row insist."""
    if known.last is None or known.repeats >= INSIST - 1:
        return fix
    north = (fix.lat - known.last.lat) * METRES_PER_DEGREE
    east = (fix.lon - known.last.lon) * METRES_PER_DEGREE * math.cos(math.radians(fix.lat))
    allowed = GRACE_M + MAX_SPEED_MPS * (fix.time_ms - known.last.time_ms) / 1000.0
    return None if math.hypot(east, north) > allowed else fix
