"""A seeded fleet in the real log, and the real api that reads it: the load under which pages are measured.

A script, so that it can run over any checkout of the project (``PYTHONPATH``): ``serve`` is the api of a city with
its own log, store and operator; ``write`` appends the positions of some buses that drive along the city's shapes, and
with ``--roads`` the states of that share of the city's edges, a sixth of them anew each ten seconds.
"""

import argparse
import runpy
import time
from pathlib import Path

import numpy as np

from fleet.gtfs import read_timetable
from routing.congestion.levels import jam_factor, level_of
from routing.network import RoadNetwork, load_network
from schemas.edge import EdgeState, RoadStates
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


def states_of(network: RoadNetwork, edges: np.ndarray, time_ms: int, rng: np.random.Generator) -> list[Outgoing]:
    """Return what the estimator would say of some edges, by lots of 200: each at its own level, off by a tenth.

    A third of the edges is imputed.
    """
    out = []
    for lot in np.array_split(edges, max(1, len(edges) // 200)):
        states = []
        for edge in lot.tolist():
            free, own = float(network.edge_free_mps[edge]), (edge * 0.618034) % 1.0
            speed, imputed = float(free * (0.05 + own) * rng.normal(1.0, 0.1)), edge % 3 == 0
            speed = max(speed, 0.1)
            states.append(
                EdgeState(
                    edge_id=network.edge_ids[edge], edge_index=edge, time_ms=time_ms, level=level_of(speed, free),
                    observations=0 if imputed else 2, age_s=None if imputed else 20.0, speed_mps=speed, sd_mps=1.0,
                    free_flow_mps=free, imputed=imputed, traffic_mps=speed, low_mps=0.7 * speed, high_mps=1.3 * speed,
                    jam_factor=jam_factor(speed, free),
                )
            )  # fmt: skip
        key = f"lot-{int(lot[0])}"
        message = RoadStates(cell=key, time_ms=time_ms, states=tuple(states))
        out.append(Outgoing("road.states", key.encode(), encode(message)))
    return out


def write(folder: Path, city: Path, *, buses: int, every_s: int, seed: int, roads: float) -> None:
    """Append positions until killed: each bus every some seconds, a part of them every second; states of roads too."""
    network = load_network(city / "network") if roads else None
    edges = np.arange(0 if network is None else round(roads * network.edge_count))
    table = read_timetable(city / "gtfs.zip", repeat_calendar=True)
    drivers, noise = FLEET["make_drivers"](table, buses, seed), np.random.default_rng(seed)
    with open_stream(f"sqlite:///{folder}/stream") as stream:
        stream.ensure_topics(TOPICS.values())
        producer = stream.producer()
        second, told = int(time.time()), False
        while True:
            time_ms = second * 1000
            due = drivers if second % 600 == 0 else drivers[second % every_s :: every_s]
            messages = [FLEET["position_of"](driver, table, time_ms, noise) for driver in due]
            producer.send([Outgoing("bus.positions", m.vehicle_id.encode(), encode(m)) for m in messages])
            if network is not None and (second % 10 == 0 or not told):
                producer.send(states_of(network, edges[second // 10 % 6 :: 6] if told else edges, time_ms, noise))
                told = True
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
    parser.add_argument("--roads", type=float, default=0.0)
    asked = parser.parse_args()
    if asked.what == "serve":
        serve(asked.folder, asked.city, asked.port)
    else:
        write(asked.folder, asked.city, buses=asked.buses, every_s=asked.every, seed=asked.seed, roads=asked.roads)


if __name__ == "__main__":
    main()
