"""Files of what was learnt that a full disk or a pulled plug left cut or changed: said to be none, never died of."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from routing.congestion import EdgeHistory
from routing.congestion.traffic import TrafficHistory
from routing.network import NetworkError, load_network, save_network
from tests.routing.builders import grid

NET = grid(5, 3, 250.0)
NO_SIGNAL = np.zeros(NET.edge_count, np.bool_)


def traffic(path: Path) -> Callable[[], object]:
    TrafficHistory(NET, NO_SIGNAL).save(path)
    return lambda: TrafficHistory(NET, NO_SIGNAL).load(path)


def history(path: Path) -> Callable[[], object]:
    known = EdgeHistory(NET.edge_free_mps)
    known.learn(1, 8, 4.0)
    known.save(path)
    return lambda: EdgeHistory(NET.edge_free_mps).load(path)


@pytest.mark.parametrize("kept", [traffic, history])
def test_a_cut_or_changed_file_of_what_was_learnt_is_none(
    tmp_path: Path, kept: Callable[[Path], Callable[[], object]]
) -> None:
    path = tmp_path / "learnt.npz"
    take = kept(path)

    def load() -> bool:
        taken = take()
        return taken is not None and taken is not False

    whole = path.read_bytes()
    assert load()
    for length in range(0, len(whole) - 1, max(1, len(whole) // 60)):
        path.write_bytes(whole[:length])
        assert not load()
    rng = np.random.default_rng(1)
    for at in rng.integers(0, len(whole), 400).tolist():
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :])
        load()  # taken or not, but no error


def test_a_cut_network_is_named(tmp_path: Path) -> None:
    save_network(NET, tmp_path)
    (arrays,) = tmp_path.glob("*.npz")
    whole = arrays.read_bytes()
    for length in range(0, len(whole) - 1, len(whole) // 20):
        arrays.write_bytes(whole[:length])
        with pytest.raises(NetworkError, match="build it anew"):
            load_network(tmp_path)
