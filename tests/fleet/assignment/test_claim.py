"""What a source claims, made a trip on a date: by its id, by the departure of a headway trip, by route and start."""

import pytest

from fleet.assignment.claim import find_claimed_run
from fleet.gtfs import Timetable, read_timetable
from fleet.tracker import Tracker
from schemas.trip import Phase, TripRef
from tests.fleet.small_feed import DATE, ZERO_MS, clock, write_feed
from tests.fleet.test_tracker import collect, drive

HOUR_MS = 3_600_000
SEVEN = 7 * 3600
# Both trips of direction 0 and one of direction 1 run by headway: exactly each 10 minutes, or about that.
FREQUENCIES = (
    "trip_id,start_time,end_time,headway_secs,exact_times\nT0-0,06:00:00,09:00:00,600,1\nT1-0,06:00:00,09:00:00,600,0\n"
)


@pytest.fixture(scope="module")
def table(tmp_path_factory) -> Timetable:
    return read_timetable(write_feed(tmp_path_factory.mktemp("feed"), frequencies=FREQUENCIES))


def found(table: Timetable, time_ms: int = ZERO_MS + 7 * HOUR_MS, **claim: object) -> tuple[str, str] | None:
    run = find_claimed_run(table, TripRef(**claim), time_ms)
    return None if run is None else (run.trip_id, run.start_date)


@pytest.mark.parametrize("date", [DATE, None])
def test_a_trip_of_exact_headways_is_found_by_its_start_time(table, date):
    assert found(table, trip_id="T0-0", start_time="07:00:00", start_date=date) == (f"T0-0#{SEVEN}", DATE)
    assert found(table, trip_id="T0-0", start_time="7:00:00", start_date=date) == (f"T0-0#{SEVEN}", DATE)
    assert found(table, trip_id="T0-0", start_time="07:03:00", start_date=date) is None


def test_a_trip_of_about_a_headway_is_the_departure_nearest_to_its_start_time(table):
    assert found(table, trip_id="T1-0", start_time="07:03:20") == (f"T1-0#{SEVEN}", DATE)
    assert found(table, trip_id="T1-0", start_time="07:06:20") == (f"T1-0#{SEVEN + 600}", DATE)
    assert found(table, trip_id="T1-0", start_time="11:00:00") is None


def test_a_route_a_direction_and_a_start_time_name_a_trip_without_its_id(table):
    start = clock(6 * 3600 + 9 * 1200)
    assert found(table, ZERO_MS + 9 * HOUR_MS, route_id="R1", direction_id=0, start_time=start) == ("T0-9", DATE)
    assert found(table, ZERO_MS + 9 * HOUR_MS, route_id="R1", direction_id=1, start_time=start) is None
    assert found(table, ZERO_MS + 9 * HOUR_MS, route_id="R9", start_time=start) is None


def test_a_start_past_midnight_is_found_as_the_timetable_or_as_the_wall_tells_it(tmp_path):
    late = "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n" + "".join(
        f"T0-0,{clock(87_000 + 120 * i)},{clock(87_000 + 120 * i)},S{i},{i}\n" for i in range(8)
    )
    table = read_timetable(write_feed(tmp_path, stop_times=late))
    now = ZERO_MS + 87_000_000
    for start in ("24:10:00", "00:10:00"):
        assert found(table, now, route_id="R1", start_time=start) == ("T0-0", DATE)


def test_a_trip_that_is_not_in_the_feed_is_no_trip_and_its_route_is_still_believed(table):
    fixes = drive(table, "T0-9", claim=False)
    added = TripRef(trip_id="ADDED-1", start_date=DATE, route_id="R1", direction_id=0)
    assert find_claimed_run(table, added, fixes[0].time_ms) is None
    claimed = [type(fix)(**{**_fields(fix), "claimed_trip": added}) for fix in fixes]
    said = [p.assignment for p in collect(Tracker(table), claimed)[2]]
    assert {a.trip_id for a in said[6:-4]} == {"T0-9"}


def test_the_departure_that_is_claimed_is_the_one_a_late_bus_is_followed_on(table):
    """Fifteen minutes late on a line with a bus each ten: no one could know the departure without the claim."""
    claim = TripRef(trip_id="T0-0", start_time="07:00:00")
    fixes = [
        type(fix)(**{**_fields(fix), "claimed_trip": claim})
        for fix in drive(table, f"T0-0#{SEVEN}", claim=False, late_s=900)
    ]
    said = [p.assignment for p in collect(Tracker(table), fixes[8:])[2]]
    assert {a.trip_id for a in said[3:-6]} == {f"T0-0#{SEVEN}"}
    assert Phase.IN_SERVICE in {a.phase for a in said}


def _fields(fix):
    return {name: getattr(fix, name) for name in fix.__struct_fields__}
