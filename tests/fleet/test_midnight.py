"""Around midnight, 24:00 to 30:00 and the days on which clocks change: a bus is on the right trip of the right date.

Each start is a line of its own on a street of its own, so that nothing but the time tells on which service date a bus
drives. It drives its trip to the second; where it claims a trip, it does so as real feeds do: with the service date,
without any, or with the date on the wall, which after midnight is another.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from fleet.gtfs import Timetable, read_timetable
from fleet.gtfs.clock import format_date, local_date
from fleet.tracker import Tracker, TrackOutputs
from schemas.fix import Fix
from schemas.trip import TripRef
from tests.fleet.small_feed import LAT, LON, STEP, clock, write_feed

NEW_YORK, HANOI, LORD_HOWE = "America/New_York", "Asia/Ho_Chi_Minh", "Australia/Lord_Howe"
# A usual day, the days clocks go forward and back, the end of a month and of a year, a leap day.
DAYS = {
    NEW_YORK: ("20260617", "20260308", "20261101", "20261231"),
    HANOI: ("20260617", "20260430", "20261231", "20280229"),
    LORD_HOWE: ("20260617", "20261004", "20260405", "20261231"),
}
STARTS_S = (0, 60, 1_800, 5_400, 7_200, 9_000, 86_100, 86_340, 86_400, 88_200, 93_600, 97_200, 104_400, 107_940)
STOPS, LINK_S, EVERY_S = 4, 120, 20
LASTS_S = (STOPS - 1) * LINK_S
# Services and the days of 2026 on which they do not run, or run beside their calendar.
MONDAYS, EXCEPT, ONLY = "M", "E", "O"
GONE, ADDED = "20260617", "20260618"


def feed_of(folder: Path, zone: str) -> Timetable:
    """One line at each start every day; three at 24:30 whose service is of Mondays, has an exception, or is one."""
    lines = [(f"at{start}", start, "D") for start in STARTS_S] + [
        (name, 88_200, name) for name in (MONDAYS, EXCEPT, ONLY)
    ]
    stops, trips = "stop_id,stop_name,stop_lat,stop_lon\n", "trip_id,route_id,service_id\n"
    routes = "route_id,route_short_name,route_long_name,route_type\n"
    times = "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n"
    for street, (name, start, service) in enumerate(lines):
        routes += f"R{name},{name},Line {name},3\n"
        trips += f"{name},R{name},{service}\n"
        for stop in range(STOPS):
            at = clock(start + stop * LINK_S)
            stops += f"{name}-{stop},Stop {stop},{LAT + 0.03 * street:.6f},{LON + stop * STEP:.6f}\n"
            times += f"{name},{at},{at},{name}-{stop},{stop + 1}\n"
    days = "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date\n"
    every = "1,1,1,1,1,1,1,20260101,20281231\n"
    return read_timetable(
        write_feed(
            folder,
            shapes=False,
            stops=stops,
            routes=routes,
            trips=trips,
            stop_times=times,
            agency=f"agency_id,agency_name,agency_url,agency_timezone\n1,Bus,http://x,{zone}\n",
            calendar=days + f"D,{every}{EXCEPT},{every}{MONDAYS},1,0,0,0,0,0,0,20260101,20281231\n",
            calendar_dates=f"service_id,date,exception_type\n{EXCEPT},{GONE},2\n{ONLY},{ADDED},1\n",
        )
    )


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Timetable]:
    folder = tmp_path_factory.mktemp("midnight")
    return {zone: feed_of(folder / zone.replace("/", "-"), zone) for zone in DAYS}


def begin_ms(day: str, seconds: int, zone: str) -> int:
    """Noon of the day, less twelve hours of real time, and on from there: worked out in UTC by hand."""
    noon = datetime(int(day[:4]), int(day[4:6]), int(day[6:]), 12, tzinfo=ZoneInfo(zone)).astimezone(UTC)
    return round((noon - timedelta(hours=12) + timedelta(seconds=seconds)).timestamp() * 1000)


def drive(table: Timetable, name: str, start_ms: int, claim: TripRef | None = None) -> TrackOutputs:
    """Drive a line from a moment on; return all that the tracker said."""
    stop = table.stop_number[f"{name}-0"]
    whole = TrackOutputs()
    tracker = Tracker(table)
    for second in range(-60, LASTS_S + 61, EVERY_S):
        along = min(max(second / LINK_S, 0.0), STOPS - 1.0)
        time_ms = start_ms + second * 1000
        fix = Fix(vehicle_id="29B-1", time_ms=time_ms, lon=LON + along * STEP, lat=float(table.stop_lat[stop]),
                  source="gps", received_ms=time_ms + 1000, claimed_trip=claim,
                  speed_mps=4.3 if 0.0 < along < STOPS - 1.0 else 0.0, heading_deg=90.0)  # fmt: skip
        out = tracker.step([fix], time_ms + 1000)
        whole.positions += out.positions
        whole.stop_events += out.stop_events
        whole.predictions += out.predictions
    return whole


def runs_of(out: TrackOutputs) -> set[tuple[str | None, str | None]]:
    """Return the trips and dates on which the bus was seen in the middle half of its way."""
    quarter = len(out.positions) // 4
    return {(p.assignment.trip_id, p.assignment.start_date) for p in out.positions[quarter:-quarter]}


def check(out: TrackOutputs, name: str, day: str, start_ms: int) -> None:
    assert runs_of(out) == {(name, day)}
    calls = {event.stop_sequence: event for event in out.stop_events if not event.withdrawn}
    assert {event.start_date for event in calls.values()} == {day}
    for sequence, event in calls.items():
        if event.arrival_ms is not None and sequence > 1:
            assert abs(event.arrival_ms - start_ms - (sequence - 1) * LINK_S * 1000) <= EVERY_S * 1000
    said = [p for trip in out.predictions if (trip.trip_id, trip.start_date) == (name, day) for p in trip.stops]
    assert said
    assert {p.scheduled_ms for p in said} <= {start_ms + n * LINK_S * 1000 for n in range(STOPS)}
    assert all(abs(p.eta_ms - p.scheduled_ms) < 600_000 for p in said if p.scheduled_ms is not None)


@pytest.mark.parametrize(("zone", "day"), [(zone, day) for zone in DAYS for day in DAYS[zone]])
@pytest.mark.parametrize("start_s", STARTS_S)
def test_a_bus_that_claims_nothing_is_on_the_trip_of_its_service_date(tables, zone, day, start_s):
    start_ms = begin_ms(day, start_s, zone)
    check(drive(tables[zone], f"at{start_s}", start_ms), f"at{start_s}", day, start_ms)


def claims() -> Iterator[tuple[str, str, str, int]]:
    for start_s in STARTS_S:
        for zone, day in ((NEW_YORK, "20260308"), (NEW_YORK, "20261101"), (HANOI, "20261231")):
            yield "dated", zone, day, start_s
            yield "undated", zone, day, start_s
            if start_s >= 86_400:
                yield "on the wall", zone, day, start_s


@pytest.mark.parametrize(("kind", "zone", "day", "start_s"), list(claims()))
def test_a_claim_is_of_its_service_date_told_or_not_and_the_date_on_the_wall_moves_nothing(
    tables, kind, zone, day, start_s
):
    start_ms, name = begin_ms(day, start_s, zone), f"at{start_s}"
    wall = format_date(local_date(start_ms, zone))
    claim = TripRef(trip_id=name, start_date={"dated": day, "undated": None, "on the wall": wall}[kind])
    check(drive(tables[zone], name, start_ms, claim), name, day, start_ms)


@pytest.mark.parametrize(
    "claimed", ["00010101", "19000101", "20260610", "20260616", "20260618", "20260624", "99991231"]
)
def test_a_claim_of_another_day_leaves_the_bus_on_the_trip_of_its_own(tables, claimed):
    start_ms = begin_ms("20260617", 9_000, HANOI)
    claim = TripRef(trip_id="at9000", start_date=claimed)
    check(drive(tables[HANOI], "at9000", start_ms, claim), "at9000", "20260617", start_ms)


@pytest.mark.parametrize("claimed", ["00000000", "20260230", "today", "２０２６０６１７"])
def test_a_date_that_is_none_is_no_date(tables, claimed):
    start_ms = begin_ms("20260617", 88_200, HANOI)
    claim = TripRef(trip_id="at88200", start_date=claimed)
    check(drive(tables[HANOI], "at88200", start_ms, claim), "at88200", "20260617", start_ms)


@pytest.mark.parametrize("zone", [NEW_YORK, HANOI])
@pytest.mark.parametrize(
    ("name", "day", "runs"),
    [
        (MONDAYS, "20260615", True), (MONDAYS, "20260616", False), (MONDAYS, "20260614", False),
        (EXCEPT, GONE, False), (EXCEPT, "20260616", True), (EXCEPT, "20260618", True),
        (ONLY, ADDED, True), (ONLY, "20260617", False), (ONLY, "20260619", False),
        ("at88200", "20251231", False), ("at88200", "20260101", True), ("at88200", "20281231", True),
        ("at88200", "20290101", False),
    ],
)  # fmt: skip
def test_the_calendar_of_the_service_date_counts_not_that_of_the_day_on_the_wall(tables, zone, name, day, runs):
    start_ms = begin_ms(day, 88_200, zone)
    out = drive(tables[zone], name, start_ms)
    if runs:
        check(out, name, day, start_ms)
    else:
        assert {trip for trip, _ in runs_of(out)} == {None}
        assert out.predictions == []
