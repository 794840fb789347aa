"""The table of facts against real inputs: they are read for the comparison, nothing of them is in the table."""

import gzip
from collections import defaultdict
from xml.etree import ElementTree as ET

import numpy as np
import polars as pl
import pytest
from scipy.spatial import cKDTree

from services.city.tables import read_tables
from services.sample.lines import LINES
from services.sample.points import POINTS
from services.sample.roads_outer import ROADS
from services.sample.streets import centre_km, place_of, to_metres
from tests.data import shared_data

# Lines whose ends have moved since 2018, or that began and ended at one place then.
MOVED = {"09A", "09B", "14", "18", "22A", "22C", "23", "28", "30", "36", "48", "85", "88", "93", "98"}
PREFIXES = ("Đường ", "Phố ", "Đại lộ ")


def test_lines_of_2018_begin_and_end_within_a_kilometre_of_where_they_did() -> None:
    tables = read_tables(shared_data("hanoi-gtfs", "hanoi_2018_midday_gtfs.zip"))
    ends = _ends_of_2018(tables)
    compared = 0
    for line in LINES:
        known = ends.get(line.number)
        if known is None or line.number in MOVED:
            continue
        course = line.course(0)
        ours = to_metres([POINTS[course[0]], POINTS[course[-1]]])
        away = min(np.hypot(*(ours - to_metres(pair)).T).max() for pair in (known, known[::-1]))
        assert away < 1_100, line.number
        compared += 1
    assert compared > 85


def _ends_of_2018(tables: dict[str, pl.DataFrame]) -> dict[str, list[tuple[float, float]]]:
    stops = tables["stops"].select("stop_id", pl.col("stop_lat", "stop_lon").cast(pl.Float64))
    times = tables["stop_times"].with_columns(pl.col("stop_sequence").cast(pl.Int64)).sort("trip_id", "stop_sequence")
    trips = times.group_by("trip_id").agg(pl.col("stop_id").first().alias("a"), pl.col("stop_id").last().alias("b"))
    trips = trips.join(tables["trips"].filter(pl.col("direction_id") == "0"), on="trip_id")
    trips = trips.join(tables["routes"], on="route_id").unique("route_short_name", keep="first")
    place = {stop: (lat, lon) for stop, lat, lon in stops.iter_rows()}
    return {name: [place[a], place[b]] for name, a, b in trips.select("route_short_name", "a", "b").iter_rows()}


@pytest.fixture(scope="module")
def streets() -> dict[str, cKDTree]:
    """Return the points of every named street of a real map of the inner districts."""
    places: dict[str, tuple[float, float]] = {}
    of_name: dict[str, list[tuple[float, float]]] = defaultdict(list)
    with gzip.open(shared_data("hanoi-roads", "hanoi_inner_2025.osm.gz")) as file:
        for _, thing in ET.iterparse(file):
            if thing.tag == "node":
                places[thing.attrib["id"]] = (float(thing.attrib["lat"]), float(thing.attrib["lon"]))
            elif thing.tag == "way":
                name = next((tag.attrib["v"] for tag in thing.iter("tag") if tag.attrib["k"] == "name"), "")
                for prefix in PREFIXES:
                    name = name.removeprefix(prefix)
                of_name[name] += [places[node.attrib["ref"]] for node in thing.iter("nd")]
                thing.clear()
    return {name: cKDTree(to_metres(points)) for name, points in of_name.items() if name and points}


def test_places_lie_on_the_streets_that_are_said_to_run_through_them(streets: dict[str, cKDTree]) -> None:
    away: list[float] = []
    for road in ROADS:
        inner = [place for place in map(place_of, road.nodes) if centre_km(place) < 11]
        if road.name in streets and inner:
            away += streets[road.name].query(to_metres(inner))[0].tolist()
    assert len(away) > 700
    assert np.median(away) < 15
    # The rest are stretches that bear another name on that map.
    assert np.quantile(away, 0.8) < 100
