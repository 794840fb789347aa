"""Buses that another tracker follows, as far as the desk of the city must know them."""

import numpy as np

from fleet.alerts.away import Excursion
from fleet.alerts.surely import way_probability
from fleet.assignment.progress import Progress
from fleet.gtfs.timetable import Timetable
from fleet.stop_events.watch import StopWatch
from fleet.vehicle import Vehicle
from schemas.fix import Fix
from schemas.track_state import BusShare, WayShare


def tell_bus(vehicle: Vehicle, timetable: Timetable) -> BusShare | None:
    """Return what the city must know of a bus, ``None`` before its first fix."""
    last, progress, watch = vehicle.last, vehicle.progress, vehicle.watch
    if last is None:
        return None
    runs = progress is not None and watch is not None
    return BusShare(
        vehicle_id=vehicle.vehicle_id,
        source=last.source,
        time_ms=last.time_ms,
        lon=last.lon,
        lat=last.lat,
        phase=vehicle.phase,
        probability=min(1.0, way_probability(vehicle, timetable)),
        pace=vehicle.pace,
        anchor_ms=None if vehicle.anchor is None else vehicle.anchor[2],
        trip_id=progress.run.trip_id if runs and progress else None,
        start_date=progress.run.start_date if runs and progress else None,
        distance_m=progress.distance_m if runs and progress else 0.0,
        off_m=progress.off_m if runs and progress else 0.0,
        calls=(watch.ahead, watch.at, watch.arrival_ms, watch.departure_ms)
        if runs and watch
        else (1, None, None, None),
    )


def hear_bus(share: BusShare, timetable: Timetable) -> Vehicle:
    """Return a bus as another tracker told of it; a trip that is not in the timetable is left out."""
    x, y = timetable.frame.place(share.lon, share.lat)
    bus = Vehicle(share.vehicle_id, x=x, y=y, pace=share.pace, probability=share.probability, phase=share.phase)
    bus.last = Fix(
        vehicle_id=share.vehicle_id, time_ms=share.time_ms, lon=share.lon, lat=share.lat, source=share.source,
        received_ms=share.time_ms,
    )  # fmt: skip
    bus.anchor = None if share.anchor_ms is None else (x, y, share.anchor_ms)
    trip = timetable.trip_number.get(share.trip_id or "")
    if trip is not None and share.start_date is not None:
        run, at_ms = timetable.run_of(trip, share.start_date), share.time_ms
        bus.progress = Progress(run, timetable.pattern_of(trip), share.distance_m, share.off_m, 0.0, at_ms, at_ms)
        bus.watch = StopWatch(timetable, run, share.vehicle_id, *share.calls)
    return bus


def tell_way(one: Excursion, timetable: Timetable) -> WayShare:
    """Return one way of a bus beside its line."""
    way = tuple((round(float(x), 1), round(float(y), 1)) for x, y in one.way)
    ends = one.from_m, one.to_m, one.from_ms, one.to_ms
    return WayShare(vehicle_id=one.vehicle_id, trip_id=timetable.trip_ids[one.trip], ends=ends, way_m=way)


def hear_way(share: WayShare, timetable: Timetable) -> Excursion | None:
    """Return a way as another tracker told of it, ``None`` where its trip is not in the timetable."""
    trip = timetable.trip_number.get(share.trip_id)
    return None if trip is None else Excursion(share.vehicle_id, trip, *share.ends, np.array(share.way_m))
