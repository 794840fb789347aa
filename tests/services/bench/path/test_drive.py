"""A recording goes through the doors in order, whole, with the clock beside it."""

from schemas.feed import ClockTick
from schemas.fix import Fix
from services.bench.path.drive import Driver
from services.bench.path.ledger import Ledger
from services.play.bodies import Body
from services.recordings.csv_positions import parse_csv


class Clock:
    """Passes at once."""

    def __init__(self) -> None:
        self.now_s = 100.0

    def wait(self, seconds: float) -> None:
        self.now_s += seconds


def driver_of(seconds: int, door: "Door", ledger: Ledger) -> Driver:
    clock = Clock()
    return Driver(recording(seconds), door, ledger, "bench", clock=lambda: clock.now_s, wait=clock.wait)


class Door:
    def __init__(self) -> None:
        self.fixes: list[tuple[str, int]] = []
        self.ticks: list[ClockTick] = []

    def send_body(self, body: Body) -> None:
        for item in parse_csv(body.data, "bench", 946_684_800_000):
            assert isinstance(item, Fix)
            self.fixes.append((item.vehicle_id, item.time_ms))

    def send_tick(self, tick: ClockTick) -> None:
        self.ticks.append(tick)


def recording(seconds: int) -> list[Fix]:
    start_ms = 1_771_218_000_000
    return [
        Fix(vehicle_id=f"b{n % 3}", time_ms=start_ms + n * 1000, lon=105.8, lat=21.0, source="x", received_ms=start_ms)
        for n in range(seconds)
    ]


def test_a_drive_sends_what_is_due_and_goes_on_where_it_stopped() -> None:
    fixes, door, ledger = recording(100), Door(), Ledger()
    driver = driver_of(100, door, ledger)
    first = driver.drive(1.0, 30.0)
    assert (first.fixes, len(door.fixes)) == (30, 30)
    assert driver.left_s == 69.0
    second = driver.drive(1.0, 30.0)
    assert second.fixes == 30
    assert door.fixes == [(fix.vehicle_id, fix.time_ms) for fix in fixes[:60]]
    assert ledger.backlog() == 60
    assert [tick.event_ms for tick in door.ticks] == [fixes[0].time_ms + 30_000, fixes[0].time_ms + 60_000]


def test_a_drive_ends_with_the_recording_or_when_told() -> None:
    door = Door()
    driver = driver_of(10, door, Ledger())
    assert driver.drive(60.0, 20.0, watch=lambda: False).fixes == 4
    assert driver.drive(60.0, 20.0).fixes == 6
