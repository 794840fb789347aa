"""A whole simulation: buses in traffic, their trackers, and the truth; one second a step."""

from dataclasses import dataclass, field

import numpy as np

from fleet.simulation.buses import SPIN_UP_MS, Buses, World
from fleet.simulation.faults import PRESETS, Faults
from fleet.simulation.holds import Hold
from fleet.simulation.plan import Ints, Plan, Run
from fleet.simulation.receivers import Bools
from fleet.simulation.state import BROKEN, DEADHEAD, LAYOVER, OFF, RUNNING
from fleet.simulation.story import Story, tell_circumstances
from fleet.simulation.trackers import Fields, Report, Seen, Trackers
from fleet.simulation.truth import TruePosition, Truth
from schemas.fix import Fix
from schemas.trip import TripRef

PHASES = {OFF: "at_depot", LAYOVER: "layover", RUNNING: "in_service", DEADHEAD: "deadhead", BROKEN: "breakdown"}
ON_TRIP = (RUNNING, BROKEN)
ASLEEP_AFTER_MS = 600_000


@dataclass(frozen=True)
class Options:
    """How buses report, and what their drivers are told while they drive.

    ``claim_trips`` is whether a report names its trip, as a GTFS-realtime feed would.
    """

    source: str = "simulator"
    claim_trips: bool = False
    with_truth: bool = True
    faults: Faults = field(default_factory=lambda: PRESETS["mild"])
    spin_up_ms: int = SPIN_UP_MS
    holds: tuple[Hold, ...] = ()


class Simulation:
    """Buses that drive and report.

    Parameters
    ----------
    world : World
        What they drive on and what they shall do.
    start_ms : int
        First moment, milliseconds since 1970, UTC; held to a whole second.
    options : Options, optional
        How they report.
    """

    def __init__(self, world: World, *, start_ms: int, options: Options | None = None) -> None:
        self.options = options or Options()
        self.world = world
        start_ms = start_ms // 1000 * 1000
        self.buses = Buses(world, start_ms=start_ms, spin_up_ms=self.options.spin_up_ms, holds=self.options.holds)
        edges = np.unique(world.tables.piece["edge"])
        roads = world.traffic.roads
        places = roads.lon[edges], roads.lat[edges]
        self._trackers = Trackers(len(world.vehicles), self.options.faults, world.seed, places, start_ms)
        self._used: Ints = np.zeros(len(world.vehicles), dtype=np.int64)
        self._used[: len(world.plan.duties)] = 1
        self._story = Story(world)

    @property
    def plan(self) -> Plan:
        """What the buses shall do."""
        return self.world.plan

    @property
    def now_ms(self) -> int:
        """Milliseconds since 1970 of the last step."""
        return self.buses.now_ms

    @property
    def running(self) -> int:
        """How many buses are on a trip now."""
        return self.buses.running

    def circumstances(self) -> list[Truth]:
        """Return the weather and the incidents of the whole period."""
        return tell_circumstances(self.world)

    def step(self) -> tuple[list[Fix], list[Truth]]:
        """Move on by one second.

        Returns
        -------
        tuple of (list of Fix, list of Truth)
            The reports that came through in this second, in order, and what truly happened.
        """
        events = self.buses.step()
        truth = self._story.tell(events) if self.options.with_truth else []
        now_ms, bus = self.now_ms, self.buses.state.bus
        self._used |= (bus["phase"] != OFF).astype(np.int64)
        waits = (bus["phase"] == LAYOVER) & (bus["until_ms"] - now_ms > ASLEEP_AFTER_MS)
        asleep = ((bus["phase"] == OFF) | waits).astype(np.int64)
        due = self._trackers.due(now_ms, asleep, self._used)
        if len(due):
            truth += self._report(due, asleep[due])
        fixes = [Fix(received_ms=at_ms, **fields) for at_ms, fields in self._trackers.arrived(now_ms)]
        return fixes, truth

    def _report(self, due: Ints, asleep: Ints) -> list[Truth]:
        lon, lat, heading = self.buses.place(due)
        bus = self.buses.state.bus[due]
        speed = np.where(np.isin(bus["phase"], (RUNNING, DEADHEAD)), bus["speed_mps"], 0.0)
        seen = Seen(due, lon, lat, heading, speed, bus["dwelling"], asleep)
        reports = self._trackers.report(seen, self.now_ms)
        runs = self.buses.run_of(bus["duty_at"])
        on_trip = np.isin(bus["phase"], ON_TRIP)
        for row, report in enumerate(reports):
            if not report.lost:
                named = self.plan.runs[int(runs[row])] if on_trip[row] and self.options.claim_trips else None
                self._trackers.send(report, self._fix(report, float(speed[row]), named), self.now_ms)
        return self._positions(seen, reports, runs, on_trip) if self.options.with_truth else []

    def _fix(self, report: Report, speed_mps: float, run: Run | None) -> Fields:
        trackers, bus = self._trackers, report.bus
        vehicle_id = self.world.vehicles[bus]
        claim = None
        if run is not None:
            claim = TripRef(
                trip_id=run.trip_id, start_date=run.start_date, route_id=run.route_id, direction_id=run.direction_id
            )
        return {
            "vehicle_id": vehicle_id,
            "time_ms": report.time_ms,
            "lon": report.lon,
            "lat": report.lat,
            "source": self.options.source,
            "speed_mps": report.speed_mps,
            "heading_deg": report.heading_deg if speed_mps > 1.0 and trackers.has_heading[bus] else None,
            "door_open": report.door_open if trackers.has_door[bus] else None,
            "ignition": report.ignition if trackers.has_ignition[bus] else None,
            "driver_id": f"D-{vehicle_id}" if trackers.has_driver[bus] else None,
            "claimed_trip": claim,
        }

    def _positions(self, seen: Seen, reports: list[Report], runs: Ints, on_trip: Bools) -> list[Truth]:
        along, edge = self.buses.shape_m(seen.bus), self.buses.edge(seen.bus)
        phase = self.buses.state.bus["phase"][seen.bus]
        own = edge < self.world.traffic.roads.network_edges
        told: list[Truth] = []
        for row, report in enumerate(reports):
            run = self.plan.runs[int(runs[row])] if on_trip[row] else None
            word = PHASES[int(phase[row])]
            off_shape = bool(np.isnan(along[row]))
            told.append(
                TruePosition(
                    vehicle_id=self.world.vehicles[report.bus],
                    time_ms=self.now_ms,
                    lon=round(float(seen.lon[row]), 7),
                    lat=round(float(seen.lat[row]), 7),
                    phase="detour" if run is not None and off_shape and word == "in_service" else word,
                    speed_mps=round(float(seen.speed_mps[row]), 2),
                    heading_deg=round(float(seen.heading_deg[row]), 1),
                    reported=not report.lost,
                    reported_ms=None if report.lost else report.time_ms,
                    faults=report.faults,
                    trip_id=run.trip_id if run is not None else None,
                    start_date=run.start_date if run is not None else None,
                    distance_m=round(float(along[row]), 1) if run is not None and not off_shape else None,
                    edge=int(edge[row]) if own[row] and phase[row] != OFF else None,
                )
            )
        return told
