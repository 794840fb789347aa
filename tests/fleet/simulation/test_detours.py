import itertools
from dataclasses import replace

import numpy as np

from fleet.simulation.build import Scene, build_world
from fleet.simulation.buses import Buses
from fleet.simulation.incidents import Incident
from fleet.simulation.operations import PUNCTUAL
from fleet.simulation.plan import Duty, Plan, make_path
from fleet.simulation.state import ARRIVED, ENDED, LEFT, PASSED, RUNNING, SKIPPED
from tests.fleet.simulation.builders import START_MS, crossing, drive, one_bus, times_of

WHILE_MS = START_MS - 600_000, START_MS + 3_600_000


def world_with(incidents: tuple[Incident, ...]):  # type: ignore[no-untyped-def]
    network = crossing(900.0)
    # From node 1 straight over the junction to node 3; one stop on each arm.
    line = make_path(np.linspace(network.node_lon[1], network.node_lon[3], 60), np.full(60, 21.0))
    run = one_bus(line, 50.0, 500.0, 1_100.0, line.length_m - 50.0)
    plan = Plan((line,), (run,), (Duty("B", (0,)),))
    scene = Scene(weather="dry", incidents=incidents, operations=PUNCTUAL)
    return network, build_world(
        plan, network, [], start_ms=START_MS, end_ms=START_MS + 3_600_000, seed=1, offset_s=25_200, scene=scene
    )


def closed_edge(start: int, end: int) -> Incident:
    network = crossing(900.0)
    edge = int(np.flatnonzero((network.edge_from == start) & (network.edge_to == end))[0])
    return Incident("I-1", "closure", edge, 400.0, *WHILE_MS, 0.0)


def test_a_course_on_the_roads_lies_on_their_edges() -> None:
    network, world = world_with(())
    edges = world.tables.piece["edge"][: world.tables.way["piece_first"][1]]
    assert [(int(network.edge_from[e]), int(network.edge_to[e])) for e in edges] == [(1, 0), (0, 3)]
    assert len(world.traffic.roads) == network.edge_count


def test_where_the_line_begins_on_the_closed_road_there_is_no_way_around() -> None:
    _, world = world_with((closed_edge(1, 0),))
    assert world.detours == ()


def test_stops_and_metres_of_a_detour_are_those_of_the_shape_before_and_after_it() -> None:
    # By nodes 4, 1, 0, 3, 2; from 1 to 0 it is closed, and node 2 or 4 leads around.
    network, nodes = crossing(900.0), [4, 1, 0, 3, 2]
    line = make_path(
        np.concatenate([np.linspace(network.node_lon[a], network.node_lon[b], 40)[:-1]
                        for a, b in itertools.pairwise(nodes)]),
        np.concatenate([np.linspace(network.node_lat[a], network.node_lat[b], 40)[:-1]
                        for a, b in itertools.pairwise(nodes)]),
    )  # fmt: skip
    stops = (50.0, 600.0, 1_700.0, 2_600.0, line.length_m - 50.0)
    run = replace(one_bus(line, *stops), arrival_ms=START_MS + np.arange(5) * 240_000)
    run = replace(run, departure_ms=run.arrival_ms)
    plan = Plan((line,), (run,), (Duty("B", (0,)),))
    scene = Scene(weather="dry", incidents=(closed_edge(1, 0),), operations=PUNCTUAL)
    world = build_world(plan, network, [], start_ms=START_MS, end_ms=WHILE_MS[1], seed=1, offset_s=25_200, scene=scene)
    (detour,) = world.detours
    assert (
        closed_edge(1, 0).edge
        not in world.tables.piece["edge"][
            world.tables.way["piece_first"][detour.by_way] : world.tables.way["piece_first"][detour.by_way + 1]
        ]
    )
    buses = Buses(world, start_ms=START_MS - 60_000, spin_up_ms=0)
    events, off_shape = [], 0
    for _ in range(2_400):
        events += drive(buses, 1)
        if buses.state.bus["phase"][0] == RUNNING and np.isnan(buses.shape_m(np.array([0]))[0]):
            off_shape += 1
    assert list(times_of(events, SKIPPED)) == [(0, 2)]
    served = times_of(events, ARRIVED) | times_of(events, PASSED) | times_of(events, LEFT)
    assert {stop for _, stop in served} == {0, 1, 3, 4}
    assert times_of(events, ENDED)
    assert off_shape > 60
