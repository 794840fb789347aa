from datetime import UTC, datetime

import pytest

from fleet.gtfs import read_timetable
from services.city.folder import CityError
from services.simulate.when import choose_period, find_peak, parse_moment
from tests.data import shared_data

ZONE = "Asia/Ho_Chi_Minh"
NOW_MS = int(datetime(2026, 11, 23, 5, 0, 0, 900_000, tzinfo=UTC).timestamp() * 1000)  # noon in Hanoi
HOUR_MS = 3_600_000


def test_a_time_without_an_offset_is_local_time_of_the_city_and_without_a_date_todays() -> None:
    assert parse_moment("2026-01-05T07:30", ZONE, 0) == parse_moment("2026-01-05T00:30+00:00", ZONE, 0)
    assert parse_moment("13:00", ZONE, NOW_MS) == NOW_MS // 1000 * 1000 + HOUR_MS
    assert parse_moment("now", ZONE, 1_999) == 1_000
    with pytest.raises(CityError, match="--to 'late' is no time"):
        parse_moment("late", ZONE, NOW_MS, "--to")


@pytest.mark.data
def test_a_period_ends_as_said_and_the_peak_lies_in_its_middle() -> None:
    timetable = read_timetable(shared_data("hanoi-gtfs", "hanoi_2018_midday_gtfs.zip"), repeat_calendar=True)
    assert choose_period(timetable, NOW_MS, start="now", end="14:00", hours=None, peak=False)[1] == pytest.approx(
        2.0, abs=0.001
    )
    start_ms, hours = choose_period(timetable, NOW_MS, start="now", end=None, hours=0.5, peak=True)
    peak_ms = find_peak(timetable, NOW_MS)
    assert (hours, start_ms + HOUR_MS // 4) == (0.5, peak_ms)
    at_peak = len(timetable.trips_running(peak_ms))
    assert at_peak > 1_000
    assert at_peak >= len(timetable.trips_running(NOW_MS))
    for end in ("11:00", "2027-01-01T00:00"):
        with pytest.raises(CityError, match="must lie after"):
            choose_period(timetable, NOW_MS, start="now", end=end, hours=None, peak=False)
