"""`hanoi bench matching`: reports matched as they come, beside the nearest edge by place and heading."""

import time
from pathlib import Path

import click
import numpy as np

from routing.matching import Batch, RoadModel, StreamMatcher, match_nearest, merge, read_trace
from routing.network import NetworkError, load_network
from services.bench.report import Figure, print_report
from services.network.command import read_traces

AT_ONCE = 500
ROUNDS = 5
GOAL = "ours >= 50000"


@click.command()
@click.option("--network", "network_dir", type=click.Path(path_type=Path, file_okay=False), required=True)
@click.option("--traces", "traces_file", type=click.Path(path_type=Path), required=True, help="JSON or JSON.gz.")
def matching(network_dir: Path, traces_file: Path) -> None:
    """Time matching as reports come, all vehicles at once, on one core; medians of five rounds."""
    try:
        network = load_network(network_dir)
        batch, _, _ = merge([read_trace(entry) for entry in read_traces(traces_file)])
    except (NetworkError, OSError, ValueError) as error:
        raise click.ClickException(str(error)) from error
    if not batch.vehicle_ids:
        raise click.ClickException(f"{traces_file}: no points to match")
    began_s = time.perf_counter()
    matcher = StreamMatcher(network)
    ready_s = time.perf_counter() - began_s
    roads = RoadModel(network)
    _time_ours(matcher, batch)
    _time_nearest(roads, batch)
    ours = float(np.median([_time_ours(matcher, batch) for _ in range(ROUNDS)]))
    peer = float(np.median([_time_nearest(roads, batch) for _ in range(ROUNDS)]))
    count = len(batch.vehicle_ids)
    print_report(
        "matching",
        [
            Figure("points_per_s", "1/s", round(count / ours), "nearest edge", round(count / peer), GOAL),
            Figure("ready_s", "s", round(ready_s, 2)),
        ],
    )


def _time_ours(matcher: StreamMatcher, batch: Batch) -> float:
    """Return the seconds that all reports take, a poll's worth at a time."""
    matcher.begin_anew()
    began_s = time.perf_counter()
    for at in range(0, len(batch.vehicle_ids), AT_ONCE):
        matcher.step(batch.part(at, at + AT_ONCE))
    matcher.flush()
    return time.perf_counter() - began_s


def _time_nearest(roads: RoadModel, batch: Batch) -> float:
    began_s = time.perf_counter()
    match_nearest(roads, batch.lon, batch.lat, speed_mps=batch.speed_mps, heading_deg=batch.heading_deg)
    return time.perf_counter() - began_s
