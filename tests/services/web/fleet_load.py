"""A seeded fleet in the real log, and the real api that reads it: the load under which pages are measured.

A script, so that it can run over any checkout of the project (``PYTHONPATH``): ``serve`` is the api of a city with
its own log, store and operator; ``write`` appends the positions of some buses that drive along the city's shapes.
"""

import argparse
import random
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from fleet.gtfs import Timetable, read_timetable
from schemas.message import encode
from schemas.position import BusPosition, Quality
from schemas.topics import TOPICS
from schemas.trip import Assignment, Phase
from services.api.pipeline import run
from services.auth.setup import make_account
from services.context import Context
from services.settings import Settings
from services.store.engine import open_store
from services.stream import open_stream
from services.stream.base import Outgoing

NAME, PASSWORD = "bench", "a password for measuring"
NOISE_M = 6.0
METRES_PER_DEGREE = 111_195.0


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
    chance = random.Random(seed)
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


def position_of(driver: Driver, table: Timetable, time_ms: int, noise: np.random.Generator) -> BusPosition:
    """Return where a bus is; at the end of its shape it begins anew."""
    pattern = table.pattern_of(driver.trip)
    along_m = (driver.start_m + driver.speed_mps * (time_ms % 86_400_000) / 1000) % pattern.length_m
    x, y, heading = pattern.point_at(along_m)
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
        delay_s=driver.delay_s + round(60 * np.sin(time_ms / 120_000 + driver.start_m)),
    )


def write(folder: Path, city: Path, *, buses: int, every_s: int, seed: int) -> None:
    """Append positions until killed: each bus every some seconds, a part of them every second."""
    table = read_timetable(city / "gtfs.zip", repeat_calendar=True)
    drivers, noise = make_drivers(table, buses, seed), np.random.default_rng(seed)
    with open_stream(f"sqlite:///{folder}/stream") as stream:
        stream.ensure_topics(TOPICS.values())
        producer = stream.producer()
        second = int(time.time())
        while True:
            time_ms = second * 1000
            due = drivers if second % 600 == 0 else drivers[second % every_s :: every_s]
            messages = [position_of(driver, table, time_ms, noise) for driver in due]
            producer.send([Outgoing("bus.positions", m.vehicle_id.encode(), encode(m)) for m in messages])
            producer.flush()
            second += 1
            time.sleep(max(0.0, second - time.time()))


def serve(folder: Path, city: Path, port: int) -> None:
    """Serve pages and api until killed."""
    settings = Settings(
        {
            "STREAM_URL": f"sqlite:///{folder}/stream",
            "DATABASE_URL": f"sqlite:///{folder}/store.sqlite",
            "MEDIA_URL": f"file://{folder}/media",
            "CITY_DIR": str(city),
            "HANOI_API_PORT": str(port),
        }
    )
    with open_store(settings.place.database_url) as store:
        store.migrate()
        now_ms = int(time.time() * 1000)
        make_account(store, name=NAME, password=PASSWORD, roles=["operator"], actor="bench", now_ms=now_ms)
    with open_stream(settings.place.stream_url) as stream:
        stream.ensure_topics(TOPICS.values())
        run(Context(settings=settings, stream=stream))


def main() -> None:
    """Do one of the two."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=("serve", "write"))
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--city", type=Path, required=True)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--buses", type=int, default=2000)
    parser.add_argument("--every", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    if asked.what == "serve":
        serve(asked.folder, asked.city, asked.port)
    else:
        write(asked.folder, asked.city, buses=asked.buses, every_s=asked.every, seed=asked.seed)


if __name__ == "__main__":
    main()
