"""`hanoi bench congestion`: one cycle of the field on a city's edges, beside SciPy's solver for the mean alone."""

import resource
import time
from pathlib import Path

import click
import numpy as np
from scipy.sparse import csc_matrix, diags
from scipy.sparse.linalg import spsolve

from routing.congestion.field import followers
from routing.congestion.fuse import Fusion, Seen
from routing.congestion.traffic import TrafficHistory
from routing.forecast.city import CityForecaster
from routing.network import NetworkError, RoadNetwork, load_network
from services.bench.report import Figure, print_report

ROUNDS = 5
SEEN_SHARE = 0.12
GOAL = "ours <= 1"
GOAL_MIB = "ours <= 1024"
GOAL_FORECAST = "ours <= 0.5"
STEP_MS = 300_000
START_MS = 1_767_661_200_000


@click.command()
@click.option("--network", "network_dir", type=click.Path(path_type=Path, file_okay=False), required=True)
def congestion(network_dir: Path) -> None:
    """Time one cycle of the field: every edge's speed and interval, an eighth of the edges seen; medians of five."""
    try:
        network = load_network(network_dir)
    except NetworkError as error:
        raise click.ClickException(str(error)) from error
    began_s = time.perf_counter()
    fusion = Fusion(network, TrafficHistory(network, np.zeros(network.edge_count, np.bool_)))
    ready_s = time.perf_counter() - began_s
    rng = np.random.default_rng(1)
    edges = rng.choice(network.edge_count, round(SEEN_SHARE * network.edge_count), replace=False).tolist()
    seen = {edge: [Seen(300.0, float(rng.uniform(30, 120)), 2, is_bus=True)] for edge in edges}
    fusion.fuse(seen, 8)
    ours = float(np.median([_time_ours(fusion, seen) for _ in range(ROUNDS)]))
    forecast_s = _time_forecast(network, fusion, seen)
    used_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    figures = [
        Figure("cycle_s", "s", round(ours, 3), "scipy spsolve, means only", round(_time_scipy(network), 3), GOAL),
        Figure("forecast_s", "s", round(forecast_s, 3), goal=GOAL_FORECAST),
        Figure("memory_mib", "MiB", round(used_mib), goal=GOAL_MIB),
        Figure("ready_s", "s", round(ready_s, 2)),
    ]
    print_report("congestion", figures)


def _time_forecast(network: RoadNetwork, fusion: Fusion, seen: dict[int, list[Seen]]) -> float:
    """Return the seconds of one forecast of all edges, when truth of each horizon has come and is learnt from."""
    city = CityForecaster(network, fusion.history, 0)
    fused = fusion.fuse(seen, 8)
    driven = np.zeros(network.edge_count)
    driven[list(seen)] = 1.0
    times = []
    for number in range(16):
        began_s = time.perf_counter()
        city.step(fused, driven, START_MS + number * STEP_MS)
        times.append(time.perf_counter() - began_s)
    return float(np.median(times[-3:]))


def _time_ours(fusion: Fusion, seen: dict[int, list[Seen]]) -> float:
    began_s = time.perf_counter()
    fusion.fuse(seen, 8)
    fusion.learn(seen, 8)
    return time.perf_counter() - began_s


def _time_scipy(network: RoadNetwork) -> float:
    """Return the seconds of one general sparse solve of the same size."""
    before, after = followers(network)
    count = network.edge_count
    links = csc_matrix((np.ones(len(before)), (before, after)), shape=(count, count))
    links = links + links.T
    matrix = csc_matrix(diags(np.asarray(links.sum(axis=1)).ravel() + 1.0) - links)
    began_s = time.perf_counter()
    spsolve(matrix, np.ones(count))
    return time.perf_counter() - began_s
