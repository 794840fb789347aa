"""What our validator finds, the outside judge finds too, under its own name."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from fleet.gtfs.faults.fault import Severity
from fleet.gtfs.faults.rules import find_faults
from tests.data import judge
from tests.fleet.gtfs.cases import CASES, TODAY, Case, write

# The judge knows no hop that takes no time, no city, and no header among the rows; it reads semicolons as one column.
NO_KIN = {"zero_second_hop", "other_timezone"}
KIN: dict[str, str] = {
    "missing_file": "missing_required_file|missing_calendar_and_calendar_date_files",
    "missing_column": "missing_required_column|stop_without_location",
    "empty_file": "empty_file|foreign_key_violation",
    "duplicate_id": "duplicate_key|missing_required_field",
    "unknown_reference": "foreign_key_violation",
    "bad_number": "invalid_integer|unexpected_enum_value|number_out_of_range",
    "bad_time": "invalid_time",
    "bad_date": "invalid_date|start_and_end_range_out_of_order",
    "bad_timezone": "invalid_timezone|inconsistent_agency_timezone",
    "bad_place": "number_out_of_range|point_near_origin|invalid_float",
    "swapped_axes": "number_out_of_range",
    "other_city": "stop_too_far_from_shape",
    "nameless_route": "route_both_short_and_long_name_missing",
    "bad_color": "invalid_color",
    "no_time_at_end": "missing_trip_edge",
    "time_goes_back": "stop_time_with_arrival_before_previous_departure_time|start_and_end_range_out_of_order",
    "impossible_hop": "fast_travel_between_consecutive_stops",
    "short_trip": "unusable_trip",
    "empty_calendar": "service_never_active|expired_calendar|trip_coverage_not_active_for_next7_days",
    "block_overlap": "block_trips_with_overlapping_stop_times",
    "frequency_overlap": "overlapping_frequency",
    "repeated_header": "duplicated_column|foreign_key_violation|invalid_time|invalid_integer",
    "not_csv": "missing_required_column|empty_file",
    "short_shape": "single_shape_point",
    "falling_distance": "decreasing_shape_distance",
    "stop_off_shape": "stop_too_far_from_shape",
}


def pack(folder: Path) -> Path:
    return Path(shutil.make_archive(str(folder), "zip", folder))


def judged(feed: Path) -> set[str]:
    command = [str(judge("gtfs_fast.sh")), str(feed), "VN", TODAY.isoformat()]
    said = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False).stdout
    assert "gtfs-guru" in said
    return set(re.findall(r"^(?:ERROR|WARNING)\s+(\w+)", said, re.MULTILINE))


JUDGED = [case for case in CASES if case.code in KIN and case.changes and not case.city]


@pytest.mark.parametrize("case", JUDGED, ids=[f"{case.code}: {case.name}" for case in JUDGED])
def test_the_judge_finds_the_same_fault(tmp_path: Path, case: Case) -> None:
    said = judged(pack(write(tmp_path / "feed", case.changes)))
    assert set(KIN[case.code].split("|")) & said, said


def test_a_feed_without_fault_has_none_for_the_judge(tmp_path: Path) -> None:
    feed = pack(write(tmp_path / "feed"))
    assert judged(feed) == {"missing_recommended_file"}
    assert not any(fault.severity is Severity.ERROR for fault in find_faults(feed, TODAY))


def test_only_what_the_judge_does_not_know_has_no_kin() -> None:
    assert {case.code for case in CASES} - KIN.keys() == NO_KIN
