"""One fault a feed: each is found, named with its place and how to mend it, and only it."""

from datetime import date
from pathlib import Path

import pytest

from fleet.gtfs import GtfsError
from fleet.gtfs.faults import rules
from fleet.gtfs.faults.fault import Severity
from fleet.gtfs.faults.rules import find_faults
from tests.data import shared_data
from tests.fleet.gtfs.cases import CASES, SOUND, TODAY, Case, write


def test_nothing_is_wrong_with_the_sound_feed(tmp_path: Path) -> None:
    assert find_faults(write(tmp_path), TODAY) == []
    assert find_faults(tmp_path, TODAY, near=(105.8, 21.0), timezone="Asia/Ho_Chi_Minh") == []


@pytest.mark.parametrize("case", CASES, ids=[f"{case.code}: {case.name}" for case in CASES])
def test_a_fault_is_told_with_its_place_and_how_to_mend_it_and_nothing_else_is(tmp_path: Path, case: Case) -> None:
    found = find_faults(write(tmp_path, case.changes), TODAY, **case.city)
    assert {fault.code for fault in found} == {case.code} | case.also
    fault = next(fault for fault in found if fault.code == case.code)
    assert (fault.severity, fault.file, fault.lines, fault.examples) == (
        case.severity, case.told_of, case.lines, case.examples,
    )  # fmt: skip
    assert f"{fault.what.vi} {fault.mend.vi}" == case.vi
    assert f"{fault.what.en} {fault.mend.en}" == case.en
    assert case.vi != case.en


def test_every_rule_has_a_case() -> None:
    names = {rule.__module__.rpartition(".")[2] for rule in rules.RULES}
    assert names == {case.code for case in CASES} | {"not_utf8"}


def test_a_file_in_another_encoding_is_named_with_its_line(tmp_path: Path) -> None:
    (write(tmp_path) / "stops.txt").write_bytes(SOUND["stops.txt"].encode().replace("ế".encode(), b"\xe9"))
    found = find_faults(tmp_path, TODAY)
    assert [(f.code, f.file, f.lines) for f in found] == [("not_utf8", "stops.txt", (4,))]


def test_a_feed_with_all_axes_swapped_is_told_by_where_the_city_is(tmp_path: Path) -> None:
    turned = "\n".join(
        ",".join((p := row.split(","))[:2] + p[3:] + p[2:3]) if row[:2] in ("A,", "B,", "C,") else row
        for row in SOUND["stops.txt"].strip().split("\n")
    )
    feed = write(tmp_path, {"stops.txt": turned + "\n"})
    assert "swapped_axes" in {f.code for f in find_faults(feed, TODAY, near=(105.8, 21.0))}


@pytest.mark.parametrize("zone", ["Asia/Saigon", "Asia/Bangkok", "Etc/GMT-7", "Asia/Ho_Chi_Minh"])
def test_a_zone_that_tells_the_same_time_under_another_name_is_no_fault(tmp_path: Path, zone: str) -> None:
    feed = write(tmp_path, {"agency.txt": SOUND["agency.txt"].replace("Asia/Ho_Chi_Minh", zone)})
    assert find_faults(feed, TODAY, timezone="Asia/Ho_Chi_Minh") == []


@pytest.mark.parametrize("other", ["Asia/Tokyo", "Asia/Kolkata", "America/New_York", "Etc/UTC"])
def test_a_zone_that_tells_another_time_is_an_error_where_the_city_is_known(tmp_path: Path, other: str) -> None:
    feed = write(tmp_path, {"agency.txt": SOUND["agency.txt"].replace("Asia/Ho_Chi_Minh", other)})
    (fault,) = find_faults(feed, TODAY, timezone="Asia/Ho_Chi_Minh")
    assert (fault.code, fault.severity, fault.lines, fault.examples) == ("other_timezone", "error", (2,), (other,))


def test_a_calendar_of_many_years_that_holds_today_has_neither_ended_nor_not_begun(tmp_path: Path) -> None:
    calendar = SOUND["calendar.txt"].replace("20250101", "20000101").replace("20251231", "20991231")
    assert find_faults(write(tmp_path, {"calendar.txt": calendar}), TODAY) == []


def test_lines_are_counted_as_an_editor_counts_them_though_names_hold_ends_of_lines(tmp_path: Path) -> None:
    lines = SOUND["stops.txt"].splitlines()
    lines[1] = 'A,"Bến xe\nNước Ngầm\n""mới""",21.000000,105.800000'
    lines[3] = lines[3].replace("21.000000", "210")
    (fault,) = find_faults(write(tmp_path, {"stops.txt": "\n".join(lines) + "\n"}), TODAY)
    assert (fault.code, fault.lines) == ("bad_place", (6,))


def test_one_bad_line_of_a_million_is_named(tmp_path: Path) -> None:
    rows = [f"x{n // 3},0{7 + n % 3}:00:00,0{7 + n % 3}:00:00,{'ABC'[n % 3]},{n % 3 + 1}" for n in range(999_999)]
    rows[500_000] = rows[500_000].replace(":00:00", "h00", 1)
    changes: dict[str, str | None] = {
        "stop_times.txt": "\n".join([SOUND["stop_times.txt"].split("\n")[0], *rows, ""]),
        "trips.txt": "route_id,service_id,trip_id\n" + "".join(f"7_1,D,x{n}\n" for n in range(333_333)),
        "frequencies.txt": None,
    }
    (fault,) = find_faults(write(tmp_path, changes), TODAY)
    assert (fault.code, fault.count, fault.lines) == ("bad_time", 1, (500_002,))


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
        assert "other_timezone" not in {f.code for f in found}
