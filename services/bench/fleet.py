"""A seeded fleet that drives along a timetable's shapes: the load under which the api and its pages are measured."""

import random
from dataclasses import dataclass

import numpy as np

from fleet.gtfs import Timetable
from schemas.earth import METRES_PER_DEGREE
from schemas.position import BusPosition, Quality
from schemas.prediction import StopPrediction, TripPrediction
from schemas.text import Text
from schemas.trip import Assignment, Phase

NOISE_M = 6.0
RANGE_MS = 60_000


@dataclass(frozen=True)
class Driver:
    """One bus: a trip, where it began and how fast it is."""

    vehicle_id: str
    trip: int
    start_m: float
    speed_mps: float
    delay_s: float


def make_drivers(table: Timetable, buses: int, seed: int) -> list[Driver]:
    """Return buses spread over the trips of a timetable."""
    chance = random.Random(seed)  # noqa: S311 - places of buses, no secret
    return [
        Driver(
            vehicle_id=f"29B-{number // 100:03d}.{number % 100:02d}",
            trip=chance.randrange(len(table.trip_ids)),
            start_m=chance.uniform(0.0, 20_000.0),
            speed_mps=chance.uniform(3.0, 9.0),
            delay_s=round(chance.gauss(150.0, 240.0)),
        )
        for number in range(buses)
    ]


def along_of(driver: Driver, table: Timetable, time_ms: int) -> float:
    """Return the way along the shape, metres; at its end a bus begins anew."""
    return (driver.start_m + driver.speed_mps * (time_ms % 86_400_000) / 1000) % table.pattern_of(driver.trip).length_m


def position_of(driver: Driver, table: Timetable, time_ms: int, noise: np.random.Generator) -> BusPosition:
    """Return where a bus is, with the noise of its receiver."""
    along_m = along_of(driver, table, time_ms)
    x, y, heading = table.pattern_of(driver.trip).point_at(along_m)
    lon, lat = table.frame.to_degrees(np.array([x]), np.array([y]))
    north, east = noise.normal(0.0, NOISE_M / METRES_PER_DEGREE, 2)
    return BusPosition(
        vehicle_id=driver.vehicle_id,
        time_ms=time_ms,
        lon=float(lon[0] + east),
        lat=float(lat[0] + north),
        source="bench",
        received_ms=time_ms,
        assignment=Assignment(
            phase=Phase.IN_SERVICE,
            probability=0.97,
            trip_id=table.trip_ids[driver.trip],
            start_date="20260101",
            route_id=table.route_ids[table.trip_route[driver.trip]],
            direction_id=0,
            distance_m=along_m,
        ),
        quality=Quality(correct=1.0, complete=0.95, clean=0.9, live=1.0),
        speed_mps=driver.speed_mps,
        heading_deg=heading,
        delay_s=driver.delay_s + round(60 * float(np.sin(time_ms / 120_000 + driver.start_m))),
    )


def prediction_of(driver: Driver, table: Timetable, time_ms: int) -> TripPrediction | None:
    """Return when a bus will be at the stops ahead, ``None`` when it has none."""
    along_m, pattern = along_of(driver, table, time_ms), table.pattern_of(driver.trip)
    rows = table.stops_of(driver.trip)
    stops = []
    for number in np.flatnonzero(pattern.stop_distance_m > along_m).tolist():
        eta_ms = time_ms + round(1000 * float(pattern.stop_distance_m[number] - along_m) / driver.speed_mps)
        stops.append(
            StopPrediction(
                stop_id=table.stop_ids[int(pattern.stop_index[number])],
                stop_sequence=int(table.time_sequence[rows][number]),
                eta_ms=eta_ms,
                p10_ms=eta_ms - RANGE_MS,
                p50_ms=eta_ms,
                p90_ms=eta_ms + 2 * RANGE_MS,
                scheduled_ms=eta_ms - round(1000 * driver.delay_s),
            )
        )
    if not stops:
        return None
    return TripPrediction(
        vehicle_id=driver.vehicle_id,
        trip_id=table.trip_ids[driver.trip],
        start_date="20260101",
        route_id=table.route_ids[table.trip_route[driver.trip]],
        made_at_ms=time_ms,
        fix_time_ms=time_ms,
        fix_age_s=0.0,
        delay_s=driver.delay_s,
        reason=Text(vi="đo tải", en="load test"),
        model="bench",
        stops=tuple(stops),
        direction_id=0,
    )
