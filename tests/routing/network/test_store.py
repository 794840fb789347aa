from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest

from routing.network import NetworkError, load_network, save_network
from tests.routing.builders import grid


def test_a_saved_network_comes_back_equal(tmp_path: Path) -> None:
    net = grid(5, 4)
    save_network(net, tmp_path / "net")
    back = load_network(tmp_path / "net")
    for field in fields(net):
        before, after = getattr(net, field.name), getattr(back, field.name)
        assert np.array_equal(before, after) if isinstance(before, np.ndarray) else before == after
    assert back.edge_ids == net.edge_ids


def test_saving_again_replaces_the_network(tmp_path: Path) -> None:
    save_network(grid(5, 4), tmp_path)
    save_network(grid(2, 3), tmp_path)
    assert load_network(tmp_path).node_count == grid(2, 3).node_count
    assert {p.name for p in tmp_path.iterdir()} == {"network.npz", "network.json"}


@pytest.mark.parametrize("broken", ["network.npz", "network.json"])
@pytest.mark.parametrize("how", ["absent", "empty", "cut", "foreign"])
def test_a_broken_folder_is_an_error_that_says_how_to_mend_it(tmp_path: Path, broken: str, how: str) -> None:
    save_network(grid(5, 4), tmp_path)
    path = tmp_path / broken
    data = path.read_bytes()
    if how == "absent":
        path.unlink()
    else:
        path.write_bytes({"empty": b"", "cut": data[: len(data) // 2], "foreign": b'{"format": 99}'}[how])
    with pytest.raises(NetworkError, match="build it"):
        load_network(tmp_path)
