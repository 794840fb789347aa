"""A whole simulation: the kernel, the receivers, and what each bus reports and when."""

from dataclasses import dataclass

import numpy as np

from fleet.simulation.gps import Receivers
from fleet.simulation.kernel import DEADHEAD, LAYOVER, OFF, RUNNING, Calls, Fleet
from fleet.simulation.plan import Ints, Plan
from fleet.simulation.traffic import TrafficField
from fleet.simulation.truth import TrueBlockage, TrueCall, TruePosition, Truth
from schemas.fix import Fix
from schemas.trip import Phase, TripRef

PHASES = {LAYOVER: Phase.LAYOVER, RUNNING: Phase.IN_SERVICE, DEADHEAD: Phase.DEADHEAD}
EVERY_S = (10, 16)
SILENCES_PER_HOUR = 0.4
SILENT_S = (45, 240)
LATENCY_MS = (300, 2_500)


@dataclass(frozen=True)
class Options:
    """How buses report; ``claim_trips`` is whether a report names its trip, as a GTFS-realtime feed would."""

    source: str = "simulator"
    claim_trips: bool = False
    with_truth: bool = True


class Simulation:
    """Buses that drive and report, one second a step.

    Parameters
    ----------
    plan : Plan
        What the buses shall do; at least one duty.
    field : TrafficField
        How fast traffic flows.
    signals : list of (lon, lat)
        Traffic signals, degrees (WGS 84).
    start_ms : int
        First moment, milliseconds since 1970, UTC; held to a whole second.
    seed : int
        Same arguments and seed, same reports, byte for byte.
    options : Options, optional
        How they report.
    """

    def __init__(
        self,
        plan: Plan,
        field: TrafficField,
        signals: list[tuple[float, float]],
        *,
        start_ms: int,
        seed: int,
        options: Options | None = None,
    ) -> None:
        self.options = options or Options()
        self.plan = plan
        self.fleet = Fleet(plan, field, signals, start_ms=start_ms // 1000 * 1000, seed=seed)
        size = len(plan.duties)
        self._rng = np.random.default_rng([seed, 6])
        self._receivers = Receivers(size, seed)
        self._every_s: Ints = self._rng.integers(*EVERY_S, size)
        self._due_s: Ints = self.now_ms // 1000 + 1 + self._rng.integers(0, EVERY_S[1], size) % self._every_s
        self._silent_until_s: Ints = np.zeros(size, dtype=np.int64)
        self._arrived: dict[int, tuple[int, int]] = {}

    @property
    def now_ms(self) -> int:
        """Milliseconds since 1970 of the last step."""
        return self.fleet.now_ms

    @property
    def running(self) -> int:
        """How many buses are on a trip now."""
        return int((self.fleet.phase == RUNNING).sum())

    def step(self) -> tuple[list[Fix], list[Truth]]:
        """Move on by one second.

        Returns
        -------
        tuple of (list of Fix, list of Truth)
            The reports sent in this second, and what truly happened.
        """
        calls = self.fleet.step()
        self._receivers.step()
        truth: list[Truth] = self._calls(calls) if self.options.with_truth else []
        fixes = self._reports(truth)
        return fixes, truth

    def blockages(self) -> list[Truth]:
        """Return the true blockages of the whole period."""
        return [
            TrueBlockage(
                lon=b.lon,
                lat=b.lat,
                radius_m=b.radius_m,
                start_ms=b.start_ms,
                end_ms=b.end_ms,
                factor=round(b.factor, 3),
            )
            for b in self.fleet.field.blockages
        ]

    def _calls(self, calls: Calls) -> list[Truth]:
        self._arrived.update({bus: (stop, time_ms) for bus, stop, time_ms in calls.arrived})
        return [self._call(bus, stop, time_ms) for bus, stop, time_ms in calls.left]

    def _call(self, bus: int, stop: int, left_ms: int) -> TrueCall:
        tables = self.fleet.tables
        number = int(np.searchsorted(tables.run_last, stop))
        run, place = self.plan.runs[number], stop - int(tables.run_first[number])
        known = self._arrived.pop(bus, None)
        return TrueCall(
            vehicle_id=self.plan.duties[bus].vehicle_id,
            trip_id=run.trip_id,
            start_date=run.start_date,
            route_id=run.route_id,
            stop_id=run.stop_ids[place],
            stop_sequence=run.stop_sequences[place],
            arrival_ms=known[1] if known and known[0] == stop else left_ms,
            departure_ms=left_ms,
            scheduled_arrival_ms=int(run.arrival_ms[place]),
        )

    def _reports(self, truth: list[Truth]) -> list[Fix]:
        now_s = self.now_ms // 1000
        on_work = self.fleet.phase != OFF
        due = np.flatnonzero((self._due_s <= now_s) & on_work)
        if not len(due):
            return []
        self._due_s[due] = now_s + self._every_s[due]
        chance = SILENCES_PER_HOUR * self._every_s[due] / 3600.0
        falls = due[self._rng.random(len(due)) < chance]
        self._silent_until_s[falls] = now_s + self._rng.integers(*SILENT_S, len(falls))
        return self._send(due, now_s, truth)

    def _send(self, due: Ints, now_s: int, truth: list[Truth]) -> list[Fix]:
        fleet = self.fleet
        lon, lat, heading = (values[due] for values in fleet.place())
        seen_lon, seen_lat = self._receivers.read(due, lon, lat)
        speed = fleet.speed_mps[due]
        seen_speed = np.where(speed > 0.3, np.maximum(speed + self._rng.normal(0.0, 0.3, len(due)), 0.0), 0.0)
        seen_heading = (heading + self._rng.normal(0.0, 6.0, len(due))) % 360.0
        latency = self._rng.integers(*LATENCY_MS, len(due))
        sent = self._silent_until_s[due] <= now_s
        runs = fleet.run[due]
        fixes: list[Fix] = []
        for k, bus in enumerate(due.tolist()):
            run = self.plan.runs[int(runs[k])]
            phase = PHASES[int(fleet.phase[bus])]
            vehicle_id = self.plan.duties[bus].vehicle_id
            if self.options.with_truth:
                on_trip = phase is Phase.IN_SERVICE
                truth.append(
                    TruePosition(
                        vehicle_id=vehicle_id,
                        time_ms=self.now_ms,
                        lon=round(float(lon[k]), 7),
                        lat=round(float(lat[k]), 7),
                        phase=phase.value,
                        speed_mps=round(float(speed[k]), 2),
                        heading_deg=round(float(heading[k]), 1),
                        reported=bool(sent[k]),
                        trip_id=run.trip_id if on_trip else None,
                        start_date=run.start_date if on_trip else None,
                        distance_m=round(float(fleet.along_m[bus]), 1) if on_trip else None,
                    )
                )
            if not sent[k]:
                continue
            claim = None
            if self.options.claim_trips and phase is not Phase.DEADHEAD:
                claim = TripRef(
                    trip_id=run.trip_id,
                    start_date=run.start_date,
                    route_id=run.route_id,
                    direction_id=run.direction_id,
                )
            fixes.append(
                Fix(
                    vehicle_id=vehicle_id,
                    time_ms=self.now_ms,
                    lon=round(float(seen_lon[k]), 6),
                    lat=round(float(seen_lat[k]), 6),
                    source=self.options.source,
                    received_ms=self.now_ms + int(latency[k]),
                    speed_mps=round(float(seen_speed[k]), 2),
                    heading_deg=round(float(seen_heading[k]), 1) if speed[k] > 1.0 else None,
                    door_open=bool(fleet.dwelling[bus]),
                    ignition=True,
                    claimed_trip=claim,
                )
            )
        return fixes
