"""What the API says about lines."""

import functools
from collections import Counter

import numpy as np

from services.api.responses import AlertOut, Model, RouteHit
from services.api.timetable import CityTimetable, natural, plain
from services.api.vehicles.responses import VehicleOut


class RoutesOut(Model):
    """All lines, 9 before 10."""

    routes: list[RouteHit]


class ShapeOut(Model):
    """One line on the map, thinned to 3 m: steps from point to point, the first from zero.

    ``x``, ``y`` in 1e-5 degrees of longitude and latitude; ``d`` the way along the full shape, metres.
    """

    x: list[int]
    y: list[int]
    d: list[int]


class ShapesOut(Model):
    """All lines that buses are drawn along; their place in the list is the number that the stream tells."""

    version: str
    shapes: list[ShapeOut]


class RouteStopOut(Model):
    """One stop of a line, ``distance_m`` along its shape."""

    stop_id: str
    name: str
    lon: float
    lat: float
    distance_m: float


class DirectionOut(Model):
    """One direction of a line: its most usual way."""

    direction_id: int
    headsign: str
    stops: list[RouteStopOut]
    shape: list[tuple[float, float]]
    length_m: float


class RouteOut(Model):
    """One line with both directions, its buses and what is wrong with it."""

    route: RouteHit
    directions: list[DirectionOut]
    vehicles: list[VehicleOut]
    alerts: list[AlertOut]


def route_hit(timetable: CityTimetable, number: int) -> RouteHit:
    """Turn a line into what the API says of it."""
    assert timetable.table is not None
    return RouteHit(
        route_id=timetable.table.route_ids[number],
        short_name=timetable.table.route_short_names[number],
        long_name=timetable.route_long_names[number],
        color=timetable.route_colors[number],
    )


def list_routes(timetable: CityTimetable) -> list[RouteHit]:
    """Return all lines by their short name."""
    count = 0 if timetable.table is None else len(timetable.table.route_ids)
    return sorted((route_hit(timetable, i) for i in range(count)), key=lambda r: (natural(r.short_name), r.route_id))


def search_routes(timetable: CityTimetable, query: str, limit: int) -> list[RouteHit]:
    """Return the lines that fit a query, the exact short name first."""
    whole = " ".join(plain(query).split())
    if not whole:
        return []
    ranked = []
    for hit in list_routes(timetable):
        short, long = plain(hit.short_name), " " + plain(hit.long_name)
        if short == whole:
            ranked.append((0, hit))
        elif short.startswith(whole):
            ranked.append((1, hit))
        elif all(f" {word}" in long for word in whole.split()):
            ranked.append((2, hit))
    ranked.sort(key=lambda item: item[0])
    return [hit for _, hit in ranked[:limit]]


@functools.lru_cache(maxsize=512)
def list_directions(timetable: CityTimetable, number: int) -> list[DirectionOut]:
    """Return the most usual way of each direction of a line."""
    table = timetable.table
    assert table is not None
    trips: Counter[int] = Counter(
        int(table.trip_pattern[trip]) for trip, route in enumerate(table.trip_route) if route == number
    )
    best: dict[int, int] = {}
    for pattern, _ in sorted(trips.items(), key=lambda item: (-item[1], item[0])):
        best.setdefault(table.patterns[pattern].direction_id or 0, pattern)
    return [_direction(timetable, direction, pattern) for direction, pattern in sorted(best.items())]


def _direction(timetable: CityTimetable, direction_id: int, number: int) -> DirectionOut:
    table = timetable.table
    assert table is not None
    pattern = table.patterns[number]
    trip = int(np.flatnonzero(table.trip_pattern == number)[0])
    lon, lat = table.frame.to_degrees(pattern.x, pattern.y)
    return DirectionOut(
        direction_id=direction_id,
        headsign=table.headsign_of(trip),
        stops=[
            RouteStopOut(
                stop_id=table.stop_ids[stop],
                name=table.stop_names[stop],
                lon=float(table.stop_lon[stop]),
                lat=float(table.stop_lat[stop]),
                distance_m=round(float(at), 1),
            )
            for stop, at in zip(pattern.stop_index.tolist(), pattern.stop_distance_m, strict=True)
        ],
        shape=[(round(float(x), 6), round(float(y), 6)) for x, y in zip(lon, lat, strict=True)],
        length_m=round(pattern.length_m, 1),
    )
