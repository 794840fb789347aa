"""The one tracker: fixes in, positions, stop events, predictions, alerts and feed health out."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
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
from fleet.state import dump_vehicle, fingerprint, load_vehicle
from fleet.vehicle import Vehicle
from schemas.feed import FeedHealth
from schemas.fix import Fix
from schemas.fleet_alert import FleetAlert
from schemas.lesson import Lesson
from schemas.position import BusPosition
from schemas.prediction import TripPrediction
from schemas.stop_event import StopEvent
from schemas.trip import Assignment, Phase

HEALTH_EVERY_MS = 10_000
NOT_COMING_AFTER_MS = 180_000
NOT_COMING_UNTIL_MS = 1_800_000
ROUTE_LIVE_MS = 600_000
SEEN_OF_LATE_MS = 120_000
# Far more than a city has; beyond it the vehicle that was silent longest is forgotten, so that a source that makes up
# vehicles costs time but no memory.
MOST_VEHICLES = 50_000


@dataclass(slots=True)
class TrackOutputs:
    """What a step of the tracker led to, in the order of the fixes."""

    positions: list[BusPosition] = field(default_factory=list)
    stop_events: list[StopEvent] = field(default_factory=list)
    predictions: list[TripPrediction] = field(default_factory=list)
    alerts: list[FleetAlert] = field(default_factory=list)
    feed_health: list[FeedHealth] = field(default_factory=list)
    lessons: list[Lesson] = field(default_factory=list)


class Tracker:
    """Tracks the buses of one city.

    Predictions depend on nothing but the fixes and their times: the same fixes in any batches, and the fixes of
    different buses in any order up to two minutes apart, give the same ones. A late or repeated fix changes no state.
    ``verdicts`` counts every cleaning rule that spoke. Only a tracker that ``speaks_for_all`` says that a trip is not
    coming; among several that share the buses it is one.

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
        self.fingerprint = fingerprint(timetable)
        self.speaks_for_all = True
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
            self._learner = Learner(links)
            self._follower = Follower(timetable, links, self._learner, self.fingerprint)

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

    def learn(self, lessons: Iterable[Lesson]) -> None:
        """Take what buses taught, those of other trackers too, within two minutes of event time."""
        if self.timetable is not None:
            for lesson in lessons:
                self._learner.add(lesson)

    def learn_all(self, lessons: Iterable[Lesson]) -> None:
        """Take what was taught in the last hours, all at once."""
        if self.timetable is not None:
            self._learner.add_all(lessons)

    def dump(self, vehicle_id: str) -> bytes:
        """Return what is remembered of one bus, empty bytes if nothing is."""
        vehicle = self._vehicles.get(vehicle_id)
        return b"" if vehicle is None else dump_vehicle(vehicle, self.fingerprint)

    def load(self, vehicle_id: str, data: bytes) -> int | None:
        """Remember of one bus what `dump` said.

        Parameters
        ----------
        vehicle_id : str
            The bus.
        data : bytes
            What `dump` returned.

        Returns
        -------
        int or None
            When its newest fix was received, 0 if it has none; ``None`` if the bytes are of another timetable or form.
        """
        vehicle = load_vehicle(vehicle_id, data, self.timetable, self.fingerprint)
        if vehicle is None:
            return None
        self._vehicles[vehicle_id] = vehicle
        if vehicle.last is not None:
            self._source_of[vehicle_id] = vehicle.last.source
        if vehicle.progress is not None and vehicle.last is not None and self.timetable is not None:
            run = vehicle.progress.run
            self._trip_seen[(run.trip_id, run.start_date)] = vehicle.last.time_ms
            if vehicle.phase is Phase.IN_SERVICE:
                self._route_seen[self.timetable.trip_route[run.trip]] = vehicle.last.time_ms
        return 0 if vehicle.last is None else vehicle.last.received_ms

    def list_seen(self) -> tuple[dict[str, int], dict[str, int]]:
        """Return when buses ran trips (``TRIP_ID/START_DATE``) and routes of late, as `note_seen` takes it."""
        table = self.timetable
        if table is None or not self._trip_seen:
            return {}, {}
        since_ms = max(self._trip_seen.values()) - SEEN_OF_LATE_MS
        trips = {f"{trip}/{date}": t for (trip, date), t in self._trip_seen.items() if t >= since_ms}
        return trips, {table.route_ids[n]: t for n, t in self._route_seen.items() if t >= since_ms}

    def note_seen(self, trips: Mapping[str, int], routes: Mapping[str, int]) -> None:
        """Take what another tracker's `list_seen` told."""
        if self.timetable is None:
            return
        for name, time_ms in trips.items():
            trip, _, date = name.rpartition("/")
            self._trip_seen[(trip, date)] = max(time_ms, self._trip_seen.get((trip, date), 0))
        for route_id, time_ms in routes.items():
            number = self.timetable.route_number.get(route_id)
            if number is not None:
                self._route_seen[number] = max(time_ms, self._route_seen.get(number, 0))

    def forget(self, vehicle_ids: Iterable[str]) -> None:
        """Drop buses that another tracker follows from now on."""
        for vehicle_id in vehicle_ids:
            self._vehicles.pop(vehicle_id, None)
            self._source_of.pop(vehicle_id, None)

    def _take(self, fix: Fix, out: TrackOutputs) -> None:
        vehicle = self._know(fix.vehicle_id)
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
        out.lessons += followed.lessons
        self.learn(followed.lessons)
        out.positions.append(self._position(vehicle, verdict.fix, followed))

    def _know(self, vehicle_id: str) -> Vehicle:
        """Return a vehicle, now the last in the order in which they were heard of."""
        vehicle = self._vehicles.pop(vehicle_id, None) or Vehicle(vehicle_id)
        self._vehicles[vehicle_id] = vehicle
        while len(self._vehicles) > MOST_VEHICLES:
            silent_longest = next(iter(self._vehicles))
            del self._vehicles[silent_longest]
            self._source_of.pop(silent_longest, None)
        return vehicle

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
        if self.timetable is not None and self._vehicles and self.speaks_for_all:
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
