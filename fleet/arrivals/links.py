"""Links: the ways from one place to the next, shared by every trip of every line that drives them."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from fleet.gtfs.blocks import chain_blocks
from fleet.gtfs.patterns import Pattern
from fleet.gtfs.timetable import Timetable

FASTEST_MPS = 16.7
SHORTEST_S = 5.0
PIECE_M = 60.0
SAMPLE_M = 30.0
HEADINGS = 8
OVERLAP_S = 120

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Links:
    """For each row of the timetable's stop times, the link that leads to it.

    ``of_row`` is -1 at the first stop of a trip. ``planned_s`` is the timetable's time from arrival to arrival (from
    departure at the first stop), never below what 60 km/h allows: a timetable may plan zero seconds. ``names`` has the
    stop ids of each link's ends, which outlive the timetable. ``pieces`` (links × pieces of road) says which
    shares of a link lie on which piece, so that lines whose stops differ learn from each other on a shared road.
    ``terminal_of`` has the terminal at which each trip begins, one for each route and place; ``trip_start`` the first
    row of each trip; ``next_of`` the trip that follows in its block, -1 where none does. ``due_s`` has each row's
    planned arrival and ``depart_s`` each trip's first departure, seconds of the service day; nobody is early for a slot
    of a headway, whose ``due_s`` is -inf.
    """

    of_row: NDArray[np.int32]
    planned_s: NDArray[np.float64]
    count: int
    names: list[str]
    pieces: csr_matrix
    terminal_of: NDArray[np.int32]
    terminals: list[str]
    trip_start: Ints
    next_of: Ints
    due_s: Floats
    depart_s: Floats


def make_links(timetable: Timetable) -> Links:
    """Return the links of a timetable.

    Parameters
    ----------
    timetable : Timetable
        Any.

    Returns
    -------
    Links
        One link for each pair of places that follow each other in some trip.
    """
    rows = len(timetable.time_stop)
    along = np.concatenate([timetable.patterns[p].stop_distance_m for p in timetable.trip_pattern])
    before = np.maximum(np.arange(rows) - 1, 0)
    first = np.zeros(rows, dtype=bool)
    first[timetable.trip_start[:-1]] = True
    starts = np.where(first[before], timetable.departure_s[before], timetable.arrival_s[before])
    planned = np.maximum(timetable.arrival_s - starts, np.maximum((along - along[before]) / FASTEST_MPS, SHORTEST_S))
    place = timetable.stop_place[timetable.time_stop].astype(np.int64)
    pair = np.where(first, -1, place[before] * (int(timetable.stop_place.max()) + 1) + place)
    known, number = np.unique(pair, return_inverse=True)
    of_row = (number - int(known[0] == -1)).astype(np.int32)
    count = len(known) - int(known[0] == -1)
    ids = _first_stop_of_each_place(timetable)
    ends = known[-count:] if count else known[:0]
    width = int(timetable.stop_place.max()) + 1
    terminal_of, terminals = _terminals(timetable, ids)
    return Links(
        of_row=of_row,
        planned_s=np.where(first, 0.0, planned),
        count=count,
        names=[f"{ids[a]}>{ids[b]}" for a, b in zip((ends // width).tolist(), (ends % width).tolist(), strict=True)],
        pieces=_pieces(timetable, of_row, count),
        terminal_of=terminal_of,
        terminals=terminals,
        trip_start=timetable.trip_start.astype(np.int64),
        next_of=_next_trips(timetable),
        due_s=np.where(
            np.repeat(timetable.trip_headway_s > 0, np.diff(timetable.trip_start)), -np.inf, timetable.arrival_s
        ),
        depart_s=timetable.departure_s[timetable.trip_start[:-1]].astype(np.float64),
    )


def _next_trips(timetable: Timetable) -> Ints:
    follows = np.full(len(timetable.trip_ids), -1, dtype=np.int64)
    for trips in chain_blocks(timetable):
        for trip, later in pairwise(trips):
            if timetable.trip_first_s[later] >= timetable.trip_last_s[trip] - OVERLAP_S:
                follows[trip] = later
    return follows


def _first_stop_of_each_place(timetable: Timetable) -> list[str]:
    _, first = np.unique(timetable.stop_place, return_index=True)
    return [timetable.stop_ids[stop] for stop in first.tolist()]


def _terminals(timetable: Timetable, ids: list[str]) -> tuple[NDArray[np.int32], list[str]]:
    places = timetable.stop_place[timetable.time_stop[timetable.trip_start[:-1]]].astype(np.int64)
    pair = np.array(timetable.trip_route, dtype=np.int64) * len(ids) + places
    known, number = np.unique(pair, return_inverse=True)
    names = [f"{timetable.route_ids[p // len(ids)]}>{ids[p % len(ids)]}" for p in known.tolist()]
    return number.astype(np.int32), names


@dataclass(frozen=True, eq=False)
class Samples:
    """Points each 30 m along links: the link, place and direction in metres, and how much of the link it stands for."""

    link: Ints
    x: Floats
    y: Floats
    dx: Floats
    dy: Floats
    metres: Floats


def list_samples(timetable: Timetable, of_row: NDArray[np.int32], count: int, *, drawn: bool = False) -> Samples:
    """Return points along all links, each link once.

    Parameters
    ----------
    timetable : Timetable
        Its shapes.
    of_row : array of int
        The link that leads to each row.
    count : int
        How many links there are.
    drawn : bool
        Leave out links of shapes that are only straight lines.

    Returns
    -------
    Samples
        In the frame of the timetable.
    """
    _, trip_of_pattern = np.unique(timetable.trip_pattern, return_index=True)
    seen = np.zeros(count, dtype=bool)
    found = [(np.zeros(0, dtype=np.int64), np.zeros((5, 0)))]
    for trip in trip_of_pattern.tolist():
        pattern, rows = timetable.pattern_of(trip), timetable.stops_of(trip)
        if drawn and not pattern.drawn:
            continue
        way, points = _points(pattern)
        of_way = of_row[rows][1:].astype(np.int64)
        first = np.zeros(len(of_way), dtype=bool)
        first[np.unique(of_way, return_index=True)[1]] = True
        numbers = of_way[way]
        new = first[way] & ~seen[numbers]
        found.append((numbers[new], points[:, new]))
        seen[numbers] = True
    link, points = (np.concatenate(parts, axis=-1) for parts in zip(*found, strict=True))
    return Samples(link, *points)


def _points(pattern: Pattern) -> tuple[Ints, Floats]:
    """Return for points each 30 m along a pattern the number of the way between stops, and x, y, dx, dy, metres."""
    stops = pattern.stop_distance_m
    lengths = np.maximum(2, (np.diff(stops) / SAMPLE_M).astype(np.int64) + 1)
    way = np.repeat(np.arange(len(lengths)), lengths)
    number = np.arange(len(way)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    at = number * (np.diff(stops) / lengths)[way] + stops[:-1][way] + 0.5

    def along(where: Floats, values: Floats) -> Floats:
        return np.interp(where, pattern.along_m, values)

    dx, dy = (along(at + 15.0, axis) - along(at - 15.0, axis) for axis in (pattern.x, pattern.y))
    metres = np.repeat(np.diff(stops) / lengths, lengths)
    points = np.stack([along(at, pattern.x), along(at, pattern.y), dx, dy, metres])
    return way, points


def _pieces(timetable: Timetable, of_row: NDArray[np.int32], count: int) -> csr_matrix:
    """Return which shares of each link lie on which piece of road: cells of 60 m, by heading."""
    samples = list_samples(timetable, of_row, count)
    _, piece = np.unique(_piece_keys(samples), return_inverse=True)
    share = 1.0 / np.maximum(np.bincount(samples.link, minlength=count), 1)
    return csr_matrix((share[samples.link], (samples.link, piece)), shape=(count, int(piece.max(initial=0)) + 1))


def _piece_keys(samples: Samples) -> Ints:
    octant = np.floor((np.arctan2(samples.dy, samples.dx) / (2 * np.pi) + 0.5 / HEADINGS) * HEADINGS)
    cell_x, cell_y = (np.floor(v / PIECE_M).astype(np.int64) + 2**20 for v in (samples.x, samples.y))
    keys: Ints = (cell_x * 2**21 + cell_y) * HEADINGS + octant.astype(np.int64) % HEADINGS
    return keys
