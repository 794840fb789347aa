"""What was learnt over days: running times of each link by time of day and kind of day, and how they vary.

Kept as sums, so that it can be written, read, and taken over by another timetable: links are known by their stop ids.
"""

from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from fleet.arrivals.holding import LEAST_HELP_S2, helped_s2, shares_held
from fleet.arrivals.tally import Tally

Floats = NDArray[np.float64]
HOURS = 24
WORKDAY, SATURDAY, SUNDAY = 0, 1, 2
SLOTS = 3 * HOURS
# After two weeks a day weighs half.
DAY_FADE = 0.5 ** (1 / 14)
ALL_PRIOR_S = 600.0
LINK_PRIOR_S = 150.0
SLOT_PRIOR_S = 300.0
NOISE = 10.0
NOISE_PRIOR_S = 600.0


def slot_of(time_ms: int, timezone: str) -> tuple[int, int, float]:
    """Return the slot of a moment, the nearest other one, and the latter's share.

    Parameters
    ----------
    time_ms : int
        The moment.
    timezone : str
        Of the timetable.

    Returns
    -------
    tuple
        Slots are the hours of work days, Saturdays and Sundays; the share is 0 in the middle of an hour, half at its
        ends.
    """
    local = datetime.fromtimestamp(time_ms / 1000, tz=ZoneInfo(timezone))
    day = {5: SATURDAY, 6: SUNDAY}.get(local.weekday(), WORKDAY)
    part = local.minute / 60.0 - 0.5
    other = (local.hour + (1 if part >= 0 else -1)) % HOURS
    return day * HOURS + local.hour, day * HOURS + other, abs(part)


@dataclass(eq=False)
class History:
    """Sums of days.

    ``took_s`` and ``planned_s`` have shape (slots, links); ``squares`` (3, links) holds took², took × planned and
    planned² in s², ``waits`` (4, links) what `Tally.waits` does, ``helped`` (links,) by how much knowing how early
    buses wait lessened the squared errors of what came next, s²; ``day`` is the last day that was added, ``until_ms``
    the end of the last minute.
    """

    links: int
    took_s: NDArray[np.float32] = field(init=False)
    planned_s: NDArray[np.float32] = field(init=False)
    squares: Floats = field(init=False)
    waits: Floats = field(init=False)
    helped: Floats = field(init=False)
    day: int = 0
    until_ms: int = 0

    def __post_init__(self) -> None:
        self.took_s = np.zeros((SLOTS, self.links), dtype=np.float32)
        self.planned_s = np.zeros((SLOTS, self.links), dtype=np.float32)
        self.squares = np.zeros((3, self.links))
        self.waits = np.zeros((4, self.links))
        self.helped = np.zeros(self.links)

    def add(self, minute: Tally, time_ms: int, timezone: str) -> None:
        """Take the sums of one minute that will not change any more."""
        self.until_ms = max(self.until_ms, time_ms + 60_000)
        day = time_ms // 86_400_000
        if self.day and day > self.day:
            fade = DAY_FADE ** (day - self.day)
            for sums in (self.took_s, self.planned_s, self.squares, self.waits, self.helped):
                np.multiply(sums, fade, out=sums)
        self.day = max(self.day, day)
        slot = slot_of(time_ms, timezone)[0]
        self.took_s[slot, minute.links] += minute.took / 1000.0
        self.planned_s[slot, minute.links] += minute.planned / 1000.0
        on, squares, waits = minute.links, minute.squares.T / 100.0, minute.waits.T / 100.0
        before = self.waits[:, on], self.squares[2, on]
        self.helped[on] += helped_s2(shares_held(self.waits, self.squares[2])[on], before, waits, squares[2])
        self.squares[:, on] += squares
        self.waits[:, on] += waits

    def freeze(self, time_ms: int, timezone: str) -> "Usual":
        """Return what is usual around a moment; later minutes do not change it."""
        slot, other, share = slot_of(time_ms, timezone)
        took, planned = self.took_s.sum(axis=0, dtype=np.float64), self.planned_s.sum(axis=0, dtype=np.float64)
        hours = tuple((self.took_s[s].astype(np.float64), self.planned_s[s].astype(np.float64)) for s in (slot, other))
        return Usual(took, planned, hours, share, self._noise(took, planned), self._hold())

    def _hold(self) -> Floats:
        """Return which share of its earliness a bus is foreseen to wait before each link; none if that did not help."""
        if self.helped.sum() <= LEAST_HELP_S2:
            return np.zeros(self.links)
        return shares_held(self.waits, self.squares[2])

    def _noise(self, took: Floats, planned: Floats) -> Floats:
        ratio = took / np.maximum(planned, 1e-9)
        tt, tp, pp = self.squares
        left = np.maximum(tt - 2.0 * ratio * tp + ratio * ratio * pp, 0.0)
        all_ = (left.sum() + NOISE * 10.0 * NOISE_PRIOR_S) / (took.sum() + 10.0 * NOISE_PRIOR_S)
        out: Floats = (left + all_ * NOISE_PRIOR_S) / (took + NOISE_PRIOR_S)
        return out


@dataclass(frozen=True, eq=False)
class Usual:
    """The history around one moment: sums of each link at all hours, and at the two hours next to it.

    ``noise`` is the variance of each link per second of its running time, seconds; ``hold`` which share of its
    earliness a bus waits before it.
    """

    took_s: Floats
    planned_s: Floats
    hours: tuple[tuple[Floats, Floats], ...]
    share: float
    noise: Floats
    hold: Floats

    def ratio(self, new_took_s: Floats, new_planned_s: Floats) -> Floats:
        """Return each link's usual running time over the planned one.

        Parameters
        ----------
        new_took_s, new_planned_s : array
            Sums of the minutes since.

        Returns
        -------
        array
            From the link at this hour of this kind of day, as far as it was seen; else from the link at any hour; else
            from all links.
        """
        took, planned = self.took_s + new_took_s, self.planned_s + new_planned_s
        overall = (took.sum() + ALL_PRIOR_S) / (planned.sum() + ALL_PRIOR_S)
        link = (took + LINK_PRIOR_S * overall) / (planned + LINK_PRIOR_S)
        now, other = (_at_hour(*hour, link) for hour in self.hours)
        return (1.0 - self.share) * now + self.share * other


def _at_hour(took: Floats, planned: Floats, link: Floats) -> Floats:
    # What all links do at this hour beside what the same links do at any hour.
    hour = (took.sum() + 10.0 * ALL_PRIOR_S) / (float((planned * link).sum()) + 10.0 * ALL_PRIOR_S)
    out: Floats = (took + SLOT_PRIOR_S * link * hour) / (planned + SLOT_PRIOR_S)
    return out
