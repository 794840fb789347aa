"""The cleaning rules in the order they are asked; the first that leaves a fix out ends it.

Those of time come first, since all else goes by it: they set clocks right. Those at the door look at the fix alone and
are asked once. Those on course compare it with the one before it, and are asked again when a late fix came in between.
"""

from fleet.cleaning.drop_duplicate import drop_duplicate
from fleet.cleaning.drop_frozen_clock import drop_frozen_clock
from fleet.cleaning.drop_future import MAX_AHEAD_MS, drop_future
from fleet.cleaning.drop_impossible_jump import drop_impossible_jump
from fleet.cleaning.drop_late import drop_late
from fleet.cleaning.drop_null_island import drop_null_island
from fleet.cleaning.drop_other_zone import drop_other_zone
from fleet.cleaning.drop_outside_area import drop_outside_area
from fleet.cleaning.drop_stale import MAX_AGE_MS, drop_stale
from fleet.cleaning.mark_repeated_position import mark_repeated_position
from fleet.cleaning.mend_flipped_sign import mend_flipped_sign
from fleet.cleaning.mend_swapped_axes import mend_swapped_axes
from fleet.cleaning.mend_week_rollover import mend_week_rollover
from fleet.cleaning.mend_zone_ahead import mend_zone_ahead
from fleet.cleaning.verdict import Known, Rule, Verdict
from schemas.fix import Fix

Rules = tuple[tuple[str, Rule], ...]
OF_TIME: Rules = (
    ("week_rollover", mend_week_rollover),
    ("zone_ahead", mend_zone_ahead),
)
AT_THE_DOOR: Rules = (
    ("null_island", drop_null_island),
    ("frozen_clock", drop_frozen_clock),
    ("other_zone", drop_other_zone),
    ("future", drop_future),
    ("stale", drop_stale),
    ("swapped_axes", mend_swapped_axes),
    ("flipped_sign", mend_flipped_sign),
    ("outside_area", drop_outside_area),
    ("duplicate", drop_duplicate),
    ("late", drop_late),
)
ON_COURSE: Rules = (
    ("impossible_jump", drop_impossible_jump),
    ("repeated_position", mark_repeated_position),
)
RULES = OF_TIME + AT_THE_DOOR + ON_COURSE


def has_likely_time(fix: Fix) -> bool:
    """Return whether no rule of time would speak of a fix: most have a right clock, and asking all rules takes long."""
    return -MAX_AGE_MS <= fix.time_ms - fix.received_ms <= MAX_AHEAD_MS


def clean(fix: Fix, known: Known, rules: Rules = RULES) -> Verdict:
    """Ask rules about a fix.

    Parameters
    ----------
    fix : Fix
        As it came through the door.
    known : Known
        The area, and what the vehicle reported before.
    rules : tuple of (name, rule)
        In the order in which they are asked.

    Returns
    -------
    Verdict
        The fix to go on with, or none, and which rules spoke.
    """
    spoke: list[str] = []
    for name, rule in rules:
        judged = rule(fix, known)
        if judged is not fix:
            spoke.append(name)
        if judged is None:
            return Verdict(None, tuple(spoke))
        fix = judged
    return Verdict(fix, tuple(spoke))
