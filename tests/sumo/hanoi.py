"""A district of Hanoi: its streets from OpenStreetMap with signals, its bus lines and stops from GTFS."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from fleet.gtfs import Timetable, read_timetable
from routing.network.graph import Floats
from routing.network.sumo import SumoNetwork, read_sumo
from tests.sumo.buses import BusLine
from tests.sumo.network import Net, read_net
from tests.sumo.through import Stop, find_way, near_stops
from tests.sumo.tools import call

# The Old Quarter and the streets round Hoan Kiem lake: west, south, east, north.
HOAN_KIEM = (105.841, 21.018, 105.867, 21.043)
STREETS = "trunk primary secondary tertiary unclassified residential"
LEAST_STOPS = 3
MOST_HEADWAY_S, LEAST_HEADWAY_S = 1_800.0, 120.0


def build_district(folder: Path, osm: Path, bbox: tuple[float, float, float, float]) -> Net:
    """Cut a district out of an extract of OpenStreetMap.

    Parameters
    ----------
    folder : Path
        Gets ``net.net.xml.gz``.
    osm : Path
        ``.osm`` or ``.osm.gz``.
    bbox : tuple of float
        West, south, east, north in degrees.

    Returns
    -------
    Net
        The largest part that hangs together; signals where the map has them and where large streets meet.
    """
    kinds = [f"highway.{kind}{end}" for kind in STREETS.split() for end in ("", "_link")]
    file = folder / "net.net.xml.gz"
    call(
        "netconvert", "--osm-files", osm, "--keep-edges.in-geo-boundary", ",".join(map(str, bbox)),
        "--keep-edges.by-type", ",".join(kinds), "--keep-edges.components", 1, "--remove-edges.isolated",
        "--geometry.remove", "--junctions.join", "--tls.guess-signals", "--tls.discard-simple", "--tls.join",
        "--tls.default-type", "static", "--tls.cycle.time", 90, "--no-turnarounds", "--proj.utm", "-o", file,
    )  # fmt: skip
    return read_net(file)


def gtfs_lines(net: Net, gtfs: Path) -> list[BusLine]:
    """Lay every line through the district over its streets, from stop to stop, as often as its timetable has it.

    Parameters
    ----------
    net : Net
        The district.
    gtfs : Path
        A feed.

    Returns
    -------
    list of BusLine
        One a run of at least three stops that can be driven, in the order of the feed's patterns.
    """
    sumo, timetable = read_sumo(net.file), read_timetable(gtfs)
    known = [edge for edge, name in enumerate(sumo.edge_names) if name in net.edges]
    lines = []
    for number, (stops, headway_s) in enumerate(_patterns(timetable)):
        for part, run in enumerate(_inside(sumo, known, stops)):
            way = find_way(net, run)
            if way is not None and len(way.stops) >= LEAST_STOPS:
                lines.append(BusLine(f"line-{number}-{part}", way.edges, way.stops, headway_s))
    return lines


def _patterns(timetable: Timetable) -> Iterator[tuple[Floats, float]]:
    """Give each order of stops once: its places and the seconds between its trips."""
    lonlat = np.column_stack((timetable.stop_lon, timetable.stop_lat))
    begins: dict[tuple[int, ...], set[float]] = {}
    for first, last in zip(timetable.trip_start[:-1].tolist(), timetable.trip_start[1:].tolist(), strict=True):
        if last > first:
            order = tuple(timetable.time_stop[first:last].tolist())
            begins.setdefault(order, set()).add(float(timetable.departure_s[first]))
    for order, times in begins.items():
        gap_s = (max(times) - min(times)) / (len(times) - 1) if len(times) > 1 else MOST_HEADWAY_S
        yield lonlat[list(order)], min(max(gap_s, LEAST_HEADWAY_S), MOST_HEADWAY_S)


def _inside(sumo: SumoNetwork, known: list[int], lonlat: Floats) -> Iterator[list[list[Stop]]]:
    """Cut an order of stops into the runs whose stops lie beside streets of the district."""
    run: list[list[Stop]] = []
    for places in near_stops(sumo, known, lonlat):
        if places:
            run.append(places)
        elif run:
            yield run
            run = []
    if run:
        yield run
