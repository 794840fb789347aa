"""A real api process over a log of its own into which a seeded fleet reports."""

import http.client
import multiprocessing
import socket
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import click
import numpy as np
import psutil

from fleet.gtfs import Timetable
from schemas.message import encode
from schemas.topics import TOPICS
from services.api.pipeline import run
from services.bench.fleet import Driver, make_drivers, position_of, prediction_of
from services.city.timetable import read_city_timetable
from services.context import Context
from services.settings import Settings
from services.stream import open_stream
from services.stream.base import Outgoing, Producer

ASKERS = 4
START_S = 120.0
STOPS = 200


@dataclass(frozen=True)
class Load:
    """How many buses report, and how often."""

    buses: int
    seed: int = 1
    every_s: int = 10


@dataclass
class Rig:
    """The api under load."""

    port: int
    pid: int
    load: Load
    table: Timetable
    drivers: Sequence[Driver]
    first_answer_s: float = 0.0
    noise: np.random.Generator = field(default_factory=lambda: np.random.default_rng(1))

    def messages(self, drivers: Sequence[Driver], time_ms: int) -> list[tuple[str, str, bytes]]:
        """Return topic, key and value of what some buses say at a moment."""
        positions = [position_of(driver, self.table, time_ms, self.noise) for driver in drivers]
        said = [("bus.positions", p.vehicle_id, encode(p)) for p in positions]
        predictions = [p for driver in drivers if (p := prediction_of(driver, self.table, time_ms)) is not None]
        return said + [("bus.predictions", p.vehicle_id, encode(p)) for p in predictions]

    def newest_records(self) -> list[tuple[str, bytes]]:
        """Return topic and value of what every bus says now."""
        now_ms = time.time_ns() // 1_000_000
        return [(topic, value) for topic, _, value in self.messages(self.drivers, now_ms)]

    def stop_ids(self) -> list[str]:
        """Return some stops that buses serve, evenly out of all."""
        served = sorted({self.table.stop_ids[int(s)] for p in self.table.patterns for s in p.stop_index})
        return served[:: max(1, len(served) // STOPS)]

    def api_cpu_s(self) -> float:
        """Return the processor seconds the api has used."""
        times = psutil.Process(self.pid).cpu_times()
        return times.user + times.system

    def api_mib(self) -> float:
        """Return the memory the api holds, MiB."""
        return float(psutil.Process(self.pid).memory_info().rss) / 2**20

    def ask(self, paths: list[str], seconds: float) -> tuple[list[float], int, float]:
        """Ask for some paths over and over from a few connections.

        Parameters
        ----------
        paths : list of str
            Asked one after another.
        seconds : float
            How long.

        Returns
        -------
        tuple of list of float, int and float
            Milliseconds of each good answer, how many were not good, answers a second.
        """
        until_s = time.monotonic() + seconds
        with ThreadPoolExecutor(ASKERS) as pool:
            parts = list(pool.map(lambda first: self.ask_alone(paths[first:] + paths[:first], until_s), range(ASKERS)))
        took = [ms for part, _ in parts for ms in part]
        return took, sum(failed for _, failed in parts), len(took) / seconds

    def ask_alone(self, paths: list[str], until_s: float) -> tuple[list[float], int]:
        """Ask from one connection until a moment; return milliseconds of good answers and how many were not."""
        took, failed, number = [], 0, 0
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        while time.monotonic() < until_s:
            began_s = time.perf_counter()
            line.request("GET", paths[number % len(paths)], headers={"Accept-Encoding": "gzip"})
            answer = line.getresponse()
            answer.read()
            number += 1
            if answer.status == http.client.OK:
                took.append((time.perf_counter() - began_s) * 1000)
            else:
                failed += 1
        line.close()
        return took, failed


@contextmanager
def open_api(city: Path, load: Load) -> Iterator[Rig]:
    """Run an api process and its load; ``click.ClickException`` if it does not answer."""
    table = read_city_timetable(city / "gtfs.zip", repeat_calendar=True)
    with tempfile.TemporaryDirectory() as folder:
        values, port = _values(Path(folder), city)
        with open_stream(values["STREAM_URL"]) as stream:
            stream.ensure_topics(TOPICS.values())
            process = multiprocessing.get_context("spawn").Process(target=_serve, args=(values,), daemon=True)
            process.start()
            rig = Rig(port, process.pid or 0, load, table, make_drivers(table, load.buses, load.seed))
            stop = threading.Event()
            writer = threading.Thread(target=_write, args=(rig, stream.producer(), stop), daemon=True)
            try:
                rig.first_answer_s = _first_answer(rig)
                writer.start()
                _wait_for_fleet(rig)
                yield rig
            finally:
                stop.set()
                process.terminate()
                process.join(5)
                if writer.ident is not None:
                    writer.join(5)


def _values(folder: Path, city: Path) -> tuple[dict[str, str], int]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    return {
        "STREAM_URL": f"sqlite:///{folder}/stream",
        "DATABASE_URL": f"sqlite:///{folder}/store.sqlite",
        "MEDIA_URL": f"file://{folder}/media",
        "CITY_DIR": str(city),
        "HANOI_API_PORT": str(port),
    }, port


def _serve(values: dict[str, str]) -> None:
    settings = Settings(values)
    with open_stream(settings.place.stream_url) as stream:
        run(Context(settings=settings, stream=stream))


def _write(rig: Rig, producer: Producer, stop: threading.Event) -> None:
    """Let every bus report at once, then a part of them every second."""
    second = int(time.time())
    due: Sequence[Driver] = rig.drivers
    while not stop.is_set():
        said = rig.messages(due, second * 1000)
        producer.send([Outgoing(topic, key.encode(), value) for topic, key, value in said])
        producer.flush()
        second += 1
        due = rig.drivers[second % rig.load.every_s :: rig.load.every_s]
        stop.wait(max(0.0, second - time.time()))
    producer.close()


def _first_answer(rig: Rig) -> float:
    path, began_s = f"/api/stops/{quote(rig.stop_ids()[0], safe='')}/arrivals", time.monotonic()
    while time.monotonic() - began_s < START_S:
        try:
            took, failed = rig.ask_alone([path], time.monotonic() + 0.01)
        except OSError:
            time.sleep(0.05)
            continue
        if took and not failed:
            return time.monotonic() - began_s
    raise click.ClickException(f"the api did not answer within {START_S:.0f} s")


def _wait_for_fleet(rig: Rig) -> None:
    began_s = time.monotonic()
    while time.monotonic() - began_s < START_S:
        line = http.client.HTTPConnection("127.0.0.1", rig.port, timeout=30)
        line.request("GET", "/api/vehicles")
        if line.getresponse().read().count(b'"vehicle_id"') >= rig.load.buses:
            return
        time.sleep(0.2)
    raise click.ClickException("the fleet did not come out of the api")
