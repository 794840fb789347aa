import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from routing.network import save_network
from services.score.matching import matching, truth_of
from tests.routing.builders import grid, lonlat


def test_truth_is_the_ways_and_the_direction_and_absent_in_junctions() -> None:
    assert truth_of([0.0, 1, 2, 3, 4, "-60#1", ["60", "61"]]) == ({60, 61}, True)
    assert truth_of([0.0, 1, 2, 3, 4, "60", ["60"]]) == ({60}, False)
    assert truth_of([0.0, 1, 2, 3, 4, ":80_4", []]) is None
    assert truth_of([0.0, 1, 2]) is None


@pytest.mark.parametrize(
    ("heading", "true", "edge_accuracy"), [(90.0, "2", 1.0), (270.0, "-2", 1.0), (90.0, "-2", 0.0)]
)
def test_a_known_drive_gives_known_figures(tmp_path: Path, heading: float, true: str, edge_accuracy: float) -> None:
    save_network(grid(5, 4, 300.0), tmp_path / "net")
    xs = range(50, 850, 100) if heading == 90.0 else range(850, 50, -100)
    points = [[10.0 * i, *lonlat(x, 302.0), 10.0, heading, true, ["2"]] for i, x in enumerate(xs)]
    source = tmp_path / "traces.json"
    source.write_text(json.dumps([{"id": "a", "pts": points}]))
    told = CliRunner().invoke(matching, ["--network", str(tmp_path / "net"), "--traces", str(source)])
    assert told.exit_code == 0, told.output
    figures = json.loads(told.stdout)
    assert figures["points_scored"] == 8
    assert figures["way_accuracy"] == 1.0
    assert figures["edge_accuracy"] == edge_accuracy
    assert set(figures["baselines"]) == {"nearest_edge", "nearest_edge_with_heading"}


def test_an_absent_network_is_an_error_that_says_how_to_make_one(tmp_path: Path) -> None:
    (tmp_path / "t.json").write_text("[]")
    told = CliRunner().invoke(matching, ["--network", str(tmp_path), "--traces", str(tmp_path / "t.json")])
    assert told.exit_code == 1
    assert "hanoi network build" in told.output
