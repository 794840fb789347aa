"""The city's road network as the pages ask for it: names, lengths, ways around closed edges."""

import threading
from pathlib import Path

import numpy as np

from routing.network import RoadNetwork, load_network
from routing.paths import PathFinder, RoadPath, line_of, load_hierarchy


class Roads:
    """The network and a path finder over it, made when a path is first asked for.

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
        self._finder: PathFinder | None = None
        self._lock = threading.Lock()

    def shortest(self, start: int, end: int, closed: list[int]) -> RoadPath | None:
        """Return the quickest way at free flow, ``None`` where there is none; the first call takes longer."""
        with self._lock:
            if self._finder is None:
                if self._folder is not None:
                    load_hierarchy(self.network, self._folder)
                self._finder = PathFinder(self.network)
        return self._finder.shortest(start, end, closed)

    def nearest_node(self, lon: float, lat: float) -> int:
        """Return the node nearest to a place."""
        east = (self.network.node_lon - lon) * np.cos(np.radians(lat))
        return int(np.argmin(np.hypot(east, self.network.node_lat - lat)))

    def line(self, path: RoadPath) -> list[tuple[float, float]]:
        """Return the points of a way, lon, lat, each once."""
        return [(round(float(lon), 6), round(float(lat), 6)) for lon, lat in line_of(self.network, path.edges)]


def read_roads(folder: Path | None) -> Roads | None:
    """Read a city's road network, ``None`` where it has none; raises ``NetworkError`` for a broken one."""
    return None if folder is None else Roads(load_network(folder), folder)
