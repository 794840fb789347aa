"""The kernel: one step of one second moves every bus along its run; it owns no clock and reads nothing."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from fleet.simulation.lights import Lights, place_lights
from fleet.simulation.plan import METRES_PER_DEGREE, Floats, Ints, Plan
from fleet.simulation.tables import Tables, make_tables
from fleet.simulation.traffic import TrafficField

OFF, LAYOVER, RUNNING, DEADHEAD = 0, 1, 2, 3
STEP_MS = 1_000
SPEED_UP_MPS2, SLOW_DOWN_MPS2 = 1.0, 1.3
DEADHEAD_MPS = 5.5
TOP_MPS = 16.0
BEFORE_WORK_MS, AFTER_WORK_MS = 8 * 60_000, 90_000
HOLD_MS = 30_000
LATE_S, EARLY_S = 60.0, -30.0


@dataclass
class Calls:
    """Stops reached or left in one step: which bus, which stop of the tables, when."""

    arrived: list[tuple[int, int, int]] = field(default_factory=list)
    left: list[tuple[int, int, int]] = field(default_factory=list)


class Fleet:
    """Every bus of a plan, moved one second at a time.

    Parameters
    ----------
    plan : Plan
        What they shall do.
    field_ : TrafficField
        How fast traffic flows.
    signals : sequence of (lon, lat)
        Traffic signals, degrees (WGS 84).
    start_ms : int
        Where the clock stands at first; buses begin where the timetable, and a
        delay drawn for each, puts them then.
    seed : int
        Same plan, seed and start, same movements.
    """

    def __init__(
        self, plan: Plan, field_: TrafficField, signals: list[tuple[float, float]], *, start_ms: int, seed: int
    ) -> None:
        self.plan = plan
        self.field = field_
        self.lights: Lights = place_lights(seed, plan.paths, signals)
        self.tables: Tables = make_tables(plan, self.lights)
        self.now_ms = start_ms
        self._rng = np.random.default_rng([seed, 4])
        size = len(plan.duties)
        self.phase: Ints = np.full(size, OFF)
        self.duty_at: Ints = self.tables.duty_first.copy()
        self.along_m: Floats = np.zeros(size)
        self.speed_mps: Floats = np.zeros(size)
        self.next_stop: Ints = np.zeros(size, dtype=np.int64)
        self.next_light: Ints = np.zeros(size, dtype=np.int64)
        self.until_ms: Ints = np.zeros(size, dtype=np.int64)
        self.dwelling: NDArray[np.bool_] = np.zeros(size, dtype=bool)
        self.style: Floats = np.clip(self._rng.normal(1.0, 0.06, size), 0.85, 1.15)
        self.ahead_of: Floats = np.zeros((size, 4))
        self._warm_start()

    # What the bus is on -------------------------------------------------------------------

    @property
    def run(self) -> Ints:
        """The plan's run each bus works on, or works on next."""
        return self.tables.duty_runs[np.minimum(self.duty_at, self.tables.duty_last)]

    def place(self) -> tuple[Floats, Floats, Floats]:
        """Return lon, lat and heading of every bus."""
        path = self.tables.run_path[self.run]
        lon, lat, heading = self.tables.place(path, self.along_m)
        away = np.flatnonzero(self.phase == DEADHEAD)
        if len(away):
            share = np.clip(self.along_m[away], 0.0, 1.0)
            begin, end = self.ahead_of[away, :2], self.ahead_of[away, 2:]
            lon[away] = begin[:, 0] + share * (end[:, 0] - begin[:, 0])
            lat[away] = begin[:, 1] + share * (end[:, 1] - begin[:, 1])
            east = (end[:, 0] - begin[:, 0]) * np.cos(np.radians(lat[away]))
            heading[away] = np.degrees(np.arctan2(east, end[:, 1] - begin[:, 1])) % 360.0
        return lon, lat, heading

    # One second ---------------------------------------------------------------------------

    def step(self) -> Calls:
        """Move every bus by one second and return the stops reached and left."""
        self.now_ms += STEP_MS
        calls = Calls()
        self._come_to_work()
        self._deadhead()
        self._depart_terminals(calls)
        self._leave_stops(calls)
        self._drive(calls)
        return calls

    def _come_to_work(self) -> None:
        first = self.tables.run_first[self.run]
        due = (
            (self.phase == OFF)
            & (self.duty_at <= self.tables.duty_last)
            & (self.now_ms >= self.tables.departure_ms[first] - BEFORE_WORK_MS)
        )
        self._stand_at_first_stop(np.flatnonzero(due))

    def _stand_at_first_stop(self, bus: Ints) -> None:
        if not len(bus):
            return
        run = self.run[bus]
        first = self.tables.run_first[run]
        late_ms = np.minimum(self._rng.exponential(25_000.0, len(bus)), 240_000.0)
        early = self._rng.random(len(bus)) < 0.02
        late_ms = np.where(early, -self._rng.uniform(20_000.0, 90_000.0, len(bus)), late_ms).astype(np.int64)
        self.phase[bus] = LAYOVER
        self.along_m[bus] = self.tables.stop_m[first]
        self.speed_mps[bus] = 0.0
        self.next_stop[bus] = first
        self.until_ms[bus] = np.maximum(self.tables.departure_ms[first] + late_ms, self.now_ms + 20_000)
        self.dwelling[bus] = False

    def _deadhead(self) -> None:
        away = np.flatnonzero(self.phase == DEADHEAD)
        if not len(away):
            return
        begin, end = self.ahead_of[away, :2], self.ahead_of[away, 2:]
        east = (end[:, 0] - begin[:, 0]) * np.cos(np.radians(end[:, 1]))
        way_m = np.hypot(east, end[:, 1] - begin[:, 1]) * METRES_PER_DEGREE
        self.speed_mps[away] = DEADHEAD_MPS
        self.along_m[away] += DEADHEAD_MPS / np.maximum(way_m, 1.0)
        self._stand_at_first_stop(away[self.along_m[away] >= 1.0])

    def _depart_terminals(self, calls: Calls) -> None:
        bus = np.flatnonzero((self.phase == LAYOVER) & (self.now_ms >= self.until_ms))
        if not len(bus):
            return
        self.phase[bus] = RUNNING
        calls.left += [(int(b), int(self.next_stop[b]), self.now_ms) for b in bus]
        self.next_stop[bus] += 1
        self._find_next_light(bus)

    def _find_next_light(self, bus: Ints) -> None:
        for b, path, along in zip(bus, self.tables.run_path[self.run[bus]], self.along_m[bus], strict=True):
            low, high = self.lights.first[path], self.lights.first[path + 1]
            self.next_light[b] = low + np.searchsorted(self.lights.at_m[low:high], along, side="right")

    def _leave_stops(self, calls: Calls) -> None:
        bus = np.flatnonzero(self.dwelling & (self.now_ms >= self.until_ms) & (self.phase == RUNNING))
        if not len(bus):
            return
        self.dwelling[bus] = False
        calls.left += [(int(b), int(self.next_stop[b]), self.now_ms) for b in bus]
        ended = self.next_stop[bus] >= self.tables.run_last[self.run[bus]]
        self.next_stop[bus[~ended]] += 1
        self._end_runs(bus[ended])

    def _end_runs(self, bus: Ints) -> None:
        for b in bus:
            lon, lat, _ = self.tables.place(self.tables.run_path[self.run[[b]]], self.along_m[[b]])
            self.duty_at[b] += 1
            self.speed_mps[b] = 0.0
            if self.duty_at[b] > self.tables.duty_last[b]:
                self.phase[b] = OFF
                continue
            path = self.tables.run_path[self.run[[b]]]
            to_lon, to_lat, _ = self.tables.place(path, self.tables.stop_m[self.tables.run_first[self.run[[b]]]])
            self.ahead_of[b] = [lon[0], lat[0], to_lon[0], to_lat[0]]
            self.phase[b] = DEADHEAD
            self.along_m[b] = 0.0

    def _drive(self, calls: Calls) -> None:
        bus = np.flatnonzero((self.phase == RUNNING) & ~self.dwelling)
        if not len(bus):
            return
        stop, light = self.next_stop[bus], self.next_light[bus]
        room_m = self.tables.stop_m[stop] - self.along_m[bus]
        to_light_m = self.lights.at_m[light] - self.along_m[bus]
        red = (to_light_m < 80.0) & self.lights.is_red(light, self.now_ms)
        # Who cannot stop any more drives through; who can stands one metre before the line.
        red &= to_light_m > self.speed_mps[bus] ** 2 / (2 * SLOW_DOWN_MPS2 * 1.8)
        room_m = np.where(red, np.minimum(room_m, np.maximum(to_light_m - 1.0, 0.0)), room_m)
        # The speed from which braking gently, begun one second later, still ends in the room there is.
        safe = np.sqrt(SLOW_DOWN_MPS2**2 + 2 * SLOW_DOWN_MPS2 * np.maximum(room_m, 0.0)) - SLOW_DOWN_MPS2
        wanted = np.minimum(self._wanted_mps(bus, stop), np.maximum(safe, 0.3))
        old = self.speed_mps[bus]
        speed = np.clip(wanted, np.maximum(old - 2.5, 0.0), old + SPEED_UP_MPS2)
        moved = np.minimum(speed, np.maximum(room_m, 0.0))
        self.speed_mps[bus] = np.where(moved < speed, moved, speed)
        self.along_m[bus] += moved
        passed = self.along_m[bus] >= self.lights.at_m[light]
        self.next_light[bus[passed]] += 1
        self._arrive(bus[self.along_m[bus] >= self.tables.stop_m[stop] - 0.5], calls)

    def _wanted_mps(self, bus: Ints, stop: Ints) -> Floats:
        lon, lat, _ = self.tables.place(self.tables.run_path[self.run[bus]], self.along_m[bus])
        delay_s = (self.now_ms - self.tables.arrival_ms[stop]) / 1000.0
        hurry = np.where(delay_s > LATE_S, 1.12, np.where(delay_s < 3 * EARLY_S, 0.9, 1.0))
        flow = self.tables.hop_mps[stop] * hurry * self.style[bus] * self.field.factor(lon, lat, self.now_ms)
        speed: Floats = np.minimum(flow, TOP_MPS)
        return speed

    def _arrive(self, bus: Ints, calls: Calls) -> None:
        if not len(bus):
            return
        stop = self.next_stop[bus]
        last = stop >= self.tables.run_last[self.run[bus]]
        nobody = (self._rng.random(len(bus)) < 0.18) & ~last
        dwell_ms = 1000.0 * np.clip(self._rng.lognormal(2.55, 0.5, len(bus)), 5.0, 90.0)
        hold = np.clip(self.tables.departure_ms[stop] - self.now_ms + EARLY_S * 1000, 0, HOLD_MS)
        dwell_ms = np.where(nobody, 0.0, np.maximum(dwell_ms, hold))
        calls.arrived += [(int(b), int(s), self.now_ms) for b, s in zip(bus, stop, strict=True)]
        calls.left += [(int(b), int(s), self.now_ms) for b, s in zip(bus[nobody], stop[nobody], strict=True)]
        self.next_stop[bus[nobody]] += 1
        halt = bus[~nobody]
        self.dwelling[halt] = True
        self.speed_mps[halt] = 0.0
        self.until_ms[halt] = self.now_ms + dwell_ms[~nobody].astype(np.int64)

    # Where everybody is at first ----------------------------------------------------------

    def _warm_start(self) -> None:
        tables = self.tables
        delay_ms = np.clip(self._rng.normal(50_000.0, 90_000.0, len(self.phase)), -60_000, 420_000).astype(np.int64)
        for b, duty in enumerate(self.plan.duties):
            ends = tables.arrival_ms[tables.run_last[list(duty.runs)]]
            done = int(np.searchsorted(np.maximum.accumulate(ends), self.now_ms - delay_ms[b], side="right"))
            self.duty_at[b] = tables.duty_first[b] + done
            if done < len(duty.runs):
                self._begin_inside(b, duty.runs[done], self.now_ms - int(delay_ms[b]), worked=done > 0)

    def _begin_inside(self, b: int, run: int, then_ms: int, *, worked: bool) -> None:
        first, last = self.tables.run_first[run], self.tables.run_last[run] + 1
        if then_ms < self.tables.departure_ms[first]:
            if worked:
                self._stand_at_first_stop(np.array([b]))
            return
        times = np.column_stack([self.tables.arrival_ms[first:last], self.tables.departure_ms[first:last]]).ravel()
        metres = np.repeat(self.tables.stop_m[first:last], 2)
        times[0] = times[1]
        self.phase[b] = RUNNING
        self.along_m[b] = np.interp(then_ms, np.maximum.accumulate(times), metres)
        ahead = np.searchsorted(self.tables.stop_m[first:last], self.along_m[b] + 1.0, side="right")
        self.next_stop[b] = min(first + max(int(ahead), 1), last - 1)
        self.speed_mps[b] = 4.0
        self._find_next_light(np.array([b]))
