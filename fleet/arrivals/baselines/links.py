"""How long buses took from stop to stop, and what was known of that at a moment."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
# Longer than any recording; a link and a time in it are one number then.
SPAN_MS = 10**11


@dataclass(frozen=True, eq=False)
class Drives:
    """Every seen drive from one stop to the next, by link and then by the moment it was known.

    ``took_s`` is from arrival to arrival, from departure at the first stop of a trip.
    """

    link: Ints
    known_ms: Ints
    took_s: Floats
    zero_ms: int

    def count_until(self, link: Ints, at_ms: Ints) -> Ints:
        """Return the place after the last drive of a link that was known at a moment."""
        keys = self.link * SPAN_MS + (self.known_ms - self.zero_ms)
        asked = link * SPAN_MS + np.clip(at_ms - self.zero_ms, -1, SPAN_MS - 1)
        return np.searchsorted(keys, asked, side="right").astype(np.int64)


@dataclass(frozen=True, eq=False)
class Ahead:
    """Every link between a bus and the last stop it is asked about, one row each, in the order of the way.

    ``asked`` numbers the reports, rising; ``at_ms`` is the report's time, ``leaves_ms`` when the bus goes on: now, or
    at its planned departure while it waits for it. ``part`` of a link is still to drive: 1 but for the first row of a
    report. ``planned_s`` is the timetable's time for the whole link.
    """

    asked: Ints
    link: Ints
    at_ms: Ints
    leaves_ms: Ints
    part: Floats
    planned_s: Floats


def make_drives(link: Ints, known_ms: Ints, took_s: Floats) -> Drives:
    """Order drives by link and the moment they were known."""
    order = np.lexsort((known_ms, link))
    zero = int(known_ms.min()) if len(known_ms) else 0
    return Drives(link[order], known_ms[order], took_s[order], zero)


def arrive(ahead: Ahead, link_s: Floats) -> Ints:
    """Return when a bus comes to the end of each link if each takes so long, milliseconds.

    Parameters
    ----------
    ahead : Ahead
        The links before each bus.
    link_s : array
        Seconds of each whole link; NaN takes the timetable's.
    """
    took = np.where(np.isnan(link_s), ahead.planned_s, link_s) * ahead.part
    total = np.cumsum(took)
    first = np.searchsorted(ahead.asked, ahead.asked)
    since = total - (total[first] - took[first]) if len(total) else total
    return ahead.leaves_ms + (since * 1000.0).astype(np.int64)
