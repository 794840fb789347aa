"""The city's road network as the pages ask for it: names, lengths, ways around closed edges."""

from functools import cached_property
from pathlib import Path
from typing import NamedTuple

import numpy as np

from routing.network import RoadNetwork, load_network
from routing.network.index import EdgeIndex
from routing.paths import RoadPath, line_of, load_hierarchy
from services.api.timetable import plain


class Street(NamedTuple):
    """All edges of one name; ``edge_index`` is one in the middle, at ``lon``, ``lat``."""

    name: str
    words: str
    edge_index: int
    lon: float
    lat: float


class Roads:
    """The network, and what pages ask of it.

    Parameters
    ----------
    network : RoadNetwork
        The roads.
    folder : Path or None
        Where the hierarchy may lie.
    """

    def __init__(self, network: RoadNetwork, folder: Path | None = None) -> None:
        self.network = network
        self._folder = folder

    def prepare(self) -> None:
        """Take the hierarchy from its folder; the first call takes a moment, later ones nothing."""
        if self._folder is not None:
            folder, self._folder = self._folder, None
            load_hierarchy(self.network, folder)

    def nearest_node(self, lon: float, lat: float) -> int:
        """Return the node nearest to a place."""
        east = (self.network.node_lon - lon) * np.cos(np.radians(lat))
        return int(np.argmin(np.hypot(east, self.network.node_lat - lat)))

    @cached_property
    def index(self) -> EdgeIndex:
        """Which edges lie near a place."""
        return EdgeIndex(self.network)

    @cached_property
    def streets(self) -> tuple[Street, ...]:
        """Every street that has a name, once, with a place in its middle."""
        net = self.network
        lon, lat = net.node_lon[net.edge_from], net.node_lat[net.edge_from]
        order = np.argsort(net.edge_name, kind="stable")
        starts = np.searchsorted(net.edge_name[order], np.arange(len(net.names) + 1))
        found = []
        for code in range(1, len(net.names)):
            edges = order[starts[code] : starts[code + 1]]
            if len(edges):
                away = np.hypot(lon[edges] - lon[edges].mean(), lat[edges] - lat[edges].mean())
                edge = int(edges[np.argmin(away)])
                name = net.names[code]
                found.append(Street(name, " " + plain(name), edge, float(lon[edge]), float(lat[edge])))
        return tuple(found)

    def line(self, path: RoadPath) -> list[tuple[float, float]]:
        """Return the points of a way, lon, lat, each once."""
        return [(round(float(lon), 6), round(float(lat), 6)) for lon, lat in line_of(self.network, path.edges)]


def read_roads(folder: Path | None) -> Roads | None:
    """Read a city's road network, ``None`` where it has none; raises ``NetworkError`` for a broken one."""
    return None if folder is None else Roads(load_network(folder), folder)


def search_streets(streets: tuple[Street, ...], query: str, limit: int) -> list[Street]:
    """Return the streets whose name holds every word of a query, those that begin with it first."""
    whole = " ".join(plain(query).split())
    words = whole.split()
    hits = [street for street in streets if words and all(f" {word}" in street.words for word in words)]
    return sorted(hits, key=lambda s: (not s.words.startswith(f" {whole}"), len(s.words), s.name))[:limit]
