"""Which running trip fits a fix: nearness to its shape, heading, and time along its timetable."""

import numba
import numpy as np
from numpy.typing import NDArray

from fleet.assignment.index import PatternIndex
from fleet.gtfs.timetable import DayPlan, Timetable

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]
WITHIN_M = 120.0
SIGMA_OFF_M = 30.0
WRONG_WAY = -4.0
BEFORE_START_S = 1500.0
AFTER_END_S = 2400.0
WAIT_ZONE_M = 120.0
TOO_FAR_BEHIND = 12.0
WORST = -20.0
MOST = 40


class TripFitter:
    """Scores the trips that could be run by a bus at a place and time.

    Parameters
    ----------
    timetable : Timetable
        Whose trips to try.
    """

    def __init__(self, timetable: Timetable) -> None:
        self._timetable = timetable
        self.index = PatternIndex(timetable)
        self._bounds: dict[str, Ints] = {}
        count = len(timetable.patterns)
        self.every_pattern = np.ones(count, dtype=np.bool_)
        stops = [len(p.stop_index) for p in timetable.patterns]
        self._stop_start: Ints = np.concatenate([[0], np.cumsum(stops)]).astype(np.int32)
        self._stop_at: Floats = np.concatenate([p.stop_distance_m for p in timetable.patterns])

    def patterns_of(self, route_ids: frozenset[str]) -> NDArray[np.bool_]:
        """Return which patterns belong to any of the routes (by id or by short name)."""
        table = self._timetable
        wanted = {i for i, route in enumerate(table.route_ids) if route in route_ids}
        wanted |= {i for i, name in enumerate(table.route_short_names) if name in route_ids}
        return np.array([p.route_index in wanted for p in table.patterns], dtype=np.bool_)

    def fit(
        self, x: float, y: float, time_ms: int, direction_rad: float, allowed: NDArray[np.bool_]
    ) -> list[tuple[int, str, float, float]]:
        """Return the trips that fit, each with how well.

        Parameters
        ----------
        x, y : float
            Metres in the timetable's frame.
        time_ms : int
            The moment.
        direction_rad : float
            Where the bus is heading, radians from east; NaN where unknown.
        allowed : array of bool
            Patterns to try.

        Returns
        -------
        list of (trip, start_date, place, time)
            ``place`` and ``time`` are log likelihoods of where it is and of when it is there.
        """
        patterns, along, off, angle = self.index.near(x, y, WITHIN_M, allowed)
        if not len(patterns):
            return []
        turn = np.cos(angle - direction_rad) if np.isfinite(direction_rad) else np.ones(len(patterns))
        place = -0.5 * (off / SIGMA_OFF_M) ** 2 + np.where(turn < 0.3, WRONG_WAY * (0.3 - turn) / 1.3, 0.0)
        out: dict[tuple[int, str], tuple[float, float]] = {}
        for plan in self._timetable.days_around(time_ms):
            now_s = (time_ms - plan.day_start_ms) / 1000.0
            if not plan.earliest_s - BEFORE_START_S <= now_s <= plan.latest_s + AFTER_END_S:
                continue
            passes, trips, when = _score(
                patterns, along, now_s, self._bounds_of(plan), plan.trips, plan.first_s, plan.last_s,
                self._stop_start, self._stop_at, self._timetable.trip_start,
                self._timetable.arrival_s, self._timetable.departure_s,
            )  # fmt: skip
            total = place[passes] + when
            keep = np.flatnonzero(total > max(total.max(initial=-np.inf) - TOO_FAR_BEHIND, WORST))
            keep = keep[np.argsort(-total[keep], kind="stable")[:MOST]]
            best = zip(trips[keep].tolist(), place[passes[keep]].tolist(), when[keep].tolist(), strict=True)
            for trip, *score in best:
                key = (trip, plan.start_date)
                if key not in out or sum(out[key]) < sum(score):
                    out[key] = (score[0], score[1])
        return [(trip, date, place_score, when_score) for (trip, date), (place_score, when_score) in out.items()]

    def _bounds_of(self, plan: DayPlan) -> Ints:
        if plan.start_date not in self._bounds:
            of_trip = self._timetable.trip_pattern[plan.trips]
            self._bounds[plan.start_date] = np.searchsorted(
                of_trip, np.arange(len(self._timetable.patterns) + 1)
            ).astype(np.int32)
        return self._bounds[plan.start_date]


@numba.njit(cache=True)
def _score(
    patterns: Ints, along: Floats, now_s: float, bounds: Ints, plan_trips: Ints, first_s: Ints, last_s: Ints,
    stop_start: Ints, stop_at: Floats, trip_start: Ints, arrival_s: Floats, departure_s: Floats,
) -> tuple[Ints, Ints, Floats]:  # fmt: skip
    passes, trips, scores = [0], [0], [0.0]
    for k in range(len(patterns)):
        p = patterns[k]
        stops = stop_at[stop_start[p] : stop_start[p + 1]]
        i = min(max(np.searchsorted(stops, along[k], side="right"), 1), len(stops) - 1)
        gap = stops[i] - stops[i - 1]
        part = 0.0 if gap <= 0.0 else min(1.0, max(0.0, (along[k] - stops[i - 1]) / gap))
        for m in range(bounds[p], bounds[p + 1]):
            if now_s < first_s[m] - BEFORE_START_S or now_s > last_s[m] + AFTER_END_S:
                continue
            row = trip_start[plan_trips[m]] + i
            due = departure_s[row - 1] + part * (arrival_s[row] - departure_s[row - 1])
            late = now_s - due
            waiting = along[k] <= stops[0] + WAIT_ZONE_M and late < 0.0
            scale = 900.0 if waiting else (600.0 if late > 0.0 else 200.0)
            passes.append(k)
            trips.append(plan_trips[m])
            scores.append(-1.5 * np.log1p((late / scale) ** 2))
    return (
        np.array(passes[1:], dtype=np.int32),
        np.array(trips[1:], dtype=np.int32),
        np.array(scores[1:]),
    )
