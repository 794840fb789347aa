"""A line that has fewer buses than blocks has a trip without one; a bus that has just left, or is late, excuses it."""

from pathlib import Path

import pytest

from fleet.alerts.abroad import hear_bus
from fleet.alerts.crews import Crews
from fleet.alerts.leaving import Gate, find_left, left_for
from fleet.alerts.missing import MissingTrips
from fleet.alerts.unmanned import Unmanned, believe_nobody
from fleet.gtfs import read_timetable
from fleet.gtfs.timetable import Timetable, TripRun
from fleet.tracker import Tracker
from fleet.vehicle import Vehicle
from schemas.fleet_alert import AlertKind
from schemas.track_state import BusShare
from schemas.trip import Phase
from tests.fleet.alerts.test_rules import START_MS, fix, on_time
from tests.fleet.small_feed import DATE, LAT, LON, write_feed


@pytest.fixture
def table(tmp_path: Path) -> Timetable:
    return read_timetable(write_feed(tmp_path / "feed"))


def follow(table: Timetable, fixes, *, roster=None, until_ms: int | None = None):
    tracker, said = Tracker(table, roster), []
    for one in sorted(fixes, key=lambda one: one.time_ms):
        said += tracker.step([one], one.time_ms).alerts
    for now_ms in range(max(one.time_ms for one in fixes), until_ms or 0, 10_000):
        said += tracker.step([], now_ms).alerts
    return tracker, {alert.trip_id for alert in said if alert.kind is AlertKind.NOT_COMING}


def test_buses_are_counted_by_the_line_that_the_beliefs_in_them_speak_for(table: Timetable) -> None:
    crews, bus = Crews(table, {}), follow(table, on_time(0, 600))[0]._vehicles["A"]
    start_ms = bus.last.time_ms
    for step in range(5):
        crews.note([bus], start_ms + step * 20_000)
    route = table.trip_route[table.trip_number["T0-3"]]
    assert crews.is_of("A", route)
    due, seen, unheard = crews.count(route, DATE, 7 * 3_600 + 600, {"A"})
    assert (seen, unheard) == (1, 0)
    blocks = {table.trip_block[t] for t in range(len(table.trip_ids)) if table.trip_route[t] == route}
    assert 1 < due <= len(blocks)
    # Two hours later, unheard of, it has left the line.
    crews.note([], start_ms + 7_200_000 * 2)
    assert not crews.is_of("A", route)


def test_a_bus_of_the_days_roster_that_was_never_heard_is_not_counted_as_absent(table: Timetable) -> None:
    route = table.trip_route[table.trip_number["T0-3"]]
    name = table.route_ids[route]
    crews = Crews(table, {"A": frozenset({name}), "B": frozenset({name})})
    assert crews.count(route, DATE, 7 * 3_600, {"A"})[2] == 1
    # More vehicles than blocks are a pool, of which nobody need come.
    pool = Crews(table, {f"V{n}": frozenset({name}) for n in range(99)})
    assert pool.count(route, DATE, 7 * 3_600, {"A"})[2] == 0


def test_a_bus_that_has_just_left_is_seen_whatever_trip_it_is_taken_for(table: Timetable) -> None:
    gate = Gate.of(table.pattern_of(table.trip_number["T0-3"]))
    tracker, _ = follow(table, on_time(-60, 160, trip=None))
    bus = tracker._vehicles["A"]
    left_ms = find_left(bus, gate, bus.last.time_ms)
    assert left_ms is not None
    assert abs(left_ms - START_MS) <= 60_000
    # Ten minutes later nobody knows where it is.
    assert find_left(bus, gate, bus.last.time_ms + 600_000) is None


def test_a_bus_that_drives_towards_the_terminal_has_not_left_it(table: Timetable) -> None:
    gate = Gate.of(table.pattern_of(table.trip_number["T0-3"]))
    inbound = [fix(START_MS + n * 20_000, 2.0 - n * 0.15, trip=None) for n in range(11)]
    bus = follow(table, inbound)[0]._vehicles["A"]
    assert find_left(bus, gate, bus.last.time_ms) is None


def test_who_leaves_runs_the_departure_that_it_fits_best() -> None:
    starts = [0.0, 600.0, 1_200.0]
    assert left_for(650.0, 600.0, starts)
    assert not left_for(650.0, 1_200.0, starts)
    # Nearly a headway late fits the next one at its time nearly as well, and may be either.
    assert left_for(1_190.0, 1_200.0, starts)
    assert not left_for(1_190.0, 600.0, starts)


def test_where_too_few_of_the_needed_buses_were_seen_nothing_is_concluded(table: Timetable) -> None:
    tracker, _ = follow(table, on_time(0, 900))
    run = table.run_of(table.trip_number["T0-4"], DATE)
    judge = Unmanned(table, {})
    assert believe_nobody(tracker._vehicles.values(), run) > 0.8
    assert judge.count_lacking(run, list(tracker._vehicles.values()), run.start_ms + 170_000) is None


def test_a_counted_lines_missing_trip_ends_when_a_bus_is_believed_on_it(table: Timetable) -> None:
    nobody, bus = Vehicle("A"), follow(table, on_time(0, 300))[0]._vehicles["A"]
    run = table.run_of(table.trip_number["T0-3"], DATE)
    assert believe_nobody([nobody], run) == 1.0
    assert believe_nobody([nobody, bus], run) < 0.5


def line_of(table: Timetable, numbers: list[int], now_ms: int) -> list[Vehicle]:
    """Return the buses of some blocks, waiting for their trips at the first stop, as another tracker tells of them."""
    calls = (1, 0, now_ms - 600_000, None)
    shares = [
        BusShare(
            vehicle_id=f"bus {n}", source="x", time_ms=now_ms, lon=LON, lat=LAT, phase=Phase.LAYOVER, probability=0.95,
            pace=(0.0, 0.0), calls=calls, trip_id=f"T0-{n}", start_date=DATE,
        )
        for n in numbers
    ]  # fmt: skip
    return [hear_bus(share, table) for share in shares]


def has_no_bus(judge: Unmanned, run: TripRun, buses: list[Vehicle], now_ms: int) -> bool:
    lack = judge.count_lacking(run, buses, now_ms)
    return bool(lack) and judge.is_nobodys(run, buses, now_ms) and judge.none_is_late(run, lack or 0, buses, now_ms)


@pytest.mark.parametrize(
    ("numbers", "says"),
    [
        ([7, 8, 9, 10, 11, 13, 14, 15], True),  # one bus fewer than blocks, and none for T0-12
        ([7, 8, 9, 10, 11, 12, 13, 14, 15], False),  # all are there
        ([8, 9, 10, 11, 13, 14], False),  # so many are absent that it is we who do not see
    ],
)
def test_a_line_with_fewer_buses_than_blocks_has_a_trip_without_one(tmp_path: Path, numbers, says: bool) -> None:
    table = read_timetable(write_feed(tmp_path / "more", count=40))
    run, judge = table.run_of(table.trip_number["T0-12"], DATE), Unmanned(table, {})
    for now_ms in range(run.start_ms - 300_000, run.start_ms + 170_000, 20_000):
        judge.crews.note(line_of(table, numbers, now_ms), now_ms)
    now_ms = run.start_ms + 165_000
    buses = line_of(table, numbers, now_ms)
    assert has_no_bus(judge, run, buses, now_ms) is says
    if says:
        # A vehicle of the day's roster that was never heard may be the one.
        name = frozenset({table.route_ids[table.trip_route[run.trip]]})
        dark = Unmanned(table, {"dark": name} | {bus.vehicle_id: name for bus in buses})
        for then_ms in range(run.start_ms - 300_000, now_ms, 20_000):
            dark.crews.note(line_of(table, numbers, then_ms), then_ms)
        assert not has_no_bus(dark, run, buses, now_ms)
        # Who waits where it begins may yet run it, whatever it is taken to wait for; who may not run the line does not.
        assert judge.is_awaited(run, buses, now_ms)
        assert not Unmanned(table, {bus.vehicle_id: frozenset({"another"}) for bus in buses}).is_awaited(
            run, buses, now_ms
        )
        assert not judge.is_awaited(run, buses, now_ms + 1_200_000)


@pytest.mark.parametrize(
    ("lon", "known", "kind"),
    [
        (LON + 0.05, True, AlertKind.NOT_COMING),
        (LON, True, AlertKind.MAY_NOT_RUN),  # those that wait for later trips may yet run this one
        (LON + 0.05, False, AlertKind.MAY_NOT_RUN),  # of the trip before it the bus is not known either
    ],
)
def test_what_a_waiting_bus_may_run_and_what_follows_unknown_departures_is_unsure(
    tmp_path: Path, lon: float, known: bool, kind: AlertKind
) -> None:
    table = read_timetable(write_feed(tmp_path / "more", count=40))
    run, desk, said = table.run_of(table.trip_number["T0-12"], DATE), MissingTrips(table), []
    numbers = [7, 8, 9, 10, 11, 13, 14, 15] if known else [7, 8, 9, 10, 16, 13, 14, 15]
    for now_ms in range(run.start_ms - 300_000, run.start_ms + 190_000, 10_000):
        buses = line_of(table, numbers, now_ms)
        for bus in buses:
            bus.x, bus.y = table.frame.place(lon, LAT)
        seen = {("T0-10", DATE): now_ms} | ({("T0-11", DATE): now_ms} if known else {})
        said += desk.look(seen, {table.trip_route[run.trip]: now_ms}, frozenset(), now_ms, buses)
    told = [alert for alert in said if alert.trip_id == "T0-12"]
    assert [alert.kind for alert in told] == [kind]
    assert told[0].updated_ms - run.start_ms <= 180_000
    words = "có thể không chạy" if kind is AlertKind.MAY_NOT_RUN else "chưa thấy xe nào chạy"
    assert words in told[0].text.vi
    assert "; the next one leaves at " in told[0].text.en
