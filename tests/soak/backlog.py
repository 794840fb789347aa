"""A backlog of 24 hours that arrives at once: how long the real services take to catch up, and the memory they need.

Made up, of a city without a timetable; or what `hanoi simulate --faults none` wrote for a city, trips and all.
"""

import contextlib
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import msgspec

from schemas.fix import Fix
from schemas.message import decode, encode
from schemas.text import Text
from schemas.topics import TOPICS
from services.city.folder import City
from services.store.engine import open_store
from services.stream import open_stream
from services.stream.base import Outgoing, Stream
from tests.chaos.crew import start
from tests.chaos.effects import count_archived
from tests.soak.memory import peak_mib

A_DAY_S = 86_400
BATCH = 5000
SERVICES = ("track", "archive")


@dataclass
class BacklogOutcome:
    """What came at once and how it was taken."""

    records: int
    appended_per_s: float
    seconds: float
    archived: int
    peak_mib: dict[str, float]


@dataclass(frozen=True)
class Backlog:
    """What arrives: so many buses each ``every_s`` for a day; or the reports of a file, in a city that has it all."""

    buses: int = 1900
    every_s: int = 60
    city: Path | None = None
    fixes: Path | None = None


def run_backlog(
    folder: Path, backlog: Backlog, patience_s: float, say: Callable[[str], None] = lambda text: None
) -> BacklogOutcome:
    """Put the reports into the log, then start the services and wait until the archive has them all."""
    env = {
        "STREAM_URL": f"sqlite:///{folder}/stream",
        "DATABASE_URL": f"sqlite:///{folder}/store.sqlite",
        "CITY_DIR": str(backlog.city or folder / "city"),
        "HANOI_RUN_VAR_DIR": str(folder),
    }
    if backlog.city is None:
        _make_city(folder / "city")
    begun_s = time.monotonic()
    with open_stream(env["STREAM_URL"]) as stream:
        stream.ensure_topics([TOPICS["gps.fixes"], TOPICS["bus.positions"]])
        records = _fill(stream, _made_up(backlog) if backlog.fixes is None else _read(backlog.fixes), say)
    filled_s = time.monotonic() - begun_s
    crew = {name: start("services.run.child", name, env=env, log=folder / "console.log") for name in SERVICES}
    begun_s, archived, peaks = time.monotonic(), 0, dict.fromkeys(SERVICES, 0.0)
    try:
        with open_store(env["DATABASE_URL"]) as store:
            store.migrate()
            while archived < records and time.monotonic() - begun_s < patience_s:
                time.sleep(1.0)
                peaks = {name: round(peak_mib(process.pid), 1) for name, process in crew.items()}
                with store.reading() as session:
                    archived = count_archived(session)
                say(f"backlog {archived:,}/{records:,}  peak MiB {peaks}")
    finally:
        for process in crew.values():
            process.kill()
            process.wait()
    return BacklogOutcome(records, round(records / filled_s), round(time.monotonic() - begun_s, 1), archived, peaks)


def _make_city(folder: Path) -> None:
    """A city of which nothing is known but where it is: every report becomes a position."""
    name = Text(vi="Hà Nội", en="Hà Nội")
    city = City(
        id="hn", name=name, timezone="Asia/Ho_Chi_Minh", bbox=(105.7, 20.9, 106.0, 21.2), epsg=32648, origin="import"
    )
    folder.mkdir()
    (folder / "city.json").write_bytes(encode(city))


def _fill(stream: Stream, reports: Iterable[Outgoing], say: Callable[[str], None]) -> int:
    producer, count = stream.producer(), 0
    for lot in batched(reports, BATCH):
        producer.send(lot)
        producer.flush()
        count += len(lot)
    producer.close()
    say(f"backlog {count:,} reports lie in the log")
    return count


def batched(reports: Iterable[Outgoing], size: int) -> Iterator[list[Outgoing]]:
    """Yield lists of so many, the last one shorter."""
    left = iter(reports)
    while lot := list(islice(left, size)):
        yield lot


def _made_up(backlog: Backlog) -> Iterator[Outgoing]:
    start_ms = time.time_ns() // 1_000_000 - A_DAY_S * 1000
    for at_s in range(0, A_DAY_S, backlog.every_s):
        for bus in range(backlog.buses):
            yield _report(bus, start_ms + at_s * 1000 + bus)


def _read(path: Path) -> Iterator[Outgoing]:
    with path.open("rb") as file:
        for line in file:
            with contextlib.suppress(msgspec.ValidationError):  # a receiver without a place: the doors refuse it
                yield Outgoing("gps.fixes", decode(Fix, line).vehicle_id.encode(), line.rstrip())


def _report(bus: int, time_ms: int) -> Outgoing:
    # A bus that goes to and fro, so that none of its reports is a jump or frozen.
    step = abs(time_ms // 1000 % 3600 - 1800)
    lon, lat = 105.80 + bus % 100 / 1000 + step / 50_000, 21.0 + step / 50_000
    fix = Fix(vehicle_id=f"bus-{bus}", time_ms=time_ms, lon=lon, lat=lat, source="late", received_ms=time_ms)
    return Outgoing("gps.fixes", fix.vehicle_id.encode(), encode(fix))
