"""The list of all buses, made at most once a second however many ask for it."""

import threading

from services.api.live import Live
from services.api.responses import Kept
from services.api.timetable import CityTimetable
from services.api.vehicles.responses import VehiclesOut, list_vehicles

HOLDS_S = 1.0


class Listing:
    """Keeps the list as it was told last; safe to call from several threads.

    Parameters
    ----------
    live : Live
        What the log said.
    timetable : CityTimetable
        For the names.
    """

    def __init__(self, live: Live, timetable: CityTimetable) -> None:
        self._live, self._timetable = live, timetable
        self._kept: Kept | None = None
        self._made_s = 0.0
        self._lock = threading.Lock()

    def read(self, now_ms: int, at_s: float) -> Kept:
        """Return the list as it is, or as it was less than a second ago.

        Parameters
        ----------
        now_ms : int
            The city's time.
        at_s : float
            Monotonic seconds.

        Returns
        -------
        Kept
            The JSON of ``VehiclesOut``.
        """
        with self._lock:
            if self._kept is None or at_s - self._made_s >= HOLDS_S:
                with self._live.reading() as live:
                    vehicles = list_vehicles(live, self._timetable, now_ms)
                body = VehiclesOut.model_construct(now_ms=now_ms, vehicles=vehicles).model_dump_json()
                self._kept, self._made_s = Kept(body.encode()), at_s
            return self._kept
