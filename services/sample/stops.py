"""Stops of the sample: beside every stretch, on the right of each direction, named as riders would say it."""

from dataclasses import dataclass
from functools import cache

import numpy as np

from services.city.pieces import slug
from services.sample.courses import Leg
from services.sample.landmarks import LANDMARKS
from services.sample.points import POINTS
from services.sample.roads_outer import ROADS
from services.sample.streets import (
    Floats,
    Place,
    Stretch,
    along_m,
    centre_km,
    joints,
    stretches,
    to_metres,
    to_places,
)

EDGE_OF_ROAD_M = 7.0
FROM_JOINT_M = 70.0
TERMINAL_M = 25.0
NEAR_END_M = 150.0
BESIDE_M = 170.0
JITTER_M = 40.0
NO_STOPS = ("motorway",)
# A house on each side each 14 m; roads longer than that many houses count kilometres.
HOUSE_M, LAST_HOUSE = 14.0, 1_000


@dataclass(frozen=True)
class Stop:
    """A stop beside a road, for one direction of travel."""

    stop_id: str
    name: str
    lat: float
    lon: float


def spacing_m(place: Place) -> float:
    """Return how far apart stops are: 380 m in the centre, 480 m in the city, 900 m outside."""
    return float(np.interp(centre_km(place), (0, 4, 10, 16), (380, 430, 520, 900)))


@cache
def leg_stops(leg: Leg, seed: int) -> tuple[tuple[float, Stop], ...]:
    """Place the stops of one stretch in one direction.

    Parameters
    ----------
    leg : Leg
        The stretch and the direction.
    seed : int
        Moves each stop by up to 40 m.

    Returns
    -------
    tuple of (float, Stop)
        Metres from the start of the leg, and the stop; none on bridges and motorways.
    """
    road = leg.stretch.road
    xy = to_metres(leg.line)
    metres = along_m(xy)
    length = float(metres[-1])
    if road.bridge or road.kind in NO_STOPS or length < 2 * FROM_JOINT_M:
        return ()
    count = max(1, round(length / spacing_m(leg.line[len(leg.line) // 2])))
    rng = np.random.default_rng([seed, leg.stretch.row, leg.stretch.number, int(leg.back)])
    middle = (np.arange(count) + 0.5) * length / count + rng.uniform(-JITTER_M, JITTER_M, count)
    at = np.clip(middle, FROM_JOINT_M, length - FROM_JOINT_M)
    places = to_places(np.array([beside(xy, metres, float(m)) for m in at]))
    made = []
    for k, (m, place) in enumerate(zip(at.tolist(), places, strict=True)):
        stop_id = f"S{leg.stretch.row:03d}{leg.stretch.number:02d}{'B' if leg.back else 'A'}{k}"
        made.append((m, Stop(stop_id, stop_name(leg, place, m, length), *place)))
    return tuple(made)


def beside(xy: Floats, metres: Floats, at_m: float) -> Floats:
    """Return the place on the right-hand edge of a road, in metres."""
    j = int(np.clip(np.searchsorted(metres, at_m, side="right") - 1, 0, len(xy) - 2))
    step = xy[j + 1] - xy[j]
    ahead = step / np.hypot(*step)
    point: Floats = xy[j] + ahead * (at_m - metres[j]) + EDGE_OF_ROAD_M * np.array([ahead[1], -ahead[0]])
    return point


def stop_name(leg: Leg, place: Place, at_m: float, length_m: float) -> str:
    """Name a stop after the landmark beside it, else the corner it is at, else its house number."""
    mark = _landmark(place)
    road = leg.stretch.road
    if mark:
        return f"{mark} – {road.name}"
    for joint, away in ((leg.line[0], at_m), (leg.line[-1], length_m - at_m)):
        corner = _corner(joint, road.name)
        if corner and away < BESIDE_M:
            return f"{road.name} – {corner}"
    from_start_m = road_starts_m()[leg.stretch] + (length_m - at_m if leg.back else at_m)
    house = 2 * round(from_start_m / HOUSE_M) + (2 if leg.back else 1)
    return (
        f"{house} {road.name}" if house < LAST_HOUSE else f"Km {from_start_m / 1000:.1f} {road.name}".replace(".", ",")
    )


@cache
def road_starts_m() -> dict[Stretch, float]:
    """Return how far along its road each stretch begins, in metres."""
    starts: dict[Stretch, float] = {}
    far: dict[int, float] = {}
    for stretch in stretches():
        starts[stretch] = far.get(stretch.row, 0.0)
        far[stretch.row] = starts[stretch] + stretch.length_m
    return starts


@cache
def _landmark_frame() -> tuple[list[str], Floats]:
    return list(LANDMARKS), to_metres(list(LANDMARKS.values()))


def _landmark(place: Place) -> str | None:
    names, at = _landmark_frame()
    away = np.hypot(*(at - to_metres([place])[0]).T)
    nearest = int(away.argmin())
    return names[nearest] if away[nearest] < BESIDE_M else None


@cache
def _corners() -> dict[Place, list[str]]:
    """Return the names of the roads that meet at each joint, the larger first."""
    order = ("trunk", "primary", "secondary", "tertiary")
    meet: dict[Place, list[str]] = {place: [] for place in joints()}
    for road in sorted((r for r in ROADS if r.kind in order), key=lambda r: order.index(r.kind)):
        for node in road.nodes:
            place = POINTS[node] if isinstance(node, str) else node
            if place in meet and road.name not in meet[place]:
                meet[place].append(road.name)
    return meet


def _corner(joint: Place, road_name: str) -> str | None:
    return next((name for name in _corners()[joint] if name != road_name), None)


def line_stops(legs: list[Leg], first: str, last: str, seed: int) -> list[tuple[float, Stop]]:
    """List the stops of a course, with metres from the start of its first leg.

    Parameters
    ----------
    legs : list of Leg
        The course.
    first, last : str
        What riders call its ends; both are stops of their own.
    seed : int
        Places the stops.

    Returns
    -------
    list of (float, Stop)
        At least two, in order; a stop within 150 m of an end is that end.
    """
    found: list[tuple[float, Stop]] = []
    at_m = 0.0
    for leg in legs:
        found += [(at_m + along, stop) for along, stop in leg_stops(leg, seed)]
        at_m += leg.stretch.length_m
    inner = [item for item in found if NEAR_END_M < item[0] < at_m - NEAR_END_M]
    start, end = terminal(legs[0], first, leaving=True), terminal(legs[-1], last, leaving=False)
    return [(TERMINAL_M, start), *inner, (at_m - TERMINAL_M, end)]


def terminal(leg: Leg, name: str, *, leaving: bool) -> Stop:
    """Return the stop at an end of a line, on its first or last stretch."""
    xy = to_metres(leg.line)
    metres = along_m(xy)
    at = TERMINAL_M if leaving else float(metres[-1]) - TERMINAL_M
    place = to_places(beside(xy, metres, at)[None, :])[0]
    number = f"{leg.stretch.row:03d}{leg.stretch.number:02d}{'B' if leg.back else 'A'}{'O' if leaving else 'I'}"
    return Stop(f"T{number}-{slug(name)}", name, *place)
