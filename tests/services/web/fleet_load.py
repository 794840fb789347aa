"""A seeded fleet in the real log, and the real api that reads it: the load under which pages are measured.

A script, so that it can run over any checkout of the project (``PYTHONPATH``): ``serve`` is the api of a city with
its own log, store and operator; ``write`` appends the positions of some buses that drive along the city's shapes.
"""

import argparse
import runpy
import time
from pathlib import Path

import numpy as np

from fleet.gtfs import read_timetable
from schemas.message import encode
from schemas.topics import TOPICS
from services.api.pipeline import run
from services.auth.setup import make_account
from services.context import Context
from services.settings import Settings
from services.store.engine import open_store
from services.stream import open_stream
from services.stream.base import Outgoing

NAME, PASSWORD = "bench", "a password for measuring"

# Read by its place, so that another checkout is measured under the same fleet.
FLEET = runpy.run_path(str(Path(__file__).resolve().parents[3] / "services" / "bench" / "fleet.py"))


def write(folder: Path, city: Path, *, buses: int, every_s: int, seed: int) -> None:
    """Append positions until killed: each bus every some seconds, a part of them every second."""
    table = read_timetable(city / "gtfs.zip", repeat_calendar=True)
    drivers, noise = FLEET["make_drivers"](table, buses, seed), np.random.default_rng(seed)
    with open_stream(f"sqlite:///{folder}/stream") as stream:
        stream.ensure_topics(TOPICS.values())
        producer = stream.producer()
        second = int(time.time())
        while True:
            time_ms = second * 1000
            due = drivers if second % 600 == 0 else drivers[second % every_s :: every_s]
            messages = [FLEET["position_of"](driver, table, time_ms, noise) for driver in due]
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
