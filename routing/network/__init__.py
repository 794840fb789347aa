"""The road network: reading it from OpenStreetMap, finding edges near a place, map tiles, storage.

::

    network = read_osm(Path("hanoi.osm.pbf"))      # or "Ba Đình, Hà Nội", or .osm, .osm.gz, .graphml(.gz)
    save_network(network, folder)
    network = load_network(folder)
    areas = read_areas(Path("hanoi.osm.pbf"))
    write_pmtiles(Path("map.pmtiles"), network, lines=[…], stops=[…], areas=areas)
"""

from routing.network.areas import MapAreas, load_areas, save_areas
from routing.network.errors import NetworkError
from routing.network.graph import Finding, RoadNetwork
from routing.network.osm import read_areas, read_osm
from routing.network.store import load_network, save_network
from routing.network.tiles import MapLine, MapStop, write_pmtiles
from routing.network.vehicles import EVERYBODY, WIDE, Vehicle

__all__ = [
    "EVERYBODY",
    "WIDE",
    "Finding",
    "MapAreas",
    "MapLine",
    "MapStop",
    "NetworkError",
    "RoadNetwork",
    "Vehicle",
    "load_areas",
    "load_network",
    "read_areas",
    "read_osm",
    "save_areas",
    "save_network",
    "write_pmtiles",
]
