"""What a replay of one day teaches the replay of another, and the feed of day files."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from fleet.gtfs import read_timetable
from fleet.gtfs.clock import format_date, local_date
from services.recordings import RecordingError
from services.recordings.day_files import is_day_schedule, write_feed_of_day_files
from services.replay.command import replay
from services.replay.lessons import NAME
from tests.fleet.small_feed import LAT, LON, STEP, ZERO_MS, write_feed


def run(*arguments: object):
    return CliRunner().invoke(replay, [str(a) for a in arguments])


def write_day(path: Path, day: int, link_s: int) -> Path:
    """Write one bus that drives T0-3 and takes so long from stop to stop."""
    start_s = (ZERO_MS + day * 86_400_000) // 1000 + 7 * 3600
    rows = ["vehicle_id,timestamp,latitude,longitude,trip_id"]
    rows += [f"V,{start_s + n * link_s // 4},{LAT},{LON + n * STEP / 4:.6f},T0-3" for n in range(29)]
    path.write_text("\n".join(rows))
    return path


def test_a_later_day_is_foreseen_by_what_an_earlier_one_taught(tmp_path: Path) -> None:
    feed = write_feed(tmp_path / "feed")
    days = [write_day(tmp_path / f"{day}.csv", day, 240) for day in (0, 1)]
    assert run("--gtfs", feed, "--positions", days[0], "--out", tmp_path / "a").exit_code == 0
    assert run("--gtfs", feed, "--positions", days[1], "--out", tmp_path / "cold").exit_code == 0
    done = run("--gtfs", feed, "--positions", days[1], "--out", tmp_path / "warm", "--history", tmp_path / "a")
    assert done.exit_code == 0, done.output
    assert (tmp_path / "a" / NAME).read_bytes().count(b"\n") >= 6
    said = [(tmp_path / name / "predictions.csv").read_text() for name in ("cold", "warm")]
    assert said[0] != said[1]
    assert json.loads((tmp_path / "warm" / "summary.json").read_text())["options"]["history"] == [str(tmp_path / "a")]


def test_history_of_another_timetable_or_of_nothing_is_refused(tmp_path: Path) -> None:
    feed, other = write_feed(tmp_path / "feed"), write_feed(tmp_path / "other", link_s=150)
    day = write_day(tmp_path / "0.csv", 0, 120)
    assert run("--gtfs", feed, "--positions", day, "--out", tmp_path / "a").exit_code == 0
    done = run("--gtfs", other, "--positions", day, "--out", tmp_path / "b", "--history", tmp_path / "a")
    assert done.exit_code == 1
    assert "another timetable" in done.output
    done = run("--gtfs", feed, "--positions", day, "--out", tmp_path / "b", "--history", tmp_path)
    assert done.exit_code == 1
    assert "lessons.jsonl" in done.output


def write_day_files(folder: Path) -> Path:
    days = "sunday,monday,tuesday,wednesday,thursday,friday,saturday"
    rows = ["T1,7:00:00,A,0,1,1,1,1,1,0", "T1,7:05:00,B,0,1,1,1,1,1,0", "T2,25:00:00,B,1,0,0,0,0,0,1"]
    rows += ["T2,25:05:00,A,1,0,0,0,0,0,1", "T3,9:00:00,A,1,1,1,1,1,1,1"]
    (folder / "schedule_20150101_20150630.csv").write_text("\n".join([f"trip_id,arrival_time,stop_id,{days}", *rows]))
    stops = ["stop_id,stop_name,stop_lat,stop_lon", "A,Alpha,30.26,-97.74", "B,Beta,30.28,-97.74"]
    (folder / "stops_20150101_20150630.csv").write_text("\n".join(stops))
    head = "vehicle_id,timestamp,speed,route_id,trip_id,latitude,longitude,trip_headsign\n"
    (folder / "2015-03-07.csv").write_text(head + "1,2015-03-07T10:00:00-06:00,0,20,T1,30.26,-97.74,NORTHBOUND\n")
    (folder / "2016-01-01.csv").write_text(head + "1,2016-01-01T10:00:00-06:00,0,99,T2,30.26,-97.74,LATER\n")
    return folder / "schedule_20150101_20150630.csv"


def test_day_files_become_a_feed_with_the_routes_their_recordings_name(tmp_path: Path) -> None:
    schedule = write_day_files(tmp_path)
    assert is_day_schedule(schedule)
    table = read_timetable(write_feed_of_day_files(schedule, tmp_path / "2015-03-07.csv", tmp_path / "gtfs.zip"))
    routes = {table.trip_ids[t]: table.route_ids[table.trip_route[t]] for t in range(len(table.trip_ids))}
    assert routes == {"T1": "20", "T2": "unknown"}
    assert table.timezone == "America/Chicago"
    saturday, sunday = ({table.trip_ids[t] for t in table.day_plan(f"201503{day}").trips} for day in ("07", "08"))
    assert saturday == sunday == {"T2"}
    night = table.run_of(table.trip_number["T2"], "20150307")
    assert format_date(local_date(night.start_ms, table.timezone)) == "20150308"


def test_a_schedule_without_its_stops_or_a_column_is_named(tmp_path: Path) -> None:
    schedule = write_day_files(tmp_path)
    (tmp_path / "stops_20150101_20150630.csv").unlink()
    with pytest.raises(RecordingError, match="stops_20150101"):
        write_feed_of_day_files(schedule, tmp_path, tmp_path / "gtfs.zip")
    schedule.write_text("trip_id,arrival_time\nT1,7:00:00\n")
    with pytest.raises(RecordingError, match="stop_id"):
        write_feed_of_day_files(schedule, tmp_path, tmp_path / "gtfs.zip")
