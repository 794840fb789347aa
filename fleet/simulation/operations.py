"""How the line is run: riders, drivers, failures and what the dispatcher does about them."""

from dataclasses import dataclass

import numpy as np

from fleet.simulation.chance import PACE, normals
from fleet.simulation.plan import Floats, Ints
from fleet.simulation.state import Rules

# Riders against the daily mean by hour of the local day.
RIDER_HOURS = (0.0, 5.0, 6.0, 7.3, 8.6, 11.0, 12.0, 13.0, 16.0, 17.5, 18.8, 20.0, 22.0, 24.0)
RIDER_SHARES = (0.2, 0.3, 0.8, 2.0, 1.2, 0.9, 1.1, 0.9, 1.1, 2.0, 1.3, 0.7, 0.4, 0.2)
STOP_SPREAD, STOP_STREAM = 0.7, 99


@dataclass(frozen=True)
class Operations:
    """What happens at stops and between trips.

    ``riders_h`` is the mean of riders an hour at one stop of one line; ``failures_a_trip`` the chance that a bus breaks
    down on a trip, ``early_starts`` that its driver pulls out one to six minutes before its time; ``random_riders``
    false gives everywhere the expected number instead of a drawn one.
    """

    bus_share: float = 0.92
    riders_h: float = 14.0
    door_s: float = 5.0
    board_s: float = 2.3
    alight_s: float = 1.2
    dwell_sd: float = 0.25
    random_riders: bool = True
    pace_sd: float = 0.05
    failures_a_trip: float = 0.0015
    short_turns: bool = True
    late_start_s: float = 25.0
    early_starts: float = 0.0
    hurry: float = 0.08
    reserve_share: float = 0.02

    def rules(self, seed: int, hour: float, dwell_factor: float) -> Rules:
        """Return the numbers the kernel goes by at an hour of the local day in some weather."""
        return Rules(
            seed=seed,
            bus_share=self.bus_share,
            riders_share=float(np.interp(hour, RIDER_HOURS, RIDER_SHARES)),
            door_s=self.door_s,
            board_s=self.board_s,
            alight_s=self.alight_s,
            dwell_share=dwell_factor,
            dwell_sd=self.dwell_sd,
            random_riders=int(self.random_riders),
            failures_a_run=self.failures_a_trip,
            short_turns=int(self.short_turns),
            late_start_s=self.late_start_s,
            early_starts=self.early_starts,
            hurry=self.hurry,
        )

    def stop_riders_h(self, seed: int, groups: int) -> Floats:
        """Return riders an hour at each stop of a line: a few stops are busy, most are not."""
        spread = normals(seed, STOP_STREAM, np.arange(groups, dtype=np.int64), 0)
        return np.asarray(self.riders_h * np.exp(STOP_SPREAD * spread - STOP_SPREAD**2 / 2))

    def bus_pace(self, seed: int, keys: Ints) -> Floats:
        """Return how fast each bus's driver drives, 1 on average."""
        return np.asarray(1.0 + self.pace_sd * np.clip(normals(seed, PACE, keys, 0), -2.5, 2.5))


PUNCTUAL = Operations(
    dwell_sd=0.0, random_riders=False, pace_sd=0.0, failures_a_trip=0.0, short_turns=False, late_start_s=0.0, hurry=0.0,
    reserve_share=0.0,
)  # fmt: skip
