"""The timetable as arrays, ready for tracking: trips, their stops along their shapes, and which run when."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from fleet.gtfs.calendar import ServiceCalendar
from fleet.gtfs.clock import format_date, local_date, parse_date, service_day_start_ms
from fleet.gtfs.frame import LocalFrame
from fleet.gtfs.patterns import Pattern

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]
MOST_RUNS = 20_000


@dataclass(frozen=True, slots=True)
class TripRun:
    """One trip on one service date."""

    trip: int
    trip_id: str
    start_date: str
    day_start_ms: int
    start_ms: int
    end_ms: int


@dataclass(frozen=True, eq=False)
class DayPlan:
    """The trips of one service date, ordered by pattern and start; ``first`` and ``last`` in seconds of that day."""

    start_date: str
    day_start_ms: int
    trips: Ints
    first_s: Ints
    last_s: Ints
    earliest_s: float
    latest_s: float


@dataclass(eq=False)
class Timetable:
    """A feed ready for tracking; made by `build_timetable` or read by `read_compiled`.

    Lists and arrays of one prefix belong together: ``stop_…`` one entry a stop, ``route_…`` a route, ``trip_…`` a trip,
    ``time_…``, ``timepoint``, ``arrival_s`` and ``departure_s`` one row a stop time. ``trip_start`` has one entry more
    than there are trips: the rows of a trip are ``trip_start[t]`` to ``trip_start[t + 1]``. ``stop_x`` and ``stop_y``
    are metres of ``frame``; times are seconds of the service day. With ``repeat_calendar`` days outside the calendar's
    span run what each weekday usually ran; the service date is then today's.

    A departure of frequencies.txt is a trip called ``TRIP_ID#SECONDS``, its start in seconds of the service day. With
    exact times it is a trip as any other; without, it is a departure slot: ``trip_headway_s`` tells how many seconds
    lie between slots (0 for trips with times), and being late against it means nothing.
    """

    name: str
    timezone: str
    frame: LocalFrame
    calendar: ServiceCalendar
    stop_ids: list[str]
    stop_names: list[str]
    stop_lon: Floats
    stop_lat: Floats
    stop_x: Floats
    stop_y: Floats
    stop_place: Ints
    route_ids: list[str]
    route_short_names: list[str]
    route_long_names: list[str]
    route_colors: list[str]
    route_operators: list[str]
    trip_ids: list[str]
    trip_service: list[str]
    trip_headsign: list[str | None]
    trip_direction: list[int | None]
    trip_block: list[str | None]
    trip_route: list[int]
    trip_pattern: Ints
    trip_headway_s: Ints
    trip_start: Ints
    time_stop: Ints
    time_sequence: Ints
    timepoint: NDArray[np.bool_]
    arrival_s: Floats
    departure_s: Floats
    patterns: list[Pattern]
    doubts: Sequence[str] = ()
    repeat_calendar: bool = False
    _runs: dict[tuple[int, str], TripRun] = field(default_factory=dict, init=False, repr=False)
    _days: dict[str, DayPlan] = field(default_factory=dict, init=False, repr=False)
    _around: tuple[int, tuple[DayPlan, DayPlan, DayPlan]] | None = field(default=None, init=False, repr=False)

    def __post_init__(self) -> None:
        self.stop_number = {stop_id: i for i, stop_id in enumerate(self.stop_ids)}
        self.route_number = {route_id: i for i, route_id in enumerate(self.route_ids)}
        self.trip_number = {trip_id: i for i, trip_id in enumerate(self.trip_ids)}
        self.trip_first_s: Ints = self.departure_s[self.trip_start[:-1]].astype(np.int32)
        self.trip_last_s: Ints = self.arrival_s[self.trip_start[1:] - 1].astype(np.int32)
        self.trip_row: list[int] = self.trip_start[:-1].tolist()
        self._trip_rows = [slice(a, b) for a, b in pairwise(self.trip_start.tolist())]
        self._trip_patterns: list[Pattern] = [self.patterns[p] for p in self.trip_pattern.tolist()]
        self.trip_end_stop = [self.stop_names[i] for i in self.time_stop[self.trip_start[1:] - 1]]

    def stops_of(self, trip: int) -> slice:
        """Return the rows of a trip in ``time_stop``, ``time_sequence``, ``arrival_s`` and ``departure_s``."""
        return self._trip_rows[trip]

    def pattern_of(self, trip: int) -> Pattern:
        """Return the pattern of a trip."""
        return self._trip_patterns[trip]

    def headsign_of(self, trip: int) -> str:
        """Return where a trip says it goes: its headsign, else the name of its last stop."""
        return self.trip_headsign[trip] or self.trip_end_stop[trip]

    def run_of(self, trip: int, start_date: str) -> TripRun:
        """Return a trip on a service date, whether or not the calendar has it then; the same object once made."""
        found = self._runs.get((trip, start_date))
        if found is None:
            if len(self._runs) >= MOST_RUNS:
                self._runs.clear()
            found = self._runs[trip, start_date] = self._make_run(trip, start_date)
        return found

    def _make_run(self, trip: int, start_date: str) -> TripRun:
        zero = service_day_start_ms(start_date, self.timezone)
        start, end = int(self.trip_first_s[trip]), int(self.trip_last_s[trip])
        return TripRun(trip, self.trip_ids[trip], start_date, zero, zero + start * 1000, zero + end * 1000)

    def day_plan(self, start_date: str) -> DayPlan:
        """Return the trips of a service date, ordered by pattern and start; kept once made."""
        if start_date not in self._days:
            services = self.calendar.services_on(parse_date(start_date), repeat=self.repeat_calendar)
            active = np.array([name in services for name in self.trip_service], dtype=bool)
            trips = np.flatnonzero(active).astype(np.int32)
            trips = trips[np.lexsort((trips, self.trip_first_s[trips], self.trip_pattern[trips]))]
            zero = service_day_start_ms(start_date, self.timezone)
            first, last = self.trip_first_s[trips], self.trip_last_s[trips]
            span = (float(first.min(initial=2**30)), float(last.max(initial=-(2**30))))
            self._days[start_date] = DayPlan(start_date, zero, trips, first, last, *span)
        return self._days[start_date]

    def days_around(self, now_ms: int) -> tuple[DayPlan, DayPlan, DayPlan]:
        """Return the plans of yesterday, today and tomorrow in the timetable's zone."""
        # Days begin on a quarter of an hour in every zone.
        quarter = now_ms // 900_000
        if self._around is None or self._around[0] != quarter:
            today = local_date(now_ms, self.timezone)
            days = (today - timedelta(days=1), today, today + timedelta(days=1))
            yesterday, now, tomorrow = (self.day_plan(format_date(day)) for day in days)
            self._around = (quarter, (yesterday, now, tomorrow))
        return self._around[1]

    def trips_running(self, now_ms: int, *, before_s: float = 0.0, after_s: float = 0.0) -> list[TripRun]:
        """Return the trips that the timetable has under way.

        Parameters
        ----------
        now_ms : int
            The moment.
        before_s, after_s : float
            Count a trip from so long before its start and until so long after its end.

        Returns
        -------
        list of TripRun
            By service date, pattern and start.
        """
        runs: list[TripRun] = []
        for plan in self.days_around(now_ms):
            now_s = (now_ms - plan.day_start_ms) / 1000.0
            on = (plan.first_s - before_s <= now_s) & (now_s <= plan.last_s + after_s)
            runs += [self.run_of(int(trip), plan.start_date) for trip in plan.trips[on]]
        return runs
