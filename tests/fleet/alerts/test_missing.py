"""A trip is missing only where no bus may yet run it, or runs it under another trip's name."""

from pathlib import Path

from fleet.alerts.excuses import count_nearer, count_on_their_way
from fleet.gtfs import read_timetable
from fleet.tracker import Tracker
from schemas.fleet_alert import AlertKind
from tests.fleet.alerts.test_rules import LINK_MS, START_MS, drive, fix, on_time
from tests.fleet.small_feed import DATE, write_feed


def missing(alerts) -> set[str]:
    return {alert.trip_id for alert in alerts if alert.kind is AlertKind.NOT_COMING}


def feed(tmp_path: Path):
    return read_timetable(write_feed(tmp_path / "feed"))


def test_a_bus_of_the_line_that_is_late_for_the_terminal_excuses_one_trip_and_not_two(tmp_path: Path) -> None:
    table = feed(tmp_path)
    # T1-2 goes to where T0-3 begins; it should have ended at 07:14, and is still seen at 07:25.
    late = table.run_of(table.trip_number["T1-2"], DATE)
    now_ms = late.end_ms + 700_000
    waits = [table.run_of(table.trip_number[name], DATE) for name in ("T0-4", "T0-5")]
    seen = {("T1-2", DATE): now_ms - 30_000}
    counted = count_on_their_way(table, seen, waits, now_ms)
    assert counted == {(0, 0): 1}
    assert not count_on_their_way(table, {("T1-2", DATE): late.end_ms - 400_000}, waits, now_ms)
    assert not count_on_their_way(table, {("T0-2", DATE): now_ms}, waits, now_ms)


def test_a_bus_that_left_at_the_time_of_another_trip_may_be_running_that_one(tmp_path: Path) -> None:
    tracker = Tracker(feed(tmp_path))
    # It is said to run T0-3 (07:00) but drives T0-4 (07:20) to the minute.
    alerts = drive(tracker, on_time(-60, 300, start_ms=START_MS + 1_200_000))
    table, bus = tracker.timetable, tracker._vehicles["A"]
    assert count_nearer(table, [bus], table.run_of(table.trip_number["T0-4"], DATE)) == 1
    assert count_nearer(table, [bus], table.run_of(table.trip_number["T0-6"], DATE)) == 0
    assert "T0-4" not in missing(alerts)


def test_of_trips_that_began_before_anybody_looked_nothing_is_said(tmp_path: Path) -> None:
    # The first report comes at 07:04: whether T0-3 left at 07:00 is not known.
    began = [fix(START_MS + s * 1000, s * 1000 / LINK_MS, trip="T0-2", speed_mps=4.3) for s in range(240, 840, 20)]
    assert "T0-3" not in missing(drive(Tracker(feed(tmp_path)), began))
