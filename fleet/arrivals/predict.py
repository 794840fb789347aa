"""When a bus will arrive at each of its next stops."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fleet.arrivals.errors import CENTRES_S, MOVING, WAITING
from fleet.arrivals.learner import Snapshot
from fleet.arrivals.links import Links
from fleet.arrivals.reason import reason_of
from fleet.gtfs.timetable import Timetable, TripRun
from schemas.prediction import StopPrediction, TripPrediction

Floats = NDArray[np.float64]
HORIZON_S = 2700.0
MODEL = "links-1"
MIN_GAP_MS = 1000
LEAVE_S = 20.0


@dataclass(frozen=True, slots=True)
class Situation:
    """A bus on its trip at its newest fix.

    ``ahead`` is the number of the next stop; ``part`` how much of the link to it lies behind (0 to 1); ``waiting``
    whether the bus has not left its first stop; ``ready_ms`` when it can leave it at the earliest.
    """

    vehicle_id: str
    run: TripRun
    time_ms: int
    age_s: float
    ahead: int
    part: float
    waiting: bool
    ready_ms: int
    delay_s: float
    next_trip: bool = False


@dataclass(frozen=True, eq=False)
class Forecast:
    """The model's seconds from now to each stop from ``ahead`` on, before the learnt errors, and their kind."""

    kind: int
    ahead: int
    seconds: Floats
    ratio: float


def forecast(timetable: Timetable, links: Links, snapshot: Snapshot, now: Situation) -> Forecast:
    """Return the model's times to the stops ahead: links at today's running times.

    Parameters
    ----------
    timetable : Timetable
        Of the trip.
    links : Links
        Of the timetable.
    snapshot : Snapshot
        What was learnt.
    now : Situation
        The bus.

    Returns
    -------
    Forecast
        Seconds after the fix, one a stop from ``now.ahead`` to the last.
    """
    rows = timetable.stops_of(now.run.trip)
    ahead = slice(rows.start + now.ahead, rows.stop)
    planned = links.planned_s[ahead]
    take = planned * snapshot.ratio[links.of_row[ahead]]
    if len(take):
        take[0] *= 1.0 - now.part
    seconds = np.cumsum(take)
    if now.waiting:
        due_ms = now.run.start_ms + LEAVE_S * 1000.0
        seconds = seconds + max(0.0, (max(due_ms, now.ready_ms) - now.time_ms) / 1000.0)
    total = float(planned.sum())
    return Forecast(WAITING if now.waiting else MOVING, now.ahead, seconds, float(take.sum()) / total if total else 1.0)


def predict(timetable: Timetable, snapshot: Snapshot, now: Situation, made: Forecast) -> TripPrediction | None:
    """Return the prediction for a bus, ``None`` where no stop lies within 45 minutes.

    Parameters
    ----------
    timetable : Timetable
        Of the trip.
    snapshot : Snapshot
        What was learnt.
    now : Situation
        The bus.
    made : Forecast
        The model's times.

    Returns
    -------
    TripPrediction or None
        All stops ahead within the horizon, times never going back along the trip.
    """
    seconds = made.seconds[made.seconds <= HORIZON_S]
    if not len(seconds):
        return None
    offsets = [
        np.interp(seconds, CENTRES_S, row) for row in (*snapshot.quantile_s[:, made.kind], snapshot.shift_s[made.kind])
    ]
    low, mid, high, shown = (
        (now.time_ms + 1000.0 * np.maximum.accumulate(np.maximum(seconds + offset, 0.0))).astype(np.int64).tolist()
        for offset in offsets
    )
    first = timetable.stops_of(now.run.trip).start + made.ahead
    rows = slice(first, first + len(seconds))
    ids = [timetable.stop_ids[stop] for stop in timetable.time_stop[rows].tolist()]
    sequence = timetable.time_sequence[rows].tolist()
    scheduled = (now.run.day_start_ms + np.rint(timetable.arrival_s[rows] * 1000.0)).astype(np.int64).tolist()
    stops = tuple(map(StopPrediction, ids, sequence, shown, low, mid, high, scheduled))
    trip = now.run.trip
    return TripPrediction(
        vehicle_id=now.vehicle_id,
        trip_id=now.run.trip_id,
        start_date=now.run.start_date,
        route_id=timetable.route_ids[timetable.trip_route[trip]],
        made_at_ms=now.time_ms,
        fix_time_ms=now.time_ms,
        fix_age_s=now.age_s,
        delay_s=round(now.delay_s, 1),
        reason=reason_of(
            now.delay_s, waiting=now.waiting, next_trip=now.next_trip, fix_age_s=now.age_s, learnt_share=made.ratio
        ),
        model=MODEL,
        stops=stops,
        direction_id=timetable.trip_direction[trip],
        headsign=timetable.headsign_of(trip),
    )
