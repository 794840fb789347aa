"""Clocks of trackers: most are right; some are off, drift, stand in another zone or are years back."""

from dataclasses import dataclass

import numpy as np

from fleet.simulation.faults import Faults
from fleet.simulation.plan import Floats, Ints

RIGHT, OFFSET, DRIFT, ZONE, ROLLOVER = range(5)
WORDS = ("", "clock_offset", "clock_drift", "clock_zone", "clock_rollover")
DAY_MS, WEEK_MS = 86_400_000, 604_800_000


@dataclass(frozen=True)
class Clocks:
    """What each tracker's clock is like; ``amount`` is seconds off, or seconds a day."""

    kind: Ints
    amount: Floats
    faults: Faults

    def read_ms(self, bus: Ints, now_ms: int) -> Ints:
        """Return what the clocks of some buses show at a moment; one that drifts is set right each midnight (UTC)."""
        kind, f = self.kind[bus], self.faults
        drifted = self.amount[bus] * 1000.0 * (now_ms % DAY_MS) / DAY_MS
        off_ms = np.select(
            [kind == OFFSET, kind == DRIFT, kind == ZONE, kind == ROLLOVER],
            [self.amount[bus] * 1000.0, drifted, f.clock_zone_h * 3_600_000.0, -f.clock_rollover_weeks * WEEK_MS],
            0.0,
        )
        # Trackers count whole seconds.
        return np.asarray((now_ms + off_ms.astype(np.int64)) // 1000 * 1000)


def draw_clocks(size: int, faults: Faults, rng: np.random.Generator) -> Clocks:
    """Draw the clock of each bus.

    Parameters
    ----------
    size : int
        How many buses.
    faults : Faults
        Shares of wrong clocks.
    rng : Generator
        Asked in turn.

    Returns
    -------
    Clocks
        One a bus.
    """
    shares = [faults.clock_offset_vehicles, faults.clock_drift_vehicles, faults.clock_zone_vehicles,
              faults.clock_rollover_vehicles]  # fmt: skip
    bounds = np.cumsum(shares)
    row = np.searchsorted(bounds, rng.random(size), side="right")
    kind = np.where(row < len(shares), row + 1, RIGHT)
    amount = rng.standard_normal(size) * np.where(
        kind == OFFSET, faults.clock_offset_sd_s, faults.clock_drift_s_per_day
    )
    return Clocks(kind, amount, faults)
