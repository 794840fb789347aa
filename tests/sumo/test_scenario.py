import csv
import gzip
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from services.score.incidents import incidents
from tests.sumo.__main__ import hours, write_stops
from tests.sumo.blockings import CLEAR_S, draw_blockings
from tests.sumo.buses import grid_lines
from tests.sumo.cameras import write_counts
from tests.sumo.demand import draw_trips
from tests.sumo.grid import build_grid
from tests.sumo.network import Edge, Net
from tests.sumo.scenario import Scenario, run_scenario
from tests.sumo.tools import HOW, sumo_home


def street(count: int = 8) -> Net:
    """One street of edges of 300 m, drawn by hand."""
    names = [f"e{i}" for i in range(count)]
    edges = {
        name: Edge(name, f"n{i}", f"n{i + 1}", 300.0, (0, 1), 2, (300.0 * i, 0.0), 13.9) for i, name in enumerate(names)
    }
    following = {name: tuple(names[i + 1 : i + 2]) for i, name in enumerate(names)}
    return Net(Path("none"), edges, following)


def test_the_same_seed_draws_the_same_trips_and_another_one_others() -> None:
    net = street()
    assert draw_trips(net, 500.0, 600.0, 1) == draw_trips(net, 500.0, 600.0, 1)
    assert draw_trips(net, 500.0, 600.0, 1) != draw_trips(net, 500.0, 600.0, 2)
    trips = draw_trips(net, 6000.0, 3600.0, 1)
    assert 5000 < len(trips) < 7000
    assert 0.8 < sum(trip.kind == "motorbike" for trip in trips) / len(trips) < 0.9


def test_blockings_last_five_minutes_at_least_and_lie_apart() -> None:
    net = street()
    drawn = draw_blockings(net, 6, 3, among=net.edges, first_s=0.0, last_s=3000.0, apart_m=600.0)
    assert len(drawn) == 6
    for a in drawn:
        assert a.end_s - a.begin_s >= 300.0
        for b in drawn:
            if a is not b and a.begin_s - CLEAR_S < b.end_s and b.begin_s - CLEAR_S < a.end_s:
                assert abs(net.edges[a.edge].middle[0] - net.edges[b.edge].middle[0]) >= 600.0


def test_no_more_blockings_are_drawn_than_fit() -> None:
    net = street(2)
    assert len(draw_blockings(net, 9, 1, among=net.edges, first_s=0.0, last_s=60.0, apart_m=600.0)) == 1


def test_hours_of_all_kinds_come_in_turn() -> None:
    assert [name for name, _, _ in hours(1, 2, 3, 4)] == [
        "train-01", "blocked-01", "clean-01", "blocked-02", "clean-02", "clean-03",
    ]  # fmt: skip


def test_lanes_of_a_view_are_put_together(tmp_path: Path) -> None:
    lane = (
        '<interval begin="0" end="30" id="a|in|{lane}" nVehLeft="{left}" meanOccupancy="10" meanSpeed="{speed}"'
        ' sampledSeconds="{s}" maxHaltingDuration="{stand}"/>'
    )
    rows = lane.format(lane=0, left=3, speed=10, s=30, stand=0) + lane.format(lane=1, left=2, speed=4, s=10, stand=29)
    (tmp_path / "d.xml").write_text(f"<detector>{rows}</detector>", encoding="utf-8")
    write_counts(tmp_path / "d.xml", tmp_path / "c.csv.gz")
    with gzip.open(tmp_path / "c.csv.gz", "rt", encoding="utf-8") as file:
        (row,) = csv.DictReader(file)
    assert (row["edge"], row["view"], row["flow"], row["standing_s"]) == ("a", "in", "5", "29.0")
    assert float(row["speed_mps"]) == pytest.approx(8.5)
    assert float(row["occupancy"]) == pytest.approx(0.1)


@pytest.mark.sumo
@pytest.mark.skipif(sumo_home() is None, reason=HOW)
def test_a_blocked_street_of_a_small_grid_is_found_from_end_to_end(tmp_path: Path) -> None:
    net = build_grid(tmp_path, 3)
    lines = grid_lines(net, 240.0)
    write_stops(tmp_path / "stops.csv", net, lines)
    for name, blockings in (("train-01", 0), ("blocked-01", 1), ("clean-01", 0)):
        run_scenario(net, lines, Scenario(1200.0, 1500.0, 11 + blockings, blockings), tmp_path / name)
    with (tmp_path / "blocked-01" / "blockings.csv").open(encoding="utf-8") as file:
        truth = list(csv.DictReader(file))
    assert truth
    assert all(float(row["end_s"]) - float(row["begin_s"]) >= 290.0 for row in truth)
    done = CliRunner().invoke(incidents, [str(tmp_path), "--probes", "bus", "--probes", "bus,cameras=100%"])
    assert done.exit_code == 0, done.output
    said = json.loads(done.stdout)["probes"]["bus,cameras=100%"]
    assert said["blockings"] == len(truth)
    assert said["found"] > 0.0
    assert said["median_min"] < 4.0
    assert set(said["baselines"]) == {"california_7", "california_8", "snd", "des", "mcmaster"}


def test_a_folder_without_runs_says_how_to_make_them(tmp_path: Path) -> None:
    if sumo_home() is None:
        pytest.skip(HOW)
    build_grid(tmp_path, 2)
    done = CliRunner().invoke(incidents, [str(tmp_path)])
    assert done.exit_code == 1
    assert "python -m tests.sumo grid" in done.output
