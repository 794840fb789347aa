"""Where buses of a SUMO run stop, as a timetable would tell it: places of stops, and which line serves which."""

import csv
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from pathlib import Path

import click
import numpy as np

from routing.network.graph import Floats, Ints
from routing.network.sumo import SumoNetwork


@dataclass(frozen=True)
class SumoStops:
    """Stops (lon, lat) and, of each line, the rows of those it serves."""

    lonlat: Floats
    lines: dict[str, Ints]


def line_of(vehicle_id: str) -> str:
    """Return the line of a bus: its name without the number of the departure behind the last underscore."""
    return vehicle_id.rpartition("_")[0] or vehicle_id


def read_stops(sumo: SumoNetwork, stops_file: Path, routes_file: Path | None) -> SumoStops:
    """Read bus stops, and which line stops where.

    Parameters
    ----------
    sumo : SumoNetwork
        The roads.
    stops_file : Path
        ``<busStop>`` elements, as in an ``.add.xml``, or a table with columns ``lon`` and ``lat``.
    routes_file : Path, optional
        Vehicles with their ``<stop busStop="…">``; without it every bus is taken to serve every stop.

    Returns
    -------
    SumoStops
        Those on edges of the network.

    Raises
    ------
    click.ClickException
        If a file cannot be read.
    """
    if stops_file.suffix == ".csv":
        return SumoStops(_table(stops_file), {})
    row_of = {name: row for row, name in enumerate(sumo.edge_names)}
    names, places = [], []
    for stop in _root(stops_file).iter("busStop"):
        edge = row_of.get(stop.get("lane", "").rpartition("_")[0])
        if edge is not None:
            front_m = float(stop.get("endPos", "0"))
            names.append(stop.get("id", ""))
            places.append(_place(sumo, edge, front_m))
    number = {name: row for row, name in enumerate(names)}
    lines: dict[str, set[int]] = {}
    for vehicle in _root(routes_file).iter("vehicle") if routes_file else ():
        of = lines.setdefault(line_of(vehicle.get("id", "")), set())
        of |= {number[name] for stop in vehicle.iter("stop") if (name := stop.get("busStop", "")) in number}
    return SumoStops(
        np.array(places).reshape(-1, 2), {k: np.array(sorted(v), dtype=np.int64) for k, v in lines.items()}
    )


def _table(path: Path) -> Floats:
    try:
        with path.open(encoding="utf-8", newline="") as file:
            return np.array([(float(row["lon"]), float(row["lat"])) for row in csv.DictReader(file)]).reshape(-1, 2)
    except (OSError, KeyError, ValueError) as error:
        raise click.ClickException(f"{path}: no table of stops with lon and lat ({error})") from error


def _place(sumo: SumoNetwork, edge: int, along_m: float) -> tuple[float, float]:
    network = sumo.network
    rows = slice(int(network.point_offset[edge]), int(network.point_offset[edge + 1]))
    metres = network.point_m[rows]
    lon, lat = network.point_lon[rows], network.point_lat[rows]
    return float(np.interp(along_m, metres, lon)), float(np.interp(along_m, metres, lat))


def _root(path: Path) -> ET.Element:
    try:
        return ET.fromstring(path.read_bytes())  # noqa: S314 (the person's own file)
    except (OSError, ET.ParseError) as error:
        raise click.ClickException(f"{path}: {error}") from error
