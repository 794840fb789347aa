"""Follow one bus along its trip: place, phase, stop events, and what they teach."""

from dataclasses import dataclass, field

from fleet.arrivals.foresee import Foresight, is_off_route
from fleet.assignment.progress import Progress, advance, seat
from fleet.gtfs.timetable import Timetable, TripRun
from fleet.stop_events.watch import StopWatch
from fleet.vehicle import Vehicle
from schemas.fix import Fix
from schemas.lesson import Lesson
from schemas.stop_event import StopEvent
from schemas.trip import Phase

FINISH_M = 800.0
STANDING_MPS = 0.8
EARLY_MS = 90_000


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
            self._begin(vehicle, run, fix, x, y)
        else:
            self._move(vehicle, progress, fix, x, y, out)
        self._judge_phase(vehicle)
        return out

    def _begin(self, vehicle: Vehicle, run: TripRun, fix: Fix, x: float, y: float) -> None:
        vehicle.progress = seat(self._timetable, run, x, y, fix.time_ms)
        vehicle.watch = StopWatch(self._timetable, run, vehicle.vehicle_id, 1)
        self._seat_watch(vehicle, fix)

    def _move(self, vehicle: Vehicle, progress: Progress, fix: Fix, x: float, y: float, out: Followed) -> None:
        watch = vehicle.watch
        assert watch is not None
        if vehicle.held:
            # Where a bus stands before its trip says nothing about how far it came; its first place afterwards does.
            vehicle.progress = seat(self._timetable, progress.run, x, y, fix.time_ms)
            self._seat_watch(vehicle, fix)
            return
        before_m, before_ms = progress.distance_m, progress.time_ms
        if not advance(self._timetable, progress, x, y, fix.time_ms):
            self._seat_watch(vehicle, fix)
            return
        events = watch.drive(before_m, before_ms, progress.distance_m, fix.time_ms, door_open=fix.door_open)
        out.lessons += self._foresight.learn_from(vehicle, events, fix.time_ms)
        out.stop_events += events

    def _seat_watch(self, vehicle: Vehicle, fix: Fix) -> None:
        progress, watch = vehicle.progress, vehicle.watch
        assert progress is not None
        assert watch is not None
        vehicle.held = fix.time_ms < progress.run.start_ms - EARLY_MS
        if vehicle.held:
            progress.distance_m = float(progress.pattern.stop_distance_m[0])
        watch.seat(progress.distance_m, fix.time_ms, waits=vehicle.held or _waits(progress, fix))
        vehicle.link_from = None

    def _judge_phase(self, vehicle: Vehicle) -> None:
        progress = vehicle.progress
        assert progress is not None
        assert vehicle.watch is not None
        waiting = vehicle.is_waiting
        done = progress.is_at_end and vehicle.watch.ahead >= len(progress.pattern.stop_index)
        if is_off_route(progress):
            vehicle.phase = Phase.DEADHEAD if waiting or progress.is_at_end else Phase.DETOUR
        elif waiting or done:
            vehicle.phase = Phase.LAYOVER
        else:
            vehicle.phase = Phase.IN_SERVICE


def _waits(progress: Progress, fix: Fix) -> bool:
    return progress.is_at_start and (fix.time_ms < progress.run.start_ms or (fix.speed_mps or 0.0) < STANDING_MPS)
