"""What simulated buses shall do: runs along paths, chained into duties of one vehicle."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from schemas.earth import METRES_PER_DEGREE

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Course:
    """One way on the ground: vertices in degrees (WGS 84) and metres along from the first."""

    lon: Floats
    lat: Floats
    along_m: Floats

    @property
    def length_m(self) -> float:
        """Metres from the first vertex to the last."""
        return float(self.along_m[-1])


@dataclass(frozen=True)
class Run:
    """One trip on one service date, with the place of each stop along its path.

    ``arrival_ms`` and ``departure_ms`` are the timetable in milliseconds since
    1970; ``stop_m`` never falls.
    """

    trip_id: str
    start_date: str
    route_id: str
    direction_id: int | None
    path: int
    stop_ids: tuple[str, ...]
    stop_sequences: tuple[int, ...]
    stop_m: Floats
    arrival_ms: Ints
    departure_ms: Ints
    line: str = ""
    block_id: str | None = None

    @property
    def start_ms(self) -> int:
        """Timetabled departure from the first stop."""
        return int(self.departure_ms[0])

    @property
    def end_ms(self) -> int:
        """Timetabled arrival at the last stop."""
        return int(self.arrival_ms[-1])


@dataclass(frozen=True)
class Duty:
    """The runs of one vehicle in order; numbers index the plan's runs."""

    vehicle_id: str
    runs: tuple[int, ...]


@dataclass(frozen=True)
class Lost:
    """A run that nobody drives, whose it was, and why: absent (its bus stays away all day) or cancelled."""

    vehicle_id: str
    run: int
    reason: str


@dataclass(frozen=True)
class Plan:
    """Everything the kernel drives: paths, runs and who drives them; and the runs that fall out."""

    paths: tuple[Course, ...]
    runs: tuple[Run, ...]
    duties: tuple[Duty, ...]
    lost: tuple[Lost, ...] = ()


def make_path(lon: Floats, lat: Floats) -> Course:
    """Measure a line of vertices.

    Parameters
    ----------
    lon, lat : ndarray, shape (n,)
        Vertices in degrees (WGS 84), at least two.

    Returns
    -------
    Course
        The line with metres along it; repeated vertices are kept.
    """
    middle = np.radians((lat[1:] + lat[:-1]) / 2)
    step = np.hypot(np.diff(lon) * np.cos(middle), np.diff(lat)) * METRES_PER_DEGREE
    return Course(lon, lat, np.concatenate([[0.0], np.cumsum(step)]))


def gap_m(lon_a: float, lat_a: float, lon_b: float, lat_b: float) -> float:
    """Return the metres between two near places.

    Parameters
    ----------
    lon_a, lat_a, lon_b, lat_b : float
        Degrees (WGS 84).

    Returns
    -------
    float
        Metres, good to 0.1 % within a city.
    """
    east = (lon_b - lon_a) * np.cos(np.radians((lat_a + lat_b) / 2))
    return float(np.hypot(east, lat_b - lat_a) * METRES_PER_DEGREE)
