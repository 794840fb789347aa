"""A detour is told once two buses drove it, with its way and the stops they miss; one bus alone is no detour."""

from pathlib import Path

import numpy as np
import pytest

from fleet.alerts.away import Excursion, distance_between, goes_around, note_away
from fleet.alerts.detours import DetourDesk
from fleet.gtfs import read_timetable
from fleet.gtfs.timetable import Timetable
from fleet.tracker import Tracker
from fleet.vehicle import Vehicle
from schemas.fix import Fix
from schemas.fleet_alert import AlertKind, FleetAlert
from schemas.trip import Phase
from tests.fleet.alerts.test_rules import START_MS, drive, fix
from tests.fleet.small_feed import write_feed

HEADWAY_MS = 1_200_000


@pytest.fixture
def tracker(tmp_path: Path) -> Tracker:
    return Tracker(read_timetable(write_feed(tmp_path / "feed")))


def run(bus: str, trip: int, *, around: bool, beside: float = 0.7) -> list[Fix]:
    """Return a bus on its trip; around the fourth stop or through it."""
    fixes = []
    for second in range(0, 840, 15):
        stops = second / 120
        off = beside * min(1.0, (stops - 2.3) * 4, (3.7 - stops) * 4) if around and 2.3 < stops < 3.7 else 0.0
        at_ms = START_MS + (trip - 3) * HEADWAY_MS + second * 1000
        fixes.append(fix(at_ms, stops, bus=bus, trip=f"T0-{trip}", off=off, speed_mps=4.3))
    return fixes


def detours(alerts: list[FleetAlert]) -> list[FleetAlert]:
    return [alert for alert in alerts if alert.kind is AlertKind.DETOUR]


def test_two_buses_that_go_around_the_same_way_are_a_detour_with_its_way_and_missed_stops(tracker: Tracker) -> None:
    alerts = drive(
        tracker, run("A", 3, around=True) + run("B", 4, around=True), until_ms=START_MS + HEADWAY_MS + 860_000
    )
    (told,) = detours(alerts)
    assert told.detour is not None
    assert (told.detour.missed_stop_ids, told.detour.vehicle_ids) == (("S3",), ("A", "B"))
    assert (told.detour.left_stop_id, told.detour.back_stop_id) == ("S2", "S4")
    assert max(lat for _, lat in told.detour.line) > 21.003
    assert "Bến 3" in told.text.vi
    assert not any(name in told.text.vi + told.text.en for name in ("A ", "B "))
    # The second bus came back at most ten seconds of looking around before.
    assert told.updated_ms - max(f.time_ms for f in run("B", 4, around=True) if f.lat - 21.0 > 0) <= 60_000


def test_a_second_bus_that_follows_the_way_of_the_first_is_enough_before_it_has_come_back(tracker: Tracker) -> None:
    second = [one for one in run("B", 4, around=True) if one.time_ms <= START_MS + HEADWAY_MS + 390_000]
    assert second[-1].lat > 21.003  # still away
    alerts = detours(drive(tracker, run("A", 3, around=True) + second, until_ms=second[-1].time_ms + 20_000))
    assert alerts[0].detour is not None
    assert (alerts[0].detour.missed_stop_ids, alerts[0].detour.vehicle_ids) == (("S3",), ("A", "B"))


def test_a_stop_round_the_corner_is_missed_though_the_way_passes_within_eighty_metres(tracker: Tracker) -> None:
    fixes = run("A", 3, around=True, beside=0.16) + run("B", 4, around=True, beside=0.16)
    told = detours(drive(tracker, fixes, until_ms=START_MS + HEADWAY_MS + 860_000))[-1]
    assert told.detour is not None
    assert told.detour.missed_stop_ids == ("S3",)


def test_a_bus_that_is_lost_to_another_line_on_its_way_around_is_still_on_a_detour(tracker: Tracker) -> None:
    bus, table = Vehicle("A"), tracker.timetable
    assert table is not None
    told = None
    for one in run("A", 3, around=True):
        out = tracker.step([one], one.time_ms)
        assert out.positions
        bus = tracker._vehicles["A"]
        if len(bus.away) == 4:  # as if it had been taken for a bus that runs nothing
            away, on = list(bus.away), bus.away_on
            bus.progress, bus.phase = None, Phase.DEADHEAD
            assert note_away(bus, table, one.time_ms) is None
            assert (bus.away[:4], bus.away_on) == (away, on)
            told = len(bus.away)
    assert told == 5


def test_one_bus_alone_is_no_detour(tracker: Tracker) -> None:
    assert detours(drive(tracker, run("A", 3, around=True), until_ms=START_MS + 900_000)) == []


def test_a_bus_that_goes_through_between_them_says_that_the_way_is_open(tracker: Tracker) -> None:
    fixes = run("A", 3, around=True) + run("B", 4, around=False) + run("C", 5, around=True)
    assert detours(drive(tracker, fixes, until_ms=START_MS + 2 * HEADWAY_MS + 860_000)) == []


def test_two_buses_that_go_around_on_different_sides_are_no_detour(tracker: Tracker) -> None:
    fixes = run("A", 3, around=True) + run("B", 4, around=True, beside=-0.7)
    assert detours(drive(tracker, fixes, until_ms=START_MS + HEADWAY_MS + 860_000)) == []


def test_a_detour_ends_when_two_buses_have_gone_through(tracker: Tracker) -> None:
    fixes = run("A", 3, around=True) + run("B", 4, around=True) + run("C", 5, around=False) + run("D", 6, around=False)
    told = detours(drive(tracker, fixes, until_ms=START_MS + 3 * HEADWAY_MS + 860_000))
    assert [alert.ended_ms is None for alert in told] == [True, False]
    assert told[0].alert_id == told[1].alert_id
    assert told[1].detour is not None
    assert told[1].detour.ended_ms == told[1].ended_ms


def test_the_distance_of_a_way_from_another_is_that_of_its_points() -> None:
    way = np.array([[0.0, 0.0], [100.0, 0.0]])
    assert distance_between(np.array([[50.0, 30.0], [120.0, 0.0]]), way) == pytest.approx(25.0)


@pytest.mark.parametrize(
    ("beside_m", "seconds", "around"),
    [
        (300.0, 300, True),  # 960 m for 360 m, in five minutes for three planned
        (300.0, 60, False),  # in one minute: nobody got on or off
        (10.0, 300, False),  # no longer than the line
    ],
)
def test_a_bus_that_turned_short_takes_a_shorter_or_faster_way_and_one_on_a_detour_does_not(
    tracker: Tracker, beside_m: float, seconds: int, around: bool
) -> None:
    table = tracker.timetable
    one = excursion(table, "A", 0, beside_m, seconds)
    assert goes_around(one, table) is around


def test_what_a_bus_drove_before_it_turned_short_is_no_detour(tracker: Tracker) -> None:
    table, desk = tracker.timetable, DetourDesk(tracker.timetable)
    for number, name in enumerate("AB"):
        at_ms = START_MS + number * HEADWAY_MS
        desk.add(excursion(table, name, at_ms, 300.0, 300))
        desk.add(excursion(table, name, at_ms + 400_000, 10.0, 60))  # the empty way to where its next trip begins
        assert desk.look(at_ms + 500_000) == []
    desk.add(excursion(table, "C", START_MS + 2 * HEADWAY_MS, 300.0, 300))
    desk.add(excursion(table, "D", START_MS + 2 * HEADWAY_MS + 60_000, 300.0, 300))
    (told,) = desk.look(START_MS + 2 * HEADWAY_MS + 400_000)
    assert told.detour is not None
    assert told.detour.vehicle_ids == ("C", "D")


def excursion(table: Timetable, name: str, from_ms: int, beside_m: float, seconds: int) -> Excursion:
    """Return a way beside the line from a little after its third stop to a little after its fourth."""
    trip = table.trip_number["T0-3"]
    pattern = table.pattern_of(trip)
    low, high = (float(pattern.stop_distance_m[n]) + 50.0 for n in (2, 3))
    at_m = np.array([low, low, (low + high) / 2, high, high])
    off_m = np.array([0.0, beside_m, beside_m, beside_m, 0.0])
    way = np.column_stack(
        [np.interp(at_m, pattern.along_m, pattern.x), np.interp(at_m, pattern.along_m, pattern.y) + off_m]
    )
    return Excursion(name, trip, low, high, from_ms, from_ms + seconds * 1000, way)
