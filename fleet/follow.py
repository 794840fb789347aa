"""Follow one bus along its trip: place, phase, stop events, and what they teach."""

from dataclasses import dataclass, field, replace

from fleet.arrivals.foresee import Foresight
from fleet.assignment.model import COMES_BACK_M, DETOUR, EMPTY, END_M, FASTEST_MPS, LEFT_M, RUN, WAIT
from fleet.assignment.phase import judge_phase
from fleet.assignment.progress import Progress, advance, seat
from fleet.gtfs.along import match_point
from fleet.gtfs.timetable import Timetable, TripRun
from fleet.stop_events.crossing import MAX_GAP_MS
from fleet.stop_events.watch import StopWatch
from fleet.vehicle import Vehicle
from schemas.fix import Fix
from schemas.lesson import Lesson
from schemas.stop_event import StopEvent

FINISH_M = 800.0
STANDING_MPS = 0.8
EARLY_MS = 90_000
AT_START_M = 150.0
ASTRAY_M = 300.0
TOLD_TRIPS = 4


@dataclass(slots=True)
class Followed:
    """What one fix led to."""

    stop_events: list[StopEvent] = field(default_factory=list)
    lessons: list[Lesson] = field(default_factory=list)


class Follower:
    """Follows buses of one timetable.

    Parameters
    ----------
    timetable : Timetable
        Whose trips are run.
    foresight : Foresight
        Learns from the stop events.
    """

    def __init__(self, timetable: Timetable, foresight: Foresight) -> None:
        self._timetable = timetable
        self._foresight = foresight

    def follow(self, vehicle: Vehicle, run: TripRun, fix: Fix, x: float, y: float) -> Followed:
        """Move a bus to its newest fix on the trip it runs.

        Parameters
        ----------
        vehicle : Vehicle
            Changed in place.
        run : TripRun
            What it runs now.
        fix : Fix
            The cleaned fix.
        x, y : float
            Its place in metres.

        Returns
        -------
        Followed
            Stop events, and what they teach.
        """
        out = Followed()
        progress = vehicle.progress
        if progress is None or (progress.run.trip, progress.run.start_date) != (run.trip, run.start_date):
            if progress is not None and progress.distance_m > progress.pattern.length_m - FINISH_M:
                self._move(vehicle, progress, fix, x, y, out)
            self._begin(vehicle, run, fix, x, y, out)
        else:
            self._move(vehicle, progress, fix, x, y, out)
        vehicle.phase = judge_phase(vehicle, fix)
        return out

    def _begin(self, vehicle: Vehicle, run: TripRun, fix: Fix, x: float, y: float, out: Followed) -> None:
        old, watch, was_held = vehicle.progress, vehicle.watch, vehicle.held
        vehicle.progress = self._seat(vehicle, run, fix, x, y)
        vehicle.watch = StopWatch(self._timetable, run, vehicle.vehicle_id, 1)
        self._seat_watch(vehicle, fix)
        if vehicle.held or vehicle.belief.mode != RUN or vehicle.last is None:
            return
        if old is not None and watch is not None and old.pattern is vehicle.progress.pattern and not was_held:
            before, calls = old, (watch.ahead, watch.at, watch.arrival_ms, watch.departure_ms)
            vehicle.progress = replace(before, run=run)
            vehicle.watch = StopWatch(self._timetable, run, vehicle.vehicle_id, *calls)
        elif not self._seat_before(vehicle, fix):
            return
        self._move(vehicle, vehicle.progress, fix, x, y, out)

    def _seat_before(self, vehicle: Vehicle, fix: Fix) -> bool:
        """Seat a bus that was seen on its trip only now where it was at the fix before, if behind it."""
        progress, watch, last = vehicle.progress, vehicle.watch, vehicle.last
        assert progress is not None
        assert watch is not None
        assert last is not None
        dt_s = (fix.time_ms - last.time_ms) / 1000.0
        east, north = self._timetable.frame.metres_per_degree
        x, y = (last.lon - self._timetable.frame.lon) * east, (last.lat - self._timetable.frame.lat) * north
        first_m = progress.pattern.stops_m[0]
        low_m = max(first_m, progress.distance_m - FASTEST_MPS * dt_s - AT_START_M)
        line = (progress.pattern.x, progress.pattern.y, progress.pattern.along_m)
        at_m, off_m, _ = match_point(x, y, *line, low_m, progress.distance_m, low_m, -1.0)
        if dt_s * 1000 > MAX_GAP_MS or off_m > AT_START_M:
            return False
        progress.distance_m, progress.off_m, progress.time_ms = at_m, off_m, last.time_ms
        watch.seat(at_m, last.time_ms, waits=at_m <= first_m + LEFT_M)
        return True

    def _seat(self, vehicle: Vehicle, run: TripRun, fix: Fix, x: float, y: float) -> Progress:
        at_m = vehicle.belief.at_m if vehicle.belief.mode in (RUN, DETOUR) else None
        return seat(self._timetable, run, x, y, fix.time_ms, at_m=at_m)

    def _move(self, vehicle: Vehicle, progress: Progress, fix: Fix, x: float, y: float, out: Followed) -> None:
        watch = vehicle.watch
        assert watch is not None
        if vehicle.held and not _leaves(vehicle, progress, fix):
            # Where a bus stands before its trip says nothing about how far it came; its first place afterwards does.
            vehicle.progress = self._seat(vehicle, progress.run, fix, x, y)
            self._seat_watch(vehicle, fix)
            return
        vehicle.held = False
        before_m, before_ms = progress.distance_m, progress.time_ms
        if not advance(self._timetable, progress, x, y, fix.time_ms) or _is_astray(vehicle, progress):
            vehicle.progress = self._seat(vehicle, progress.run, fix, x, y)
            self._seat_watch(vehicle, fix)
            return
        last_m = progress.pattern.stops_m[-1]
        if not _is_of(vehicle, progress.run) and progress.distance_m > last_m - END_M:
            progress.distance_m = max(last_m, progress.distance_m)  # it ended its trip: so it called there
        events = watch.drive(before_m, before_ms, progress.distance_m, fix.time_ms, door_open=fix.door_open)
        if events:
            out.lessons += self._teach(vehicle, events, fix.time_ms)
            out.stop_events += events

    def _teach(self, vehicle: Vehicle, events: list[StopEvent], known_ms: int) -> list[Lesson]:
        """Return what events teach; each arrival teaches once, even if the bus is seated anew and comes by again."""
        assert vehicle.progress is not None
        lessons = self._foresight.learn_from(vehicle, events, known_ms)
        run = (vehicle.progress.run.trip, vehicle.progress.run.start_date)
        told = vehicle.told.pop(run, -1)
        lessons = [lesson for lesson in lessons if lesson.stop_sequence > told]
        vehicle.told[run] = max([told, *[lesson.stop_sequence for lesson in lessons]])
        while len(vehicle.told) > TOLD_TRIPS:
            del vehicle.told[next(iter(vehicle.told))]
        return lessons

    def _seat_watch(self, vehicle: Vehicle, fix: Fix) -> None:
        progress, watch = vehicle.progress, vehicle.watch
        assert progress is not None
        assert watch is not None
        waits = vehicle.belief.mode in (WAIT, EMPTY) and vehicle.belief.off_m > AT_START_M
        vehicle.held = waits or _is_early(vehicle, progress, fix)
        if vehicle.held:
            progress.distance_m = progress.pattern.stops_m[0]
        watch.seat(progress.distance_m, fix.time_ms, waits=vehicle.held or _waits(progress, fix))
        vehicle.link_from = None


def _is_of(vehicle: Vehicle, run: TripRun) -> bool:
    return vehicle.belief.chosen is not None and vehicle.belief.chosen == (run.trip, run.day_start_ms / 1000.0)


def _is_early(vehicle: Vehicle, progress: Progress, fix: Fix) -> bool:
    """Return whether a bus before its time has not clearly set out: buses roll about at terminals."""
    if fix.time_ms >= progress.run.start_ms - EARLY_MS:
        return False
    first_m = progress.pattern.stops_m[0]
    return vehicle.belief.mode in (WAIT, EMPTY) or vehicle.belief.at_m < first_m + COMES_BACK_M


def _leaves(vehicle: Vehicle, progress: Progress, fix: Fix) -> bool:
    """Return whether a bus that was held has driven off from the first stop since."""
    if _is_early(vehicle, progress, fix):
        return False
    reach_m = AT_START_M + FASTEST_MPS * (fix.time_ms - progress.time_ms) / 1000.0
    return vehicle.belief.mode == RUN and vehicle.belief.at_m <= progress.pattern.stops_m[0] + reach_m


def _is_astray(vehicle: Vehicle, progress: Progress) -> bool:
    """Return whether the filter sees a bus at another part of the shape of the same trip."""
    belief = vehicle.belief
    same = belief.chosen is not None and belief.chosen[0] == progress.run.trip and belief.mode == RUN
    return same and belief.off_m < AT_START_M and abs(belief.at_m - progress.distance_m) > ASTRAY_M


def _waits(progress: Progress, fix: Fix) -> bool:
    return progress.is_at_start and (fix.time_ms < progress.run.start_ms or (fix.speed_mps or 0.0) < STANDING_MPS)
