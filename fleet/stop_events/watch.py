"""Watch one bus on one trip call at its stops."""

from dataclasses import dataclass

from fleet.gtfs.timetable import Timetable, TripRun
from fleet.stop_events.crossing import AFTER_STOP_M, BEFORE_STOP_M, DOOR_BEFORE_M, MAX_GAP_MS, crossing_ms, first_ahead
from schemas.stop_event import StopEvent


@dataclass(slots=True)
class StopWatch:
    """The calls of one bus on one trip.

    ``ahead`` is the number of the next stop to arrive at; ``at`` of the stop it arrived at last, with ``arrival_ms``
    and ``departure_ms``.
    """

    timetable: Timetable
    run: TripRun
    vehicle_id: str
    ahead: int
    at: int | None = None
    arrival_ms: int | None = None
    departure_ms: int | None = None

    def seat(self, distance_m: float, time_ms: int, *, waits: bool) -> None:
        """Begin anew where the bus was seated; what lay between was not seen."""
        stops = self.timetable.pattern_of(self.run.trip).stop_distance_m
        self.ahead = first_ahead(stops, distance_m)
        self.at = self.arrival_ms = self.departure_ms = None
        if waits:
            self.at, self.arrival_ms = 0, time_ms

    def drive(
        self, from_m: float, from_ms: int, to_m: float, to_ms: int, *, door_open: bool | None = None
    ) -> list[StopEvent]:
        """Return the events between two fixes.

        Parameters
        ----------
        from_m : float
            Where the older fix lies along the shape, metres.
        from_ms : int
            Its time.
        to_m : float
            Where the newer fix lies along the shape, metres.
        to_ms : int
            Its time.
        door_open : bool, optional
            Whether the newer fix says that a door is open: a bus with open doors has not left, and one whose doors open
            within 60 m before a stop, behind others that stand there, has arrived.

        Returns
        -------
        list of StopEvent
            A departure completes the event of its arrival; a gap longer than five minutes is not filled in.
        """
        stops = self.timetable.pattern_of(self.run.trip).stops_m
        if to_ms - from_ms > MAX_GAP_MS:
            self.seat(to_m, to_ms, waits=self.at == 0 and to_m <= stops[0] + AFTER_STOP_M)
            return []
        events: list[StopEvent] = []
        events += self._leave(stops[self.at] if self.at is not None else None, from_m, from_ms, to_m, to_ms, door_open)
        while self.ahead < len(stops) and stops[self.ahead] - BEFORE_STOP_M <= to_m:
            events.append(self._arrive(crossing_ms(stops[self.ahead] - BEFORE_STOP_M, from_m, from_ms, to_m, to_ms)))
            events += self._leave(stops[self.ahead - 1], from_m, from_ms, to_m, to_ms, door_open)
        if door_open and self.ahead < len(stops) and stops[self.ahead] - DOOR_BEFORE_M <= to_m:
            events.append(self._arrive(to_ms))
        return events

    def _arrive(self, time_ms: int) -> StopEvent:
        """Arrive at the next stop: its line was passed, or doors opened before it."""
        self.at, self.departure_ms, self.arrival_ms = self.ahead, None, time_ms
        self.ahead += 1
        return self._event()

    def _leave(
        self, stop_m: float | None, from_m: float, from_ms: int, to_m: float, to_ms: int, door_open: bool | None
    ) -> list[StopEvent]:
        if stop_m is None or self.departure_ms is not None or stop_m + AFTER_STOP_M > to_m or door_open:
            return []
        departure = crossing_ms(stop_m + AFTER_STOP_M, from_m, from_ms, to_m, to_ms)
        self.departure_ms = max(departure, self.arrival_ms or departure)
        return [self._event()]

    def _event(self) -> StopEvent:
        assert self.at is not None
        assert self.arrival_ms is not None
        row = self.timetable.stops_of(self.run.trip).start + self.at
        due_ms = self.run.day_start_ms + round(float(self.timetable.arrival_s[row]) * 1000)
        seen_ms = self.departure_ms if self.at == 0 and self.departure_ms is not None else self.arrival_ms
        return StopEvent(
            vehicle_id=self.vehicle_id,
            trip_id=self.run.trip_id,
            start_date=self.run.start_date,
            route_id=self.timetable.route_ids[self.timetable.trip_route[self.run.trip]],
            stop_id=self.timetable.stop_ids[self.timetable.time_stop[row]],
            stop_sequence=int(self.timetable.time_sequence[row]),
            arrival_ms=self.arrival_ms,
            departure_ms=self.departure_ms,
            scheduled_arrival_ms=due_ms,
            delay_s=round((seen_ms - due_ms) / 1000.0, 1),
        )
