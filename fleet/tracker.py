"""The one tracker: fixes in, positions, stop events, predictions, alerts and feed health out."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from fleet.alerts.desk import AlertDesk
from fleet.arrivals.foresee import Foresight
from fleet.assignment.assigner import Assigner, note_direction
from fleet.assignment.claim import find_claimed_run
from fleet.cleaning import Area, Known, clean
from fleet.cleaning.quality import LIVE_MS, SourceQuality
from fleet.follow import Follower
from fleet.gtfs.timetable import Timetable
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
        self._desk: AlertDesk | None = None
        if timetable is not None:
            self._assigner = Assigner(timetable, dict(roster or {}))
            self._foresight = Foresight(timetable, self.fingerprint)
            self._follower = Follower(timetable, self._foresight)
            self._desk = AlertDesk(timetable)

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
                self._foresight.learner.add(lesson)

    def learn_all(self, lessons: Iterable[Lesson]) -> None:
        """Take what was taught in the last hours, all at once."""
        if self.timetable is not None:
            self._foresight.learner.add_all(lessons)

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
            if self._desk is not None:
                self._desk.see(vehicle, vehicle.last.time_ms)
        return 0 if vehicle.last is None else vehicle.last.received_ms

    def list_seen(self) -> tuple[dict[str, int], dict[str, int]]:
        """Return when buses ran trips (``TRIP_ID/START_DATE``) and routes of late, as `note_seen` takes it."""
        return ({}, {}) if self._desk is None else self._desk.list_seen()

    def note_seen(self, trips: Mapping[str, int], routes: Mapping[str, int]) -> None:
        """Take what another tracker's `list_seen` told."""
        if self._desk is not None:
            self._desk.note_seen(trips, routes)

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
        delay_s = self._track(vehicle, verdict.fix, out)
        vehicle.last = verdict.fix
        out.positions.append(self._position(vehicle, verdict.fix, delay_s))

    def _know(self, vehicle_id: str) -> Vehicle:
        """Return a vehicle, now the last in the order in which they were heard of."""
        vehicle = self._vehicles.pop(vehicle_id, None) or Vehicle(vehicle_id)
        self._vehicles[vehicle_id] = vehicle
        while len(self._vehicles) > MOST_VEHICLES:
            silent_longest = next(iter(self._vehicles))
            del self._vehicles[silent_longest]
            self._source_of.pop(silent_longest, None)
        return vehicle

    def _track(self, vehicle: Vehicle, fix: Fix, out: TrackOutputs) -> float | None:
        table = self.timetable
        if table is None:
            return None
        east, north = table.frame.metres_per_degree
        x, y = (fix.lon - table.frame.lon) * east, (fix.lat - table.frame.lat) * north
        note_direction(vehicle, fix, x, y)
        run = self._assigner.assign(vehicle, fix, x, y)
        vehicle.x, vehicle.y = x, y
        if run is None:
            self._let_go(vehicle, fix)
            return None
        followed = self._follower.follow(vehicle, run, fix, x, y)
        if find_claimed_run(table, fix.claimed_trip, fix.time_ms) is not None:
            vehicle.probability = self._assigner.check_claim(vehicle)
        assert self._desk is not None
        self._desk.see(vehicle, fix.time_ms)
        out.alerts += self._desk.judge(vehicle, fix.time_ms)
        self._foresight.remember(vehicle, fix, x, y)
        foreseen = self._foresight.predict(vehicle, fix, x, y)
        out.stop_events += followed.stop_events
        out.lessons += followed.lessons
        out.predictions += foreseen.predictions
        self.learn(followed.lessons)
        return foreseen.delay_s

    @staticmethod
    def _let_go(vehicle: Vehicle, fix: Fix) -> None:
        vehicle.progress = vehicle.watch = vehicle.link_from = None
        vehicle.probability = 0.0
        vehicle.phase = Phase.DEADHEAD if (fix.speed_mps or 0.0) > 2.0 else Phase.UNKNOWN

    def _position(self, vehicle: Vehicle, fix: Fix, delay_s: float | None) -> BusPosition:
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
            delay_s=None if delay_s is None else round(delay_s, 1),
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
        out.feed_health += [s.health(now_ms, live.get(name, 0)) for name, s in sorted(self._sources.items())]
        if self._desk is not None:
            out.alerts += self._desk.look_around(self._vehicles.values(), now_ms, of_all=self.speaks_for_all)
