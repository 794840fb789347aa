"""What cameras count: flow and density in motorcycle units, a level of service for motorbike streets, and a speed.

How full a view is goes with how dense the road is, by a factor of the camera alone; flow over density is speed. The
factor is learnt where vehicles report from the same edge (for loop detectors: the g-factor).
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from routing.incidents.camera import Count
from routing.network.graph import Floats, RoadNetwork
from schemas.edge import MotorcycleLevel

# Motorcycle equivalents measured in Hanoi (ASCE TE.1943-5436.0000382); what is not there counts as the nearest.
UNITS = {"motorcycle": 1.0, "motorbike": 1.0, "bicycle": 1.4, "car": 3.4, "van": 3.4, "minibus": 8.3, "bus": 10.5,
         "truck": 10.5, "person": 0.0, "pedestrian": 0.0}  # fmt: skip
OTHER_UNITS = 1.0
# Motorcycles an hour that 2, 3 and 4 lanes of one direction let through (same source); one lane is half of two.
CAPACITY = (6_679.0, 13_358.0, 21_725.0, 24_335.0)
# Up to which share of the capacity a level reaches.
LEVELS = ((0.35, MotorcycleLevel.A), (0.55, MotorcycleLevel.B), (0.75, MotorcycleLevel.C), (0.9, MotorcycleLevel.D),
          (1.0, MotorcycleLevel.E))  # fmt: skip
AGE_MS = 180_000
# Variance of what one interval says of log speed, of what one sight of the factor says; sights it takes to speak.
VIEW_VAR, FACTOR_VAR, ENOUGH = 0.25, 0.5, 6.0
LEAST_UNITS_H, LEAST_OCCUPANCY = 30.0, 0.01
KMH = 3.6


def units_of(counts: Mapping[str, int]) -> float:
    """Return road users of all classes in motorcycle units."""
    return sum(UNITS.get(name, OTHER_UNITS) * number for name, number in counts.items())


def level_of_flow(flow_mcu_per_h: float, lanes: int, congested: bool) -> MotorcycleLevel:
    """Return the level of service of a motorbike street: the share of its capacity in use, F where traffic is jammed.

    Parameters
    ----------
    flow_mcu_per_h : float
        Motorcycle units an hour.
    lanes : int
        Of this direction; 0 or less counts as one.
    congested : bool
        Whether traffic is slower than a share of its free speed: a small flow is then no free road.

    Returns
    -------
    MotorcycleLevel
        A (free) to F.
    """
    share = flow_mcu_per_h / CAPACITY[min(max(lanes, 1), len(CAPACITY)) - 1]
    if congested:
        return MotorcycleLevel.F
    return next((level for most, level in LEVELS if share <= most), MotorcycleLevel.F)


@dataclass(slots=True)
class _View:
    """The newest interval of one camera's view, and what was learnt of its factor."""

    count: Count | None = None
    worth: float = 0.0
    pull: float = 0.0


class CameraFlows:
    """Keeps what each view counted last, and how its fullness goes with speed.

    Parameters
    ----------
    network : RoadNetwork
        The roads.
    """

    def __init__(self, network: RoadNetwork) -> None:
        self._network = network
        self._views: dict[str, _View] = {}

    def see(self, counts: Iterable[Count], now_ms: int) -> None:
        """Take intervals, and let go of those that are too old."""
        for count in counts:
            view = self._views.setdefault(count.place, _View())
            if count.units is not None and (view.count is None or view.count.end_ms <= count.end_ms):
                view.count = count
        for view in self._views.values():
            if view.count is not None and now_ms - view.count.end_ms > AGE_MS:
                view.count = None

    def flows(self) -> dict[int, float]:
        """Return motorcycle units an hour of each edge that is watched; of several views the fullest counts."""
        out: dict[int, float] = {}
        for count in self._counts():
            out[count.edge] = max(out.get(count.edge, 0.0), _per_hour(count))
        return out

    def speeds(self) -> dict[int, tuple[float, float]]:
        """Return log speed (m/s) and its variance of edges whose views are known well enough."""
        out: dict[int, tuple[float, float]] = {}
        for view in self._views.values():
            ratio = None if view.count is None else _ratio(view.count)
            if view.count is not None and ratio is not None and view.worth >= ENOUGH / FACTOR_VAR:
                out[view.count.edge] = ratio + view.pull / view.worth, VIEW_VAR + 1.0 / view.worth
        return out

    def learn(self, log_mps: Floats, variance: Floats) -> None:
        """Learn the factors of views from what vehicles told of their edges; infinite variance where none did."""
        for view in self._views.values():
            ratio = None if view.count is None else _ratio(view.count)
            if view.count is not None and ratio is not None and np.isfinite(variance[view.count.edge]):
                worth = 1.0 / (FACTOR_VAR + float(variance[view.count.edge]))
                view.worth += worth
                view.pull += worth * (float(log_mps[view.count.edge]) - ratio)

    def _counts(self) -> Iterable[Count]:
        return (view.count for view in self._views.values() if view.count is not None)


def density_per_km(flow_mcu_per_h: float, speed_mps: float) -> float:
    """Return motorcycle units a kilometre: flow over speed."""
    return flow_mcu_per_h / (KMH * max(speed_mps, 0.1))


def _per_hour(count: Count) -> float:
    return (count.units or 0.0) * 3600.0 / max(count.seconds, 1.0)


def _ratio(count: Count) -> float | None:
    """Return the log of flow over fullness, up to a factor the speed; ``None`` where an empty view says nothing."""
    if count.occupancy is None or count.occupancy < LEAST_OCCUPANCY:
        return None
    return math.log(max(_per_hour(count), LEAST_UNITS_H) / count.occupancy)
