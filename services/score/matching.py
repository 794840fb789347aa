"""`hanoi score matching`: map matching against traces whose true ways are known."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click
import numpy as np

from routing.matching import MatchModel, RoadModel, Trace, TraceMatcher, match_nearest, read_trace
from routing.network import NetworkError, RoadNetwork, load_network
from services.network.command import read_traces

Answer = tuple[int, bool] | None
TRUE_EDGE, TRUE_WAYS = 5, 6


@dataclass
class Score:
    """Counts points whose way, and whose way and direction, were found."""

    points: int = 0
    unmatched: int = 0
    way_right: int = 0
    edge_right: int = 0
    seconds: float = 0.0
    sure: list[tuple[float, bool]] = field(default_factory=list)

    def add(self, answer: Answer, ways: set[int], against: bool) -> bool:
        """Count one point; return whether way and direction are right."""
        self.points += 1
        self.unmatched += answer is None
        way_right = answer is not None and answer[0] in ways
        edge_right = way_right and answer is not None and answer[1] == against
        self.way_right += way_right
        self.edge_right += edge_right
        return edge_right

    def figures(self, all_points: int) -> dict[str, Any]:
        """Return the figures, shares of the points with known truth."""
        known = max(self.points, 1)
        out: dict[str, Any] = {
            "way_accuracy": round(self.way_right / known, 4),
            "edge_accuracy": round(self.edge_right / known, 4),
            "unmatched": self.unmatched,
            "points_per_s": round(all_points / max(self.seconds, 1e-9)),
        }
        if self.sure:
            values = np.array(self.sure)
            out["mean_probability"] = round(float(values[:, 0].mean()), 4)
        return out


def truth_of(point: list[Any]) -> tuple[set[int], bool] | None:
    """Return the true ways of a point and whether they are driven against their direction.

    Parameters
    ----------
    point : list
        ``[t, lon, lat, speed_mps, heading_deg, true edge, [true OSM way ids]]``; the
        true edge begins with ``-`` where travel runs against the way.

    Returns
    -------
    tuple or None
        ``None`` inside junctions, where no way is true.
    """
    if len(point) <= TRUE_WAYS or not point[TRUE_WAYS]:
        return None
    return {int(way) for way in point[TRUE_WAYS]}, str(point[TRUE_EDGE]).startswith("-")


def score_matching(network: RoadNetwork, traces: list[dict[str, Any]]) -> dict[str, Any]:
    """Score our matcher and the baselines on the same points.

    Parameters
    ----------
    network : RoadNetwork
        The roads.
    traces : list of dict
        ``{id, pts}`` with truth in each point.

    Returns
    -------
    dict
        Figures of ours, and of each baseline by name.
    """
    matcher = TraceMatcher(network)
    roads = RoadModel(network)
    read = [read_trace(entry) for entry in traces]
    truth = [[truth_of(point) for point in entry["pts"]] for entry in traces]
    count = sum(len(t.time_s) for t in read)
    nothing = RoadModel(network, MatchModel(heading_weight=0.0))

    def ours() -> list[tuple[list[Answer], list[float]]]:
        return [
            (
                [None if m.way is None or m.against is None else (m.way, m.against) for m in found],
                [m.probability or 0.0 for m in found],
            )
            for found in matcher.match_all(read)
        ]

    scores = {
        "ours": _run(truth, ours),
        "nearest_edge": _run(truth, lambda: [(_nearest(nothing, trace), []) for trace in read]),
        "nearest_edge_with_heading": _run(truth, lambda: [(_nearest(roads, trace), []) for trace in read]),
    }
    best = scores.pop("ours")
    return {
        "traces": len(traces),
        "points": count,
        "points_scored": best.points,
        **best.figures(count),
        "baselines": {name: score.figures(count) for name, score in scores.items()},
    }


def _run(
    truth: list[list[tuple[set[int], bool] | None]], match: Callable[[], list[tuple[list[Answer], list[float]]]]
) -> Score:
    score = Score()
    began = time.perf_counter()
    answers = match()
    score.seconds = time.perf_counter() - began
    for (found, sure), known in zip(answers, truth, strict=True):
        for row, (answer, true) in enumerate(zip(found, known, strict=True)):
            if true is not None:
                right = score.add(answer, *true)
                if sure:
                    score.sure.append((sure[row], right))
    return score


def _nearest(roads: RoadModel, trace: Trace) -> list[Answer]:
    edges = match_nearest(roads, trace.lon, trace.lat, speed_mps=trace.speed_mps, heading_deg=trace.heading_deg)
    network = roads.network
    x, y = network.to_xy(trace.lon, trace.lat)
    answers: list[Answer] = []
    for edge, px, py in zip(edges.tolist(), x.tolist(), y.tolist(), strict=True):
        answers.append(None if edge < 0 else network.way_at(edge, _along(network, edge, px, py)))
    return answers


def _along(network: RoadNetwork, edge: int, x_m: float, y_m: float) -> float:
    import shapely

    return float(shapely.line_locate_point(shapely.LineString(network.xy_of(edge)), shapely.Point(x_m, y_m)))


@click.command()
@click.option("--network", "network_dir", type=click.Path(path_type=Path, file_okay=False), required=True)
@click.option("--traces", "traces_file", type=click.Path(path_type=Path), required=True)
def matching(network_dir: Path, traces_file: Path) -> None:
    """Score map matching against traces with known ways; print JSON with the baselines beside it."""
    try:
        network = load_network(network_dir)
        figures = score_matching(network, read_traces(traces_file))
    except (NetworkError, OSError, ValueError) as error:
        raise click.ClickException(str(error)) from error
    click.echo(json.dumps(figures, indent=1))
