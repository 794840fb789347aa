"""Match a whole trace: the most likely sequence of roads, and how sure each point is."""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import logsumexp

from routing.matching.model import IMPOSSIBLE, MatchModel, Places, RoadModel
from routing.network.graph import Floats, Ints, RoadNetwork


@dataclass(frozen=True)
class Trace:
    """Reports of one vehicle in order of time; speed and heading are NaN where absent."""

    time_s: Floats
    lon: Floats
    lat: Floats
    speed_mps: Floats
    heading_deg: Floats


@dataclass(frozen=True, slots=True)
class Matched:
    """Where one report lies on the roads; everything but its time is ``None`` off the roads."""

    time_s: float
    edge: int | None = None
    edge_id: str | None = None
    way: int | None = None
    against: bool | None = None
    along_m: float | None = None
    off_m: float | None = None
    probability: float | None = None


def read_trace(entry: Mapping[str, Any]) -> Trace:
    """Turn ``{id, pts: [[t, lon, lat, speed_mps?, heading_deg?, …]]}`` into arrays.

    Parameters
    ----------
    entry : Mapping
        One trace; further columns of a point are ignored.

    Returns
    -------
    Trace
        In the order given.

    Raises
    ------
    ValueError
        If a point lacks its time or place, or time runs backwards.
    """
    rows = []
    for number, point in enumerate(entry.get("pts", ())):
        try:
            values = [float("nan") if v is None else float(v) for v in point[:5]]
        except (TypeError, ValueError) as error:
            raise ValueError(f"point {number}: {error}") from error
        if len(values) < 3 or not np.isfinite(values[:3]).all():
            raise ValueError(f"point {number}: needs time, lon and lat as numbers, has {point[:3]}")
        rows.append(values + [float("nan")] * (5 - len(values)))
    table = np.array(rows, dtype=float).reshape(-1, 5)
    if (np.diff(table[:, 0]) < 0).any():
        raise ValueError("time runs backwards; sort the points by time")
    return Trace(*table.T)


class TraceMatcher:
    """Matches traces to one network.

    Parameters
    ----------
    network : RoadNetwork
        The roads.
    model : MatchModel, optional
        What is believed about reports and vehicles.
    """

    def __init__(self, network: RoadNetwork, model: MatchModel | None = None) -> None:
        self.network = network
        self.roads = RoadModel(network, model)

    def match(self, trace: Trace) -> list[Matched]:
        """Match one trace.

        Parameters
        ----------
        trace : Trace
            Reports in order of time.

        Returns
        -------
        list of Matched
            One a report. Where no way leads on, the sequence begins anew.
        """
        x, y = self.network.to_xy(trace.lon, trace.lat)
        places = self.roads.candidates(x, y, trace.speed_mps, trace.heading_deg)
        found = [Matched(time_s=float(t)) for t in trace.time_s]
        rows = [row for row, near in enumerate(places) if len(near)]
        begin = 0
        steps: list[Floats] = []
        for here, there in itertools.pairwise(rows):
            straight = float(np.hypot(x[there] - x[here], y[there] - y[here]))
            seconds = float(trace.time_s[there] - trace.time_s[here])
            log_p, _ = self.roads.transitions(places[here], places[there], straight, seconds)
            if (log_p <= IMPOSSIBLE / 2).all():
                self._close(rows[begin : begin + len(steps) + 1], places, steps, found)
                begin += len(steps) + 1
                steps = []
            else:
                steps.append(log_p)
        if rows:
            self._close(rows[begin:], places, steps, found)
        return found

    def _close(self, rows: Sequence[int], places: list[Places], steps: list[Floats], found: list[Matched]) -> None:
        """Decide one unbroken run of reports."""
        emit = [places[row].log_p for row in rows]
        best, sure = _decide(emit, steps)
        for row, choice, gamma in zip(rows, best, sure, strict=True):
            near = places[row]
            edge, along = int(near.edge[choice]), float(near.along_m[choice])
            way, against = self.network.way_at(edge, along)
            found[row] = Matched(
                time_s=found[row].time_s,
                edge=edge,
                edge_id=self.network.edge_ids[edge],
                way=way,
                against=against,
                along_m=round(along, 1),
                off_m=round(float(near.off_m[choice]), 1),
                probability=round(gamma, 4),
            )


def _decide(emit: list[Floats], steps: list[Floats]) -> tuple[list[int], list[float]]:
    """Return the best state of each point (Viterbi) and its probability (forward-backward)."""
    score, alpha = emit[0], emit[0]
    back: list[Ints] = []
    alphas = [alpha]
    for log_p, here in zip(steps, emit[1:], strict=True):
        total = score[:, None] + log_p
        before = np.argmax(total, axis=0)
        back.append(before)
        score = total[before, np.arange(len(here))] + here
        alpha = logsumexp(alpha[:, None] + log_p, axis=0) + here
        alphas.append(alpha)
    choice = int(np.argmax(score))
    best = [choice]
    for before in reversed(back):
        choice = int(before[choice])
        best.append(choice)
    best.reverse()
    beta = np.zeros(len(emit[-1]))
    sure = []
    for row in range(len(emit) - 1, -1, -1):
        gamma = alphas[row] + beta
        sure.append(float(np.exp(gamma[best[row]] - logsumexp(gamma))))
        if row:
            beta = logsumexp(steps[row - 1] + (emit[row] + beta)[None, :], axis=1)
    return best, sure[::-1]
