"""The timetable as arrays, ready for tracking: trips, their stops along their shapes, and which run when."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from fleet.gtfs.clock import format_date, local_date, parse_date, service_day_start_ms
from fleet.gtfs.feed import Feed, read_feed
from fleet.gtfs.frame import LocalFrame
from fleet.gtfs.patterns import Pattern, lay_stops, shape_lines
from fleet.gtfs.places import group_places

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]


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


class Timetable:
    """A feed ready for tracking.

    Parameters
    ----------
    feed : Feed
        The checked tables.
    repeat_calendar : bool
        Outside the calendar's span, run what each weekday usually ran; the service date is then today's.
    """

    def __init__(self, feed: Feed, *, repeat_calendar: bool = False) -> None:
        self.feed = feed
        self.timezone = feed.timezone
        self.repeat_calendar = repeat_calendar
        self.frame = LocalFrame(float(feed.stops["lon"].median()), float(feed.stops["lat"].median()))  # type: ignore[arg-type]
        self._read_stops(feed)
        self._read_routes(feed)
        self._read_trips(feed)
        self._days: dict[str, DayPlan] = {}

    def _read_stops(self, feed: Feed) -> None:
        self.stop_ids: list[str] = feed.stops["stop_id"].to_list()
        self.stop_names: list[str] = feed.stops["stop_name"].to_list()
        self.stop_lon: Floats = feed.stops["lon"].to_numpy()
        self.stop_lat: Floats = feed.stops["lat"].to_numpy()
        self.stop_x, self.stop_y = self.frame.to_metres(self.stop_lon, self.stop_lat)
        self.stop_place: Ints = group_places(self.stop_x, self.stop_y)
        self.stop_number = {stop_id: i for i, stop_id in enumerate(self.stop_ids)}

    def _read_routes(self, feed: Feed) -> None:
        self.route_ids: list[str] = feed.routes["route_id"].to_list()
        self.route_short_names: list[str] = feed.routes["short_name"].to_list()
        self.route_number = {route_id: i for i, route_id in enumerate(self.route_ids)}

    def _read_trips(self, feed: Feed) -> None:
        trips, times = expand_frequencies(feed)
        order = times.group_by("trip_id", maintain_order=True).len()
        trips = order.select("trip_id").join(trips, on="trip_id", how="left", maintain_order="left")
        self.trip_ids: list[str] = trips["trip_id"].to_list()
        self.trip_number = {trip_id: i for i, trip_id in enumerate(self.trip_ids)}
        self.trip_service: list[str] = trips["service_id"].to_list()
        self.trip_headsign: list[str | None] = trips["headsign"].to_list()
        self.trip_direction: list[int | None] = trips["direction_id"].to_list()
        self.trip_block: list[str | None] = trips["block_id"].to_list()
        self.trip_route: list[int] = [self.route_number[route] for route in trips["route_id"].to_list()]
        self.trip_start: Ints = np.concatenate([[0], np.cumsum(order["len"].to_numpy())]).astype(np.int32)
        self.time_stop: Ints = times["stop_id"].replace_strict(self.stop_number, return_dtype=pl.Int32).to_numpy()
        self.time_sequence: Ints = times["stop_sequence"].to_numpy()
        self.timepoint: NDArray[np.bool_] = times["timepoint"].to_numpy()
        self._build_patterns(trips["shape_id"].to_list(), feed)
        arrival = times["arrival_s"].to_numpy().astype(np.float64)
        departure = times["departure_s"].to_numpy().astype(np.float64)
        self.arrival_s, self.departure_s = self._fill_times(arrival, departure)
        self.trip_first_s: Ints = self.departure_s[self.trip_start[:-1]].astype(np.int32)
        self.trip_last_s: Ints = self.arrival_s[self.trip_start[1:] - 1].astype(np.int32)
        self.trip_end_stop = [self.stop_names[i] for i in self.time_stop[self.trip_start[1:] - 1]]

    def _build_patterns(self, shape_ids: list[str | None], feed: Feed) -> None:
        lines = shape_lines(feed.shapes, self.frame)
        self.patterns: list[Pattern] = []
        self.trip_pattern: Ints = np.zeros(len(self.trip_ids), dtype=np.int32)
        known: dict[tuple[int, int | None, str | None, bytes], int] = {}
        for trip, shape_id in enumerate(shape_ids):
            stops = self.time_stop[self.trip_start[trip] : self.trip_start[trip + 1]]
            key = (self.trip_route[trip], self.trip_direction[trip], shape_id, stops.tobytes())
            if key not in known:
                known[key] = len(self.patterns)
                laid = lay_stops(self.stop_x[stops], self.stop_y[stops], lines.get(shape_id or ""))
                self.patterns.append(Pattern(len(self.patterns), key[0], key[1], stops, *laid))
            self.trip_pattern[trip] = known[key]

    def _fill_times(self, arrival: Floats, departure: Floats) -> tuple[Floats, Floats]:
        unknown = arrival < 0
        if unknown.any():
            along = np.concatenate([self.patterns[p].stop_distance_m for p in self.trip_pattern])
            for trip in np.unique(np.searchsorted(self.trip_start, np.flatnonzero(unknown), side="right") - 1):
                part = slice(self.trip_start[trip], self.trip_start[trip + 1])
                known, at = ~unknown[part], along[part]
                guess = np.interp(at, at[known], arrival[part][known])
                arrival[part] = np.where(known, arrival[part], guess)
                departure[part] = np.where(known, departure[part], guess)
        return arrival, np.maximum(departure, arrival)

    def stops_of(self, trip: int) -> slice:
        """Return the rows of a trip in ``time_stop``, ``time_sequence``, ``arrival_s`` and ``departure_s``."""
        return slice(int(self.trip_start[trip]), int(self.trip_start[trip + 1]))

    def pattern_of(self, trip: int) -> Pattern:
        """Return the pattern of a trip."""
        return self.patterns[int(self.trip_pattern[trip])]

    def headsign_of(self, trip: int) -> str:
        """Return where a trip says it goes: its headsign, else the name of its last stop."""
        return self.trip_headsign[trip] or self.trip_end_stop[trip]

    def run_of(self, trip: int, start_date: str) -> TripRun:
        """Return a trip on a service date, whether or not the calendar has it then."""
        zero = service_day_start_ms(start_date, self.timezone)
        start, end = int(self.trip_first_s[trip]), int(self.trip_last_s[trip])
        return TripRun(trip, self.trip_ids[trip], start_date, zero, zero + start * 1000, zero + end * 1000)

    def day_plan(self, start_date: str) -> DayPlan:
        """Return the trips of a service date, ordered by pattern and start; kept once made."""
        if start_date not in self._days:
            services = self.feed.calendar.services_on(parse_date(start_date), repeat=self.repeat_calendar)
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
        today = local_date(now_ms, self.timezone)
        yesterday, tomorrow = today - timedelta(days=1), today + timedelta(days=1)
        return (
            self.day_plan(format_date(yesterday)),
            self.day_plan(format_date(today)),
            self.day_plan(format_date(tomorrow)),
        )

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


def expand_frequencies(feed: Feed) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return trips and stop times where every departure of a frequency is a trip of its own.

    Such a trip is called ``TRIP_ID#SECONDS``, its start in seconds of the service day.
    """
    if feed.frequencies.is_empty():
        return feed.trips, feed.stop_times
    starts = [
        {"trip_id": row["trip_id"], "start_s": start}
        for row in feed.frequencies.iter_rows(named=True)
        for start in range(row["start_s"], row["end_s"], row["headway_s"])
    ]
    table = pl.DataFrame(starts, schema={"trip_id": pl.String, "start_s": pl.Int32})
    table = table.with_columns(new_id=pl.col("trip_id") + "#" + pl.col("start_s").cast(pl.String))
    by_frequency = pl.col("trip_id").is_in(table["trip_id"].unique().implode())
    trips = feed.trips.filter(by_frequency).join(table, on="trip_id").with_columns(trip_id="new_id")
    zero = pl.col("departure_s").first().over("trip_id")
    times = feed.stop_times.filter(by_frequency).with_columns(zero=zero).join(table, on="trip_id")
    shift = pl.col("start_s") - pl.col("zero")
    known = pl.col("arrival_s") >= 0
    times = times.with_columns(
        trip_id="new_id",
        arrival_s=pl.when(known).then(pl.col("arrival_s") + shift).otherwise("arrival_s"),
        departure_s=pl.when(known).then(pl.col("departure_s") + shift).otherwise("departure_s"),
    ).sort("trip_id", "stop_sequence", maintain_order=True)
    all_trips = pl.concat([feed.trips.filter(~by_frequency), trips.select(feed.trips.columns)])
    return all_trips, pl.concat([feed.stop_times.filter(~by_frequency), times.select(feed.stop_times.columns)])


def read_timetable(path: Path, *, repeat_calendar: bool = False) -> Timetable:
    """Read a GTFS zip or folder into a timetable; see ``read_feed`` for what goes wrong."""
    return Timetable(read_feed(path), repeat_calendar=repeat_calendar)
