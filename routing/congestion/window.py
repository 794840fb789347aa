"""What buses drove of each edge in the last minutes, and the speed that follows."""

import math
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from routing.congestion.fuse import Seen
from routing.congestion.share import Traversal

SPREAD_SHARE = 0.3
WHOLE_M = 100.0
MIN_SECONDS = 2.0
LEAST_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class EdgeSpeed:
    """Speed of one edge: metres of all buses over seconds of all buses, the newer the heavier.

    ``sd_mps`` is as of ``newest_ms``; `sd_at` says it later.
    """

    edge: int
    speed_mps: float
    sd_mps: float
    buses: int
    newest_ms: int

    def sd_at(self, now_ms: int, half_life_s: float) -> float:
        """Return the standard deviation at a time: the variance doubles in each half life."""
        age_s = max(now_ms - self.newest_ms, 0) / 1000
        return self.sd_mps * math.exp2(age_s / half_life_s / 2)


@dataclass(frozen=True, slots=True)
class Pass:
    """One bus over one edge, from when it came to when it left."""

    edge: int
    vehicle_id: str
    speed_mps: float
    time_ms: int


class EdgeWindows:
    """Keeps the traversals of the last minutes, by edge.

    Parameters
    ----------
    lengths_m : sequence of float
        Length of each edge.
    window_s : float
        How long a traversal counts.
    half_life_s : float
        Age at which it counts half.
    """

    def __init__(self, lengths_m: list[float], window_s: float, half_life_s: float) -> None:
        self._length = lengths_m
        self._window_ms = window_s * 1000.0
        self._decay = math.log(2.0) / (half_life_s * 1000.0)
        self._rows: dict[int, deque[Traversal]] = {}
        self._speeds: dict[int, EdgeSpeed | None] = {}
        self._open: dict[str, tuple[int, float, float, int]] = {}

    @property
    def edges(self) -> Iterable[int]:
        """The edges with something in their window."""
        return self._rows.keys()

    def add(self, traversals: Iterable[Traversal]) -> list[Pass]:
        """Take traversals; return the passes that ended with them.

        Parameters
        ----------
        traversals : iterable of Traversal
            In order of time.

        Returns
        -------
        list of Pass
            Of buses that went on to another edge, if they drove at least half of the old one.
        """
        passes = []
        for item in traversals:
            self._rows.setdefault(item.edge, deque()).append(item)
            self._speeds.pop(item.edge, None)
            edge, metres, seconds, time_ms = self._open.get(item.vehicle_id, (item.edge, 0.0, 0.0, item.time_ms))
            if edge != item.edge:
                if metres >= 0.5 * self._length[edge] and seconds > 0:
                    passes.append(Pass(edge, item.vehicle_id, metres / seconds, time_ms))
                metres = seconds = 0.0
            self._open[item.vehicle_id] = (
                item.edge, metres + item.distance_m, seconds + item.seconds, item.time_ms,
            )  # fmt: skip
        return passes

    def prune(self, now_ms: int) -> list[int]:
        """Drop what is too old; return the edges that have nothing left."""
        gone = []
        for edge, rows in self._rows.items():
            while rows and now_ms - rows[0].time_ms > self._window_ms:
                rows.popleft()
                self._speeds.pop(edge, None)
            if not rows:
                gone.append(edge)
        for edge in gone:
            del self._rows[edge]
        self._open = {v: row for v, row in self._open.items() if now_ms - row[3] <= self._window_ms}
        return gone

    def speed(self, edge: int) -> EdgeSpeed | None:
        """Return the speed of an edge, ``None`` where too little was driven to say."""
        if edge not in self._speeds:
            self._speeds[edge] = self._measure(edge)
        return self._speeds[edge]

    def seen(self, since_ms: int) -> dict[int, list[Seen]]:
        """Return what was driven of each edge since a time, buses and others apart."""
        return self._seen(lambda time_ms: float(time_ms > since_ms))

    def seen_fading(self, now_ms: int) -> dict[int, list[Seen]]:
        """Return what was driven of each edge in the window, the older the lighter, buses and others apart."""
        return self._seen(lambda time_ms: math.exp(-self._decay * max(now_ms - time_ms, 0)))

    def _seen(self, weight_of: Callable[[int], float]) -> dict[int, list[Seen]]:
        out: dict[int, list[Seen]] = {}
        for edge, rows in self._rows.items():
            for is_bus in (True, False):
                weights = [(row, weight_of(row.time_ms)) for row in rows if row.is_bus is is_bus]
                metres = sum(weight * row.distance_m for row, weight in weights)
                seconds = sum(weight * row.seconds for row, weight in weights)
                if seconds >= LEAST_SECONDS:
                    vehicles = len({row.vehicle_id for row, weight in weights if weight > 0})
                    out.setdefault(edge, []).append(Seen(metres, seconds, vehicles, is_bus))
        return out

    def _measure(self, edge: int) -> EdgeSpeed | None:
        rows = self._rows.get(edge)
        if not rows:
            return None
        newest_ms = max(row.time_ms for row in rows)
        by_bus: dict[str, tuple[float, float]] = {}
        for row in rows:
            weight = math.exp(-self._decay * (newest_ms - row.time_ms))
            metres, seconds = by_bus.get(row.vehicle_id, (0.0, 0.0))
            by_bus[row.vehicle_id] = (metres + weight * row.distance_m, seconds + weight * row.seconds)
        metres = sum(m for m, _ in by_bus.values())
        seconds = sum(s for _, s in by_bus.values())
        if seconds < 1e-6 or sum(row.seconds for row in rows) < MIN_SECONDS:
            return None
        speed = metres / seconds
        spread = sum(s * (m / s - speed) ** 2 for m, s in by_bus.values() if s > 0) / seconds
        whole = min(WHOLE_M, self._length[edge])
        driven = sum(min(1.0, max(m / whole, s / 30.0)) for m, s in by_bus.values())
        sd = math.sqrt(max(spread, (SPREAD_SHARE * speed) ** 2, 0.04) / max(driven, 0.25))
        return EdgeSpeed(edge, speed, sd, len(by_bus), newest_ms)
