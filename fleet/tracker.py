"""The one tracker: fixes in, positions, stop events, predictions, alerts and feed health out."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from fleet.alerts.limits import SpeedLimits
from fleet.arrivals.ways import Ways
from fleet.cleaning import AT_THE_DOOR, OF_TIME, Area, Known, clean, has_likely_time
from fleet.cleaning.quality import LIVE_MS, SourceQuality
from fleet.course import Course
from fleet.gtfs.timetable import Timetable
from fleet.history import WINDOW_MS, Mark
from fleet.outputs import TrackOutputs
from fleet.packing import pack, unpack
from fleet.rewind import bare, open_history, restart, retell, rewind
from fleet.state import dump_vehicle, fingerprint, load_vehicle
from fleet.vehicle import Vehicle
from schemas.edge import RoadStates
from schemas.fix import Fix
from schemas.fleet_alert import FleetAlert
from schemas.lesson import Lesson
from schemas.prediction import TripPrediction
from schemas.track_state import BusShare, WayShare

__all__ = ["TrackOutputs", "Tracker"]

HEALTH_EVERY_MS = 10_000
# Far more than a city has; beyond it the vehicle that was silent longest is forgotten, so that a source that makes up
# vehicles costs time but no memory.
MOST_VEHICLES = 50_000
# Fixes of one bus that are taken again between two looks at the city: who sends more late ones waits for the look.
MOST_AGAIN = 2_000
# A long batch, as when there is much to catch up, must not make late fixes later by what it spans.
SETTLE_MS = 60_000


class Tracker:
    """Tracks the buses of one city.

    What is known depends on nothing but the fixes and their times: the same fixes in any batches and any order up to a
    quarter of an hour apart, also repeated, lead to the same. A late fix winds its bus back; what it changes is said
    again. ``verdicts`` counts every cleaning rule that spoke. Only a tracker that ``speaks_for_all`` says that a trip
    is not coming; among several that share the buses it is one.

    Parameters
    ----------
    timetable : Timetable, optional
        Without one there are only positions.
    roster : mapping, optional
        Vehicle id → routes it may run.
    area : Area, optional
        Where buses can be.
    ways : Ways, optional
        The edges of the road network under the timetable's links, for `take_roads`.
    limits : SpeedLimits, optional
        How fast they may drive; without them speeding is not judged.
    """

    def __init__(
        self,
        timetable: Timetable | None,
        roster: Mapping[str, frozenset[str]] | None = None,
        area: Area | None = None,
        ways: Ways | None = None,
        limits: SpeedLimits | None = None,
    ) -> None:
        self.fingerprint = fingerprint(timetable)
        self.course = Course(timetable, roster or {}, self.fingerprint, ways, limits)
        self.speaks_for_all = True
        self.abroad: dict[str, list[Vehicle]] = {}
        self._area = area
        self._vehicles: dict[str, Vehicle] = {}
        self._sources: dict[str, SourceQuality] = {}
        self._source_of: dict[str, str] = {}
        self.verdicts: Counter[str] = Counter()
        self._health_ms = 0
        self._late: dict[str, list[tuple[Fix, tuple[str, ...]]]] = {}
        self._late_since_ms = self._newest_ms = 0
        self._again: Counter[str] = Counter()
        self._of_old: set[str] = set()

    @property
    def timetable(self) -> Timetable | None:
        """The timetable of now."""
        return self.course.timetable

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
        # A clock that was set back must not keep the tracker from looking until it has caught up.
        look = not 0 <= now_ms - self._health_ms < HEALTH_EVERY_MS
        self._settle(out, all_of_them=look)
        if look:
            self._health_ms = now_ms
            self._again.clear()
            self._look_around(now_ms, out)
        return out

    def adopt(self, fresh: "Tracker") -> None:
        """Go over to another timetable, roster and area while buses drive.

        Each bus is found again, at its next fix, from those of its last quarter of an hour. Trips and routes that were
        seen of late stay seen; what was learnt of links that stay is kept.

        Parameters
        ----------
        fresh : Tracker
            Of the other timetable; it knows nothing yet and is not used afterwards.
        """
        seen, learnt = self.list_seen(), self.dump_learnt(whole=True)
        self.fingerprint, self.course, self._area = fresh.fingerprint, fresh.course, fresh._area
        self._of_old = set(self._vehicles)
        self.note_seen(*seen)
        self.load_learnt(learnt)

    def learn(self, lessons: Iterable[Lesson]) -> None:
        """Take what buses taught, those of other trackers too."""
        if self.timetable is not None:
            for lesson in lessons:
                self.course.foresight.learner.add(lesson)

    def learn_all(self, lessons: Iterable[Lesson]) -> None:
        """Take what was taught in the last hours, all at once."""
        if self.timetable is not None:
            self.course.foresight.learner.add_all(lessons)

    def take_roads(self, told: Iterable[RoadStates]) -> None:
        """Take states of roads, in any order; without `Ways` they say nothing."""
        if self.timetable is not None:
            self.course.foresight.learner.take_roads(told)

    def foresee(self, vehicle_id: str) -> list[TripPrediction]:
        """Return what is foreseen for a bus as of its newest fix, with all that is known by now."""
        vehicle = self._vehicles.get(vehicle_id)
        return [] if vehicle is None else self.course.predict(vehicle).predictions

    def dump_learnt(self, *, whole: bool = False) -> dict[str, bytes]:
        """Return what was learnt over days by name: the parts that changed since the last time, or all."""
        return {} if self.timetable is None else self.course.foresight.learner.dump(whole=whole)

    @property
    def learnt_until_ms(self) -> int:
        """The end of the last minute in what `dump_learnt` tells, 0 before the first."""
        return 0 if self.timetable is None else self.course.foresight.learner.history.until_ms

    def load_learnt(self, parts: Mapping[str, bytes]) -> None:
        """Begin with what `dump_learnt` told, of this or of another timetable."""
        if self.timetable is not None:
            self.course.foresight.learner.load(parts)

    def dump(self, vehicle_id: str) -> bytes:
        """Return what is remembered of one bus, empty bytes if nothing is."""
        vehicle = self._vehicles.get(vehicle_id)
        return b"" if vehicle is None else dump_vehicle(vehicle, self.fingerprint)

    def load(self, vehicle_id: str, data: bytes) -> int | None:
        """Remember of one bus what `dump` said; what was of another timetable is found again from its fixes.

        Parameters
        ----------
        vehicle_id : str
            The bus.
        data : bytes
            What `dump` returned.

        Returns
        -------
        int or None
            When its newest fix was received, 0 if it has none; ``None`` if the bytes are damaged or of another form.
        """
        loaded = load_vehicle(vehicle_id, data, self.timetable, self.fingerprint)
        if loaded is None:
            return None
        vehicle, of_old = loaded
        self._vehicles[vehicle_id] = vehicle
        self._of_old.discard(vehicle_id)
        if of_old:
            self._of_old.add(vehicle_id)
        if vehicle.history.from_ms is not None:
            self._late.setdefault(vehicle_id, [])
        if vehicle.last is None:
            return 0
        self._source_of[vehicle_id] = vehicle.last.source
        if self.course.desk is not None:
            self.course.desk.see(vehicle, vehicle.last.time_ms)
        return vehicle.last.received_ms

    def list_seen(self) -> tuple[dict[str, int], dict[str, int]]:
        """Return when buses ran trips (``TRIP_ID/START_DATE``) and routes of late, as `note_seen` takes it."""
        return ({}, {}) if self.course.desk is None else self.course.desk.list_seen()

    def note_seen(self, trips: Mapping[str, int], routes: Mapping[str, int]) -> None:
        """Take what another tracker's `list_seen` told."""
        if self.course.desk is not None:
            self.course.desk.note_seen(trips, routes)

    def tell_buses(self) -> tuple[tuple[BusShare, ...], tuple[WayShare, ...]]:
        """Return the buses that are followed here, and their ways beside their lines since the last time."""
        return ((), ()) if self.course.desk is None else self.course.desk.tell(self._vehicles.values())

    def hear_buses(self, tracker: str, buses: Iterable[BusShare], ways: Iterable[WayShare]) -> None:
        """Take what another tracker's `tell_buses` told; ``abroad`` are then its buses, until they are taken out."""
        if self.course.desk is not None:
            self.abroad[tracker] = self.course.desk.hear(buses, ways)

    def list_open(self) -> tuple[FleetAlert, ...]:
        """Return what was said here of the city and not taken back."""
        return () if self.course.desk is None else self.course.desk.list_open()

    def inherit(self, alerts: Iterable[FleetAlert]) -> None:
        """Answer from now on for what another tracker said of the city."""
        if self.course.desk is not None:
            self.course.desk.inherit(alerts)

    def forget(self, vehicle_ids: Iterable[str]) -> None:
        """Drop buses that another tracker follows from now on."""
        for vehicle_id in vehicle_ids:
            self._vehicles.pop(vehicle_id, None)
            self._source_of.pop(vehicle_id, None)
            self._late.pop(vehicle_id, None)
            self._of_old.discard(vehicle_id)

    def _take(self, fix: Fix, out: TrackOutputs) -> None:
        vehicle = self._know(fix.vehicle_id)
        if has_likely_time(fix):
            self._let_in(vehicle, fix, (), out)
            return
        timely = clean(fix, Known(self._area, None), OF_TIME)
        if timely.rules:
            self._source(fix.source).clock.take(fix.vehicle_id, fix.time_ms, fix.received_ms)
        self._let_in(vehicle, timely.fix or fix, timely.rules, out)

    def _let_in(self, vehicle: Vehicle, fix: Fix, rules: tuple[str, ...], out: TrackOutputs) -> None:
        """Take a fix whose time is likely, perhaps set right by ``rules``."""
        history = vehicle.history
        newest_ms = history.newest_ms
        late_before_ms = None if newest_ms is None else max(newest_ms - WINDOW_MS, history.marks[0].time_ms + 1)
        packed_twin = history.find(fix.time_ms)
        twin = None if packed_twin is None else unpack(fix.vehicle_id, packed_twin)
        verdict = clean(fix, Known(self._area, None, 0, late_before_ms, twin), AT_THE_DOOR)
        let_in, rules = verdict.fix, rules + verdict.rules
        if let_in is None:
            self._count(vehicle, fix, rules, accepted=False)
            if twin is not None and verdict.rules[-1] == "duplicate":
                self._compare(vehicle, fix, twin)
            return
        self._source_of[fix.vehicle_id] = fix.source
        self._newest_ms = max(self._newest_ms, fix.time_ms)
        if self._late and self._newest_ms - self._late_since_ms > SETTLE_MS:
            self._settle(out)
        self._count_crowd(out)
        packed = pack(let_in)
        if history.from_ms is None and (newest_ms is None or fix.time_ms > newest_ms):
            history.append(fix.time_ms, packed)
            self._go_on(vehicle, let_in, rules, out)
        else:
            if not self._late:
                self._late_since_ms = self._newest_ms
            self._hold(vehicle)
            history.insert(fix.time_ms, packed)
            self._late[fix.vehicle_id].append((let_in, rules))

    def _count_crowd(self, out: TrackOutputs) -> None:
        """Count in time what buses are believed to run, late fixes and all, as evidence about each of them."""
        newest_s = self._newest_ms / 1000.0
        if self.course.is_crowd_due(newest_s):
            self._settle(out, all_of_them=True)
            self.course.count_crowd(newest_s, (v for k, v in self._vehicles.items() if k not in self._of_old))

    def _compare(self, vehicle: Vehicle, fix: Fix, twin: Fix) -> None:
        """Of two fixes of one time keep the one that was received first, whichever came first here."""
        packed = pack(fix)
        if (fix.received_ms, packed) < (twin.received_ms, pack(twin)):
            self._hold(vehicle)
            vehicle.history.replace(fix.time_ms, packed)

    def _hold(self, vehicle: Vehicle) -> None:
        """Make ready for a late fix; several of one bus are taken together."""
        if not vehicle.history.is_told:
            retell(self.course, vehicle)
        self._late.setdefault(vehicle.vehicle_id, [])

    def _know(self, vehicle_id: str) -> Vehicle:
        """Return a vehicle, now the last in the order in which they were heard of."""
        vehicle = self._vehicles.pop(vehicle_id, None)
        if vehicle is None:
            vehicle = Vehicle(vehicle_id)
            open_history(vehicle)
        elif vehicle_id in self._of_old:
            self._of_old.discard(vehicle_id)
            restart(self.course, vehicle)
        self._vehicles[vehicle_id] = vehicle
        while len(self._vehicles) > MOST_VEHICLES:
            self.forget([next(iter(self._vehicles))])
        return vehicle

    def _go_on(self, vehicle: Vehicle, fix: Fix, rules: tuple[str, ...], out: TrackOutputs) -> None:
        """Take the newest fix of a bus."""
        said, more = self.course.move(vehicle, fix)
        self._count(vehicle, fix, rules + more, accepted=said is not None)
        history = vehicle.history
        if said is not None:
            self.learn(said.lessons)
            out.stop_events += said.stop_events
            out.lessons += said.lessons
            out.alerts += said.alerts
            foreseen = self.course.predict(vehicle)
            out.predictions += foreseen.predictions
            out.positions.append(self.course.position(vehicle, foreseen.delay_s))
            history.said[-1] = said.short()
        if history.is_mark_due(fix.time_ms):
            history.marks.append(Mark(fix.time_ms, bare(vehicle)))
            history.prune()

    def _settle(self, out: TrackOutputs, *, all_of_them: bool = False) -> None:
        """Take late fixes in their place, those of one bus together."""
        for vehicle_id in [name for name in self._late if all_of_them or self._again[name] <= MOST_AGAIN]:
            self._rewind(vehicle_id, out)

    def _rewind(self, vehicle_id: str, out: TrackOutputs) -> None:
        """Take the late fixes of a bus in their place and say what they change."""
        vehicle, late = self._vehicles[vehicle_id], self._late.pop(vehicle_id)
        done = rewind(self.course, vehicle)
        self._again[vehicle_id] += done.fixes
        for fix, rules in late:
            more = done.rules.get(fix.time_ms, ())
            self._count(vehicle, fix, rules + more, accepted="impossible_jump" not in more)
        self.learn(done.said.lessons)
        out.stop_events += done.said.stop_events
        out.lessons += done.said.lessons
        out.alerts += done.said.alerts
        if done.dropped:
            gone = {(vehicle_id, time_ms) for time_ms in done.dropped}
            out.positions = [p for p in out.positions if (p.vehicle_id, p.time_ms) not in gone]
            out.dropped += sorted(gone)
        out.positions += done.positions
        if vehicle.last is not None:
            out.predictions += self.course.predict(vehicle).predictions

    def _count(self, vehicle: Vehicle, fix: Fix, rules: tuple[str, ...], *, accepted: bool) -> None:
        vehicle.quality.take(fix, rules)
        if rules:
            self.verdicts.update(rules)
        self._source(fix.source).take(fix, rules, accepted=accepted)

    def _source(self, name: str) -> SourceQuality:
        source = self._sources.get(name)
        if source is None:
            source = self._sources[name] = SourceQuality(name)
        return source

    def _look_around(self, now_ms: int, out: TrackOutputs) -> None:
        live: Counter[str] = Counter()
        for vehicle in self._vehicles.values():
            if vehicle.last is not None and now_ms - vehicle.last.time_ms <= LIVE_MS:
                live[self._source_of[vehicle.vehicle_id]] += 1
        out.feed_health += [s.health(now_ms, live[name]) for name, s in sorted(self._sources.items())]
        if self.course.desk is not None:
            known = [v for v in self._vehicles.values() if v.vehicle_id not in self._of_old]
            abroad = [v for lot in self.abroad.values() for v in lot if v.vehicle_id not in self._vehicles]
            desk = self.course.desk
            out.alerts += desk.look_around(known, now_ms, of_all=self.speaks_for_all, abroad=abroad)
