"""The naive ways the api is measured beside: state rebuilt for each answer, each listener encoded alone."""

import time
from collections.abc import Sequence

from fleet.gtfs import Timetable
from schemas.message import decode
from schemas.topics import TOPICS
from services.api.feeds.moment import take_moment
from services.api.feeds.published import Edition
from services.api.live import REDUCERS, LiveState
from services.api.stops.responses import arrivals_out
from services.api.timetable import CityTimetable
from services.api.vehicles.responses import VehiclesOut, vehicle_out


class Naive:
    """Answers from the newest records, each time anew.

    Parameters
    ----------
    table : Timetable
        The city's.
    records : sequence of tuple of str and bytes
        Topic and value of the newest message of each bus and run.
    """

    def __init__(self, table: Timetable, records: Sequence[tuple[str, bytes]]) -> None:
        self._timetable = CityTimetable(table)
        self._records = records
        self._state = self._rebuild()
        _ = self._timetable.place_of

    def _rebuild(self) -> LiveState:
        state = LiveState()
        for topic, value in self._records:
            REDUCERS[topic](state, decode(TOPICS[topic].message, value))
        return state

    def _now_ms(self) -> int:
        return time.time_ns() // 1_000_000

    def arrivals(self, stop_id: str) -> bytes:
        """Return the arrivals at a stop from a state rebuilt for this answer."""
        place = self._timetable.place_of[stop_id]
        return arrivals_out(self._rebuild(), self._timetable, place, self._now_ms(), 20).model_dump_json().encode()

    def vehicles(self) -> bytes:
        """Return all buses from the state, encoded for this answer."""
        return self._encode(len(self._state.vehicles))

    def trip_updates(self) -> bytes:
        """Return the trip updates, made and encoded for this answer."""
        moment = take_moment(self._state, self._timetable, self._now_ms())
        return Edition(moment, self._timetable).kept("trip-updates", "pb").packed

    def bytes_per_bus(self) -> float:
        """Return the bytes of one bus in full JSON."""
        return len(self.vehicles()) / max(1, len(self._state.vehicles))

    def encode_ms(self, buses: int) -> float:
        """Return the milliseconds it takes to encode some buses in full."""
        began_s = time.perf_counter()
        for _ in range(10):
            self._encode(buses)
        return (time.perf_counter() - began_s) * 100

    def _encode(self, buses: int) -> bytes:
        some = list(self._state.vehicles.values())[:buses]
        told = [vehicle_out(now, self._timetable) for now in some]
        return VehiclesOut(now_ms=self._now_ms(), vehicles=told).model_dump_json().encode()
