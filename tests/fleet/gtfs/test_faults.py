"""One fault a feed: each is found, named, and only it."""

from datetime import date
from pathlib import Path

import pytest

from fleet.gtfs import GtfsError
from fleet.gtfs.faults import rules
from fleet.gtfs.faults.fault import Severity
from fleet.gtfs.faults.rules import find_faults
from tests.data import shared_data
from tests.services.city.builders import FEED, write_feed

TODAY = date(2025, 6, 1)
SHAPED = {
    "trips.txt": "route_id,service_id,trip_id,direction_id,block_id,shape_id\n"
    "7_1,D,t1,0,B,s\n7_1,D,t2,0,B,s\n7_2,D,u1,1,B,\n",
    "shapes.txt": "shape_id,shape_pt_lat,shape_pt_lon,shape_pt_sequence\ns,21.0,105.80,1\ns,21.0,105.82,2\n",
    "frequencies.txt": "trip_id,start_time,end_time,headway_secs\nt1,06:00:00,07:00:00,600\nt1,07:00:00,08:00:00,300\n",
}
WHOLE = FEED | SHAPED


def spoil(name: str, old: str, new: str) -> dict[str, str | None]:
    text = WHOLE[name]
    assert old in text
    return {name: text.replace(old, new, 1)}


# fault: (what is spoilt, code, severity, file, line or None, an example or None)
CASES: dict[str, tuple[dict[str, str | None], str, str, str, int | None, str | None]] = {
    "no routes": ({"routes.txt": None}, "missing_file", "error", "routes.txt", None, None),
    "no calendar": ({"calendar.txt": None}, "missing_file", "error", "calendar.txt", None, None),
    "a column is absent": (spoil("stops.txt", "stop_lat", "latitude"), "missing_column", "error", "stops.txt", 1,
                           "stop_lat"),
    "nothing but a header": ({"routes.txt": FEED["routes.txt"].split("\n")[0] + "\n"}, "empty_file", "error",
                             "routes.txt", None, None),
    "a stop twice": (spoil("stops.txt", "B,STOP", "A,STOP"), "duplicate_id", "error", "stops.txt", 2, "A"),
    "a trip without id": (spoil("trips.txt", "D,t2,", "D,,"), "duplicate_id", "error", "trips.txt", 3, "(empty)"),
    "two calls of one number": (spoil("stop_times.txt", "B,2", "B,1"), "duplicate_id", "error", "stop_times.txt", 2,
                                "t1"),
    "an unknown line": (spoil("trips.txt", "7_2,D", "9,D"), "unknown_reference", "error", "trips.txt", 4, "9"),
    "an unknown stop": (spoil("stop_times.txt", ",C,3", ",X,3"), "unknown_reference", "error", "stop_times.txt", 4,
                        "X"),
    "an unknown service": (spoil("trips.txt", "7_2,D", "7_2,E"), "unknown_reference", "error", "trips.txt", 4, "E"),
    "an unknown shape": (spoil("trips.txt", "B,s", "B,q"), "unknown_reference", "error", "trips.txt", 2, "q"),
    "a headway of no trip": (spoil("frequencies.txt", "t1,06", "zz,06"), "unknown_reference", "error",
                             "frequencies.txt", 2, "zz"),
    "a sequence of letters": (spoil("stop_times.txt", "B,2", "B,two"), "bad_number", "error", "stop_times.txt", 3,
                              "two"),
    "a third direction": (spoil("trips.txt", "u1,1", "u1,2"), "bad_number", "error", "trips.txt", 4, "2"),
    "a headway of nothing": (spoil("frequencies.txt", "600", "0"), "bad_number", "error", "frequencies.txt", 2, "0"),
    "a time of 61 minutes": (spoil("stop_times.txt", "07:03:00,07:03:00", "07:61:00,07:03:00"), "bad_time", "error",
                             "stop_times.txt", 3, "07:61:00"),
    "a date with dashes": (spoil("calendar.txt", "20251231", "2025-12-31"), "bad_date", "error", "calendar.txt", 2,
                           "2025-12-31"),
    "the 30th of February": (spoil("calendar.txt", "20251231", "20250230"), "bad_date", "error", "calendar.txt", 2,
                             "20250230"),
    "ends before it begins": (spoil("calendar.txt", "20250101", "20260101"), "bad_date", "error", "calendar.txt", 2,
                              "D"),
    "a zone that is none": (spoil("agency.txt", "Ho_Chi_Minh", "Saigon_City"), "bad_timezone", "error", "agency.txt", 2,
                            "Asia/Saigon_City"),
    "two zones": (spoil("agency.txt", "\n1,", "\n2,X,https://x.org,Asia/Tokyo\n1,"), "bad_timezone", "error",
                  "agency.txt", 2, "Asia/Tokyo"),
    "a latitude of 210": (spoil("stops.txt", "21.000000,105.81", "210.0,105.81"), "bad_place", "error", "stops.txt", 3,
                          "210.0"),
    "a stop at zero": (spoil("stops.txt", "21.000000,105.810000", "0,0"), "bad_place", "error", "stops.txt", 3, "0"),
    "swapped axes": (spoil("stops.txt", "21.000000,105.810000", "105.810000,21.000000"), "swapped_axes", "error",
                     "stops.txt", 3, "B"),
    "a stop in Saigon": (spoil("stops.txt", "21.000000,105.810000", "10.78,106.70"), "other_city", "warning",
                         "stops.txt", 3, "B"),
    "a line without a name": (spoil("routes.txt", "7,Route_7_1", ","), "nameless_route", "error", "routes.txt", 2,
                              "7_1"),
    "a colour in words": ({"routes.txt": "route_id,agency_id,route_short_name,route_type,route_color\n7_1,1,7,3,red\n"
                           "7_2,1,7,3,FF0000\n"}, "bad_color", "error", "routes.txt", 2, "red"),
    "no time at the end": (spoil("stop_times.txt", "07:06:00,07:06:00", ","), "no_time_at_end", "error",
                           "stop_times.txt", 4, "t1"),
    "back in time": (spoil("stop_times.txt", "07:03:00,07:03:00", "06:03:00,06:03:00"), "time_goes_back", "error",
                     "stop_times.txt", 3, "t1"),
    "left before it came": (spoil("stop_times.txt", "07:03:00,07:03:00", "07:03:00,07:02:00"), "time_goes_back",
                            "error", "stop_times.txt", 3, "t1"),
    "a kilometre in no time": (spoil("stop_times.txt", "07:03:00,07:03:00", "07:00:00,07:00:00"), "zero_second_hop",
                               "warning", "stop_times.txt", 3, "t1"),
    "a far stop in a minute": (spoil("stops.txt", "21.000000,105.810000", "21.300000,105.810000"), "impossible_hop",
                               "warning", "stop_times.txt", 3, "t1"),
    "a trip of one stop": (spoil("stop_times.txt", "u1,08:03:00,08:03:00,B,2\nu1,08:06:00,08:06:00,A,3\n", ""),
                           "short_trip", "warning", "trips.txt", 4, "u1"),
    "no weekday": (spoil("calendar.txt", "1,1,1,1,1,1,1", "0,0,0,0,0,0,0"), "empty_calendar", "error", "calendar.txt",
                   None, None),
    "over": (spoil("calendar.txt", "20251231", "20250501"), "empty_calendar", "warning", "calendar.txt", None,
             "20250101–20250501"),
    "not begun": (spoil("calendar.txt", "20250101", "20250701"), "empty_calendar", "warning", "calendar.txt", None,
                  "20250701–20251231"),
    "one bus, two trips": (spoil("stop_times.txt", "u1,08:00:00,08:00:00", "u1,07:04:00,07:04:00"), "block_overlap",
                           "warning", "trips.txt", 4, "t1 / u1"),
    "headways that overlap": (spoil("frequencies.txt", "t1,07:00", "t1,06:50"), "frequency_overlap", "error",
                              "frequencies.txt", 3, "t1"),
    "a file of nothing": ({"frequencies.txt": "\n"}, "not_csv", "error", "frequencies.txt", None, None),
    "a shape of one point": (spoil("shapes.txt", "\ns,21.0,105.82", "\nq,21.0,105.82"), "short_shape", "warning",
                             "shapes.txt", 2, "s"),
    "a way that falls": ({"shapes.txt": "shape_id,shape_pt_lat,shape_pt_lon,shape_pt_sequence,shape_dist_traveled\n"
                          "s,21.0,105.80,1,5\ns,21.0,105.82,2,3\n"}, "falling_distance", "warning", "shapes.txt", 3,
                         "s"),
    "a stop beside the line": (spoil("stops.txt", "21.000000,105.81", "21.002000,105.81"), "stop_off_shape", "warning",
                               "stops.txt", 3, "B (222 m from s)"),
}  # fmt: skip


def test_a_feed_of_another_time_zone_is_told(tmp_path: Path) -> None:
    feed = write_feed(tmp_path / "feed.zip")
    assert [f.code for f in find_faults(feed, TODAY, timezone="Asia/Tokyo")] == ["other_timezone"]
    assert find_faults(feed, TODAY, timezone="Asia/Ho_Chi_Minh") == []


def test_nothing_is_wrong_with_the_whole_feed(tmp_path: Path) -> None:
    assert find_faults(write_feed(tmp_path / "feed.zip", SHAPED), TODAY) == []


@pytest.mark.parametrize(("changes", "code", "severity", "file", "line", "example"), CASES.values(), ids=CASES)
def test_a_fault_is_found_where_it_is(
    tmp_path: Path,
    changes: dict[str, str | None],
    code: str,
    severity: str,
    file: str,
    line: int | None,
    example: str | None,
) -> None:
    found = find_faults(write_feed(tmp_path / "feed.zip", SHAPED | changes), TODAY)
    fault = next((f for f in found if f.code == code), None)
    assert fault is not None, found
    assert (fault.severity, fault.file) == (severity, file)
    assert line is None or line in fault.lines
    assert example is None or example in fault.examples
    assert all(text.vi and text.en and text.vi != text.en for text in (fault.what, fault.mend))


def test_every_rule_has_a_case(tmp_path: Path) -> None:
    names = {rule.__module__.rpartition(".")[2] for rule in rules.RULES}
    tried = {case[1] for case in CASES.values()} | {"not_utf8", "other_timezone"}
    assert names == tried


def test_a_file_in_another_encoding_is_named_with_its_line(tmp_path: Path) -> None:
    folder = tmp_path / "feed"
    folder.mkdir()
    for name, text in FEED.items():
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "stops.txt").write_bytes(FEED["stops.txt"].encode().replace("ế".encode(), b"\xe9"))
    found = find_faults(folder, TODAY)
    assert [(f.code, f.file, f.lines) for f in found] == [("not_utf8", "stops.txt", (4,))]


def test_a_feed_of_another_city_is_told_and_one_with_all_axes_swapped(tmp_path: Path) -> None:
    feed = write_feed(tmp_path / "feed.zip")
    assert [f.code for f in find_faults(feed, TODAY, near=(-77.0, 38.9))] == ["other_city"]
    assert find_faults(feed, TODAY, near=(105.8, 21.0)) == []
    turned = "\n".join(
        ",".join((p := row.split(","))[:2] + p[3:] + p[2:3]) if row[0] in "ABC" else row
        for row in FEED["stops.txt"].strip().split("\n")
    )
    swapped = write_feed(tmp_path / "swapped.zip", {"stops.txt": turned + "\n"})
    assert "swapped_axes" in {f.code for f in find_faults(swapped, TODAY, near=(105.8, 21.0))}


def test_what_is_no_feed_is_refused_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "no.zip").write_bytes(b"no zip")
    for path in (tmp_path / "no.zip", tmp_path / "absent.zip"):
        with pytest.raises(GtfsError, match="give"):
            find_faults(path, TODAY)


@pytest.mark.data
def test_real_feeds_that_the_outside_judge_passes_have_no_error_here() -> None:
    for parts in (("hanoi-gtfs", "hanoi_2018_midday_gtfs.zip"), ("oba-nyc", "gtfs", "S54_gtfs-s54.zip")):
        found = find_faults(shared_data(*parts), date(2018, 6, 5))
        assert [f for f in found if f.severity is Severity.ERROR] == []
