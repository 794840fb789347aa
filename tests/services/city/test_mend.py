from pathlib import Path

import pytest

from services.city.folder import CityError
from services.city.mend import mend
from services.city.tables import Tables, read_tables
from tests.services.city.builders import FEED, write_feed


def mended(tmp_path: Path, changes: dict[str, str | None]) -> tuple[Tables, dict[str, int]]:
    tables = read_tables(write_feed(tmp_path / "feed.zip", changes))
    return tables, {found.code: found.count for found in mend(tables)}


def test_a_sound_feed_is_left_alone(tmp_path: Path) -> None:
    tables, found = mended(tmp_path, {})
    assert found == {}
    assert tables["stop_times"].height == 9


@pytest.mark.parametrize("place", ["0.0,0.0", "121.0,105.8", ",", "north,east", "21.0,nan"])
def test_a_stop_without_a_usable_place_is_left_out_with_its_stop_times(tmp_path: Path, place: str) -> None:
    tables, found = mended(tmp_path, {"stops.txt": FEED["stops.txt"] + f"X,Nowhere,{place}\n"})
    assert found == {"stops_without_place": 1}
    assert "X" not in tables["stops"]["stop_id"].to_list()


def test_stop_times_of_unknown_trips_stops_or_times_are_left_out(tmp_path: Path) -> None:
    bad = "zz,07:00:00,07:00:00,A,1\nt1,07:09:00,07:09:00,Q,4\nt1,soon,later,A,5\nt1,07:10:00,07:10:00,A,last\n"
    tables, found = mended(tmp_path, {"stop_times.txt": FEED["stop_times.txt"] + bad})
    assert found == {"broken_stop_times": 4}
    assert tables["stop_times"].height == 9


def test_a_trip_that_goes_back_in_time_is_left_out_whole(tmp_path: Path) -> None:
    times = FEED["stop_times.txt"].replace("t1,07:06:00,07:06:00", "t1,07:02:00,07:02:00")
    tables, found = mended(tmp_path, {"stop_times.txt": times})
    assert found == {"trips_back_in_time": 1, "empty_trips": 1}
    assert tables["trips"]["trip_id"].to_list() == ["t2", "u1"]


def test_trips_past_midnight_are_no_fault(tmp_path: Path) -> None:
    tables, _ = mended(tmp_path, {})
    assert "24:04:00" in tables["stop_times"]["arrival_time"].to_list()


def test_trips_of_unknown_routes_or_services_are_left_out(tmp_path: Path) -> None:
    tables, found = mended(tmp_path, {"trips.txt": FEED["trips.txt"] + "9,D,x,0\n7_1,never,y,0\n7_1,D,lonely,0\n"})
    assert found == {"empty_trips": 3}
    assert tables["trips"].height == 3


def test_impossible_hops_are_doubted_and_kept(tmp_path: Path) -> None:
    times = FEED["stop_times.txt"].replace("t1,07:03:00,07:03:00", "t1,07:00:00,07:00:00")
    times = times.replace("u1,08:03:00,08:03:00", "u1,08:00:10,08:00:10")
    stops = FEED["stops.txt"].replace("21.000000,105.81", "21.030000,105.81")
    tables, found = mended(tmp_path, {"stop_times.txt": times, "stops.txt": stops})
    assert found == {"zero_second_hops": 1, "fast_hops": 2}
    assert tables["stop_times"].height == 9


def test_a_feed_without_any_usable_stop_or_trip_is_refused(tmp_path: Path) -> None:
    swapped = "stop_id,stop_lat,stop_lon\nA,105.8,21.0\nB,105.9,21.0\n"
    with pytest.raises(CityError, match="swapped"):
        mended(tmp_path, {"stops.txt": swapped})
    with pytest.raises(CityError, match="unusable"):
        mended(tmp_path, {"trips.txt": "route_id,service_id,trip_id\n9,D,x\n"})
