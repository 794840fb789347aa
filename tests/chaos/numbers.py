"""The numbered records: record n is always the same fix of the same bus, or the same poison."""

import random
import re
from collections.abc import Iterator

from schemas.fix import Fix
from schemas.message import encode
from schemas.position import BusPosition, Quality
from schemas.trip import Assignment, Phase
from services.stream.base import Outgoing

TOPIC, OUT = "gps.fixes", "bus.positions"
BASE_MS = 1_795_305_600_000  # 2026-11-22 07:00 in Hà Nội
BUSES = 37
POISON_SHARE = 0.01
TWICE_SHARE = 0.03
QUALITY = Quality(correct=1.0, complete=1.0, clean=1.0, live=1.0)
UNKNOWN = Assignment(phase=Phase.UNKNOWN, probability=1.0)
_POISON = re.compile(rb'"poison": ?(\d+)')
# Each holds the number, so that a dead letter says which record it was, and none can be read as a fix.
POISONS = ('{{"poison": {n}', '{{"poison": {n}}}', '["poison": {n}]', '{{"poison": {n}, "vehicle_id": "\\u0000"}}')


def bus_of(number: int) -> str:
    """Return the bus that reports record n."""
    return f"xe-{number % BUSES:02d}"


def _chance(seed: int, number: int, what: str) -> float:
    return random.Random(f"{seed}:{number}:{what}").random()


def is_poison(seed: int, number: int) -> bool:
    """Return whether record n is one that nobody can read."""
    return _chance(seed, number, "poison") < POISON_SHARE


def fix_of(number: int) -> Fix:
    """Return record n as a fix; its time is its number."""
    time_ms = BASE_MS + number
    lon = 105.80 + number % 1000 / 10_000
    return Fix(vehicle_id=bus_of(number), time_ms=time_ms, lon=lon, lat=21.0, source="chaos", received_ms=time_ms)


def position_of(fix: Fix) -> BusPosition:
    """Return what the chaos step makes of a fix."""
    return BusPosition(
        vehicle_id=fix.vehicle_id,
        time_ms=fix.time_ms,
        lon=fix.lon,
        lat=fix.lat,
        source=fix.source,
        received_ms=fix.received_ms,
        assignment=UNKNOWN,
        quality=QUALITY,
    )


def number_of(time_ms: int) -> int:
    """Return which record has this time."""
    return time_ms - BASE_MS


def records_of(seed: int, first: int, after: int) -> Iterator[Outgoing]:
    """Yield records first to after - 1 as they are sent, some of them twice."""
    for number in range(first, after):
        if is_poison(seed, number):
            value = POISONS[number % len(POISONS)].format(n=number).encode()
        else:
            value = encode(fix_of(number))
        record = Outgoing(TOPIC, bus_of(number).encode(), value)
        yield record
        if _chance(seed, number, "twice") < TWICE_SHARE:
            yield record


def flood_of(first: int, count: int, bus: str) -> list[Outgoing]:
    """Return a run of poison of one bus, far longer than the limit."""
    values = [POISONS[n % len(POISONS)].format(n=n).encode() for n in range(first, first + count)]
    return [Outgoing(TOPIC, bus.encode(), value) for value in values]


def find_poison(value: bytes) -> int | None:
    """Return the number of a poisonous record, ``None`` if it is none."""
    found = _POISON.search(value)
    return int(found[1]) if found else None
