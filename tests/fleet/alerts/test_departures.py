"""The departures beside a trip are those of its line and direction on its day, in order."""

from pathlib import Path

from fleet.alerts.departures import Departures, start_s
from fleet.gtfs import read_timetable
from tests.fleet.small_feed import DATE, write_feed


def test_departures_of_the_other_direction_and_the_trip_itself_are_left_out(tmp_path: Path) -> None:
    table = read_timetable(write_feed(tmp_path / "feed"))
    run = table.run_of(table.trip_number["T0-3"], DATE)
    departures, at_s = Departures(table), start_s(run)
    later = departures.after(run)
    assert [table.trip_ids[trip] for _, trip in later[:2]] == ["T0-4", "T0-5"]
    assert all(first_s > at_s for first_s, _ in later)
    about = departures.between(run, at_s - 1500, at_s + 1500)
    assert [table.trip_ids[trip] for _, trip in about] == ["T0-2", "T0-3", "T0-4"]
    assert departures.between(run, at_s, at_s) == []
