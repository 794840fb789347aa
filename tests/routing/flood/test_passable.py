import numpy as np
import pytest

from routing.flood import FloodSpot, closed_edges, passable_by, slow_down
from routing.flood.passable import FRESH_MS
from routing.network.vehicles import Vehicle
from routing.paths import PathFinder
from schemas.incident import FloodDepth
from tests.routing.builders import grid

NET = grid(4, 3, 250.0)
EDGE = "2/102/103"
SPOT = FloodSpot(FloodDepth.KNEE, (EDGE, "9/9/9"), 0)


@pytest.mark.parametrize(
    ("depth", "who"),
    [("wet", ("motorbike", "car", "bus")), ("shallow", ("motorbike", "car", "bus")), ("knee", ("bus",)), ("deep", ())],
)
def test_the_deeper_the_fewer_get_through(depth: str, who: tuple[str, ...]) -> None:
    assert passable_by(FloodDepth(depth)) == who


def test_water_closes_a_road_to_those_who_do_not_get_through_and_they_are_led_around() -> None:
    row = NET.edge_index_of[EDGE]
    shut = closed_edges(NET, [SPOT], Vehicle.MOTORBIKE, 0)
    assert shut == [row]
    assert closed_edges(NET, [SPOT], Vehicle.BUS, 0) == []
    finder = PathFinder(NET)
    start, end = int(NET.edge_from[row]), int(NET.edge_to[row])
    dry, wet = finder.shortest(start, end), finder.shortest(start, end, shut)
    assert dry is not None
    assert wet is not None
    assert row in dry.edges
    assert row not in wet.edges
    assert wet.cost > dry.cost


def test_a_spot_nobody_confirmed_for_hours_neither_closes_nor_slows() -> None:
    later = FRESH_MS + 1
    assert closed_edges(NET, [SPOT], Vehicle.CAR, later) == []
    seconds = np.ones(NET.edge_count)
    assert (slow_down(NET, seconds, [SPOT], later) == 1.0).all()
    assert slow_down(NET, seconds, [SPOT], 0)[NET.edge_index_of[EDGE]] == 4.0
    assert seconds.sum() == NET.edge_count


def test_the_deepest_of_several_counts() -> None:
    spots = [FloodSpot(FloodDepth.KNEE, (EDGE,), 0), FloodSpot(FloodDepth.WET, (EDGE,), 0)]
    assert slow_down(NET, np.ones(NET.edge_count), spots, 0)[NET.edge_index_of[EDGE]] == 4.0
