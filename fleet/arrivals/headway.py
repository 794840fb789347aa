"""How long ago the last bus drove each link beside how long it usually is: who follows a big gap finds more to board.

Any bus of any line counts: who waits at a stop of several lines takes the first that comes.
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
# A longer gap is no headway: the line did not run.
LONGEST_S = 3600.0
USUAL_S = 720.0
# Gaps that a link is taken to have had like all others; and that all are taken to have had like `USUAL_S`.
LINK_PRIOR = 2.0
ALL_PRIOR = 20.0
LEAST_SEEN = 0.5


def add_gaps(gaps: Floats, links: NDArray[np.int64], seen_ms: Floats, end_ms: int) -> None:
    """Add to the sum (seconds) and number of gaps (2, links) those that the links driven in a minute end."""
    gap_s = (end_ms - seen_ms[links]) / 1000.0
    ended = links[gap_s <= LONGEST_S]
    gaps[0, ended] += gap_s[gap_s <= LONGEST_S]
    gaps[1, ended] += 1.0


def headways(gaps: Floats, seen_ms: Floats, now_ms: int) -> Floats:
    """Return for each link the time since the last bus over the usual one − 1, at most one; 0 where unknown."""
    all_s = (gaps[0].sum() + ALL_PRIOR * USUAL_S) / (gaps[1].sum() + ALL_PRIOR)
    usual_s = (gaps[0] + LINK_PRIOR * all_s) / (gaps[1] + LINK_PRIOR)
    since_s = (now_ms - seen_ms) / 1000.0
    known = (since_s <= LONGEST_S) & (gaps[1] >= LEAST_SEEN)
    out: Floats = np.where(known, np.minimum(since_s / usual_s - 1.0, 1.0), 0.0)
    return out
