"""The naive peer of the simulator's kernel: one plain Python object a bus."""

import bisect
import time

import numpy as np

from fleet.simulation.buses import Buses
from fleet.simulation.kernel import GREEN_SHARE, SLOW_DOWN_MPS2, SPEED_UP_MPS2
from fleet.simulation.running import TOP_MPS
from fleet.simulation.state import RUNNING

DWELL_S = 14


class PlainBus:
    """A bus on its way, with the lists it looks things up in.

    Parameters
    ----------
    buses : Buses
        Whose bus it is like.
    row : int
        Which one.
    """

    def __init__(self, buses: Buses, row: int) -> None:
        t, bus = buses.world.tables, buses.state.bus[row]
        way = int(bus["way"])
        piece, light, stop = (
            slice(int(t.way[name][way]), int(t.way[name][way + 1]))
            for name in ("piece_first", "light_first", "stop_first")
        )
        self.piece_end_m: list[float] = t.piece["end_m"][piece].tolist()
        self.edge: list[int] = t.piece["edge"][piece].tolist()
        self.lights: list[tuple[float, int, int]] = t.light[light].tolist()
        self.stop_m: list[float] = t.stop["m"][stop].tolist()
        self.along_m, self.speed_mps = float(bus["along_m"]), float(bus["speed_mps"])
        self.share = float(t.way["pace"][way]) * buses.world.operations.bus_share
        self.until_s = 0

    def step(self, now_s: int, speed_mps: list[float]) -> None:
        """Drive one second."""
        if now_s < self.until_s:
            return
        piece = min(bisect.bisect_right(self.piece_end_m, self.along_m), len(self.edge) - 1)
        stop = bisect.bisect_right(self.stop_m, self.along_m + 0.5)
        if stop >= len(self.stop_m):
            self.along_m = stop = 0
        room_m = self.stop_m[stop] - self.along_m
        for at_m, cycle_s, offset_s in self.lights:
            if at_m > self.along_m:
                if (now_s + offset_s) % cycle_s >= cycle_s * GREEN_SHARE:
                    room_m = min(room_m, max(at_m - self.along_m - 1.0, 0.0))
                break
        safe = (SLOW_DOWN_MPS2**2 + 2.0 * SLOW_DOWN_MPS2 * max(room_m, 0.0)) ** 0.5 - SLOW_DOWN_MPS2
        wanted = min(speed_mps[self.edge[piece]] * self.share, TOP_MPS, max(safe, 0.3))
        speed = min(max(wanted, self.speed_mps - 2.5), self.speed_mps + SPEED_UP_MPS2)
        self.along_m += min(max(0.5 * (self.speed_mps + speed), 0.15), max(room_m, 0.0))
        self.speed_mps = speed
        if self.along_m >= self.stop_m[stop] - 0.5:
            self.along_m, self.speed_mps, self.until_s = self.stop_m[stop], 0.0, now_s + DWELL_S


def time_objects(buses: Buses, seconds: int) -> float:
    """Return the seconds that one simulated second takes with one object a bus.

    Parameters
    ----------
    buses : Buses
        Those on a trip are driven on from where they are; their own state is left alone.
    seconds : int
        How many simulated seconds to time.

    Returns
    -------
    float
        Wall seconds a simulated second.
    """
    rows = np.flatnonzero(buses.state.bus["phase"] == RUNNING)
    plain = [PlainBus(buses, row) for row in rows.tolist()]
    speed = buses.flow.speed_mps.tolist()
    began_s = time.perf_counter()
    for second in range(seconds):
        for bus in plain:
            bus.step(buses.now_ms // 1000 + second, speed)
    return (time.perf_counter() - began_s) / seconds
