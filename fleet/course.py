"""The way of one fix through the stages: cleaned, assigned, followed, alarmed; and what is said of the bus then."""

from collections.abc import Iterable, Mapping

from fleet.alerts.desk import AlertDesk
from fleet.alerts.limits import SpeedLimits
from fleet.arrivals.foresee import Foreseen, Foresight
from fleet.arrivals.ways import Ways
from fleet.assignment.assigner import Assigner, note_direction
from fleet.assignment.readout import temper
from fleet.cleaning import ON_COURSE, Known, clean
from fleet.follow import Follower
from fleet.gtfs.timetable import Timetable
from fleet.said import Said
from fleet.stop_events.recall import note_point
from fleet.vehicle import Vehicle
from schemas.fix import Fix
from schemas.position import BusPosition
from schemas.trip import Assignment


class Course:
    """Moves buses of one timetable; what it does to a bus depends on nothing but its fixes in order of time.

    Parameters
    ----------
    timetable : Timetable or None
        Without one there are only positions.
    roster : mapping
        Vehicle id → routes it may run.
    fingerprint : str
        Of the timetable.
    ways : Ways, optional
        The edges under the timetable's links.
    limits : SpeedLimits, optional
        How fast buses may drive; without them speeding is not judged.
    """

    def __init__(
        self,
        timetable: Timetable | None,
        roster: Mapping[str, frozenset[str]],
        fingerprint: str,
        ways: Ways | None = None,
        limits: SpeedLimits | None = None,
    ) -> None:
        self.timetable = timetable
        self.desk: AlertDesk | None = None
        if timetable is not None:
            self.assigner = Assigner(timetable, dict(roster))
            self.foresight = Foresight(timetable, fingerprint, ways)
            self.follower = Follower(timetable, self.foresight, self.assigner.yards)
            self.desk = AlertDesk(timetable, limits, roster)

    def is_crowd_due(self, newest_s: float) -> bool:
        """Return whether `count_crowd` is due before a fix of that time moves."""
        return self.timetable is not None and self.assigner.crowd.is_due(newest_s)

    def count_crowd(self, newest_s: float, vehicles: Iterable[Vehicle]) -> None:
        """Count what buses are believed to run, and where they spent hours."""
        buses = list(vehicles)
        self.assigner.crowd.count(newest_s, ((v.vehicle_id, v.belief.told) for v in buses))
        self.assigner.yards.count(newest_s, (v.belief.bases for v in buses))

    def move(self, vehicle: Vehicle, fix: Fix) -> tuple[Said | None, tuple[str, ...]]:
        """Take the next fix of a bus.

        Parameters
        ----------
        vehicle : Vehicle
            Changed in place; ``last`` is then this fix.
        fix : Fix
            Let in at the door, newer than all before.

        Returns
        -------
        tuple of Said or None and tuple of str
            What it led to, ``None`` where it was left out, and which cleaning rules spoke.
        """
        verdict = clean(fix, Known(None, vehicle.last, vehicle.jumps), ON_COURSE)
        if verdict.fix is None:
            vehicle.jumps += 1
            return None, verdict.rules
        vehicle.jumps = 0
        said = self._track(vehicle, verdict.fix)
        vehicle.last = verdict.fix
        said.position = _digest(vehicle)
        return said, verdict.rules

    def _track(self, vehicle: Vehicle, fix: Fix) -> Said:
        table = self.timetable
        if table is None or self.desk is None:
            return Said(0)
        x, y = table.frame.place(fix.lon, fix.lat)
        note_direction(vehicle, fix, x, y)
        run = self.assigner.assign(vehicle, fix, x, y)
        vehicle.x, vehicle.y = x, y
        if run is None:
            followed = self.follower.leave(vehicle, fix, x, y)
            note_point(vehicle.trail, fix, x, y)
            alerts = self.desk.judge(vehicle, fix.time_ms)
            return Said(0, tuple(followed.stop_events), tuple(followed.lessons), tuple(alerts))
        followed = self.follower.follow(vehicle, run, fix, x, y)
        note_point(vehicle.trail, fix, x, y)
        self.desk.see(vehicle, fix.time_ms)
        alerts = self.desk.judge(vehicle, fix.time_ms, [e for e in followed.stop_events if not e.withdrawn])
        self.foresight.remember(vehicle, fix, x, y)
        return Said(0, tuple(followed.stop_events), tuple(followed.lessons), tuple(alerts))

    def predict(self, vehicle: Vehicle) -> Foreseen:
        """Return what is foreseen for a bus after its newest fix; nothing of the bus is changed."""
        if vehicle.progress is None or vehicle.last is None:
            return Foreseen()
        return self.foresight.predict(vehicle, vehicle.last, vehicle.x, vehicle.y)

    def position(self, vehicle: Vehicle, delay_s: float | None = None) -> BusPosition:
        """Return where a bus is after its newest fix; ``delay_s`` where it is known how late it is."""
        fix, progress, watch, table = vehicle.last, vehicle.progress, vehicle.watch, self.timetable
        assert fix is not None
        next_id = next_sequence = headsign = None
        if table is not None and progress is not None and watch is not None:
            course, ahead = self.foresight.courses.of(progress.run), watch.ahead
            headsign = course.headsign
            late_s = self.foresight.delay_of(vehicle, fix.time_ms) if delay_s is None else delay_s
            delay_s = None if late_s is None else round(late_s, 1)
            if ahead < len(course.stop_ids):
                next_id, next_sequence = course.stop_ids[ahead], course.sequence[ahead]
        return BusPosition(
            vehicle_id=fix.vehicle_id,
            time_ms=fix.time_ms,
            lon=fix.lon,
            lat=fix.lat,
            source=fix.source,
            received_ms=fix.received_ms,
            assignment=self._assignment(vehicle),
            quality=vehicle.quality.scores(max(0, fix.received_ms - fix.time_ms)),
            speed_mps=fix.speed_mps,
            heading_deg=fix.heading_deg,
            door_open=fix.door_open,
            delay_s=delay_s,
            headsign=headsign,
            next_stop_id=next_id,
            next_stop_sequence=next_sequence,
        )

    def _assignment(self, vehicle: Vehicle) -> Assignment:
        table, progress = self.timetable, vehicle.progress
        told = round(temper(min(1.0, vehicle.probability)), 3)
        if table is None or progress is None or vehicle.watch is None:
            return Assignment(phase=vehicle.phase, probability=told)
        trip = progress.run.trip
        return Assignment(
            phase=vehicle.phase,
            probability=told,
            trip_id=progress.run.trip_id,
            start_date=progress.run.start_date,
            route_id=table.route_ids[table.trip_route[trip]],
            direction_id=table.trip_direction[trip],
            distance_m=round(progress.distance_m, 1),
            off_route_m=round(progress.off_m, 1),
        )


def _digest(vehicle: Vehicle) -> int:
    """Return a number that tells what is said of where a bus is from anything else."""
    progress, watch = vehicle.progress, vehicle.watch
    if progress is None or watch is None:
        return hash((vehicle.phase, vehicle.probability))
    place = (progress.run.trip, progress.run.start_date, progress.distance_m, progress.off_m)
    return hash((vehicle.phase, vehicle.probability, *place, watch.ahead, vehicle.is_waiting))
