"""Links: the ways from one stop to the next, shared by every trip that drives them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fleet.gtfs.timetable import Timetable

FASTEST_MPS = 16.7
SHORTEST_S = 5.0


@dataclass(frozen=True, eq=False)
class Links:
    """For each row of the timetable's stop times, the link that leads to it.

    ``of_row`` is -1 at the first stop of a trip. ``planned_s`` is the timetable's time from arrival to arrival (from
    departure at the first stop), never below what 60 km/h allows: a timetable may plan zero seconds. ``route`` is the
    route of each link.
    """

    of_row: NDArray[np.int32]
    planned_s: NDArray[np.float64]
    count: int


def make_links(timetable: Timetable) -> Links:
    """Return the links of a timetable.

    Parameters
    ----------
    timetable : Timetable
        Any.

    Returns
    -------
    Links
        One link for each pair of stops that follow each other in some trip.
    """
    rows = len(timetable.time_stop)
    along = np.concatenate([timetable.patterns[p].stop_distance_m for p in timetable.trip_pattern])
    before = np.maximum(np.arange(rows) - 1, 0)
    first = np.zeros(rows, dtype=bool)
    first[timetable.trip_start[:-1]] = True
    starts = np.where(first[before], timetable.departure_s[before], timetable.arrival_s[before])
    planned = np.maximum(timetable.arrival_s - starts, np.maximum((along - along[before]) / FASTEST_MPS, SHORTEST_S))
    pair = timetable.time_stop[before].astype(np.int64) * len(timetable.stop_ids) + timetable.time_stop
    _, number = np.unique(pair, return_inverse=True)
    return Links(
        of_row=np.where(first, -1, number).astype(np.int32),
        planned_s=np.where(first, 0.0, planned),
        count=int(number.max()) + 1,
    )
