"""The city's timetable as the pages ask for it: places, lines, what is planned at a place."""

import itertools
import math
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fleet.gtfs import Timetable
from fleet.gtfs.timetable import DayPlan
from services.city.timetable import read_city_timetable

# Stops of the same name within this distance of the first of them are one place.
SAME_NAME_M = 150.0


@dataclass(frozen=True, slots=True)
class Planned:
    """One call that the timetable has; with a headway it is a slot, about then, and not a time."""

    trip_id: str
    start_date: str
    route_id: str
    route_short_name: str
    headsign: str
    stop_id: str
    stop_sequence: int
    scheduled_ms: int
    headway_s: int = 0


@dataclass(frozen=True, slots=True)
class StopPlace:
    """One place; every stop id at it counts as one stop."""

    stop_id: str
    name: str
    lon: float
    lat: float
    routes: tuple[str, ...]
    stop_ids: tuple[str, ...]
    words: str


@dataclass(frozen=True, slots=True)
class Frequency:
    """One departure of a frequency: the trip of the feed, its start in seconds of the service day."""

    trip_id: str
    start_s: int
    is_exact: bool

    @property
    def start_time(self) -> str:
        """As GTFS writes it, past 24:00:00 after midnight."""
        hours, rest = divmod(self.start_s, 3600)
        return f"{hours:02d}:{rest // 60:02d}:{rest % 60:02d}"


class CityTimetable:
    """What pages need of a feed; of a city without one it is empty.

    Parameters
    ----------
    table : Timetable or None
        The timetable, ``None`` where the city has no GTFS.
    """

    def __init__(self, table: Timetable | None) -> None:
        self.table = table
        self._active: dict[str, NDArray[np.bool_]] = {}

    @cached_property
    def places(self) -> tuple[StopPlace, ...]:
        """All places that a trip serves, in the order of their first stop."""
        table = self.table
        if table is None:
            return ()
        place_of = group_by_name(table)
        routes: dict[int, set[int]] = {}
        for pattern in table.patterns:
            for place in {place_of[stop] for stop in pattern.stop_index.tolist()}:
                routes.setdefault(place, set()).add(pattern.route_index)
        members: dict[int, list[int]] = {}
        for stop, place in enumerate(place_of):
            members.setdefault(place, []).append(stop)
        return tuple(self._place(table, stops, routes.get(place, set())) for place, stops in members.items())

    @staticmethod
    def _place(table: Timetable, stops: list[int], routes: set[int]) -> StopPlace:
        first = stops[0]
        names = list(dict.fromkeys(table.stop_names[stop] for stop in stops))
        return StopPlace(
            stop_id=table.stop_ids[first],
            name=names[0],
            lon=float(table.stop_lon[first]),
            lat=float(table.stop_lat[first]),
            routes=tuple(sorted({table.route_short_names[r] for r in routes}, key=natural)),
            stop_ids=tuple(table.stop_ids[stop] for stop in stops),
            words=" " + plain(" ".join(names)),
        )

    @cached_property
    def _reach_m(self) -> tuple[float, float, float, float]:
        """The least and the greatest x and y of all lines, metres of the timetable's frame."""
        assert self.table is not None
        x = np.concatenate([pattern.x for pattern in self.table.patterns])
        y = np.concatenate([pattern.y for pattern in self.table.patterns])
        return float(x.min()), float(y.min()), float(x.max()), float(y.max())

    def is_about(self, lon: float, lat: float, within_m: float) -> bool:
        """Return whether a place lies in the box around all lines, or so near to it; without a timetable it does."""
        if self.table is None or not self.table.patterns:
            return True
        (x, y), (west, south, east, north) = self.table.frame.place(lon, lat), self._reach_m
        return west - within_m <= x <= east + within_m and south - within_m <= y <= north + within_m

    @cached_property
    def place_of(self) -> dict[str, StopPlace]:
        """The place of each stop id."""
        return {stop_id: place for place in self.places for stop_id in place.stop_ids}

    @cached_property
    def route_colors(self) -> list[str]:
        """The colour of each line, six hexadecimal digits or empty."""
        return [] if self.table is None else self.table.route_colors

    @cached_property
    def route_long_names(self) -> list[str]:
        """The long name of each line."""
        return [] if self.table is None else self.table.route_long_names

    def stop_name(self, stop_id: str | None) -> str | None:
        """Return a stop's name, ``None`` where it is unknown."""
        if self.table is None or stop_id is None or stop_id not in self.table.stop_number:
            return None
        return self.table.stop_names[self.table.stop_number[stop_id]]

    def stop_lonlat(self, stop_id: str) -> tuple[float, float] | None:
        """Return where a stop is, ``None`` where it is unknown."""
        if self.table is None or stop_id not in self.table.stop_number:
            return None
        number = self.table.stop_number[stop_id]
        return float(self.table.stop_lon[number]), float(self.table.stop_lat[number])

    def short_name(self, route_id: str | None) -> str | None:
        """Return a line's short name, ``None`` where it is unknown."""
        if self.table is None or route_id is None or route_id not in self.table.route_number:
            return None
        return self.table.route_short_names[self.table.route_number[route_id]]

    def headsign(self, trip_id: str | None) -> str | None:
        """Return where a trip goes, ``None`` where it is unknown."""
        trip = None if self.table is None or trip_id is None else self.table.trip_number.get(trip_id)
        return None if self.table is None or trip is None else self.table.headsign_of(trip)

    def find_frequency(self, trip_id: str) -> Frequency | None:
        """Return which departure of a frequency a trip is, ``None`` for a trip with times of its own."""
        base, _, start_s = trip_id.rpartition("#")
        if self.table is None or not base or not start_s.isdecimal() or base in self.table.trip_number:
            return None
        trip = self.table.trip_number.get(trip_id)
        return Frequency(base, int(start_s), trip is not None and self.table.trip_headway_s[trip] == 0)

    def first_sequence(self, trip_id: str) -> int | None:
        """Return the stop sequence that a trip begins with, ``None`` where the trip is unknown."""
        trip = None if self.table is None else self.table.trip_number.get(trip_id)
        if self.table is None or trip is None:
            return None
        return int(self.table.time_sequence[int(self.table.trip_start[trip])])

    def stop_before(self, trip_id: str, stop_sequence: int) -> str | None:
        """Return the name of the stop a trip serves before one of its stops, the first one's own at the start."""
        trip = None if self.table is None else self.table.trip_number.get(trip_id)
        if self.table is None or trip is None:
            return None
        rows = self.table.stops_of(trip)
        at = int(np.searchsorted(self.table.time_sequence[rows], stop_sequence))
        return self.table.stop_names[int(self.table.time_stop[rows][max(0, at - 1)])]

    def planned_at(self, stop_ids: Sequence[str], from_ms: int, to_ms: int, now_ms: int) -> list[Planned]:
        """Return what the timetable has at a place in a span of time, by time.

        Parameters
        ----------
        stop_ids : sequence of str
            All ids of the place.
        from_ms, to_ms : int
            The span, milliseconds since 1970, UTC.
        now_ms : int
            Tells which service dates may be meant.

        Returns
        -------
        list of Planned
            Ordered by ``scheduled_ms``.
        """
        table = self.table
        stops = [] if table is None else [table.stop_number[s] for s in stop_ids if s in table.stop_number]
        if table is None or not stops:
            return []
        order, starts = self._rows_by_stop
        rows = np.concatenate([order[starts[stop] : starts[stop + 1]] for stop in stops])
        found: list[tuple[int, int, DayPlan]] = []
        for plan in table.days_around(now_ms):
            times = plan.day_start_ms + np.round(self._call_s[rows] * 1000.0).astype(np.int64)
            good = (from_ms <= times) & (times <= to_ms) & self._active_on(plan)[self._row_trip[rows]]
            found += [(int(t), int(row), plan) for t, row in zip(times[good], rows[good], strict=True)]
        found.sort(key=lambda item: (item[0], item[1]))
        return [self._planned(table, time_ms, row, plan) for time_ms, row, plan in found]

    def _planned(self, table: Timetable, time_ms: int, row: int, plan: DayPlan) -> Planned:
        trip = int(self._row_trip[row])
        route = table.trip_route[trip]
        return Planned(
            trip_id=table.trip_ids[trip],
            start_date=plan.start_date,
            route_id=table.route_ids[route],
            route_short_name=table.route_short_names[route],
            headsign=table.headsign_of(trip),
            stop_id=table.stop_ids[int(table.time_stop[row])],
            stop_sequence=int(table.time_sequence[row]),
            scheduled_ms=time_ms,
            headway_s=int(table.trip_headway_s[trip]),
        )

    @cached_property
    def _row_trip(self) -> NDArray[np.int32]:
        assert self.table is not None
        lengths = np.diff(self.table.trip_start)
        return np.repeat(np.arange(len(lengths), dtype=np.int32), lengths)

    @cached_property
    def _call_s(self) -> NDArray[np.float64]:
        assert self.table is not None
        call_s = self.table.arrival_s.copy()
        first = self.table.trip_start[:-1]
        call_s[first] = self.table.departure_s[first]
        return call_s

    @cached_property
    def _rows_by_stop(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        assert self.table is not None
        order = np.argsort(self.table.time_stop, kind="stable")
        starts = np.searchsorted(self.table.time_stop[order], np.arange(len(self.table.stop_ids) + 1))
        return order, starts

    def _active_on(self, plan: DayPlan) -> NDArray[np.bool_]:
        if plan.start_date not in self._active:
            if len(self._active) > 8:
                self._active.clear()
            active = np.zeros(len(self._row_trip), dtype=bool)[: len(self.table.trip_ids) if self.table else 0]
            active[plan.trips] = True
            self._active[plan.start_date] = active
        return self._active[plan.start_date]


def group_by_name(table: Timetable) -> list[int]:
    """Return the place of each stop: stops that share a spot, and those near each other that share a name.

    Platforms of a terminal and the two sides of a street are one place to a rider, who searches for a name;
    each row says where its bus goes. Two stops that follow one another on a line are never one place: long
    roads have many stops of the same name.

    Parameters
    ----------
    table : Timetable
        The timetable with its spots (``stop_place``).

    Returns
    -------
    list of int
        For each stop the number of its place: that of the place's first spot.
    """
    spots = table.stop_place.tolist()
    stops_of: dict[int, list[int]] = {}
    for stop, spot in enumerate(spots):
        stops_of.setdefault(spot, []).append(stop)
    following = {
        frozenset(pair)
        for pattern in table.patterns
        for pair in itertools.pairwise(table.stop_place[pattern.stop_index].tolist())
    }
    joined: dict[int, list[int]] = {}
    place_of_spot: dict[int, int] = {}
    by_name: dict[str, list[int]] = {}
    for spot, stops in stops_of.items():
        x, y = table.stop_x[stops[0]], table.stop_y[stops[0]]
        same = by_name.setdefault(plain(table.stop_names[stops[0]]), [])
        for place in same:
            first = stops_of[place][0]
            near = math.hypot(x - table.stop_x[first], y - table.stop_y[first]) <= SAME_NAME_M
            if near and not any(frozenset((spot, other)) in following for other in joined[place]):
                joined[place].append(spot)
                place_of_spot[spot] = place
                break
        else:
            same.append(spot)
            joined[spot], place_of_spot[spot] = [spot], spot
    return [place_of_spot[spot] for spot in spots]


def plain(text: str) -> str:
    """Return a text without diacritics and case, as people type when they are in a hurry."""
    bare = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(c for c in bare if not unicodedata.combining(c)).casefold()


def natural(text: str) -> tuple[tuple[int, int | str], ...]:
    """Return a key that sorts 9 before 10 and 22A before 22B."""
    parts: list[tuple[int, int | str]] = []
    number = ""
    for c in [*text, ""]:
        if c.isdecimal():
            number += c
            continue
        if number:
            parts.append((0, int(number)))
            number = ""
        if c:
            parts.append((1, c))
    return tuple(parts)


def search_places(places: Iterable[StopPlace], query: str, limit: int) -> list[StopPlace]:
    """Return the places whose name holds every word of a query, best first.

    Parameters
    ----------
    places : iterable of StopPlace
        Where to look.
    query : str
        Diacritics and case do not matter.
    limit : int
        At most so many.

    Returns
    -------
    list of StopPlace
        Names that begin with the query first, then those with a word that does, then the rest; busier places first.
    """
    whole = " ".join(plain(query).split())
    words = whole.split()
    if not words:
        return []
    ranked = []
    for place in places:
        if all(word in place.words for word in words):
            starts = sum(f" {word}" in place.words for word in words)
            rank = 0 if place.words.startswith(f" {whole}") else 1 if f" {whole}" in place.words else 2
            ranked.append(((rank, -starts, -len(place.routes), len(place.words), place.stop_id), place))
    ranked.sort(key=lambda item: item[0])
    return [place for _, place in ranked[:limit]]


def open_timetable(path: Path | None, *, repeat_calendar: bool) -> CityTimetable:
    """Read the timetable of a city, an empty one where it has none; raises ``GtfsError`` for a broken feed."""
    if path is None:
        return CityTimetable(None)
    return CityTimetable(read_city_timetable(path, repeat_calendar=repeat_calendar))
