"""A detour is told once two buses drove it, with its way and the stops they miss; one bus alone is no detour."""

from pathlib import Path

import numpy as np
import pytest

from fleet.alerts.away import Excursion, distance_between, goes_around, is_often_beside, note_away
from fleet.alerts.detours import DetourDesk
from fleet.alerts.recalled import recall_way
from fleet.assignment.progress import Progress
from fleet.gtfs import read_timetable
from fleet.gtfs.timetable import Timetable
from fleet.tracker import Tracker
from fleet.vehicle import Vehicle
from schemas.fix import Fix
from schemas.fleet_alert import AlertKind, FleetAlert
from schemas.trip import Phase
from tests.fleet.alerts.test_rules import START_MS, drive, fix
from tests.fleet.small_feed import DATE, LAT, write_feed

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


def test_a_bus_on_a_detour_runs_its_trip_which_is_not_missing_and_calls_where_it_is_back(tracker: Tracker) -> None:
    alerts, calls = [], set()
    for one in sorted(run("A", 3, around=True) + run("B", 4, around=True), key=lambda one: one.time_ms):
        out = tracker.step([one], one.time_ms)
        alerts += out.alerts
        calls |= {(event.trip_id, event.stop_id) for event in out.stop_events if not event.withdrawn}
    missing = {alert.trip_id for alert in alerts if alert.kind in (AlertKind.NOT_COMING, AlertKind.MAY_NOT_RUN)}
    assert not {"T0-3", "T0-4"} & missing
    assert {("T0-3", "S2"), ("T0-3", "S5"), ("T0-4", "S2"), ("T0-4", "S5")} <= calls
    assert not {("T0-3", "S3"), ("T0-4", "S3")} & calls


def test_one_bus_alone_is_no_detour(tracker: Tracker) -> None:
    assert detours(drive(tracker, run("A", 3, around=True), until_ms=START_MS + 900_000)) == []


def test_a_bus_that_goes_through_between_them_says_that_the_way_is_open(tracker: Tracker) -> None:
    fixes = run("A", 3, around=True) + run("B", 4, around=False) + run("C", 5, around=True)
    assert detours(drive(tracker, fixes, until_ms=START_MS + 2 * HEADWAY_MS + 860_000)) == []


@pytest.mark.parametrize("back_s", [400, 460])
def test_a_bus_on_a_detour_that_is_not_watched_where_it_leaves_is_told_when_it_is_back(
    tracker: Tracker, back_s: int
) -> None:
    table = tracker.timetable
    assert table is not None
    way: list[tuple[float, float, float, int]] = []
    for one in run("A", 3, around=True):
        tracker.step([one], one.time_ms)
        bus = tracker._vehicles["A"]
        if one.lat <= LAT and one.time_ms > START_MS + back_s * 1000:
            assert bus.progress is not None
            way = recall_way(bus.trail, bus.progress)
            break
    assert way[0][3] < START_MS + 290_000 < way[-1][3]  # from before it left
    pattern = table.pattern_of(bus.progress.run.trip)
    assert pattern.stop_distance_m[2] < way[0][2] < pattern.stop_distance_m[3]


def test_a_bus_that_comes_to_its_line_from_elsewhere_was_on_no_detour(tracker: Tracker) -> None:
    comes = [fix(START_MS + s * 1000, 3.7, off=(300 - s) / 100, speed_mps=5.0) for s in range(0, 300, 15)]
    drive(tracker, [*comes, fix(START_MS + 300_000, 3.8), fix(START_MS + 315_000, 3.9)])
    bus = tracker._vehicles["A"]
    assert bus.progress is not None
    assert recall_way(bus.trail, bus.progress) == []


def test_a_bus_seen_anew_on_the_part_that_it_has_just_left_out_does_not_open_the_way(tracker: Tracker) -> None:
    table, desk = tracker.timetable, DetourDesk(tracker.timetable)
    desk.add(excursion(table, "A", START_MS, 300.0, 300))
    for name, at_ms, open_ in (("A", 400_000, False), ("B", 400_000, True)):
        bus, run_ = Vehicle(name, phase=Phase.IN_SERVICE), table.run_of(table.trip_number["T0-3"], DATE)
        middle_m = float(np.mean(table.pattern_of(run_.trip).stop_distance_m[2:4])) + 50.0
        bus.progress = Progress(run_, table.pattern_of(run_.trip), middle_m, 0.0, 0.0, START_MS, START_MS)
        desk.see(bus, START_MS + at_ms)
        assert bool(next(iter(desk._cases.values()))[0].through) is open_


@pytest.mark.parametrize(("beside", "often"), [(3, False), (4, True)])
def test_of_one_bus_alone_a_way_is_believed_that_was_seen_beside_its_line_four_times(
    tracker: Tracker, beside: int, often: bool
) -> None:
    table = tracker.timetable
    one = excursion(table, "A", START_MS, 300.0, 300)
    way = np.vstack([one.way[:1], np.repeat(one.way[2:3], beside, axis=0), one.way[-1:]])
    assert is_often_beside(Excursion("A", one.trip, one.from_m, one.to_m, START_MS, START_MS, way), table) is often


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
    (told,) = desk.look(START_MS + 2 * HEADWAY_MS + 700_000)
    assert told.detour is not None
    assert told.detour.vehicle_ids == ("C", "D")


@pytest.mark.parametrize(
    ("after_s", "links"),
    [
        (350, 0.4),  # where it came back its receiver erred
        (900, 1.0),  # it turned short, but served its line for a while before
    ],
)
def test_what_a_bus_drives_later_does_not_take_its_detour_back(tracker: Tracker, after_s: int, links: float) -> None:
    table, desk = tracker.timetable, DetourDesk(tracker.timetable)
    for number, name in enumerate("AB"):
        at_ms = START_MS + number * HEADWAY_MS
        desk.add(excursion(table, name, at_ms, 300.0, 300))
        desk.add(excursion(table, name, at_ms + after_s * 1000, 10.0, 20, links=links))
    assert len(desk.look(START_MS + HEADWAY_MS + 960_000)) == 1


def test_a_detour_that_misses_no_stop_is_told_only_when_one_bus_serves_its_line_afterwards(
    tracker: Tracker,
) -> None:
    table = tracker.timetable
    for leaves in (False, True):
        desk = DetourDesk(table)
        for number, name in enumerate("AB"):
            desk.add(excursion(table, name, START_MS + number * 60_000, 300.0, 150, links=0.4))
        back_ms = START_MS + 210_000
        assert desk.look(back_ms + 60_000) == []
        if leaves:
            for name in "AB":
                desk.follow(Vehicle(name, away=[(0.0, 0.0, 0.0, back_ms + 250_000)]))
        assert bool(desk.look(back_ms + 260_000)) is not leaves


def excursion(
    table: Timetable, name: str, from_ms: int, beside_m: float, seconds: int, *, links: float = 1.0
) -> Excursion:
    """Return a way beside the line from a little after its third stop to a little after its fourth."""
    trip = table.trip_number["T0-3"]
    pattern = table.pattern_of(trip)
    low, high = (float(pattern.stop_distance_m[n]) + 50.0 for n in (2, 3))
    high = low + links * (high - low)
    at_m = np.array([low, low, (low + high) / 2, high, high])
    off_m = np.array([0.0, beside_m, beside_m, beside_m, 0.0])
    way = np.column_stack(
        [np.interp(at_m, pattern.along_m, pattern.x), np.interp(at_m, pattern.along_m, pattern.y) + off_m]
    )
    return Excursion(name, trip, low, high, from_ms, from_ms + seconds * 1000, way)
