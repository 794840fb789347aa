"""All buses of a plan in traffic: one step a second, what happened in it, and where everybody is."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from fleet.simulation.detours import Detour
from fleet.simulation.holds import Dispatcher, Hold
from fleet.simulation.kernel import step as kernel_step
from fleet.simulation.operations import Operations
from fleet.simulation.place import place_on_ways
from fleet.simulation.plan import Floats, Ints, Plan
from fleet.simulation.start import put_to_work
from fleet.simulation.state import BROKEN, DEADHEAD, OFF, RUNNING, TOWED, Log, Rules, State, empty_state
from fleet.simulation.tables import Tables
from fleet.simulation.traffic import Flow, Traffic

STEP_MS = 1_000
FLOW_EVERY_MS = 60_000
SPIN_UP_MS = 40 * 60_000
EVENT_FIELDS = 6


@dataclass(frozen=True)
class World:
    """Everything that stands fixed: the plan, its tables, the traffic and how the lines are run.

    ``vehicles`` names each row of the tables; ``offset_s`` is local time minus UTC.
    """

    plan: Plan
    tables: Tables
    vehicles: tuple[str, ...]
    traffic: Traffic
    operations: Operations
    detours: tuple[Detour, ...]
    seed: int
    offset_s: int


class Buses:
    """The state of every bus, moved one second at a time.

    Parameters
    ----------
    world : World
        What they drive on and what they shall do.
    start_ms : int
        Where the clock stands at first, milliseconds since 1970, UTC.
    spin_up_ms : int
        So long before, every bus is put where the timetable has it and driven on unseen, so that queues at stops,
        delays and bunches are as they would be.
    holds : sequence of Hold
        What the dispatcher orders.
    """

    def __init__(
        self, world: World, *, start_ms: int, spin_up_ms: int = SPIN_UP_MS, holds: Sequence[Hold] = ()
    ) -> None:
        self.world = world
        self.now_ms = start_ms - spin_up_ms
        self.state: State = empty_state(len(world.vehicles), len(world.tables.group))
        self.flow: Flow
        self._rules: Rules
        self._speed: Floats
        self._ratio: Floats
        self._queue: Floats
        room = 12 * len(world.vehicles) + 4_096
        self._log = Log(np.zeros((room, EVENT_FIELDS), dtype=np.int64), np.zeros(1, dtype=np.int64))
        self._spare = list(range(len(world.plan.duties), len(world.vehicles)))
        self._dispatcher = Dispatcher(holds)
        self._rows = {name: row for row, name in enumerate(world.vehicles)}
        put_to_work(world.tables, self.state, len(world.plan.duties), self.now_ms)
        self._look()
        while self.now_ms < start_ms:
            self.step()

    def step(self) -> Ints:
        """Move every bus by one second.

        Returns
        -------
        ndarray of int, shape (n, 6)
            What happened: kind, bus, duty row, stop, time, number. Valid until the next step.
        """
        self.now_ms += STEP_MS
        self._log.used[0] = 0
        self._dispatcher.order(self.now_ms, self._rows, self.world.plan, self.world.tables, self.state)
        kernel_step(
            self.world.tables, self.state, self._rules, self.now_ms, self._speed, self._ratio, self._queue, self._log
        )
        events = self._log.events[: self._log.used[0]]
        for event in events[events[:, 0] == TOWED]:
            self._send_reserve(event)
        if self.now_ms % FLOW_EVERY_MS == 0:
            self._look()
        return events

    def _look(self) -> None:
        """Take the traffic of this minute, and turn buses off before closed roads."""
        world, roads = self.world, self.world.traffic.roads
        self.flow = world.traffic.at(self.now_ms)
        hour = (self.now_ms / 1000.0 + world.offset_s) % 86_400.0 / 3_600.0
        self._rules = world.operations.rules(world.seed, hour, self.flow.dwell_factor)
        self._speed, self._ratio = self.flow.speed_mps, self.flow.ratio
        share = [self.flow.queue_from_m / roads.length_m, self.flow.queue_to_m / roads.length_m]
        self._queue = np.column_stack([*share, self.flow.queue_mps, roads.free_mps])
        for detour in world.detours:
            if detour.start_ms <= self.now_ms < detour.end_ms:
                self._turn_off(detour)

    def _turn_off(self, detour: Detour) -> None:
        bus, ways = self.state.bus, self.world.tables.way
        off = (bus["phase"] == RUNNING) & (bus["way"] == detour.way) & (bus["along_m"] < detour.leave_m - 40.0)
        bus["piece"][off] = ways["piece_first"][detour.by_way]
        bus["light"][off] = ways["light_first"][detour.by_way]
        bus["go_ms"][off] = 0
        bus["way"][off] = detour.by_way

    def _send_reserve(self, event: Ints) -> None:
        """Let a reserve bus do what remains of the duty of one that was towed away."""
        row, end = int(event[2]) + 1, int(event[5])
        if row > end or not self._spare:
            return
        reserve = self._spare.pop(0)
        self.state.bus["duty_at"][reserve], self.state.bus["duty_end"][reserve] = row, end

    # What one sees ------------------------------------------------------------------------

    def run_of(self, duty_row: Ints) -> Ints:
        """Return the plan's run of duty rows; of finished duties the last one."""
        return np.asarray(self.world.tables.duty["run"][np.minimum(duty_row, len(self.world.tables.duty) - 1)])

    @property
    def running(self) -> int:
        """How many buses are on a trip."""
        return int(np.isin(self.state.bus["phase"], (RUNNING, BROKEN)).sum())

    def place(self, rows: Ints) -> tuple[Floats, Floats, Floats]:
        """Return lon, lat and heading of buses; parked ones stand in their depot.

        A reserve has none: it stays where its work ended, and is nowhere (NaN) before it went out.
        """
        t, bus = self.world.tables, self.state.bus[rows]
        lon, lat, heading = place_on_ways(t, bus["way"], bus["along_m"])
        parked = (bus["phase"] == OFF) & ((rows < len(self.world.plan.duties)) | np.isin(rows, self._spare))
        lon[parked], lat[parked] = t.bus["depot_lon"][rows[parked]], t.bus["depot_lat"][rows[parked]]
        return lon, lat, heading

    def edge(self, rows: Ints) -> Ints:
        """Return the edge under each of some buses."""
        return np.asarray(self.world.tables.piece["edge"][self.state.bus["piece"][rows]])

    def shape_m(self, rows: Ints) -> Floats:
        """Return the metres along the shape of the trip, NaN off it (empty ways, detours)."""
        bus = self.state.bus[rows]
        along = np.where(np.isin(bus["phase"], (DEADHEAD, OFF)), np.nan, bus["along_m"])
        for detour in self.world.detours:
            on = bus["way"] == detour.by_way
            along[on] = detour.shape_m(along[on])
        return along
