import json
from pathlib import Path

import pyogrio
import pytest
from click.testing import CliRunner

from routing.network import read_osm, save_network
from services.bench.routing import routing
from services.network.export_command import export
from tests.routing.builders import grid

NET = grid(4, 3)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    save_network(NET, tmp_path / "net")
    return tmp_path / "net"


def test_a_geopackage_holds_every_edge_with_its_id_and_its_users(tmp_path: Path, folder: Path) -> None:
    out = tmp_path / "roads.gpkg"
    for _ in range(2):
        told = CliRunner().invoke(export, ["--network", str(folder), "--out", str(out)])
        assert told.exit_code == 0, told.output
    assert json.loads(told.stdout)["edges"] == NET.edge_count
    assert sorted(pyogrio.list_layers(out)[:, 0]) == ["edges", "nodes"]
    meta, _, _, fields = pyogrio.raw.read(out, layer="edges")
    columns = dict(zip(meta["fields"], fields, strict=True))
    assert columns["edge_id"].tolist() == list(NET.edge_ids)
    assert columns["for_motorbike"].all()
    assert meta["crs"] == "EPSG:4326"
    assert not list(tmp_path.glob(".new-*"))


def test_a_graphml_comes_back_as_the_same_network(tmp_path: Path, folder: Path) -> None:
    out = tmp_path / "roads.graphml"
    assert CliRunner().invoke(export, ["--network", str(folder), "--out", str(out)]).exit_code == 0
    back = read_osm(out)
    assert dict(zip(back.edge_ids, back.edge_users.tolist(), strict=True)) == dict(
        zip(NET.edge_ids, NET.edge_users.tolist(), strict=True)
    )


@pytest.mark.parametrize(("name", "code", "says"), [("roads.shp", 2, ".gpkg"), ("net/x.gpkg", 0, "edges")])
def test_the_ending_tells_the_format(tmp_path: Path, folder: Path, name: str, code: int, says: str) -> None:
    told = CliRunner().invoke(export, ["--network", str(folder), "--out", str(tmp_path / name)])
    assert (told.exit_code, says in told.output) == (code, True)


def test_an_absent_network_is_an_error_in_one_line(tmp_path: Path) -> None:
    told = CliRunner().invoke(export, ["--network", str(tmp_path / "no"), "--out", str(tmp_path / "x.gpkg")])
    assert told.exit_code == 1
    assert "hanoi network build" in told.output


def test_the_benchmark_of_routing_reports_beside_its_peers(folder: Path) -> None:
    told = CliRunner().invoke(routing, ["--network", str(folder), "--queries", "20"])
    assert told.exit_code == 0, told.output
    figures = {f["name"]: f for f in json.loads(told.stdout)["figures"]}
    assert figures["distance_us"]["peer"] == "routingkit-cch alone"
    assert figures["path_us"]["ratio"] is not None
