"""Reading feeds: real ones, thin ones and broken ones."""

from datetime import date

import numpy as np
import pytest

from fleet.gtfs import GtfsError, read_timetable
from fleet.gtfs.clock import service_day_start_ms
from fleet.gtfs.feed import read_feed
from tests.data import shared_data
from tests.fleet.small_feed import DATE, ZERO_MS, write_feed

HANOI_MONDAY_NOON_MS = 1_795_410_000_000  # 2026-11-23T12:00+07:00


def test_hanoi_is_read_whole_without_shapes_and_its_ended_calendar_can_be_repeated():
    path = shared_data("hanoi-gtfs", "hanoi_2018_midday_gtfs.zip")
    table = read_timetable(path, repeat_calendar=True)
    assert (len(table.trip_ids), len(table.time_stop)) == (6713, 224_166)
    assert len(table.route_ids) == 224
    assert 3000 <= table.stop_place.max() + 1 <= 3138
    assert not any(pattern.drawn for pattern in table.patterns)
    runs = table.trips_running(HANOI_MONDAY_NOON_MS)
    assert 900 < len(runs) < 1200
    assert {run.start_date for run in runs} == {"20261123"}
    assert not read_timetable(path).trips_running(HANOI_MONDAY_NOON_MS)


def test_washington_lies_on_its_shapes_and_keeps_blocks():
    table = read_timetable(shared_data("wmata", "gtfs.zip"))
    for pattern in table.patterns:
        assert pattern.drawn
        at = pattern.stop_distance_m
        assert (np.diff(at) >= 0).all()
        x, y = np.interp(at, pattern.along_m, pattern.x), np.interp(at, pattern.along_m, pattern.y)
        off = np.hypot(x - table.stop_x[pattern.stop_index], y - table.stop_y[pattern.stop_index])
        assert off.max() < 40
    assert sum(block is not None for block in table.trip_block) > 4000


def test_old_samples_and_new_york_are_read_too():
    assert len(read_timetable(shared_data("avl-samples", "5A")).trip_ids) > 300
    assert len(read_timetable(shared_data("oba-nyc", "gtfs", "B63-winter10_gtfs-b63-winter10.zip")).patterns) >= 4


def test_a_service_day_begins_twelve_hours_before_noon_also_when_clocks_change():
    assert service_day_start_ms(DATE, "Asia/Ho_Chi_Minh") == ZERO_MS
    plain = service_day_start_ms("20260307", "America/New_York")
    assert service_day_start_ms("20260308", "America/New_York") - plain == 23 * 3_600_000


def test_a_trip_after_midnight_belongs_to_the_day_before(tmp_path):
    times = "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n"
    times += "N,24:50:00,24:50:00,S0,1\nN,25:10:00,25:10:00,S1,2\n"
    trips = "trip_id,route_id,service_id\nN,R1,D\n"
    table = read_timetable(write_feed(tmp_path, stop_times=times, trips=trips, shapes=False))
    (run,) = table.trips_running(ZERO_MS + 86_400_000 + 3_600_000)
    assert run.start_date == DATE


def test_a_stop_without_a_time_gets_one_by_its_distance(tmp_path):
    times = "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n"
    times += "N,6:00:00,6:00:00,S0,1\nN,,,S1,2\nN,6:04:00,6:04:00,S2,3\n"
    table = read_timetable(
        write_feed(tmp_path, stop_times=times, trips="trip_id,route_id,service_id\nN,R1,D\n", shapes=False)
    )
    assert table.arrival_s[1] == pytest.approx(6 * 3600 + 120, abs=1)


def test_a_frequency_is_one_trip_a_departure(tmp_path):
    text = "trip_id,start_time,end_time,headway_secs\nT0-0,10:00:00,10:30:00,600\n"
    table = read_timetable(write_feed(tmp_path, frequencies=text))
    assert "T0-0" not in table.trip_number
    assert {"T0-0#36000", "T0-0#36600", "T0-0#37200"} <= table.trip_number.keys()


def test_departures_by_headway_are_slots_and_those_at_exact_times_are_trips(tmp_path):
    text = "trip_id,start_time,end_time,headway_secs,exact_times\n"
    text += "T0-0,10:00:00,10:30:00,600,\nT0-1,23:50:00,24:20:00,900,1\n"
    table = read_timetable(write_feed(tmp_path, frequencies=text))
    headway = {name: int(table.trip_headway_s[number]) for name, number in table.trip_number.items()}
    assert headway["T0-0#36000"] == 600
    assert headway["T0-1#85800"] == headway["T0-1#86700"] == headway["T0-2"] == 0
    number = table.trip_number["T0-1#86700"]
    assert table.trip_first_s[number] == 86_700


def test_spans_of_a_frequency_that_overlap_name_each_departure_once(tmp_path):
    text = "trip_id,start_time,end_time,headway_secs\nT0-0,10:00:00,10:30:00,600\nT0-0,10:10:00,10:40:00,600\n"
    table = read_timetable(write_feed(tmp_path, frequencies=text))
    slots = [name for name in table.trip_ids if name.startswith("T0-0#")]
    assert sorted(slots) == ["T0-0#36000", "T0-0#36600", "T0-0#37200", "T0-0#37800"]
    rows = table.stops_of(table.trip_number["T0-0#36600"])
    assert rows.stop - rows.start == 8


def test_an_exception_of_the_calendar_wins(tmp_path):
    text = "service_id,date,exception_type\nD,20251123,2\nX,20251123,1\n"
    calendar = read_feed(write_feed(tmp_path, calendar_dates=text)).calendar
    assert calendar.services_on(date(2025, 11, 23)) == {"X"}
    assert calendar.services_on(date(2025, 11, 24)) == {"D"}
    assert calendar.services_on(date(2026, 11, 24)) == frozenset()
    assert calendar.services_on(date(2026, 11, 24), repeat=True) == {"D"}


BAD_TIME = "trip_id,arrival_time,departure_time,stop_id,stop_sequence\nT0-0,soon,6:00:00,S0,1\n"
BAD_STOP = "trip_id,arrival_time,departure_time,stop_id,stop_sequence\nT0-0,6:00:00,6:00:00,S99,1\n"


@pytest.mark.parametrize(
    ("replaced", "says"),
    [
        ({"stops": ""}, "stops.txt absent"),
        ({"calendar": ""}, "calendar.txt or calendar_dates.txt absent"),
        ({"stop_times": BAD_TIME}, "line 2: arrival_time is 'soon'"),
        ({"stop_times": BAD_STOP}, "line 2: stop_id is 'S99'"),
        ({"stops": "stop_id,stop_name,stop_lat,stop_lon\nS0,a,95,105\n"}, "line 2: stop_lat is '95'"),
        ({"trips": "trip_id,route_id,service_id\nT,R9,D\n"}, "line 2: route_id is 'R9'"),
        ({"routes": "id\n1\n"}, "no column route_id"),
        ({"agency": "agency_name,agency_timezone\nx,Mars/Olympus\n"}, "Mars/Olympus"),
        (
            {"calendar_dates": "service_id,date,exception_type\nD,2025-11-23,1\n"},
            "line 2: '2025-11-23' is not YYYYMMDD",
        ),
    ],
)
def test_a_broken_feed_says_file_line_field_and_how_to_mend_it(tmp_path, replaced, says):
    with pytest.raises(GtfsError) as error:
        read_feed(write_feed(tmp_path, **replaced))
    assert says in str(error.value)
    assert error.value.mend


@pytest.mark.parametrize("content", [b"", b"not a zip", None])
def test_what_is_no_feed_is_named(tmp_path, content):
    path = tmp_path / "feed.zip"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(GtfsError, match=r"feed\.zip"):
        read_feed(path)
