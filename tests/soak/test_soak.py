"""Bad input in bulk, in short; `make soak` does it a million times."""

from pathlib import Path

import pytest

import fleet.tracker
from services.clock import CityClock
from services.stream.base import Outgoing
from services.stream.embedded import EmbeddedStream
from tests.services.ingest.fetch.mosquitto import PROGRAM
from tests.services.ingest.house import NOON_MS, csv_row, open_street
from tests.soak.doors import DOORS
from tests.soak.fuzz import Fuzz
from tests.soak.vehicles import run_vehicles

HOUR_MS = 3_600_000


@pytest.mark.parametrize("door", DOORS)
def test_fuzzed_messages_break_no_door_and_cost_no_good_record(door: str, tmp_path: Path) -> None:
    outcome = Fuzz(DOORS[door], tmp_path, seed=4).run(2000 if DOORS[door].most > 1 else 300)
    assert outcome.failures == []
    assert max(outcome.answers) < 500
    assert outcome.good_sent > 50
    assert (outcome.good_taken, outcome.good_doubled) == (outcome.good_sent, 0)


@pytest.mark.parametrize(
    ("door", "way"),
    [
        ("osmand", "http"),
        ("traccar", "http"),
        pytest.param("ufms", "mqtt", marks=pytest.mark.skipif(not Path(PROGRAM).exists(), reason="MOSQUITTO ABSENT")),
    ],
)
def test_fuzzed_messages_by_real_http_and_a_real_broker_cost_no_good_record(
    door: str, way: str, tmp_path: Path
) -> None:
    outcome = Fuzz(DOORS[door], tmp_path, seed=4, way=way).run(200 if door == "osmand" else 2000)
    assert outcome.failures == []
    assert max(outcome.answers) < 500
    assert (outcome.good_taken, outcome.good_doubled) == (outcome.good_sent, 0)


def test_vehicles_that_nobody_knows_are_forgotten_when_there_are_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fleet.tracker, "MOST_VEHICLES", 500)
    outcome = run_vehicles(4000)
    assert outcome.positions == 4000


class Jumping:
    """A wall clock that somebody sets."""

    def __init__(self, now_ms: int) -> None:
        self.ms = now_ms

    def now_ms(self) -> int:
        return self.ms


@pytest.mark.parametrize("jump_ms", [HOUR_MS, -HOUR_MS])
def test_reports_are_taken_while_the_clock_of_the_doors_is_an_hour_off_and_after(jump_ms: int, tmp_path: Path) -> None:
    with open_street(tmp_path) as street:
        wall = Jumping(NOON_MS)
        object.__setattr__(street.house.intake, "clock", CityClock(wall))
        object.__setattr__(street.house.intake, "wall", wall)
        for number, now_ms in enumerate([NOON_MS, NOON_MS + jump_ms, NOON_MS]):
            wall.ms = now_ms + number
            body = "vehicle_id,time,lat,lon\n" + csv_row(f"29B-{number}")
            answer = street.post("fixes/csv", body.encode())
            assert (answer.status_code, answer.json()["accepted"]) == (202, 1)
        assert len(street.records("gps.fixes")) == 3


def test_a_log_whose_clock_jumps_keeps_its_order_and_forgets_nothing_young(tmp_path: Path) -> None:
    wall = Jumping(NOON_MS)
    with EmbeddedStream(tmp_path, wall.now_ms) as stream:
        producer = stream.producer()
        for number, jump_ms in enumerate([0, HOUR_MS, 0, -HOUR_MS, 0]):
            wall.ms = NOON_MS + jump_ms
            producer.send([Outgoing("gps.fixes", b"29B-1", b"%d" % number)])
            stream.tidy("gps.fixes")
        records = stream.consumer("g", ["gps.fixes"]).poll(10, 1.0)
        assert [record.value for record in records] == [b"0", b"1", b"2", b"3", b"4"]
