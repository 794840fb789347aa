"""Match reports of many vehicles as they come, each decided at most two minutes later."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from routing.matching.ground import make_ground
from routing.matching.lag import Decided, Reports, Waiting, decide, make_decided, make_waiting, take
from routing.matching.noise import KINDS, SURE, SourceNoise, kind_of
from routing.network.graph import Floats, Ints, RoadNetwork

LAG_S = 120.0
FIRST_ROOM = 64


@dataclass(frozen=True)
class Batch:
    """Reports of some vehicles of one source, those of one vehicle in order of time.

    ``speed_mps`` and ``heading_deg`` are NaN where a report lacks them. ``line`` is the number of the line that the
    vehicle is known to drive, as `StreamMatcher.know_lines` got them; −1 for none.
    """

    vehicle_ids: list[str]
    time_s: Floats
    lon: Floats
    lat: Floats
    speed_mps: Floats
    heading_deg: Floats
    line: Ints | None = None

    def part(self, start: int, stop: int) -> "Batch":
        """Return the reports from ``start`` to before ``stop``."""
        rows = slice(start, stop)
        return Batch(
            self.vehicle_ids[rows], self.time_s[rows], self.lon[rows], self.lat[rows], self.speed_mps[rows],
            self.heading_deg[rows], None if self.line is None else self.line[rows],
        )  # fmt: skip


@dataclass(frozen=True)
class Matches:
    """Decisions, one a report.

    ``number`` counts all reports given so far, from 0 on; ``edge`` is −1 off the roads; ``probability`` is that of the
    edge, given what came before and what followed; ``along_m`` and ``off_m`` are metres along and beside the edge.
    """

    number: Ints
    edge: Ints
    probability: Floats
    along_m: Floats
    off_m: Floats

    @property
    def columns(self) -> tuple[NDArray[Any], ...]:
        """All five, in this order."""
        return self.number, self.edge, self.probability, self.along_m, self.off_m


class StreamMatcher:
    """Matches reports to one network with a bounded lag and a noise model for each source.

    Parameters
    ----------
    network : RoadNetwork
        The roads.
    lag_s : float
        The longest that a report waits for what follows, by the times of its vehicle's reports.
    """

    def __init__(self, network: RoadNetwork, lag_s: float = LAG_S) -> None:
        self.network = network
        self._ground = make_ground(network)
        self._lag_s = lag_s
        self._on_line = np.zeros((0, network.edge_count), np.bool_)
        self.begin_anew()

    def know_lines(self, lines: Sequence[Ints]) -> None:
        """Take the edges of each line: a vehicle known to drive one is likelier there than beside it."""
        self._on_line = np.zeros((len(lines), self.network.edge_count), np.bool_)
        for row, edges in enumerate(lines):
            self._on_line[row, edges] = True

    def begin_anew(self) -> None:
        """Forget all vehicles and sources."""
        self._rows: dict[str, int] = {}
        self._free: list[int] = []
        self._waiting = make_waiting(FIRST_ROOM)
        self._noise: dict[str, SourceNoise] = {}
        self.given = 0

    def step(self, batch: Batch, source: str = "") -> Matches:
        """Take reports and say what is decided by now.

        Parameters
        ----------
        batch : Batch
            A report that is older than the last of its vehicle is left off the roads.
        source : str
            Who told them; each source has its noise.

        Returns
        -------
        Matches
            Reports of this and of earlier calls.
        """
        rows = np.array([self._row_of(name) for name in batch.vehicle_ids], dtype=np.int64)
        numbers = self.given + np.arange(len(rows))
        self.given += len(rows)
        noise = self._noise.setdefault(source, SourceNoise())
        kind = KINDS * list(self._noise).index(source) + kind_of(batch.speed_mps, batch.heading_deg)
        reports = Reports(
            rows, numbers, kind, batch.time_s, *self.network.to_xy(batch.lon, batch.lat), batch.speed_mps,
            batch.heading_deg, np.array(noise.now),
            np.full(len(rows), -1) if batch.line is None else batch.line, self._on_line,
        )  # fmt: skip
        out = make_decided(len(rows) + int(self._waiting.filled.sum()))
        return self._learn(out, take(reports, self._lag_s, self._ground, self._waiting, out))

    def flush(self, vehicle_ids: Iterable[str] | None = None) -> Matches:
        """Decide all that wait, of some vehicles or of all, and forget these vehicles."""
        out = make_decided(int(self._waiting.filled.sum()))
        count = 0
        for name in list(self._rows if vehicle_ids is None else vehicle_ids):
            row = self._rows.pop(name, None)
            if row is not None:
                count = decide(row, np.inf, self._waiting, out, count)
                self._waiting.newest_s[row] = -np.inf
                self._free.append(row)
        return self._learn(out, count)

    def noise_of(self, source: str = "") -> tuple[float, float, float]:
        """Return what is known of a source's noise, as `SourceNoise.now` tells it."""
        return self._noise.get(source, SourceNoise()).now

    def _row_of(self, name: str) -> int:
        row = self._rows.get(name)
        if row is None:
            row = self._rows[name] = self._free.pop() if self._free else len(self._rows)
            room = len(self._waiting.filled)
            if row >= room:
                both = zip(self._waiting, make_waiting(room), strict=True)
                self._waiting = Waiting(*(np.concatenate((np.asarray(a), np.asarray(b))) for a, b in both))
        return row

    def _learn(self, out: Decided, count: int) -> Matches:
        """Learn each source's noise from what was surely decided."""
        done = Decided._make(column[:count] for column in out)
        sure = done.sure > SURE
        for place, noise in enumerate(self._noise.values()):
            those = sure & (done.kind // KINDS == place)
            noise.learn(done.off[those], done.bend[those], done.kind[those] % KINDS)
        return Matches(done.number, done.edge, done.sure, done.along, done.off)
