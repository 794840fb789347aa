"""The node order of a network's hierarchy, kept beside it so that no start computes it again."""

from pathlib import Path

import numpy as np

from routing.network.graph import RoadNetwork
from routing.paths.topology import Topology, topology_of

ORDER_FILE = "hierarchy.npy"


def save_hierarchy(network: RoadNetwork, folder: Path) -> None:
    """Compute the hierarchy of a network and write its node order into the network's folder.

    Parameters
    ----------
    network : RoadNetwork
        The roads.
    folder : Path
        Where `routing.network.save_network` put it.
    """
    new = folder / (ORDER_FILE + ".new.npy")
    np.save(new, np.array(topology_of(network).order, dtype=np.int64))
    new.replace(folder / ORDER_FILE)


def load_hierarchy(network: RoadNetwork, folder: Path) -> Topology:
    """Prepare the hierarchy of a network from its folder; an absent or unfit order is computed anew.

    Parameters
    ----------
    network : RoadNetwork
        The roads, as loaded from the same folder.
    folder : Path
        The network's folder.

    Returns
    -------
    Topology
        What every finder of this network uses.
    """
    try:
        order = np.load(folder / ORDER_FILE, allow_pickle=False).tolist()
    except (OSError, ValueError, EOFError):
        order = None
    if order is not None and sorted(order) != list(range(len(order))):
        order = None
    return topology_of(network, order)
