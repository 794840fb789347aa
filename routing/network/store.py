"""The folder a network is kept in: arrays in one file, names and findings in another."""

from dataclasses import fields
from pathlib import Path

import msgspec
import numpy as np

from routing.network.errors import NetworkError
from routing.network.graph import Finding, RoadNetwork
from routing.network.vehicles import EVERYBODY
from routing.npz import BROKEN
from schemas.text import Text

ARRAYS_FILE = "network.npz"
WORDS_FILE = "network.json"
FORMAT = 1
_WORDS = ("epsg", "names", "findings")
# Networks of an earlier version lack these: everybody may drive everywhere, and no turn is forbidden.
_LATER = ("edge_users", "edge_bus_lane", "turn_offset", "turn_edge", "turn_users", "turn_from_min", "turn_to_min")
_NEEDED = frozenset({f.name for f in fields(RoadNetwork)} - {*_WORDS, *_LATER})


def save_network(network: RoadNetwork, folder: Path) -> None:
    """Write a network, whole or not at all.

    Parameters
    ----------
    network : RoadNetwork
        The network.
    folder : Path
        Made if absent; a network in it is replaced.
    """
    folder.mkdir(parents=True, exist_ok=True)
    arrays = {f.name: getattr(network, f.name) for f in fields(network) if f.name not in _WORDS}
    new = folder / (ARRAYS_FILE + ".new.npz")
    np.savez(new, **arrays)
    words = {
        "format": FORMAT,
        "epsg": network.epsg,
        "nodes": network.node_count,
        "edges": network.edge_count,
        "bbox": network.bbox,
        "findings": [{"code": f.code, "count": f.count, "text": f.text} for f in network.findings],
        "names": network.names,
    }
    new_words = folder / (WORDS_FILE + ".new")
    new_words.write_bytes(msgspec.json.format(msgspec.json.encode(words), indent=1))
    new.replace(folder / ARRAYS_FILE)
    new_words.replace(folder / WORDS_FILE)


def load_network(folder: Path) -> RoadNetwork:
    """Read a network from its folder.

    Parameters
    ----------
    folder : Path
        As written by `save_network`.

    Returns
    -------
    RoadNetwork
        Equal to the one that was saved.

    Raises
    ------
    NetworkError
        If a file is absent, broken or of another format.
    """
    try:
        words = msgspec.json.decode((folder / WORDS_FILE).read_bytes())
        if words.get("format") != FORMAT:
            raise NetworkError(f"{folder}: format {words.get('format')}, we read {FORMAT}; build it anew")
        with np.load(folder / ARRAYS_FILE, allow_pickle=False) as arrays:
            columns = {f.name: arrays[f.name] for f in fields(RoadNetwork) if f.name in arrays or f.name in _NEEDED}
        edges = len(columns["edge_from"])
        columns.setdefault("edge_users", np.full(edges, int(EVERYBODY), dtype=np.uint8))
        columns.setdefault("edge_bus_lane", np.zeros(edges, dtype=bool))
        if edges != words["edges"]:
            raise NetworkError(f"{folder}: {ARRAYS_FILE} and {WORDS_FILE} are of two networks; build it anew")
        found = [Finding(f["code"], f["count"], msgspec.convert(f["text"], Text)) for f in words["findings"]]
        return RoadNetwork(epsg=words["epsg"], names=tuple(words["names"]), findings=tuple(found), **columns)
    except FileNotFoundError as error:
        raise NetworkError(f"{error.filename} is absent: build it with `hanoi network build`") from None
    except (msgspec.MsgspecError, AttributeError, *BROKEN) as error:
        raise NetworkError(f"{folder}: cannot be read ({error}); build it anew with `hanoi network build`") from error
