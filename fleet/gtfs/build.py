"""Make a timetable of a feed: frequencies spelt out, stops laid along shapes, unknown times filled."""

from pathlib import Path
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from fleet.gtfs.feed import Feed, read_feed
from fleet.gtfs.frame import LocalFrame
from fleet.gtfs.lay import lay_stops, shape_lines
from fleet.gtfs.patterns import Pattern
from fleet.gtfs.places import group_places
from fleet.gtfs.timetable import Timetable

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]


class _Stops(NamedTuple):
    """Stops in metres, and the rows of each trip's stop times."""

    x: Floats
    y: Floats
    trip_start: Ints
    time_stop: Ints

    def of(self, trip: int) -> Ints:
        return self.time_stop[self.trip_start[trip] : self.trip_start[trip + 1]]


def read_timetable(path: Path, *, repeat_calendar: bool = False) -> Timetable:
    """Read a GTFS zip or folder into a timetable; see ``read_feed`` for what goes wrong."""
    return build_timetable(read_feed(path), repeat_calendar=repeat_calendar)


def build_timetable(feed: Feed, *, repeat_calendar: bool = False) -> Timetable:
    """Make a timetable of a feed.

    Parameters
    ----------
    feed : Feed
        The checked tables.
    repeat_calendar : bool
        Outside the calendar's span, run what each weekday usually ran.

    Returns
    -------
    Timetable
        Its frame lies around the median of the stops.
    """
    lon, lat = feed.stops["lon"].to_numpy(), feed.stops["lat"].to_numpy()
    frame = LocalFrame(float(np.median(lon)), float(np.median(lat)))
    x, y = frame.to_metres(lon, lat)
    trips, times = expand_frequencies(feed)
    order = times.group_by("trip_id", maintain_order=True).len()
    trips = order.select("trip_id").join(trips, on="trip_id", how="left", maintain_order="left")
    stop_ids: list[str] = feed.stops["stop_id"].to_list()
    numbers = {stop_id: i for i, stop_id in enumerate(stop_ids)}
    routes = {route_id: i for i, route_id in enumerate(feed.routes["route_id"].to_list())}
    trip_route = [routes[route] for route in trips["route_id"].to_list()]
    trip_direction: list[int | None] = trips["direction_id"].to_list()
    trip_start: Ints = np.concatenate([[0], np.cumsum(order["len"].to_numpy())]).astype(np.int32)
    time_stop: Ints = times["stop_id"].replace_strict(numbers, return_dtype=pl.Int32).to_numpy()
    stops = _Stops(x, y, trip_start, time_stop)
    lines = shape_lines(feed.shapes, frame)
    patterns, trip_pattern = _make_patterns(trips["shape_id"].to_list(), trip_route, trip_direction, stops, lines)
    arrival, departure = _fill_times(
        times["arrival_s"].to_numpy().astype(np.float64),
        times["departure_s"].to_numpy().astype(np.float64),
        trip_start,
        [patterns[p].stop_distance_m for p in trip_pattern],
    )
    return Timetable(
        name=feed.name,
        timezone=feed.timezone,
        frame=frame,
        calendar=feed.calendar,
        stop_ids=stop_ids,
        stop_names=feed.stops["stop_name"].to_list(),
        stop_lon=lon,
        stop_lat=lat,
        stop_x=x,
        stop_y=y,
        stop_place=group_places(x, y),
        route_ids=list(routes),
        route_short_names=feed.routes["short_name"].to_list(),
        route_long_names=feed.routes["long_name"].to_list(),
        route_colors=feed.routes["color"].to_list(),
        route_operators=feed.routes["operator"].to_list(),
        trip_ids=trips["trip_id"].to_list(),
        trip_service=trips["service_id"].to_list(),
        trip_headsign=trips["headsign"].to_list(),
        trip_direction=trip_direction,
        trip_block=trips["block_id"].to_list(),
        trip_route=trip_route,
        trip_pattern=trip_pattern,
        trip_headway_s=trips["headway_s"].to_numpy(),
        trip_start=trip_start,
        time_stop=time_stop,
        time_sequence=times["stop_sequence"].to_numpy(),
        timepoint=times["timepoint"].to_numpy(),
        arrival_s=arrival,
        departure_s=departure,
        patterns=patterns,
        doubts=feed.doubts,
        repeat_calendar=repeat_calendar,
    )


def _make_patterns(
    shape_ids: list[str | None],
    trip_route: list[int],
    trip_direction: list[int | None],
    stops: _Stops,
    lines: dict[str, tuple[Floats, Floats]],
) -> tuple[list[Pattern], Ints]:
    patterns: list[Pattern] = []
    trip_pattern: Ints = np.zeros(len(shape_ids), dtype=np.int32)
    known: dict[tuple[int, int | None, str | None, bytes], int] = {}
    for trip, shape_id in enumerate(shape_ids):
        served = stops.of(trip)
        key = (trip_route[trip], trip_direction[trip], shape_id, served.tobytes())
        if key not in known:
            known[key] = len(patterns)
            laid = lay_stops(stops.x[served], stops.y[served], lines.get(shape_id or ""))
            patterns.append(Pattern(len(patterns), key[0], key[1], served, *laid))
        trip_pattern[trip] = known[key]
    return patterns, trip_pattern


def _fill_times(arrival: Floats, departure: Floats, trip_start: Ints, along_of: list[Floats]) -> tuple[Floats, Floats]:
    unknown = arrival < 0
    for trip in np.unique(np.searchsorted(trip_start, np.flatnonzero(unknown), side="right") - 1):
        part = slice(trip_start[trip], trip_start[trip + 1])
        known, at = ~unknown[part], along_of[trip]
        guess = np.interp(at, at[known], arrival[part][known])
        arrival[part] = np.where(known, arrival[part], guess)
        departure[part] = np.where(known, departure[part], guess)
    return arrival, np.maximum(departure, arrival)


def expand_frequencies(feed: Feed) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return trips and stop times where every departure of a frequency is a trip of its own.

    Such a trip is called ``TRIP_ID#SECONDS``, its start in seconds of the service day; ``headway_s`` of trips is how
    far departure slots lie apart, 0 where a trip has a time of its own.
    """
    if feed.frequencies.is_empty():
        return feed.trips.with_columns(headway_s=pl.lit(0, pl.Int32)), feed.stop_times
    starts = [
        {"trip_id": row["trip_id"], "start_s": start, "headway_s": 0 if row["exact"] else row["headway_s"]}
        for row in feed.frequencies.iter_rows(named=True)
        for start in range(row["start_s"], row["end_s"], row["headway_s"])
    ]
    table = pl.DataFrame(starts, schema={"trip_id": pl.String, "start_s": pl.Int32, "headway_s": pl.Int32})
    # Spans that overlap name a departure twice; it is one bus.
    table = table.unique(["trip_id", "start_s"], keep="first", maintain_order=True)
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
    others = feed.trips.filter(~by_frequency).with_columns(headway_s=pl.lit(0, pl.Int32))
    all_trips = pl.concat([others, trips.select(others.columns)])
    return all_trips, pl.concat([feed.stop_times.filter(~by_frequency), times.select(feed.stop_times.columns)])
