"""Leave out a fix whose time is whole or half hours from when it came: local time sent as UTC, or the other way."""

from fleet.cleaning.drop_future import MAX_AHEAD_MS
from fleet.cleaning.drop_stale import MAX_AGE_MS
from fleet.cleaning.verdict import Known
from fleet.cleaning.zone import zone_of
from schemas.fix import Fix


def drop_other_zone(fix: Fix, known: Known) -> Fix | None:
    """Leave out a fix whose time is whole or half hours from when it came: local time sent as UTC, or the other way."""
    del known
    ahead_ms = fix.time_ms - fix.received_ms
    if -MAX_AGE_MS <= ahead_ms <= MAX_AHEAD_MS:  # one that nothing else would leave out
        return fix
    return fix if zone_of(ahead_ms) is None else None
