"""Whole traces: read, and matched to roads."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from routing.matching.stream import Batch, StreamMatcher
from routing.network.graph import Floats, Ints, RoadNetwork

# So that what the first reports teach of the source's noise serves the later ones.
AT_ONCE = 500


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
    """Matches whole traces to one network, as `StreamMatcher` would have matched them live.

    Parameters
    ----------
    network : RoadNetwork
        The roads.
    """

    def __init__(self, network: RoadNetwork) -> None:
        self.network = network
        self._stream = StreamMatcher(network)

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
        return self.match_all([trace])[0]

    def match_all(self, traces: Sequence[Trace]) -> list[list[Matched]]:
        """Match traces of as many vehicles together, all reports in order of time.

        Parameters
        ----------
        traces : sequence of Trace
            As `match` takes them.

        Returns
        -------
        list of list of Matched
            Of each trace one a report.
        """
        batch, order, place = merge(traces)
        first = self._stream.given
        steps = [self._stream.step(batch.part(at, at + AT_ONCE)) for at in range(0, len(order), AT_ONCE)]
        found: list[list[Matched]] = [[Matched(float(t)) for t in trace.time_s] for trace in traces]
        for some in (*steps, self._stream.flush()):
            for number, edge, sure, along, off in zip(*(column.tolist() for column in some.columns), strict=True):
                row = int(order[number - first])
                if edge >= 0:
                    trace, report = place[row]
                    found[trace][report] = self._matched(found[trace][report].time_s, edge, sure, along, off)
        return found

    def _matched(self, time_s: float, edge: int, sure: float, along_m: float, off_m: float) -> Matched:
        way, against = self.network.way_at(edge, along_m)
        name = self.network.edge_ids[edge]
        return Matched(time_s, edge, name, way, against, round(along_m, 1), round(off_m, 1), round(sure, 4))


def merge(traces: Sequence[Trace]) -> tuple[Batch, Ints, list[tuple[int, int]]]:
    """Merge traces into one batch in order of time.

    Parameters
    ----------
    traces : sequence of Trace
        Each of a vehicle of its own.

    Returns
    -------
    batch : Batch
        All reports.
    order : ndarray, shape (n,)
        Of each report of the batch its row among all reports of all traces, one trace after the other.
    place : list of tuple
        Of each such row the trace and the report.
    """
    columns = [np.concatenate([getattr(t, name) for t in traces]) for name in Trace.__dataclass_fields__]
    place = [(trace, report) for trace, of in enumerate(traces) for report in range(len(of.time_s))]
    order = np.argsort(columns[0], kind="stable")
    names = [str(place[row][0]) for row in order.tolist()]
    return Batch(names, *(column[order] for column in columns)), order, place
