"""`hanoi score congestion`: speeds of edges estimated from chosen vehicles of a SUMO run, beside the true ones."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import groupby
from pathlib import Path

import click
import numpy as np

from routing.congestion import EstimateSettings, Estimator
from routing.congestion.estimate import ends_at_signal
from routing.congestion.fuse import Fused
from routing.congestion.traffic import TrafficHistory
from routing.network import NetworkError
from routing.network.sumo import SumoNetwork, read_sumo
from schemas.edge import LevelOfService
from schemas.position import BusPosition, Quality
from schemas.trip import Assignment, Phase
from services.score.road_figures import Estimated, figures_of
from services.score.road_rules import Answers
from services.score.sumo_run import EdgeTruth, Probe, parse_probes, read_probes, read_truth
from services.score.sumo_stops import SumoStops, line_of, read_stops

# A Tuesday morning; the estimator knows times of week.
START_MS = 1_767_661_200_000
LEAST_S = 30.0
CARS = "cars"


def estimate(
    sumo: SumoNetwork,
    probes: Iterable[Probe],
    truth: list[EdgeTruth],
    noise_m: float,
    seed: int,
    stops: SumoStops | None = None,
    traffic: TrafficHistory | None = None,
) -> tuple[Estimated, dict[str, Answers]]:
    """Let the estimator of the living system see the reports, and note what it says when each interval ends.

    Parameters
    ----------
    sumo : SumoNetwork
        The roads.
    probes : iterable of Probe
        Reports in order of time.
    truth : list of EdgeTruth
        Whose intervals are asked for.
    noise_m : float
        Standard deviation of the receivers, each axis.
    seed : int
        Of that noise.
    stops : SumoStops, optional
        What a timetable would tell.
    traffic : TrafficHistory, optional
        What was learnt earlier; learns on.

    Returns
    -------
    Estimated
        What it said of the edges that it knew.
    dict
        What simple rules say, told the true edge of each report: ``probe_mean``, the mean of each edge's reports;
        ``all_probes``, the mean of all reports at once.
    """
    settings = EstimateSettings(car_sources=frozenset({CARS}))
    places, lines = (stops.lonlat, stops.lines) if stops else (None, None)
    estimator = Estimator(sumo.network, stops_lonlat=places, lines=lines, settings=settings, traffic=traffic)
    rng = np.random.default_rng(seed)
    row_of = {name: row for row, name in enumerate(sumo.edge_names)}
    said, naive = Estimated({}, {}), {"probe_mean": Answers(), "all_probes": Answers()}
    now: dict[int, tuple[float, float]] = {}
    sums: dict[int, list[float]] = defaultdict(list)
    number = 0
    for time_s, group in groupby(probes, key=lambda probe: probe.time_s):
        while number < len(truth) and time_s >= truth[number].end_s:
            _note(number, now, sums, said, naive, estimator.fused)
            number += 1
        if number == len(truth):
            return said, naive
        reports = list(group)
        for probe in reports:
            if probe.edge in row_of and time_s >= truth[number].begin_s:
                sums[row_of[probe.edge]].append(probe.speed_mps)
        states, _ = estimator.step(
            positions_of(sumo, reports, noise_m, rng, START_MS), START_MS + round(time_s * 1000) + 5_000
        )
        for state in (state for cell in states for state in cell.states):
            if state.level == LevelOfService.NO_DATA or state.speed_mps is None or state.imputed:
                now.pop(state.edge_index, None)
            else:
                now[state.edge_index] = state.speed_mps, state.sd_mps or 0.0
    _note(number, now, sums, said, naive, estimator.fused)
    return said, naive


def _note(
    number: int, now: Mapping[int, tuple[float, float]], sums: dict[int, list[float]], said: Estimated,
    naive: dict[str, Answers], fused: Fused | None,
) -> None:  # fmt: skip
    everything = [speed for speeds in sums.values() for speed in speeds]
    if fused is not None:
        said.fields[number] = fused
    for edge, (speed, sd) in now.items():
        said.speed_mps[number, edge], said.sd_mps[number, edge] = speed, sd
        if everything:
            naive["all_probes"][number, edge] = float(np.mean(everything))
    for edge, speeds in sums.items():
        naive["probe_mean"][number, edge] = float(np.mean(speeds))
    sums.clear()


def positions_of(
    sumo: SumoNetwork, reports: list[Probe], noise_m: float, rng: np.random.Generator, start_ms: int
) -> list[BusPosition]:
    """Return reports of one second as positions, off by the receivers' noise; ``start_ms`` is the run's second 0."""
    xy = np.array([(probe.x_m, probe.y_m) for probe in reports]) + rng.normal(0.0, noise_m, (len(reports), 2))
    lon, lat = sumo.frame.to_lonlat(xy[:, 0], xy[:, 1])
    time_ms = start_ms + round(reports[0].time_s * 1000)
    return [
        BusPosition(
            vehicle_id=probe.vehicle_id, time_ms=time_ms, lon=x, lat=y, received_ms=time_ms,
            source="bus" if probe.is_bus else CARS, quality=Quality(1.0, 1.0, 1.0, 1.0),
            assignment=Assignment(phase=Phase.IN_SERVICE, probability=1.0, route_id=line_of(probe.vehicle_id)),
            speed_mps=probe.speed_mps, heading_deg=probe.heading_deg % 360.0,
        )
        for probe, x, y in zip(reports, lon.tolist(), lat.tolist(), strict=True)
    ]  # fmt: skip


def answers_of(sumo: SumoNetwork, truth: list[EdgeTruth]) -> Answers:
    """Return true speeds by interval and edge."""
    row_of = {name: row for row, name in enumerate(sumo.edge_names)}
    return {
        (number, row_of[name]): speed
        for number, interval in enumerate(truth)
        for name, speed in interval.speed_mps.items()
        if name in row_of
    }


@click.command()
@click.option("--net", "net_file", type=click.Path(path_type=Path), required=True, help="SUMO's .net.xml(.gz).")
@click.option("--fcd", "fcd_file", type=click.Path(path_type=Path), required=True, help="Its --fcd-output.")
@click.option("--edgedata", "edge_file", type=click.Path(path_type=Path), required=True, help="Its <edgeData> of all.")
@click.option("--bus-edgedata", "bus_file", type=click.Path(path_type=Path),
              help="Its <edgeData> of buses alone: the truth is then that of the others.")  # fmt: skip
@click.option(
    "--stops", "stops_file", type=click.Path(path_type=Path), help="Bus stops (.add.xml, or .csv with lon, lat)."
)
@click.option("--bus-routes", "routes_file", type=click.Path(path_type=Path), help="Buses (.rou.xml): who stops where.")
@click.option("--probes", default="bus", show_default=True, help="Who reports: bus, cars, or bus,cars=5%.")
@click.option("--yesterday", type=click.Path(path_type=Path), help="Another run's --fcd-output, to learn from first.")
@click.option("--yesterday-probes", default="bus", show_default=True, help="Who reported yesterday.")
@click.option("--every", "every_s", default=10.0, show_default=True, type=click.FloatRange(min=0.1), help="Seconds.")
@click.option("--noise", "noise_m", default=5.0, show_default=True, type=click.FloatRange(min=0), help="Metres of GPS.")
@click.option("--seed", default=1, show_default=True, help="Of the noise.")
def congestion(
    net_file: Path, fcd_file: Path, edge_file: Path, bus_file: Path | None,
    stops_file: Path | None, routes_file: Path | None, probes: str, yesterday: Path | None, yesterday_probes: str,
    every_s: float, noise_m: float, seed: int,
) -> None:  # fmt: skip
    """Score speeds of edges against a run of SUMO; print JSON with simple rules beside it."""
    try:
        shares, then = parse_probes(probes), parse_probes(yesterday_probes)
        sumo = read_sumo(net_file)
    except (NetworkError, ValueError) as error:
        raise click.ClickException(str(error)) from error
    truth = read_truth(edge_file, LEAST_S, bus_file)
    stops = read_stops(sumo, stops_file, routes_file) if stops_file else None
    traffic = TrafficHistory(sumo.network, np.array(ends_at_signal(sumo.network, EstimateSettings().signal_radius_m)))
    past: Answers = {}
    if yesterday:
        before, _ = estimate(sumo, read_probes(yesterday, then, every_s), truth, noise_m, seed + 1, stops, traffic)
        past = before.speed_mps
    said, naive = estimate(sumo, read_probes(fcd_file, shares, every_s), truth, noise_m, seed, stops, traffic)
    figures = {
        "probes": probes,
        "yesterday": yesterday_probes if yesterday else None,
        "every_s": every_s,
        "noise_m": noise_m,
        "truth": "all vehicles, buses at stops too" if bus_file is None else "all vehicles but buses",
        **figures_of(sumo.network, answers_of(sumo, truth), said, naive, past),
    }
    click.echo(json.dumps(figures, indent=1))
