import itertools
from dataclasses import replace

import pytest

from routing.network import read_osm
from routing.network.graph import RoadNetwork
from routing.network.restrictions import WHOLE_DAY, Restriction, Window
from routing.network.turns import place_turns
from routing.network.vehicles import EVERYBODY
from tests.data import shared_data
from tests.routing.builders import grid, network, way

NET = grid(3, 3)  # ways 1 to 3 run east, 1001 to 1003 north; the middle is node 102


def turn(**said: object) -> Restriction:
    return replace(Restriction((2,), 102, (), (1002,), only=False, users=EVERYBODY, windows=(WHOLE_DAY,)), **said)


def ids(net: RoadNetwork) -> list[list[str]]:
    cuts = net.turn_offset
    return [[net.edge_ids[e] for e in net.turn_edge[a:b]] for a, b in itertools.pairwise(cuts)]


def test_a_turn_over_a_node_is_placed_for_each_end_of_the_ways_that_meet_there() -> None:
    found = ids(place_turns(NET, [turn()]))
    east, west = "2/101/102", "2/103/102"
    assert sorted(found) == [[e, n] for e in (east, west) for n in ("1002/102/2", "1002/102/202")]


def test_an_only_turn_forbids_every_other_way_on() -> None:
    net = network(
        [way(1, (1, 2)), way(2, (2, 3)), way(3, (2, 4)), way(4, (3, 4)), way(5, (4, 1))],
        {1: (0, 0), 2: (100, 0), 3: (200, 0), 4: (100, -100)},
    )
    found = ids(place_turns(net, [turn(from_ways=(1,), via_node=2, to_ways=(2,), only=True)]))
    assert found == [["5/4/2", "1/2/4"], ["5/4/2", "3/2/4"]]


def test_a_turn_over_a_way_is_a_chain_of_edges() -> None:
    net = place_turns(NET, [turn(from_ways=(1,), via_node=None, via_ways=(1002,), to_ways=(2,))])
    assert ["1001/101/2", "1002/2/102", "2/102/101"] in ids(net)
    assert all(len(chain) == 3 for chain in ids(net))


def test_hours_are_rows_of_their_own() -> None:
    net = place_turns(NET, [turn(windows=(Window(360, 540), Window(960, 1170)))])
    assert sorted(set(zip(net.turn_from_min.tolist(), net.turn_to_min.tolist(), strict=True))) == [
        (360, 540), (960, 1170),
    ]  # fmt: skip


def test_a_turn_that_has_no_place_and_one_not_understood_are_counted() -> None:
    net = place_turns(NET, [turn(from_ways=(77,))], unclear=2)
    assert {f.code: f.count for f in net.findings} == {"turns_lost": 1, "turns_unclear": 2}
    assert len(net.turn_users) == 0


@pytest.mark.data
def test_the_turns_of_a_real_extract_are_placed_with_their_hours() -> None:
    net = read_osm(shared_data("hanoi-roads", "badinh_small_with_relations_2023.osm"))
    counts = {f.code: f.count for f in net.findings}
    assert counts["turns"] == len(net.turn_users) > 15
    assert (360, 540) in set(zip(net.turn_from_min.tolist(), net.turn_to_min.tolist(), strict=True))
