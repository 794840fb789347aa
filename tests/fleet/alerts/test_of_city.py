"""When another tracker takes the city over, nothing that the one before said stays open for ever."""

from pathlib import Path

import pytest

from fleet.gtfs import read_timetable
from fleet.tracker import Tracker
from schemas.fleet_alert import AlertKind
from tests.fleet.alerts.test_detours import HEADWAY_MS
from tests.fleet.alerts.test_detours import run as round_about
from tests.fleet.alerts.test_rules import START_MS, drive, on_time
from tests.fleet.small_feed import DATE, write_feed


@pytest.fixture
def table(tmp_path: Path):
    return read_timetable(write_feed(tmp_path / "feed"))


def take_over(old: Tracker, table, now_ms: int) -> Tracker:
    new = Tracker(table)
    new.speaks_for_all = False
    for one in on_time(0, 60, bus="Z", trip="T0-9", start_ms=START_MS + 6 * HEADWAY_MS):
        new.step([one], one.time_ms)
    new.speaks_for_all = True
    new.inherit(old.list_open())
    return new


def test_a_detour_that_another_tracker_told_ends_with_the_first_look_of_the_new_one(table) -> None:
    old, now_ms = Tracker(table), START_MS + 7 * HEADWAY_MS
    drive(
        old,
        round_about("A", 3, around=True) + round_about("B", 4, around=True),
        until_ms=START_MS + HEADWAY_MS + 860_000,
    )
    (told,) = [one for one in old.list_open() if one.kind is AlertKind.DETOUR]
    new = take_over(old, table, now_ms)
    ended = [one for one in new.step([], now_ms).alerts if one.alert_id == told.alert_id]
    assert [(one.ended_ms is not None, one.detour.ended_ms is not None) for one in ended if one.detour] == [
        (True, True)
    ]
    assert told.alert_id not in {one.alert_id for one in new.list_open()}
    assert not [one for one in new.step([], now_ms + 10_000).alerts if one.alert_id == told.alert_id]


def test_a_missing_trip_is_taken_over_and_ends_when_its_time_is_over(table) -> None:
    old = Tracker(table)
    alerts = drive(old, on_time(0, 840), until_ms=START_MS + 1_200_000 + 180_000)
    assert "T0-4" in {one.trip_id for one in alerts}
    new, run = take_over(old, table, START_MS + 1_400_000), table.run_of(table.trip_number["T0-4"], DATE)
    first = [one for one in new.step([], START_MS + 1_400_000).alerts if one.trip_id == "T0-4"]
    assert first == []
    assert "T0-4" in {one.trip_id for one in new.list_open()}
    over = [one for one in new.step([], run.end_ms + 10_000).alerts if one.trip_id == "T0-4"]
    assert [one.ended_ms is not None for one in over] == [True]
    assert "T0-4" not in {one.trip_id for one in new.list_open()}
