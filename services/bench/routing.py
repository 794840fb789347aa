"""`hanoi bench routing`: distances and re-weighting of a city, beside the bare library and networkx."""

import time
from collections.abc import Callable
from pathlib import Path

import click
import networkx as nx
import numpy as np
import routingkit_cch

from routing.network import NetworkError, RoadNetwork, Vehicle, load_network
from routing.paths import PathFinder, Search, load_hierarchy
from routing.paths.engines import INFINITE
from services.bench.report import Figure, print_report

ROUNDS = 7
SEED = 7
Pairs = list[list[int]]


@click.command()
@click.option("--network", "network_dir", type=click.Path(path_type=Path, file_okay=False), required=True)
@click.option("--queries", default=5000, show_default=True, help="Pairs of nodes drawn at random.")
def routing(network_dir: Path, queries: int) -> None:
    """Time distances, paths, tables and re-weighting on one core; medians of seven rounds taken in turns."""
    try:
        network = load_network(network_dir)
    except NetworkError as error:
        raise click.ClickException(str(error)) from error
    load_hierarchy(network, network_dir)
    pairs = np.random.default_rng(SEED).integers(0, network.node_count, (queries, 2)).tolist()
    seconds = network.edge_length_m / network.edge_free_mps
    finder = PathFinder(network, seconds, vehicle=Vehicle.CAR)
    bare = _Bare(finder, seconds)
    graph = _networkx(network, seconds)
    few = pairs[: max(1, queries // 500)]
    starts, ends = ([pair[side] for pair in pairs[:200]] for side in (0, 1))
    search = Search(network, seconds, vehicle=Vehicle.CAR)
    ours, theirs = _in_turns(
        (lambda: _each(finder.cost, pairs), lambda: _each(bare.distance, pairs)), (queries, queries)
    )
    weigh, weigh_bare = _in_turns((lambda: finder.reweight(seconds), bare.reweight), (1, 1))
    paths, naive = _in_turns(
        (lambda: _each(finder.shortest, pairs[:500]), lambda: _each(_dijkstra(graph), few)),
        (len(pairs[:500]), len(few)),
    )
    (table, tree) = _in_turns(
        (lambda: finder.table(starts, ends), lambda: search.from_node(pairs[0][0])), (len(starts) * len(ends), 1)
    )
    print_report(
        "routing",
        [
            Figure("distance_us", "µs", ours * 1e6, "routingkit-cch alone", theirs * 1e6, "ours <= 15"),
            Figure("reweight_ms", "ms", weigh * 1e3, "routingkit-cch alone", weigh_bare * 1e3, "ours <= 10"),
            Figure("path_us", "µs", paths * 1e6, "networkx bidirectional Dijkstra", naive * 1e6),
            Figure("table_us_per_distance", "µs", table * 1e6),
            Figure("one_to_all_ms", "ms", tree * 1e3),
            Figure("nodes", "", network.node_count),
            Figure("edges", "", network.edge_count),
        ],
    )


class _Bare:
    """The library without anything of ours, on the same hierarchy and weights."""

    def __init__(self, finder: PathFinder, seconds: np.ndarray) -> None:
        topology = finder.topology
        arcs = np.rint(np.where(topology.arcs.edge >= 0, seconds[topology.arcs.edge], 0.0) * 1000).astype(int)
        arcs[topology.closed_arcs(finder.vehicle, None)] = INFINITE
        self._cch, self._weights = topology.cch, arcs.tolist()
        self.reweight()

    def reweight(self) -> None:
        """Take the weights anew."""
        self._metric = routingkit_cch.CCHMetric(self._cch, self._weights)
        self._query = routingkit_cch.CCHQuery(self._metric)

    def distance(self, start: int, end: int) -> object:
        """Return the distance of a pair."""
        return self._query.run(start, end).distance


def _networkx(network: RoadNetwork, seconds: np.ndarray) -> nx.DiGraph:
    graph = nx.DiGraph()
    order = np.argsort(-seconds)  # of parallel edges the fastest is written last
    ends = zip(network.edge_from[order].tolist(), network.edge_to[order].tolist(), seconds[order].tolist(), strict=True)
    graph.add_weighted_edges_from(ends)
    return graph


def _dijkstra(graph: nx.DiGraph) -> Callable[[int, int], object]:
    return lambda start, end: nx.bidirectional_dijkstra(graph, start, end)


def _each(ask: Callable[[int, int], object], pairs: Pairs) -> None:
    for start, end in pairs:
        ask(start, end)


def _in_turns(works: tuple[Callable[[], object], ...], counts: tuple[int, ...]) -> list[float]:
    """Return the median seconds of each work for one of what it counts; the first round only warms up."""
    taken: list[list[float]] = [[] for _ in works]
    for _ in range(ROUNDS + 1):
        for work, times in zip(works, taken, strict=True):
            began_s = time.perf_counter()
            work()
            times.append(time.perf_counter() - began_s)
    return [float(np.median(times[1:])) / count for times, count in zip(taken, counts, strict=True)]
