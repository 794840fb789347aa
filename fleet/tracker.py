"""The one tracker: fixes in, positions, stop events, predictions, alerts and feed health out."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from fleet.alerts.rules import judge_silence, judge_vehicle, not_coming
from fleet.arrivals.learner import Learner
from fleet.arrivals.links import make_links
from fleet.assignment.assigner import Assigner, note_direction
from fleet.assignment.claim import find_claimed_run
from fleet.cleaning import Area, Known, clean
from fleet.cleaning.quality import LIVE_MS, SourceQuality
from fleet.follow import Followed, Follower
from fleet.gtfs.timetable import Timetable, TripRun
from fleet.vehicle import Vehicle
from schemas.feed import FeedHealth
from schemas.fix import Fix
from schemas.fleet_alert import FleetAlert
from schemas.position import BusPosition
from schemas.prediction import TripPrediction
from schemas.stop_event import StopEvent
from schemas.trip import Assignment, Phase

HEALTH_EVERY_MS = 10_000
NOT_COMING_AFTER_MS = 180_000
NOT_COMING_UNTIL_MS = 1_800_000
ROUTE_LIVE_MS = 600_000


@dataclass(slots=True)
class TrackOutputs:
    """What a step of the tracker led to, in the order of the fixes."""

    positions: list[BusPosition] = field(default_factory=list)
    stop_events: list[StopEvent] = field(default_factory=list)
    predictions: list[TripPrediction] = field(default_factory=list)
    alerts: list[FleetAlert] = field(default_factory=list)
    feed_health: list[FeedHealth] = field(default_factory=list)


class Tracker:
    """Tracks the buses of one city.

    Predictions depend on nothing but the fixes and their times: the same fixes in any batches, and the fixes of
    different buses in any order up to two minutes apart, give the same ones. A late or repeated fix changes no state.
    ``verdicts`` counts every cleaning rule that spoke.

    Parameters
    ----------
    timetable : Timetable, optional
        Without one there are only positions.
    roster : mapping, optional
        Vehicle id → routes it may run.
    area : Area, optional
        Where buses can be.
    """

    def __init__(
        self,
        timetable: Timetable | None,
        roster: Mapping[str, frozenset[str]] | None = None,
        area: Area | None = None,
    ) -> None:
        self.timetable = timetable
        self._area = area
        self._vehicles: dict[str, Vehicle] = {}
        self._sources: dict[str, SourceQuality] = {}
        self._source_of: dict[str, str] = {}
        self.verdicts: Counter[str] = Counter()
        self._health_ms = 0
        self._route_seen: dict[int, int] = {}
        self._trip_seen: dict[tuple[str, str], int] = {}
        self._missing: dict[tuple[str, str], TripRun] = {}
        if timetable is not None:
            links = make_links(timetable)
            self._assigner = Assigner(timetable, dict(roster or {}))
            self._follower = Follower(timetable, links, Learner(links))

    def step(self, fixes: Sequence[Fix], now_ms: int) -> TrackOutputs:
        """Take fixes in the order they came.

        Parameters
        ----------
        fixes : sequence of Fix
            May be empty: then only the clock goes on.
        now_ms : int
            The city's time; only alerts and feed health depend on it.

        Returns
        -------
        TrackOutputs
            What they led to.
        """
        out = TrackOutputs()
        for fix in fixes:
            self._take(fix, out)
        if now_ms - self._health_ms >= HEALTH_EVERY_MS:
            self._health_ms = now_ms
            self._look_around(now_ms, out)
        return out

    def _take(self, fix: Fix, out: TrackOutputs) -> None:
        vehicle = self._vehicles.get(fix.vehicle_id)
        if vehicle is None:
            vehicle = self._vehicles[fix.vehicle_id] = Vehicle(fix.vehicle_id)
        verdict = clean(fix, Known(self._area, vehicle.last, vehicle.jumps))
        vehicle.quality.take(fix, verdict.rules)
        self.verdicts.update(verdict.rules)
        source = self._sources.setdefault(fix.source, SourceQuality(fix.source))
        source.take(fix, verdict.rules, accepted=verdict.fix is not None)
        vehicle.jumps = vehicle.jumps + 1 if "impossible_jump" in verdict.rules else vehicle.jumps
        if verdict.fix is None:
            return
        vehicle.jumps = 0
        self._source_of[fix.vehicle_id] = fix.source
        followed = self._track(vehicle, verdict.fix, out)
        vehicle.last = verdict.fix
        out.stop_events += followed.stop_events
        out.predictions += followed.predictions
        out.positions.append(self._position(vehicle, verdict.fix, followed))

    def _track(self, vehicle: Vehicle, fix: Fix, out: TrackOutputs) -> Followed:
        table = self.timetable
        if table is None:
            return Followed()
        east, north = table.frame.metres_per_degree
        x, y = (fix.lon - table.frame.lon) * east, (fix.lat - table.frame.lat) * north
        note_direction(vehicle, fix, x, y)
        run = self._assigner.assign(vehicle, fix, x, y)
        vehicle.x, vehicle.y = x, y
        if run is None:
            self._let_go(vehicle, fix)
            return Followed()
        followed = self._follower.follow(vehicle, run, fix, x, y)
        if find_claimed_run(table, fix.claimed_trip, fix.time_ms) is not None:
            vehicle.probability = self._assigner.check_claim(vehicle)
        if vehicle.phase is Phase.IN_SERVICE:
            self._route_seen[table.trip_route[run.trip]] = fix.time_ms
        self._trip_seen[(run.trip_id, run.start_date)] = fix.time_ms
        out.alerts += judge_vehicle(vehicle, table, fix.time_ms)
        return followed

    @staticmethod
    def _let_go(vehicle: Vehicle, fix: Fix) -> None:
        vehicle.progress = vehicle.watch = vehicle.memory = vehicle.link_from = None
        vehicle.probability = 0.0
        vehicle.phase = Phase.DEADHEAD if (fix.speed_mps or 0.0) > 2.0 else Phase.UNKNOWN

    def _position(self, vehicle: Vehicle, fix: Fix, followed: Followed) -> BusPosition:
        table, progress, watch = self.timetable, vehicle.progress, vehicle.watch
        next_id = next_sequence = headsign = None
        assignment = Assignment(phase=vehicle.phase, probability=round(vehicle.probability, 3))
        if table is not None and progress is not None and watch is not None:
            trip = progress.run.trip
            rows = table.stops_of(trip)
            headsign = table.headsign_of(trip)
            if rows.start + watch.ahead < rows.stop:
                next_id = table.stop_ids[table.time_stop[rows.start + watch.ahead]]
                next_sequence = int(table.time_sequence[rows.start + watch.ahead])
            assignment = Assignment(
                phase=vehicle.phase,
                probability=round(vehicle.probability, 3),
                trip_id=progress.run.trip_id,
                start_date=progress.run.start_date,
                route_id=table.route_ids[table.trip_route[trip]],
                direction_id=table.trip_direction[trip],
                distance_m=round(progress.distance_m, 1),
                off_route_m=round(progress.off_m, 1),
            )
        return BusPosition(
            vehicle_id=fix.vehicle_id,
            time_ms=fix.time_ms,
            lon=fix.lon,
            lat=fix.lat,
            source=fix.source,
            received_ms=fix.received_ms,
            assignment=assignment,
            quality=vehicle.quality.scores(max(0, fix.received_ms - fix.time_ms)),
            speed_mps=fix.speed_mps,
            heading_deg=fix.heading_deg,
            door_open=fix.door_open,
            delay_s=None if followed.delay_s is None else round(followed.delay_s, 1),
            headsign=headsign,
            next_stop_id=next_id,
            next_stop_sequence=next_sequence,
        )

    def _look_around(self, now_ms: int, out: TrackOutputs) -> None:
        live: dict[str, int] = {}
        for vehicle in self._vehicles.values():
            if vehicle.last is not None and now_ms - vehicle.last.time_ms <= LIVE_MS:
                source = self._source_of[vehicle.vehicle_id]
                live[source] = live.get(source, 0) + 1
            if self.timetable is not None:
                alert = judge_silence(vehicle, self.timetable, now_ms)
                out.alerts += [alert] if alert is not None else []
        out.feed_health += [s.health(now_ms, live.get(name, 0)) for name, s in sorted(self._sources.items())]
        if self.timetable is not None and self._vehicles:
            self._look_for_missing(self.timetable, now_ms, out)

    def _look_for_missing(self, table: Timetable, now_ms: int, out: TrackOutputs) -> None:
        for key, run in list(self._missing.items()):
            if key in self._trip_seen or now_ms > run.end_ms:
                out.alerts.append(not_coming(table, run, now_ms, ended=True))
                del self._missing[key]
        for run in table.trips_running(now_ms):
            key = (run.trip_id, run.start_date)
            late = NOT_COMING_AFTER_MS <= now_ms - run.start_ms <= NOT_COMING_UNTIL_MS
            live = now_ms - self._route_seen.get(table.trip_route[run.trip], 0) <= ROUTE_LIVE_MS
            if late and live and key not in self._missing and key not in self._trip_seen:
                self._missing[key] = run
                out.alerts.append(not_coming(table, run, now_ms))
        self._trip_seen = {k: t for k, t in self._trip_seen.items() if now_ms - t < 6 * 3_600_000}
