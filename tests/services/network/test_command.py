import json
from pathlib import Path

import networkx as nx
import pytest
from click.testing import CliRunner

from routing.network import load_network, read_osm, save_network
from services.network.command import build, match
from tests.data import shared_data
from tests.routing.builders import grid, lonlat


def test_a_real_extract_becomes_a_network_a_hierarchy_and_a_map(tmp_path: Path) -> None:
    source = shared_data("hanoi-roads", "badinh_small_with_relations_2023.osm")
    graph = tmp_path / "net.graphml"
    told = CliRunner().invoke(build, ["--osm", str(source), "--out", str(tmp_path / "net"), "--graphml", str(graph)])
    assert told.exit_code == 0, told.output
    figures = json.loads(told.stdout)
    assert (figures["nodes"], figures["edges"], figures["signals"]) == (65, 135, 23)
    assert {f["code"] for f in figures["findings"]} >= {"unreachable", "no_limit"}
    assert {p.name for p in (tmp_path / "net").iterdir()} == {
        "network.npz", "network.json", "hierarchy.npy", "map.pmtiles",
    }  # fmt: skip
    assert load_network(tmp_path / "net").edge_count == 135
    assert nx.read_graphml(graph).number_of_edges() == 135
    assert read_osm(graph).edge_count == 135, "what we write, osmnx and we read"


@pytest.mark.parametrize("arguments", [[], ["--osm", "a.osm", "--place", "Hà Nội"]])
def test_a_file_or_a_place_is_asked_for(tmp_path: Path, arguments: list[str]) -> None:
    told = CliRunner().invoke(build, [*arguments, "--out", str(tmp_path)])
    assert told.exit_code == 2
    assert "either --osm FILE or --place NAME" in told.output


def test_an_absent_file_is_an_error_in_one_line(tmp_path: Path) -> None:
    told = CliRunner().invoke(build, ["--osm", str(tmp_path / "no.osm"), "--out", str(tmp_path / "net")])
    assert told.exit_code == 1
    assert "no such file" in told.output
    assert not (tmp_path / "net").exists()


@pytest.fixture
def network_dir(tmp_path: Path) -> Path:
    save_network(grid(5, 4, 300.0), tmp_path / "net")
    return tmp_path / "net"


def trace() -> dict[str, object]:
    points = [[10.0 * i, *lonlat(50 + 100 * i, 303.0)] for i in range(8)]
    return {"id": "t1", "pts": [*points, [90.0, *lonlat(900.0, 9000.0)]]}


def test_traces_are_matched_to_ways_and_edges(tmp_path: Path, network_dir: Path) -> None:
    source, out = tmp_path / "traces.json", tmp_path / "matched.json"
    source.write_text(json.dumps([trace(), {"id": "empty", "pts": []}]))
    told = CliRunner().invoke(match, ["--network", str(network_dir), "--traces", str(source), "--out", str(out)])
    assert told.exit_code == 0, told.output
    assert json.loads(told.stdout.splitlines()[-1])["points"] == 9
    first, second = json.loads(out.read_text())
    assert (first["id"], second) == ("t1", {"id": "empty", "pts": []})
    assert first["pts"][3][1:3] == [2, "2/102/103"]
    assert first["pts"][3][3] == pytest.approx(3.0, abs=0.2)
    assert 0.5 < first["pts"][3][4] <= 1.0
    assert first["pts"][-1] == [90.0, None, None, None, None]


@pytest.mark.parametrize(
    ("text", "says"),
    [("{", "not JSON"), ('{"a": 1}', "must be a list"), ('[{"id": "x", "pts": [[1]]}]', "trace 0: point 0")],
)
def test_a_strange_traces_file_is_an_error_that_names_it(
    tmp_path: Path, network_dir: Path, text: str, says: str
) -> None:
    source = tmp_path / "traces.json"
    source.write_text(text)
    out = tmp_path / "matched.json"
    told = CliRunner().invoke(match, ["--network", str(network_dir), "--traces", str(source), "--out", str(out)])
    assert told.exit_code == 1
    assert says in told.output
    assert "traces.json" in told.output
    assert not out.exists()
