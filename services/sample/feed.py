"""The sample's timetable as GTFS tables: agency, calendar, lines, stops, trips with blocks, times and shapes."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from fleet.simulation.plan import Course
from routing.network import RoadNetwork
from services.sample.courses import Leg, find_course
from services.sample.lines import BRT, LINES, Line
from services.sample.running import Driven, usual_hops
from services.sample.stops import Stop, line_stops
from services.sample.streets import Floats, along_m, to_metres
from services.sample.timetable import DAILY, WEEKDAY, chain_blocks, departures, stop_seconds

WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
FIRST_DAY, LAST_DAY = "20260101", "20351231"
Tables = dict[str, pl.DataFrame]


@dataclass(frozen=True)
class Way:
    """One direction of a line: its stops with the metres of each along its shape, and the shape as lat, lon."""

    line: Line
    direction: int
    headsign: str
    stops: tuple[Stop, ...]
    stop_m: Floats
    shape: tuple[tuple[float, float], ...]
    shape_m: Floats

    @property
    def shape_id(self) -> str:
        """Its id in ``shapes.txt``."""
        return f"{self.line.number}:{self.direction}"


def make_way(line: Line, direction: int, seed: int) -> Way:
    """Lay one direction of a line."""
    first, last = (line.end, line.start) if direction else (line.start, line.end)
    legs = find_course(line.course(direction))
    placed = line_stops(legs, first, last, seed)
    shape = _shape(legs)
    stop_m = np.round(np.array([at for at, _ in placed]), 1)
    return Way(line, direction, last, tuple(s for _, s in placed), stop_m, shape, along_m(to_metres(shape)))


def _shape(legs: list[Leg]) -> tuple[tuple[float, float], ...]:
    points = [legs[0].line[0]]
    for leg in legs:
        points += leg.line[1:]
    return tuple(points)


def make_feed(seed: int, network: RoadNetwork, lines: Sequence[Line] = LINES) -> Tables:
    """Make the tables of the sample's timetable.

    Parameters
    ----------
    seed : int
        Same seed, same tables.
    network : RoadNetwork
        The sample's roads: running times are those of its usual traffic.
    lines : sequence of Line
        Which lines; all by default.

    Returns
    -------
    dict of str to DataFrame
        By GTFS file name without ``.txt``; all values are text.
    """
    trips, times = [], []
    ways = [make_way(line, direction, seed) for line in lines for direction in (0, 1)]
    hops_s = usual_hops([_stretch(way) for way in ways], network)
    for there in range(0, len(ways), 2):
        line_trips, line_times = _line_trips(ways[there : there + 2], hops_s[there : there + 2])
        trips += line_trips
        times += line_times
    return {
        **_fixed(seed),
        "routes": _routes(lines),
        "stops": _stops(ways),
        "trips": pl.DataFrame(trips, schema=list(_TRIPS), orient="row"),
        "stop_times": pl.concat(times),
        "shapes": pl.concat([_shape_table(way) for way in ways]),
    }


_TRIPS = (
    "route_id", "service_id", "trip_id", "trip_headsign", "direction_id", "block_id", "shape_id",
    "wheelchair_accessible", "bikes_allowed",
)  # fmt: skip


def _stretch(way: Way) -> Driven:
    lat, lon = np.array(way.shape).T
    return Driven(Course(lon, lat, way.shape_m), way.stop_m, way.line.color == BRT)


def _line_trips(pair: list[Way], hops_s: list[Floats]) -> tuple[list[tuple[str, ...]], list[pl.DataFrame]]:
    """Return the trips of both directions of a line, and their times."""
    line = pair[0].line
    starts = [departures(line, direction) for direction in (0, 1)]
    seconds = [
        stop_seconds(np.array([minute * 60.0 for _, minute in starts[way.direction]]), hops_s[way.direction])
        for way in pair
    ]
    ends = [
        {start: int(row[-1]) for start, row in zip(starts[direction], seconds[direction], strict=True)}
        for direction in (0, 1)
    ]
    low_floor = "1" if line.number[0] == "E" or line.number == "BRT01" else "2"
    rows: list[tuple[str, ...]] = []
    for trip in chain_blocks(line, starts, ends):
        way = pair[trip.direction]
        headsign, way_id = way.headsign, str(trip.direction)
        rows.append(
            (line.number, trip.service, _trip_id(line, trip.direction, trip.start_s), headsign, way_id, trip.block,
             way.shape_id, low_floor, "2")
        )  # fmt: skip
    return rows, [
        _stop_times(way, [minute for _, minute in starts[way.direction]], seconds[way.direction]) for way in pair
    ]


def _trip_id(line: Line, direction: int, start_s: int) -> str:
    return f"{line.number}-{direction}-{start_s // 3600:02d}{start_s % 3600 // 60:02d}"


def _stop_times(way: Way, minutes: list[int], seconds: Floats) -> pl.DataFrame:
    trips, stops = seconds.shape
    ids = [_trip_id(way.line, way.direction, minute * 60) for minute in minutes]
    number = pl.int_range(stops, eager=True).cast(pl.String)
    table = pl.DataFrame(
        {
            "trip_id": pl.Series(ids, dtype=pl.String).gather(np.repeat(np.arange(trips), stops)),
            "at_s": seconds.astype(np.int32).reshape(-1),
            "stop_id": pl.Series([stop.stop_id for stop in way.stops]).gather(np.tile(np.arange(stops), trips)),
            "stop_sequence": (number.cast(pl.Int32) + 1).cast(pl.String).gather(np.tile(np.arange(stops), trips)),
            "shape_dist_traveled": pl.Series([f"{m:.1f}" for m in way.stop_m]).gather(np.tile(np.arange(stops), trips)),
            "timepoint": pl.Series(["1", *["0"] * (stops - 2), "1"]).gather(np.tile(np.arange(stops), trips)),
        }
    )
    clock = _clock(pl.col("at_s"))
    return table.select(
        "trip_id", clock.alias("arrival_time"), clock.alias("departure_time"), "stop_id", "stop_sequence",
        "shape_dist_traveled", "timepoint",
    )  # fmt: skip


def _clock(seconds: pl.Expr) -> pl.Expr:
    parts = (seconds // 3600, seconds % 3600 // 60, seconds % 60)
    return pl.concat_str([part.cast(pl.String).str.zfill(2) for part in parts], separator=":")


def _shape_table(way: Way) -> pl.DataFrame:
    lat, lon = zip(*way.shape, strict=True)
    return pl.DataFrame(
        {
            "shape_id": [way.shape_id] * len(lat),
            "shape_pt_lat": [f"{value:.6f}" for value in lat],
            "shape_pt_lon": [f"{value:.6f}" for value in lon],
            "shape_pt_sequence": [str(k) for k in range(1, len(lat) + 1)],
            "shape_dist_traveled": [f"{m:.1f}" for m in way.shape_m],
        }
    )


def _routes(lines: Sequence[Line]) -> pl.DataFrame:
    rows = [
        (line.number, "1", line.number, f"{line.start} – {line.end}", "3", line.color, "FFFFFF", str(order))
        for order, line in enumerate(lines)
    ]
    columns = [
        "route_id", "agency_id", "route_short_name", "route_long_name", "route_type", "route_color",
        "route_text_color", "route_sort_order",
    ]  # fmt: skip
    return pl.DataFrame(rows, schema=columns, orient="row")


def _stops(ways: Sequence[Way]) -> pl.DataFrame:
    stops = {stop.stop_id: stop for way in ways for stop in way.stops}
    rows = [(s.stop_id, s.name, f"{s.lat:.6f}", f"{s.lon:.6f}", "0") for _, s in sorted(stops.items())]
    columns = ["stop_id", "stop_name", "stop_lat", "stop_lon", "wheelchair_boarding"]
    return pl.DataFrame(rows, schema=columns, orient="row")


def _fixed(seed: int) -> Tables:
    """Return the small tables that say who runs it and when."""
    weekday = [("1" if number < 5 else "0") for number in range(7)]
    return {
        "agency": pl.DataFrame(
            {
                "agency_id": ["1"],
                "agency_name": ["Thành phố mẫu (Hà Nội)"],
                "agency_url": ["https://example.org"],
                "agency_timezone": ["Asia/Ho_Chi_Minh"],
                "agency_lang": ["vi"],
            }
        ),
        "calendar": pl.DataFrame(
            {
                "service_id": [DAILY, WEEKDAY],
                **{day: ["1", weekday[number]] for number, day in enumerate(WEEK)},
                "start_date": [FIRST_DAY, FIRST_DAY],
                "end_date": [LAST_DAY, LAST_DAY],
            }
        ),
        "feed_info": pl.DataFrame(
            {
                "feed_publisher_name": ["hanoi sample build"],
                "feed_publisher_url": ["https://example.org"],
                "feed_contact_url": ["https://example.org"],
                "feed_lang": ["vi"],
                "default_lang": ["vi"],
                "feed_start_date": [FIRST_DAY],
                "feed_end_date": [LAST_DAY],
                "feed_version": [f"sample {seed}"],
            }
        ),
    }
