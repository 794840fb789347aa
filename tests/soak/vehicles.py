"""A million vehicles nobody knows: what the tracker and the pages' state hold of them."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from fleet.tracker import Tracker
from schemas.fix import Fix
from schemas.position import BusPosition
from services.api.live import Live
from tests.soak.memory import rss_mib

START_MS = 1_795_305_600_000
BATCH = 2000
A_DAY_MS = 86_400_000


@dataclass
class VehiclesOutcome:
    """How memory went while vehicles came."""

    vehicles: int
    positions: int
    rss_begin_mib: float
    rss_half_mib: float
    rss_end_mib: float
    seconds: float


def run_vehicles(count: int, say: Callable[[str], None] = lambda text: None) -> VehiclesOutcome:
    """Let so many vehicles report once each within a day, evenly."""
    tracker, live, begun_s = Tracker(None), Live(), time.monotonic()
    begin_mib, half_mib, positions = rss_mib(), 0.0, 0
    for first in range(0, count, BATCH):
        now_ms = START_MS + A_DAY_MS * first // count
        fixes = [_fix(number, now_ms) for number in range(first, min(first + BATCH, count))]
        out = tracker.step(fixes, now_ms)
        positions += len(out.positions)
        _show(live, out.positions, now_ms)
        if first >= count / 2 and not half_mib:
            half_mib = rss_mib()
        if first % (count // 10 // BATCH * BATCH or BATCH) == 0:
            say(f"vehicles {first:,}/{count:,}  {rss_mib():.0f} MiB")
    seconds = round(time.monotonic() - begun_s, 1)
    return VehiclesOutcome(count, positions, begin_mib, half_mib, rss_mib(), seconds)


def _fix(number: int, now_ms: int) -> Fix:
    lon = 105.8 + number % 1000 / 10_000
    return Fix(vehicle_id=f"x{number}", time_ms=now_ms, lon=lon, lat=21.0, source="mad", received_ms=now_ms)


def _show(live: Live, positions: list[BusPosition], now_ms: int) -> None:
    live.take(("bus.positions", position) for position in positions)
    live.forget_old(now_ms)
