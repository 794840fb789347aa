"""Watch one bus on one trip call at its stops."""

from dataclasses import dataclass, field
from typing import NamedTuple

from fleet.gtfs.timetable import Timetable, TripRun
from fleet.stop_events.call import STANDING_MPS, STANDS_AFTER_M, STANDS_BEFORE_M, Call, Standing
from fleet.stop_events.crossing import (
    AFTER_STOP_M,
    BEFORE_STOP_M,
    DOOR_BEFORE_M,
    MAX_GAP_MS,
    coming_ms,
    crossing_ms,
    first_ahead,
)
from schemas.stop_event import StopEvent

UNSEEN_S = 30.0  # by so much may the arrival of who stood there already be off


class Way(NamedTuple):
    """The way of a bus between two reports: metres along the shape, times, and what the reports say beside."""

    from_m: float
    from_ms: int
    to_m: float
    to_ms: int
    door_open: bool | None = None
    speeds_mps: tuple[float | None, float | None] = (None, None)


@dataclass(slots=True)
class StopWatch:
    """The calls of one bus on one trip.

    ``ahead`` is the number of the next stop to arrive at; ``at`` of the stop it arrived at last, with ``arrival_ms``
    and ``departure_ms``. ``error_s`` is by how much that arrival may be off, ``standing`` what is known of whether it
    stands there. ``told`` are the calls that were told of this trip, by number of the stop. ``passed_ms`` is when it
    passed the line 20 m before a stop: links are learnt from line to line, as buses that tell no speed show them.
    """

    timetable: Timetable
    run: TripRun
    vehicle_id: str
    ahead: int
    at: int | None = None
    arrival_ms: int | None = None
    departure_ms: int | None = None
    error_s: float = 0.0
    standing: Standing = field(default_factory=Standing)
    told: dict[int, Call] = field(default_factory=dict)
    passed_ms: dict[int, int] = field(default_factory=dict)

    def seat(self, distance_m: float, time_ms: int, *, waits: bool, fresh: bool = False) -> None:
        """Begin anew where the bus was seated; what lay between was not seen.

        Parameters
        ----------
        distance_m : float
            Where, metres along.
        time_ms : int
            When.
        waits : bool
            Whether it waits at the first stop.
        fresh : bool
            Whether nothing was told of the trip: a bus that is first seen at a stop calls there, since when nobody saw.
        """
        stops = self.timetable.pattern_of(self.run.trip).stops_m
        self.ahead = first_ahead(self.timetable.pattern_of(self.run.trip).stop_distance_m, distance_m)
        self.at = self.arrival_ms = self.departure_ms = None
        self.standing = Standing()
        if waits:
            self.at, self.arrival_ms, self.error_s = 0, time_ms, 0.0
        elif fresh and self.ahead > 1 and distance_m < stops[self.ahead - 1] + AFTER_STOP_M:
            self.at, self.arrival_ms, self.error_s = self.ahead - 1, time_ms, UNSEEN_S

    def drive(self, way: Way) -> list[StopEvent]:
        """Return the events between two fixes.

        Parameters
        ----------
        way : Way
            Where the bus drove. One with open doors has not left, and one whose doors open within 60 m before a stop,
            behind others that stand there, has arrived.

        Returns
        -------
        list of StopEvent
            A departure completes the event of its arrival; a gap longer than a quarter of an hour is not filled in.
        """
        stops = self.timetable.pattern_of(self.run.trip).stops_m
        if way.to_ms - way.from_ms > MAX_GAP_MS:
            self.seat(way.to_m, way.to_ms, waits=self.at == 0 and way.to_m <= stops[0] + AFTER_STOP_M)
            return []
        events: list[StopEvent] = []
        if self.at is not None and self.departure_ms is None:
            self._look(stops[self.at], way)
            events += self._leave(stops[self.at], way)
        while self.ahead < len(stops) and stops[self.ahead] - BEFORE_STOP_M <= way.to_m:
            stop_m = stops[self.ahead]
            self.passed_ms[self.ahead] = self._cross(stop_m - BEFORE_STOP_M, way)
            came_ms = coming_ms(stop_m, way.from_m, way.from_ms, way.to_m, way.to_ms, way.speeds_mps)
            events.append(self._arrive(came_ms, way))
            self._look(stop_m, way)
            events += self._leave(stop_m, way)
        if way.door_open and self.ahead < len(stops) and stops[self.ahead] - DOOR_BEFORE_M <= way.to_m:
            self.passed_ms[self.ahead] = way.to_ms
            events.append(self._arrive(way.to_ms, way))
            self.standing.stood = True
        return events

    def renamed(self, run: TripRun) -> tuple["StopWatch", list[StopEvent]]:
        """Return the watch of another trip of the same way, which the bus turned out to run, and what to say of it."""
        other = StopWatch(
            self.timetable, run, self.vehicle_id, self.ahead, self.at, self.arrival_ms, self.departure_ms, self.error_s,
            self.standing, dict(self.told),
        )  # fmt: skip
        return other, [*self.take_back(0), *(other.tell(call) for call in other.told.values())]

    def take_back(self, since_ms: int) -> list[StopEvent]:
        """Forget the calls since a time, and return that they did not happen."""
        gone = [call for call in self.told.values() if call[1] >= since_ms]
        for call in gone:
            del self.told[call[0]]
        return [self.tell(call, withdrawn=True) for call in gone]

    def tell(self, call: Call, *, withdrawn: bool = False) -> StopEvent:
        """Return the event of a call."""
        number, arrival_ms, departure_ms, stopped, error_s = call
        row = self.timetable.stops_of(self.run.trip).start + number
        due_ms = self.run.day_start_ms + round(float(self.timetable.arrival_s[row]) * 1000)
        seen_ms = departure_ms if number == 0 and departure_ms is not None else arrival_ms
        return StopEvent(
            vehicle_id=self.vehicle_id,
            trip_id=self.run.trip_id,
            start_date=self.run.start_date,
            route_id=self.timetable.route_ids[self.timetable.trip_route[self.run.trip]],
            stop_id=self.timetable.stop_ids[self.timetable.time_stop[row]],
            stop_sequence=int(self.timetable.time_sequence[row]),
            arrival_ms=arrival_ms,
            departure_ms=departure_ms,
            scheduled_arrival_ms=due_ms,
            delay_s=round((seen_ms - due_ms) / 1000.0, 1),
            withdrawn=withdrawn,
            stopped=stopped,
            error_s=error_s,
        )

    def _cross(self, line_m: float, way: Way) -> int:
        return crossing_ms(line_m, way.from_m, way.from_ms, way.to_m, way.to_ms)

    def _look(self, stop_m: float, way: Way) -> None:
        """Note whether the bus stands at a stop on this way."""
        slow = way.speeds_mps[1] is not None and way.speeds_mps[1] < STANDING_MPS
        near = stop_m - STANDS_BEFORE_M <= way.to_m <= stop_m + STANDS_AFTER_M
        stands = near and (slow or bool(way.door_open))
        self.standing.see(way.to_m - way.from_m, way.to_ms - way.from_ms, way.speeds_mps, stands=stands)

    def _arrive(self, time_ms: int, way: Way) -> StopEvent:
        """Arrive at the next stop: its line was passed, or doors opened before it."""
        self.at, self.departure_ms, self.arrival_ms = self.ahead, None, time_ms
        self.error_s = round((way.to_ms - way.from_ms) / 2000.0, 1)
        self.standing = Standing()
        self.ahead += 1
        return self._event()

    def _leave(self, stop_m: float, way: Way) -> list[StopEvent]:
        if stop_m + AFTER_STOP_M > way.to_m or way.door_open:
            return []
        departure = self._cross(stop_m + AFTER_STOP_M, way)
        self.departure_ms = max(departure, self.arrival_ms or departure)
        return [self._event()]

    def _event(self) -> StopEvent:
        assert self.at is not None
        assert self.arrival_ms is not None
        stopped = self.standing.verdict() if self.departure_ms is not None else None
        call = (self.at, self.arrival_ms, self.departure_ms, stopped, self.error_s)
        self.told[self.at] = call
        return self.tell(call)
