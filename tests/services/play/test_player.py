"""A recorded day keeps its own clock, at any speed."""

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from schemas.feed import ClockTick
from schemas.fix import Fix
from schemas.message import decode
from services.play.bodies import Body
from services.play.command import read_fixes
from services.play.player import batches, in_order, play
from services.play.sender import Sender, SendError
from services.recordings import parse_csv
from services.stream.errors import StreamError
from tests.data import shared_data
from tests.services.ingest.house import BEGINNING_MS, NOON_MS, Street, open_street, read_all

ONE = b"vehicle_id,timestamp,latitude,longitude\nb,1771218000,21.03,105.85\n"


def fix(second: float, vehicle: str = "b") -> Fix:
    time_ms = NOON_MS + round(second * 1000)
    return Fix(vehicle_id=vehicle, time_ms=time_ms, lon=105.85, lat=21.03, source="tape", received_ms=time_ms)


class Tape:
    """A door that remembers, and a wall clock that only waiting and sending move."""

    def __init__(self, send_takes_s: float = 0.0) -> None:
        self.now_s = 1_771_000_000.0
        self.send_takes_s = send_takes_s
        self.sent: list[tuple[float, int]] = []
        self.ticks: list[ClockTick] = []
        self.waited_s = 0.0

    def send_body(self, body: Body) -> None:
        self.now_s += self.send_takes_s
        for item in parse_csv(body.data, "tape", NOON_MS):
            assert isinstance(item, Fix)
            self.sent.append((self.now_s, item.time_ms))

    def send_tick(self, tick: ClockTick) -> None:
        self.ticks.append(tick)

    def wait(self, seconds: float) -> None:
        self.waited_s += seconds
        self.now_s += seconds

    def play(self, fixes: list[Fix], speed: float) -> None:
        play(
            fixes,
            self,
            speed=speed,
            form="csv",
            source="tape",
            wall_ms=lambda: round(self.now_s * 1000),
            wait=self.wait,
            progress=lambda event_ms, sent: None,
        )


def test_ten_minutes_at_ten_times_take_a_minute() -> None:
    tape = Tape()
    tape.play([fix(second) for second in range(0, 601, 5)], speed=10.0)
    assert tape.waited_s == pytest.approx(61.0)
    assert len(tape.sent) == 121


def test_no_fix_is_sent_before_its_moment_and_each_within_a_second_after() -> None:
    tape = Tape()
    tape.play([fix(second * 1.7) for second in range(200)], speed=10.0)
    for wall_s, time_ms in tape.sent:
        due_s = 1_771_000_000.0 + (time_ms - NOON_MS) / 10_000
        assert due_s <= wall_s <= due_s + 1.001


def test_the_clock_ticks_each_second_of_wall_time_through_a_silence_and_at_the_end() -> None:
    tape = Tape()
    tape.play([fix(0), fix(600)], speed=10.0)
    walls = [tick.wall_ms for tick in tape.ticks]
    assert max(b - a for a, b in pairwise(walls)) <= 1001
    assert tape.ticks[0].event_ms == NOON_MS
    assert tape.ticks[-1].event_ms >= NOON_MS + 600_000
    assert all(tick.speed == 10.0 for tick in tape.ticks)


def test_slow_doors_hold_the_citys_clock_back() -> None:
    tape = Tape(send_takes_s=3.0)
    tape.play([fix(second) for second in range(60)], speed=10.0)
    assert [tick.event_ms for tick in tape.ticks] == sorted(tick.event_ms for tick in tape.ticks)
    assert tape.waited_s < 6.0


def test_a_span_is_cut_and_put_in_order_with_ties_as_they_stood() -> None:
    fixes = [fix(30, "x"), fix(10, "x"), fix(10, "a"), fix(20)]
    chosen = in_order(fixes, NOON_MS + 10_000, NOON_MS + 30_000)
    assert [(f.time_ms - NOON_MS, f.vehicle_id) for f in chosen] == [(10_000, "x"), (10_000, "a"), (20_000, "b")]


def test_steps_hold_every_fix_once() -> None:
    fixes = [fix(second) for second in (0, 0.5, 1, 7, 7.2)]
    steps = list(batches(fixes, 1000))
    assert [f for _, batch in steps for f in batch] == fixes
    assert all(f.time_ms < end_ms for end_ms, batch in steps for f in batch)


@pytest.fixture
def street(tmp_path: Path) -> Iterator[Street]:
    with open_street(tmp_path) as street:
        yield street


def test_a_real_recording_played_through_the_doors_lies_in_the_log_unchanged(street: Street) -> None:
    path = shared_data("wmata", "vehicle_positions_2026-02-16_C53_D96.csv.gz")
    fixes, unread = read_fixes(path, "auto", "tape", None)
    fixes = in_order(fixes)[:2000]
    object.__setattr__(street.house, "bbox", (-77.3, 38.7, -76.8, 39.1))
    sender = Sender(street.client, street.player)
    tape = Tape()
    play(
        fixes,
        sender,
        speed=600.0,
        form="csv",
        source="tape",
        wall_ms=lambda: round(tape.now_s * 1000),
        wait=tape.wait,
        progress=lambda event_ms, sent: None,
    )
    assert unread == []
    assert (sender.sent.accepted, sender.sent.refused) == (2000, 0)
    came = [decode(Fix, record.value) for record in read_all(street.stream, "gps.fixes")]
    assert sorted(map(plain, came)) == sorted(map(plain, fixes))
    for vehicle in {f.vehicle_id for f in fixes}:
        assert [plain(f) for f in came if f.vehicle_id == vehicle] == [
            plain(f) for f in fixes if f.vehicle_id == vehicle
        ]


def plain(fix: Fix) -> tuple[object, ...]:
    return (fix.vehicle_id, fix.time_ms, fix.lon, fix.lat, repr(fix.claimed_trip), repr(fix.speed_mps), fix.source)


class FlakyStream:
    """A log that is away for the first attempts."""

    def __init__(self, stream, failures: int) -> None:
        self.stream, self.failures = stream, failures

    def producer(self):
        if self.failures:
            self.failures -= 1
            raise StreamError("away")
        return self.stream.producer()

    def close(self) -> None:
        return


def test_a_body_is_sent_again_until_the_log_is_back(street: Street) -> None:
    writer = street.house.intake.writer
    writer._stream = FlakyStream(street.stream, 2)  # type: ignore[assignment]
    waits: list[float] = []

    def wait(seconds: float) -> None:
        waits.append(seconds)
        writer._down_until_s = 0.0

    sender = Sender(street.client, street.player, wait=wait)
    sender.send_body(Body("csv", "text/csv", ONE))
    assert sender.sent.accepted == 1
    assert waits == [0.5, 1.0]


def test_patience_ends_and_says_what_the_door_said(street: Street) -> None:
    street.house.intake.writer._stream = FlakyStream(street.stream, 10**6)  # type: ignore[assignment]
    waited: list[float] = []
    sender = Sender(street.client, street.player, wait=waited.append, patience_s=30.0)
    with pytest.raises(SendError, match=r"503.*gave up after 3\d s"):
        sender.send_body(Body("csv", "text/csv", ONE))
    assert max(waited) == 10.0


def test_a_wrong_token_is_not_tried_again(street: Street) -> None:
    sender = Sender(street.client, "wrong", wait=lambda seconds: pytest.fail("tried again"))
    with pytest.raises(SendError, match="401"):
        sender.send_tick(ClockTick(event_ms=BEGINNING_MS, wall_ms=NOON_MS, speed=1.0, source="tape"))
