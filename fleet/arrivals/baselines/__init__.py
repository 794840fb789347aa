"""The simple predictors that ours must beat: pure functions over what was known at the moment of each question."""

from fleet.arrivals.baselines.constant import learnt_interval
from fleet.arrivals.baselines.history import quarter_hour
from fleet.arrivals.baselines.kalman import kalman
from fleet.arrivals.baselines.last_bus import last_bus
from fleet.arrivals.baselines.links import Ahead, Drives, arrive, make_drives
from fleet.arrivals.baselines.planned import schedule, schedule_and_delay
from fleet.arrivals.baselines.shift import with_learnt_shift

__all__ = [
    "Ahead",
    "Drives",
    "arrive",
    "kalman",
    "last_bus",
    "learnt_interval",
    "make_drives",
    "quarter_hour",
    "schedule",
    "schedule_and_delay",
    "with_learnt_shift",
]
