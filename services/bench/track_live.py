"""The live part of `hanoi bench track`: a fix into the log until its position comes out of the `track` service."""

import multiprocessing
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import click

from fleet.gtfs import Timetable
from schemas.feed import ClockTick
from schemas.fix import Fix
from schemas.message import decode, encode
from schemas.position import BusPosition
from schemas.topics import TOPICS
from services.bench.track_load import Load, make_load
from services.context import Context
from services.settings import Settings
from services.stream import open_stream
from services.stream.base import Consumer, Outgoing, Producer, Stream
from services.track.pipeline import run

LOT_S = 0.1
WARM_S = 3.0
PATIENCE_S = 60.0


@dataclass(frozen=True)
class Live:
    """How many fixes a second to send, for how long."""

    buses: int
    per_s: int
    seconds: float


@dataclass(frozen=True)
class Heard:
    """What came of it: milliseconds of each fix from the log's door to its position, and how many never came."""

    took_ms: list[float]
    lost: int
    sent_per_s: float


def measure_live(city: Path, table: Timetable, near_ms: int, live: Live) -> Heard:
    """Run the service in a process of its own over an embedded log, send fixes at a rate, and time each.

    Parameters
    ----------
    city : Path
        City folder.
    table : Timetable
        Its timetable.
    near_ms : int
        A moment of the day whose busiest time is played.
    live : Live
        The rate.

    Returns
    -------
    Heard
        Of the fixes sent after the first seconds.
    """
    whole_s = live.seconds + WARM_S
    every_s = max(1, round(live.buses / live.per_s))
    fixes, _ = make_load(table, Load(live.buses, every_s, whole_s / 60.0), near_ms)
    with tempfile.TemporaryDirectory(prefix="hanoi-bench-") as folder:
        values = {"STREAM_URL": f"sqlite:///{folder}/stream", "CITY_DIR": str(city)}
        with open_stream(values["STREAM_URL"]) as stream:
            stream.ensure_topics(TOPICS.values())
            process = multiprocessing.get_context("spawn").Process(target=_serve, args=(values,), daemon=True)
            process.start()
            try:
                return _send_and_hear(stream, fixes, live)
            finally:
                process.terminate()
                process.join(5)


def _serve(values: dict[str, str]) -> None:
    settings = Settings(values)
    with open_stream(settings.place.stream_url) as stream:
        run(Context(settings, stream))


def _send_and_hear(stream: Stream, fixes: list[Fix], live: Live) -> Heard:
    positions = stream.tail(["bus.positions"], since_ms=0)
    first, rest = fixes[0], fixes[1:]
    sent: dict[tuple[str, int], float] = {}
    heard: dict[tuple[str, int], float] = {}
    producer = stream.producer()
    _send(producer, [first], sent)
    _hear(positions, heard, 1)  # the service is up
    began_s = time.perf_counter()
    writer = threading.Thread(target=_write, args=(producer, rest, live, sent), daemon=True)
    writer.start()
    _hear(positions, heard, len(fixes))
    writer.join(PATIENCE_S)
    producer.close()
    positions.close()
    counted = [key for key, at in sent.items() if at >= began_s + WARM_S]
    took = [1000.0 * (heard[key] - sent[key]) for key in counted if key in heard]
    span_s = max(sent.values()) - began_s
    return Heard(took, len(counted) - len(took), len(rest) / span_s if span_s > 0 else 0.0)


def _write(producer: Producer, fixes: list[Fix], live: Live, sent: dict[tuple[str, int], float]) -> None:
    a_lot, began_s = max(1, round(live.per_s * LOT_S)), time.perf_counter()
    for at in range(0, len(fixes), a_lot):
        time.sleep(max(0.0, began_s + at / live.per_s - time.perf_counter()))
        _send(producer, fixes[at : at + a_lot], sent)


def _send(producer: Producer, fixes: list[Fix], sent: dict[tuple[str, int], float]) -> None:
    tick = ClockTick(event_ms=fixes[-1].received_ms, wall_ms=time.time_ns() // 1_000_000, speed=1.0, source="bench")
    lot = [Outgoing("gps.fixes", fix.vehicle_id.encode(), encode(fix)) for fix in fixes]
    now_s = time.perf_counter()
    sent.update({(fix.vehicle_id, fix.time_ms): now_s for fix in fixes})
    producer.send([Outgoing("city.clock", b"bench", encode(tick)), *lot])
    producer.flush()


def _hear(positions: Consumer, heard: dict[tuple[str, int], float], count: int) -> None:
    quiet_s = time.perf_counter()
    while len(heard) < count:
        records = positions.poll(5000, 0.05)
        now_s = time.perf_counter()
        for record in records:
            position = decode(BusPosition, record.value)
            heard.setdefault((position.vehicle_id, position.time_ms), now_s)
        quiet_s = now_s if records else quiet_s
        if now_s - quiet_s > PATIENCE_S and not heard:
            raise click.ClickException("the track service said nothing")
        if now_s - quiet_s > 5.0 and heard and len(heard) > 1:
            return
