"""A bus that drives faster than the road's limit, for some seconds and by more than its receiver errs."""

import math

from fleet.alerts.limits import SpeedLimits
from fleet.gtfs.timetable import Timetable
from fleet.vehicle import Vehicle
from schemas.fleet_alert import AlertKind

# Five km/h are not fined either.
TOLERANCE_MPS = 5.0 / 3.6
# A speed that is worked out of two places errs by both.
TOLERANCE_WORKED_OUT_MPS = 15.0 / 3.6
APART_S = (5.0, 60.0)


class Speeding:
    """Judges buses by the limits of a city.

    Parameters
    ----------
    limits : SpeedLimits
        Of its roads.
    """

    def __init__(self, limits: SpeedLimits) -> None:
        self._limits = limits

    def since(self, vehicle: Vehicle, timetable: Timetable, time_ms: int) -> int | None:
        """Return since when a bus has been faster than it may.

        Parameters
        ----------
        vehicle : Vehicle
            Its last fix tells the speed, else the way from there to its newest place.
        timetable : Timetable
            Its frame turns degrees into metres.
        time_ms : int
            Time of the newest fix.

        Returns
        -------
        int or None
            ``None`` while it keeps the limit.
        """
        last = vehicle.last
        if last is None:
            return None
        speed_mps, tolerance_mps = last.speed_mps, TOLERANCE_MPS
        if speed_mps is None:
            speed_mps, tolerance_mps = _worked_out_mps(vehicle, timetable, time_ms), TOLERANCE_WORKED_OUT_MPS
        if speed_mps <= self._limits.lowest_mps + tolerance_mps:  # as nearly always
            return None
        limit_mps = self._limits.at(last.lon, last.lat, vehicle.direction_rad)
        if speed_mps <= limit_mps + tolerance_mps:
            return None
        return vehicle.since.get(AlertKind.SPEEDING.value, time_ms)

    def words(self, vehicle: Vehicle, timetable: Timetable, time_ms: int) -> dict[str, object]:
        """Return the ``speed`` and the ``limit`` for the sentence, km/h."""
        last = vehicle.last
        assert last is not None
        speed_mps = _worked_out_mps(vehicle, timetable, time_ms) if last.speed_mps is None else last.speed_mps
        limit_mps = self._limits.at(last.lon, last.lat, vehicle.direction_rad)
        return {"speed": round(speed_mps * 3.6), "limit": round(limit_mps * 3.6)}


def _worked_out_mps(vehicle: Vehicle, timetable: Timetable, time_ms: int) -> float:
    last = vehicle.last
    assert last is not None
    apart_s = (time_ms - last.time_ms) / 1000.0
    if not APART_S[0] <= apart_s <= APART_S[1]:
        return 0.0
    x, y = timetable.frame.place(last.lon, last.lat)
    return math.hypot(vehicle.x - x, vehicle.y - y) / apart_s
