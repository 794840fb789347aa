"""A backlog of 24 hours that arrives at once: how long the real services take to catch up, and the memory they need."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from schemas.fix import Fix
from schemas.message import encode
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


def run_backlog(
    folder: Path, buses: int, every_s: int, patience_s: float, say: Callable[[str], None] = lambda text: None
) -> BacklogOutcome:
    """Put a day of reports into the log, then start the services and wait until the archive has them all."""
    env = {
        "STREAM_URL": f"sqlite:///{folder}/stream",
        "DATABASE_URL": f"sqlite:///{folder}/store.sqlite",
        "CITY_DIR": str(folder / "city"),
        "HANOI_RUN_VAR_DIR": str(folder),
    }
    _make_city(folder / "city")
    begun_s = time.monotonic()
    with open_stream(env["STREAM_URL"]) as stream:
        stream.ensure_topics([TOPICS["gps.fixes"], TOPICS["bus.positions"]])
        records = _fill(stream, buses, every_s, say)
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


def _fill(stream: Stream, buses: int, every_s: int, say: Callable[[str], None]) -> int:
    producer, lot, count = stream.producer(), [], 0
    start_ms = time.time_ns() // 1_000_000 - A_DAY_S * 1000
    for at_s in range(0, A_DAY_S, every_s):
        lot += [_report(bus, start_ms + at_s * 1000 + bus) for bus in range(buses)]
        if len(lot) >= BATCH or at_s + every_s >= A_DAY_S:
            producer.send(lot)
            producer.flush()
            count += len(lot)
            lot = []
    producer.close()
    say(f"backlog {count:,} reports lie in the log")
    return count


def _report(bus: int, time_ms: int) -> Outgoing:
    # A bus that goes to and fro, so that none of its reports is a jump or frozen.
    step = abs(time_ms // 1000 % 3600 - 1800)
    lon, lat = 105.80 + bus % 100 / 1000 + step / 50_000, 21.0 + step / 50_000
    fix = Fix(vehicle_id=f"bus-{bus}", time_ms=time_ms, lon=lon, lat=lat, source="late", received_ms=time_ms)
    return Outgoing("gps.fixes", fix.vehicle_id.encode(), encode(fix))
