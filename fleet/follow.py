"""Follow one bus along its trip: place, phase, stop events, and what they teach."""

from dataclasses import dataclass, field, replace

from fleet.arrivals.foresee import Foresight
from fleet.assignment.model import COMES_BACK_M, DETOUR, EMPTY, END_M, ENDS_SHORT_M, FASTEST_MPS, RUN, WAIT
from fleet.assignment.phase import judge_phase
from fleet.assignment.progress import Progress, advance, seat
from fleet.assignment.yards import Yards
from fleet.gtfs.timetable import Timetable, TripRun
from fleet.stop_events.call import Standing
from fleet.stop_events.crossing import TEACHES_GAP_MS
from fleet.stop_events.recall import BESIDE_M, recall, walk_back
from fleet.stop_events.watch import StopWatch, Way
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
    yards : Yards
        Where buses park.
    """

    def __init__(self, timetable: Timetable, foresight: Foresight, yards: Yards) -> None:
        self._yards = yards
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
            self._end(vehicle, fix, x, y, out)
            self._begin(vehicle, run, fix, x, y, out)
        else:
            self._move(vehicle, progress, fix, x, y, out)
        vehicle.phase = judge_phase(vehicle, fix, self._yards)
        return out

    def leave(self, vehicle: Vehicle, fix: Fix, x: float, y: float) -> Followed:
        """Let a bus go that runs nothing any more; one that was near the end of its trip has ended it."""
        out = Followed()
        self._end(vehicle, fix, x, y, out)
        vehicle.progress = vehicle.watch = vehicle.link_from = None
        vehicle.phase = judge_phase(vehicle, fix, self._yards)
        return out

    def _end(self, vehicle: Vehicle, fix: Fix, x: float, y: float, out: Followed) -> None:
        progress = vehicle.progress
        if progress is not None and not vehicle.held and progress.distance_m > progress.pattern.length_m - FINISH_M:
            self._move(vehicle, progress, fix, x, y, out)

    def _begin(self, vehicle: Vehicle, run: TripRun, fix: Fix, x: float, y: float, out: Followed) -> None:
        old, watch, was_held = vehicle.progress, vehicle.watch, vehicle.held
        vehicle.serving.held.clear()
        vehicle.progress = progress = self._seat(vehicle, run, fix, x, y)
        vehicle.watch = StopWatch(self._timetable, run, vehicle.vehicle_id, 1)
        self._seat_watch(vehicle, fix, fresh=True)
        if vehicle.held or vehicle.belief.mode != RUN:
            return
        if old is not None and watch is not None and not was_held and _is_same_way(old, progress):
            vehicle.progress = replace(old, run=run)
            vehicle.watch, events = watch.renamed(run)
            out.stop_events += events
            self._move(vehicle, vehicle.progress, fix, x, y, out)
        else:
            self._recall(vehicle, watch, fix, out, fresh=True)

    def _recall(self, vehicle: Vehicle, old: StopWatch | None, fix: Fix, out: Followed, *, fresh: bool) -> None:
        """Tell the calls of a bus that was seen on its trip only now.

        What was told of the trip before for the same time did not happen.
        """
        progress, watch = vehicle.progress, vehicle.watch
        assert progress is not None
        assert watch is not None
        places = walk_back(vehicle.trail, progress.pattern, progress.distance_m, fix.time_ms)
        if not places:
            return
        events = recall(watch, [*places, (progress.distance_m, fix.time_ms, fix.speed_mps, fix.door_open)], fresh=fresh)
        left = watch.told.get(0)
        since_ms = places[0][1] if left is None or left[2] is None else left[2]
        gone = old.take_back(since_ms + 1) if old is not None else []  # a call at that very moment is not told again
        if not gone:
            sure = [event for event in events if (event.error_s or 0.0) * 2000 <= TEACHES_GAP_MS]
            out.lessons += self._teach(vehicle, sure, fix.time_ms)
        out.stop_events += [*gone, *{event.stop_sequence: event for event in events}.values()]

    def _seat(self, vehicle: Vehicle, run: TripRun, fix: Fix, x: float, y: float) -> Progress:
        at_m = vehicle.belief.at_m if vehicle.belief.mode in (RUN, DETOUR) else None
        return seat(self._timetable, run, x, y, fix.time_ms, at_m=at_m)

    def _move(self, vehicle: Vehicle, progress: Progress, fix: Fix, x: float, y: float, out: Followed) -> None:
        watch = vehicle.watch
        assert watch is not None
        if vehicle.held and not _leaves(vehicle, progress, fix):
            # Where a bus stands before its trip says nothing about how far it came; its first place afterwards does.
            self._seat_anew(vehicle, progress.run, fix, x, y, out)
            return
        if vehicle.held:  # it left at some time while it was held: where it was tells when
            self._seat_anew(vehicle, progress.run, fix, x, y, out)
            return
        before_m, before_ms = progress.distance_m, progress.time_ms
        if not advance(self._timetable, progress, x, y, fix.time_ms) or _is_astray(vehicle, progress):
            self._seat_anew(vehicle, progress.run, fix, x, y, out)
            return
        if vehicle.belief.mode == DETOUR and progress.off_m > BESIDE_M:
            watch.seat(progress.distance_m, fix.time_ms, waits=False)  # what it goes around it does not call at
            vehicle.link_from = None
            return
        last_m = progress.pattern.stops_m[-1]
        ends_m = END_M if vehicle.belief.mode == RUN else ENDS_SHORT_M
        if not _is_of(vehicle, progress.run) and progress.distance_m > last_m - ends_m:
            progress.distance_m = max(last_m, progress.distance_m)  # it ended its trip: so it called there
        speeds_mps = (vehicle.last.speed_mps if vehicle.last is not None else None, fix.speed_mps)
        way = Way(before_m, before_ms, progress.distance_m, fix.time_ms, fix.door_open, speeds_mps)
        waited, was_empty, events = vehicle.is_waiting, vehicle.serving.is_empty, watch.drive(way)
        _note_calls(vehicle, events, way, waited=waited)
        if was_empty or vehicle.serving.is_empty:
            out.stop_events += vehicle.serving.sift(watch, events, was_empty=was_empty)
            events = [] if vehicle.serving.is_empty else events
        else:
            out.stop_events += events
        if fix.time_ms - before_ms > TEACHES_GAP_MS:
            vehicle.link_from = None
        elif events:
            out.lessons += self._teach(vehicle, events, fix.time_ms)

    def _seat_anew(self, vehicle: Vehicle, run: TripRun, fix: Fix, x: float, y: float, out: Followed) -> None:
        """Seat a bus anew on its trip; if it is under way, its last minutes are laid along the trip again."""
        old = vehicle.watch
        assert old is not None
        vehicle.progress = self._seat(vehicle, run, fix, x, y)
        vehicle.watch = replace(old, standing=Standing(), told={})
        self._seat_watch(vehicle, fix)
        if not vehicle.held and vehicle.belief.mode == RUN:
            self._recall(vehicle, old, fix, out, fresh=False)
        vehicle.watch.told = old.told | vehicle.watch.told

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

    def _seat_watch(self, vehicle: Vehicle, fix: Fix, *, fresh: bool = False) -> None:
        progress, watch = vehicle.progress, vehicle.watch
        assert progress is not None
        assert watch is not None
        waits = vehicle.belief.mode in (WAIT, EMPTY) and vehicle.belief.off_m > AT_START_M
        vehicle.held = waits or _is_early(vehicle, progress, fix)
        if vehicle.held:
            progress.distance_m = progress.pattern.stops_m[0]
        watch.seat(progress.distance_m, fix.time_ms, waits=vehicle.held or _waits(progress, fix), fresh=fresh)
        vehicle.link_from = None


def _note_calls(vehicle: Vehicle, events: list[StopEvent], way: Way, *, waited: bool) -> None:
    """Note at which stops a bus stood; ``waited`` tells that it was at its first stop until then."""
    over = [event for event in events if event.departure_ms is not None]
    if waited and over:
        vehicle.serving.begin()
    told = None not in way.speeds_mps
    for event in over[waited:]:
        vehicle.serving.note(event, way.to_ms - way.from_ms, told=told)


def _is_same_way(old: Progress, new: Progress) -> bool:
    """Return whether a bus goes on where it was, only on another trip."""
    return old.pattern is new.pattern and abs(old.distance_m - new.distance_m) < ASTRAY_M


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
