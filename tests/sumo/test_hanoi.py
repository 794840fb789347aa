from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from routing.network.sumo import read_sumo
from tests.data import shared_data
from tests.sumo.__main__ import main
from tests.sumo.hanoi import build_district, gtfs_lines
from tests.sumo.network import Edge, Net
from tests.sumo.through import Stop, find_way
from tests.sumo.tools import HOW, sumo_home

needs_sumo = pytest.mark.skipif(sumo_home() is None, reason=HOW)
SMALL = (105.8268, 21.0233, 105.839, 21.0304)


def block() -> Net:
    """A one-way round: a to b to c to d to a, each 100 m, and from b back to d."""
    names, middles = "abcd", [(50.0, 0.0), (100.0, 50.0), (50.0, 100.0), (0.0, 50.0)]
    edges = {n: Edge(n, "", "", 100.0, (0,), 1, at, 10.0) for n, at in zip(names, middles, strict=True)}
    return Net(Path("none"), edges, {"a": ("b",), "b": ("c", "d"), "c": ("d",), "d": ("a",)})


def stop(edge: str, share: float, aside_m: float = 3.0) -> Stop:
    x, y = block().edges[edge].middle
    return Stop(edge, share, aside_m, x, y)


def test_a_line_takes_turns_that_may_be_taken_and_the_street_that_costs_least() -> None:
    way = find_way(block(), [[stop("a", 0.5)], [stop("c", 0.5), stop("d", 0.1, 45.0)], [stop("d", 0.8)]])
    assert way is not None
    assert way.edges == ("a", "b", "c", "d")
    assert way.stops == (("a", 0.5), ("c", 0.5), ("d", 0.8))


def test_a_stop_behind_the_one_before_on_its_street_is_reached_round_the_block() -> None:
    way = find_way(block(), [[stop("a", 0.8)], [stop("a", 0.2)]])
    assert way is not None
    assert way.edges == ("a", "b", "d", "a")


def test_where_no_street_leads_on_there_is_no_line() -> None:
    dead_end = Net(Path("none"), block().edges, dict.fromkeys("abcd", ()))
    assert find_way(dead_end, [[stop("a", 0.5)], [stop("c", 0.5)]]) is None


@pytest.mark.sumo
@needs_sumo
def test_the_lines_of_the_feed_drive_a_district_from_stop_to_stop(tmp_path: Path) -> None:
    osm = shared_data("hanoi-roads", "badinh_small_with_relations_2023.osm")
    net = build_district(tmp_path, osm, SMALL)
    assert net.edges.keys() <= set(read_sumo(net.file).edge_names)
    feed = shared_data("hanoi-gtfs", "hanoi_2018_midday_gtfs.zip")
    lines = gtfs_lines(net, feed)
    assert lines
    for line in lines:
        assert all(b in net.following[a] for a, b in zip(line.edges, line.edges[1:], strict=False))
        rest = iter(line.edges)
        assert all(edge in rest for edge in dict.fromkeys(edge for edge, _ in line.stops)), (
            "stops in the order of the way"
        )
    assert np.median([line.headway_s for line in lines]) < 1800.0
    said = (
        f"--out {tmp_path} --osm {osm} --gtfs {feed} --bbox {' '.join(map(str, SMALL))}"
        " --train 0 --blocked 1 --clean 0 --blockings 1 --minutes 25 --trips 600"
    )
    done = CliRunner().invoke(main, ["hanoi", *said.split()])
    assert done.exit_code == 0, done.output
    assert (tmp_path / "blocked-01" / "blockings.csv").read_text(encoding="utf-8").count("broken_down") == 1
