"""Leave out a fix of a known time that came later from another place: its bus goes on while its clock stands."""

from fleet.cleaning.verdict import Known
from schemas.fix import Fix

LATER_MS = 10_000  # a message that is sent twice comes twice within seconds


def drop_frozen_clock(fix: Fix, known: Known) -> Fix | None:
    """Leave out a fix of a known time that came later from another place: its bus goes on while its clock stands."""
    twin = known.twin
    if twin is None or fix.received_ms - twin.received_ms < LATER_MS:
        return fix
    return fix if (fix.lon, fix.lat) == (twin.lon, twin.lat) else None
