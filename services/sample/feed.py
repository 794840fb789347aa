"""The sample's timetable as GTFS tables: stops along the roads, trips all day and, thinner, all night."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import polars as pl

from fleet.simulation.plan import METRES_PER_DEGREE
from services.sample.lines import LINES, Line
from services.sample.network import Leg, find_course, way_m
from services.sample.points import POINTS
from services.sample.roads import ROADS

STOP_EVERY_M = 430.0
EDGE_OF_ROAD_M = 7.0
FROM_JUNCTION_M = 90.0
FIRST_S, LAST_S, NIGHT_UNTIL_S = 5 * 3600, 22 * 3600 + 1800, 29 * 3600 - 600
NIGHT_HEADWAY_MIN = 30
WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
FIRST_DAY, LAST_DAY = "20260101", "20351231"
# Hour of the day → minutes a kilometre takes, stops included.
HOURS = (0, 5, 6.5, 8, 10, 12, 14, 16, 18, 20, 22, 24, 29)
PACE_S_PER_M = (0.17, 0.17, 0.2, 0.245, 0.205, 0.2, 0.2, 0.21, 0.25, 0.2, 0.18, 0.17, 0.17)


@dataclass(frozen=True)
class Stop:
    """A stop beside a road, for one direction of travel."""

    stop_id: str
    name: str
    lon: float
    lat: float


def leg_stops(leg: Leg, seed: int) -> list[tuple[float, Stop]]:
    """Place the stops of one piece of road in one direction.

    Parameters
    ----------
    leg : (start, end, Road)
        The piece and the direction.
    seed : int
        Moves each stop by up to 60 m.

    Returns
    -------
    list of (float, Stop)
        Metres from the start of the piece, and the stop; none on bridges.
    """
    start, end, road = leg
    length = way_m(start, end)
    if road.bridge or length < 2 * FROM_JUNCTION_M:
        return []
    count = max(1, round((length - FROM_JUNCTION_M) / STOP_EVERY_M))
    forward = road.points.index(start) < road.points.index(end)
    row, place = ROADS.index(road), min(road.points.index(start), road.points.index(end))
    rng = np.random.default_rng([seed, row, place, int(forward)])
    made = []
    for k in range(count):
        middle = (k + 0.5) * length / count
        along = float(np.clip(middle + rng.uniform(-60, 60), FROM_JUNCTION_M, length - FROM_JUNCTION_M))
        lon, lat = _beside(start, end, along / length)
        from_road_start = _road_m(road.points, start) + (along if forward else -along)
        house = 2 * round(from_road_start / 14.0) + (1 if forward else 2)
        stop_id = f"S{row:03d}{place:02d}{'A' if forward else 'B'}{k}"
        made.append((along, Stop(stop_id, f"{house} {road.name}", lon, lat)))
    return made


def _road_m(points: tuple[str, ...], at: str) -> float:
    return sum(way_m(a, b) for a, b in pairwise(points[: points.index(at) + 1]))


def _beside(start: str, end: str, share: float) -> tuple[float, float]:
    """Return lon, lat on the right-hand edge of the road."""
    (lat_a, lon_a), (lat_b, lon_b) = POINTS[start], POINTS[end]
    scale = float(np.cos(np.radians(lat_a)))
    east, north = (lon_b - lon_a) * scale, lat_b - lat_a
    size = float(np.hypot(east, north))
    right = EDGE_OF_ROAD_M / METRES_PER_DEGREE
    lon = lon_a + share * (lon_b - lon_a) + right * north / size / scale
    lat = lat_a + share * (lat_b - lat_a) - right * east / size
    return round(lon, 6), round(lat, 6)


def line_stops(line: Line, seed: int, *, back: bool) -> list[tuple[float, Stop]]:
    """List the stops of one direction of a line, with metres from its first stop.

    Parameters
    ----------
    line : Line
        The line.
    seed : int
        Places the stops.
    back : bool
        The way from its end to its start.

    Returns
    -------
    list of (float, Stop)
        Both ends are stops of their own, called as riders call them.
    """
    via = line.via[::-1] if back else line.via
    first, last = (line.end, line.start) if back else (line.start, line.end)
    legs = find_course(via)
    found = [(0.0, _terminal(via[0], first, legs[0], 0.04))]
    at_m = 0.0
    for leg in legs:
        found += [(at_m + along, stop) for along, stop in leg_stops(leg, seed)]
        at_m += way_m(leg[0], leg[1])
    # A stop within 150 m of an end is that end.
    found = [found[0], *(item for item in found[1:] if 150.0 < item[0] < at_m - 150.0)]
    return [*found, (at_m, _terminal(via[-1], last, legs[-1], 0.96))]


def _terminal(point: str, name: str, leg: Leg, share: float) -> Stop:
    lon, lat = _beside(leg[0], leg[1], share)
    road = ROADS.index(leg[2])
    return Stop(f"T-{point}-{road:03d}{'A' if share < 0.5 else 'B'}", name, lon, lat)


def departures(line: Line, seed: int, *, back: bool) -> list[int]:
    """List the departures of one direction in seconds of the service day, past midnight until the next morning."""
    rng = np.random.default_rng([seed, 99, LINES.index(line), int(back)])
    headway_s = line.headway_min * 60
    start = FIRST_S + int(rng.integers(0, headway_s // 60)) * 60 // 2
    day = list(range(start, LAST_S, headway_s))
    return [*day, *range(day[-1] + NIGHT_HEADWAY_MIN * 60, NIGHT_UNTIL_S, NIGHT_HEADWAY_MIN * 60)]


def stop_seconds(start_s: int, along_m: np.ndarray) -> np.ndarray:
    """Return the seconds of the service day at each stop of a trip.

    Parameters
    ----------
    start_s : int
        Departure from the first stop.
    along_m : ndarray
        Metres of each stop.

    Returns
    -------
    ndarray of int
        Rising by at least 20 s a stop.
    """
    times = [float(start_s)]
    for step in np.diff(along_m):
        pace = float(np.interp(times[-1] / 3600.0, HOURS, PACE_S_PER_M))
        times.append(times[-1] + max(20.0, step * pace))
    return np.round(np.array(times)).astype(np.int64)


def make_feed(seed: int) -> dict[str, pl.DataFrame]:
    """Make the tables of the sample's timetable.

    Parameters
    ----------
    seed : int
        Same seed, same tables.

    Returns
    -------
    dict of str to DataFrame
        By GTFS file name without ``.txt``; all values are text, shapes are left to the importer.
    """
    stops: dict[str, Stop] = {}
    trips: list[tuple[str, ...]] = []
    times: list[pl.DataFrame] = []
    for line in LINES:
        for direction, headsign in enumerate((line.end, line.start)):
            placed = line_stops(line, seed, back=direction == 1)
            stops.update({stop.stop_id: stop for _, stop in placed})
            along = np.array([at for at, _ in placed])
            ids = [stop.stop_id for _, stop in placed]
            for start_s in departures(line, seed, back=direction == 1):
                trip_id = f"{line.number}-{direction}-{start_s // 3600:02d}{start_s % 3600 // 60:02d}"
                trips.append((line.number, "DAILY", trip_id, headsign, str(direction)))
                times.append(_stop_times(trip_id, ids, stop_seconds(start_s, along)))
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
                "service_id": ["DAILY"],
                **{day: ["1"] for day in WEEK},
                "start_date": [FIRST_DAY],
                "end_date": [LAST_DAY],
            }
        ),
        "feed_info": pl.DataFrame(
            {
                "feed_publisher_name": ["hanoi sample build"],
                "feed_publisher_url": ["https://example.org"],
                "feed_lang": ["vi"],
                "feed_start_date": [FIRST_DAY],
                "feed_end_date": [LAST_DAY],
                "feed_version": [f"sample {seed}"],
            }
        ),
        "routes": pl.DataFrame(
            [(i.number, "1", i.number, f"{i.start} – {i.end}", "3", i.color, "FFFFFF") for i in LINES],
            schema=[
                "route_id", "agency_id", "route_short_name", "route_long_name", "route_type", "route_color",
                "route_text_color",
            ],
            orient="row",
        ),
        "stops": pl.DataFrame(
            [(s.stop_id, s.name, str(s.lat), str(s.lon)) for _, s in sorted(stops.items())],
            schema=["stop_id", "stop_name", "stop_lat", "stop_lon"],
            orient="row",
        ),
        "trips": pl.DataFrame(
            trips, schema=["route_id", "service_id", "trip_id", "trip_headsign", "direction_id"], orient="row"
        ),
        "stop_times": pl.concat(times),
    }  # fmt: skip


def _stop_times(trip_id: str, stop_ids: list[str], seconds: np.ndarray) -> pl.DataFrame:
    clock = [f"{s // 3600:02d}:{s % 3600 // 60:02d}:{s % 60:02d}" for s in seconds.tolist()]
    count = len(stop_ids)
    return pl.DataFrame(
        {
            "trip_id": [trip_id] * count,
            "arrival_time": clock,
            "departure_time": clock,
            "stop_id": stop_ids,
            "stop_sequence": [str(k) for k in range(1, count + 1)],
        }
    )
