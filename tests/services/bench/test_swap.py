"""The feed that bench swap gives to the city differs by one name."""

from pathlib import Path

from fleet.gtfs import read_timetable
from services.bench.swap import rename_a_stop
from tests.services.city.builders import write_feed


def test_the_busiest_stop_is_renamed_and_nothing_else(tmp_path: Path) -> None:
    old = write_feed(tmp_path / "old.zip")
    new, stop_id = rename_a_stop(old, tmp_path / "new.zip", "Marked")
    before, after = read_timetable(old), read_timetable(new)
    assert after.stop_names[after.stop_number[stop_id]] == "Marked"
    assert (before.trip_ids, before.stop_ids) == (after.trip_ids, after.stop_ids)
    assert sum(a != b for a, b in zip(before.stop_names, after.stop_names, strict=True)) == 1
