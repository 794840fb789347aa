"""Around midnight, 24:00 to 30:00, and the days on which clocks change: which trip on which service date runs now."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from fleet.assignment.claim import find_claimed_run
from fleet.gtfs import Timetable, read_timetable
from fleet.gtfs.clock import format_date, local_date, service_day_start_ms
from schemas.trip import TripRef
from tests.fleet.small_feed import clock, write_feed

NEW_YORK, HANOI, LORD_HOWE = "America/New_York", "Asia/Ho_Chi_Minh", "Australia/Lord_Howe"
# A usual day, the day clocks go forward, the day they go back, the last of a month and of a year, and a leap day.
DAYS = ("20260617", "20260308", "20261101", "20260430", "20261231", "20280229")
STARTS_S = (0, 60, 5_400, 7_200, 9_000, 43_200, 86_100, 86_340, 86_400, 88_200, 93_600, 97_200, 104_400, 107_940)
LASTS_S = 1200
HOUR_MS = 3_600_000


def feed_of(folder: Path, zone: str) -> Timetable:
    """One trip at each start, every day of three years; each takes 20 minutes."""
    times = "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n"
    trips = "trip_id,route_id,service_id\n"
    for start in STARTS_S:
        trips += f"at{start},R1,D\n"
        for number, at in enumerate((start, start + LASTS_S // 2, start + LASTS_S)):
            times += f"at{start},{clock(at)},{clock(at)},S{number},{number + 1}\n"
    return read_timetable(
        write_feed(
            folder,
            shapes=False,
            trips=trips,
            stop_times=times,
            agency=f"agency_id,agency_name,agency_url,agency_timezone\n1,Bus,http://x,{zone}\n",
            calendar="service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date\n"
            "D,1,1,1,1,1,1,1,20260101,20281231\n",
        )
    )


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Timetable]:
    folder = tmp_path_factory.mktemp("zones")
    return {zone: feed_of(folder / zone.replace("/", "-"), zone) for zone in (NEW_YORK, HANOI, LORD_HOWE)}


def expected_ms(day: str, seconds: int, zone: str) -> int:
    """Noon of the day, less twelve hours of real time, and on from there: worked out in UTC by hand."""
    noon = datetime(int(day[:4]), int(day[4:6]), int(day[6:]), 12, tzinfo=ZoneInfo(zone)).astimezone(UTC)
    return round((noon - timedelta(hours=12) + timedelta(seconds=seconds)).timestamp() * 1000)


@pytest.mark.parametrize("zone", [NEW_YORK, HANOI, LORD_HOWE])
@pytest.mark.parametrize("day", DAYS)
@pytest.mark.parametrize("start_s", STARTS_S)
def test_a_trip_runs_exactly_when_its_service_day_says(tables, zone, day, start_s):
    table = tables[zone]
    begins_ms = expected_ms(day, start_s, zone)
    run = table.run_of(table.trip_number[f"at{start_s}"], day)
    assert (run.start_ms, run.end_ms) == (begins_ms, begins_ms + LASTS_S * 1000)

    def runs_at(moment_ms: int) -> bool:
        found = [(r.trip_id, r.start_date) for r in table.trips_running(moment_ms)]
        assert len(found) == len(set(found))
        return (f"at{start_s}", day) in found

    assert [runs_at(begins_ms + shift) for shift in (-1000, 0, 600_000, LASTS_S * 1000, LASTS_S * 1000 + 1000)] == [
        False, True, True, True, False,
    ]  # fmt: skip


@pytest.mark.parametrize("zone", [NEW_YORK, HANOI, LORD_HOWE])
@pytest.mark.parametrize("day", DAYS)
@pytest.mark.parametrize("start_s", [s for s in STARTS_S if s < 7_200 or s >= 86_100])
def test_a_claim_without_a_date_is_of_the_service_day_that_fits(tables, zone, day, start_s):
    claim = TripRef(trip_id=f"at{start_s}")
    middle_ms = expected_ms(day, start_s + LASTS_S // 2, zone)
    run = find_claimed_run(tables[zone], claim, middle_ms)
    assert run is not None
    assert run.start_date == day
    dated = TripRef(trip_id=f"at{start_s}", start_date=day)
    assert find_claimed_run(tables[zone], dated, middle_ms + 11 * HOUR_MS).start_date == day
    assert find_claimed_run(tables[zone], dated, middle_ms + 40 * HOUR_MS) is None


@pytest.mark.parametrize(
    ("day", "zone", "hours"),
    [
        ("20260308", NEW_YORK, 23.0),
        ("20261101", NEW_YORK, 25.0),
        ("20261004", LORD_HOWE, 23.5),
        ("20260405", LORD_HOWE, 24.5),
        ("20260308", HANOI, 24.0),
    ],
)
def test_a_service_day_may_overlap_the_next_but_noon_is_noon(day, zone, hours):
    # The change of the clocks lies between two noons, so it shows between the zeros of two service days.
    here = datetime.strptime(day, "%Y%m%d").replace(tzinfo=ZoneInfo(zone)).date()
    before = format_date(here - timedelta(days=1))
    assert service_day_start_ms(day, zone) - service_day_start_ms(before, zone) == hours * HOUR_MS
    noon_ms = service_day_start_ms(day, zone) + 12 * HOUR_MS
    assert datetime.fromtimestamp(noon_ms / 1000, ZoneInfo(zone)).strftime("%H:%M") == "12:00"


@pytest.mark.parametrize("minute", range(-30, 31, 5))
def test_the_calendar_day_turns_at_midnight_of_the_agency_not_of_the_machine(minute):
    midnight_ms = round(datetime(2026, 7, 1, tzinfo=ZoneInfo(NEW_YORK)).timestamp() * 1000)
    assert local_date(midnight_ms + minute * 60_000, NEW_YORK) == date(2026, 6, 30 if minute < 0 else 1).replace(
        month=6 if minute < 0 else 7
    )


def test_yesterdays_late_trip_and_todays_early_one_run_side_by_side(tables):
    table = tables[HANOI]
    moment_ms = expected_ms("20260618", 90, HANOI)
    found = {(run.trip_id, run.start_date) for run in table.trips_running(moment_ms)}
    assert found == {("at0", "20260618"), ("at60", "20260618"), ("at86100", "20260617"), ("at86340", "20260617"),
                     ("at86400", "20260617")}  # fmt: skip
