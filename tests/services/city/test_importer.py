import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from fleet.gtfs import read_timetable
from routing.network import load_network
from services.city.folder import CityError, CityFolder
from services.city.importer import Request, import_city
from services.city.report import read_report
from services.cli import main
from tests.data import judge, shared_data
from tests.services.city.builders import FEED, write_feed

NOW_MS = int(datetime(2026, 11, 22, 3, tzinfo=UTC).timestamp() * 1000)


@pytest.mark.data
def test_hanoi_comes_in_whole_with_its_lines_laid_on_the_roads(tmp_path: Path) -> None:
    request = Request(
        out=tmp_path / "hanoi",
        gtfs=shared_data("hanoi-gtfs", "hanoi_2018_midday_gtfs.zip"),
        roads=str(shared_data("hanoi-roads", "hanoi_inner_2025.osm.pbf")),
        stop_names=shared_data("hanoi-gtfs", "stop_names_reverse_geocoded.txt"),
        repeat_calendar=True,
        workers=2,
    )
    city, report = import_city(request, now_ms=NOW_MS)
    print(f"Hanoi imported in {report.took_s} s: {report.counts}")
    counts = report.counts
    assert (counts["lines"], counts["stops"], counts["places"]) == (112, 7670, 3138)
    assert (counts["trips"], counts["stop_times"]) == (6713, 224_166)
    assert 28_000 <= counts["nodes"] <= 28_500
    assert city.calendar is not None
    assert (city.calendar.ended, city.calendar.repeat) == (True, True)
    folder = CityFolder(request.out)
    assert folder.pmtiles is not None
    assert folder.pmtiles.read_bytes()[:7] == b"PMTiles"
    assert folder.network is not None
    assert load_network(folder.network).node_count == counts["nodes"]
    assert folder.gtfs is not None
    timetable = read_timetable(folder.gtfs, repeat_calendar=True)
    assert all(pattern.drawn for pattern in timetable.patterns)
    assert {f.code for f in report.findings} >= {"zero_second_hops", "calendar_ended", "shapes_added"}
    check = subprocess.run(
        [judge("gtfs_fast.sh"), folder.gtfs, "VN", "2018-06-05"], capture_output=True, text=True, check=False
    )
    assert check.returncode == 0, check.stdout + check.stderr


@pytest.mark.data
def test_washington_is_a_city_of_lines_and_stops_only_and_says_so(tmp_path: Path) -> None:
    out = tmp_path / "washington"
    city, report = import_city(Request(out=out, gtfs=shared_data("wmata", "gtfs.zip")), now_ms=NOW_MS)
    assert city.timezone == "America/New_York"
    assert city.epsg == 32618
    assert city.languages == ("en", "vi")
    folder = CityFolder(out)
    assert folder.network is None
    assert folder.pmtiles is not None
    assert {f.part for f in report.findings if f.code == "absent"} == {"network", "cameras", "roster"}
    assert report.counts["stop_times"] == 232_187


def test_a_city_of_a_timetable_alone_has_straight_lines_and_says_so(tmp_path: Path) -> None:
    out = tmp_path / "little"
    city, report = import_city(Request(out=out, gtfs=write_feed(tmp_path / "feed.zip")), now_ms=NOW_MS)
    assert report.counts["lines"] == 1
    assert {f.code for f in report.findings} >= {"straight_shapes", "joined_directions", "calendar_ended"}
    assert city.bbox == (105.8, 21.0, 105.82, 21.0)
    assert read_report(out) == report


def test_a_second_import_replaces_the_city_and_a_failed_one_leaves_it(tmp_path: Path) -> None:
    out = tmp_path / "city"
    good = write_feed(tmp_path / "good.zip")
    import_city(Request(out=out, gtfs=good, city_id="first"), now_ms=NOW_MS)
    import_city(Request(out=out, gtfs=good, city_id="second"), now_ms=NOW_MS)
    assert CityFolder(out).city.id == "second"
    with pytest.raises(CityError, match=r"roads\.osm"):
        import_city(Request(out=out, gtfs=good, roads=str(tmp_path / "roads.osm"), city_id="third"), now_ms=NOW_MS)
    assert CityFolder(out).city.id == "second"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["city", "good.zip"]


def test_a_folder_with_other_things_in_it_is_not_touched(tmp_path: Path) -> None:
    out = tmp_path / "photos"
    out.mkdir()
    (out / "holiday.jpg").write_bytes(b"x")
    with pytest.raises(CityError, match="holds other things"):
        import_city(Request(out=out, gtfs=write_feed(tmp_path / "good.zip")), now_ms=NOW_MS)
    assert (out / "holiday.jpg").exists()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"stops.txt": None}, ["stops.txt absent"]),
        (
            {"agency.txt": FEED["agency.txt"].replace("Asia/Ho_Chi_Minh", "Hanoi/Time")},
            ["'Hanoi/Time' is no time zone"],
        ),
        ({"stops.txt": "stop_id,stop_lat,stop_lon\nA,105.8,21.0\n"}, ["swapped"]),
    ],
)
def test_a_bad_feed_ends_the_command_with_code_2_one_sentence_and_no_folder(
    tmp_path: Path, changes: dict[str, str | None], words: list[str]
) -> None:
    feed = write_feed(tmp_path / "bad.zip", changes)
    done = CliRunner().invoke(main, ["city", "import", "--gtfs", str(feed), "--out", str(tmp_path / "out")])
    assert done.exit_code == 2
    assert all(word in done.stderr for word in ["error:", *words])
    assert "Traceback" not in done.output
    assert [path.name for path in tmp_path.iterdir()] == ["bad.zip"]


def test_the_command_shows_what_came_in_and_show_repeats_it(tmp_path: Path) -> None:
    feed, out = write_feed(tmp_path / "feed.zip"), tmp_path / "out"
    words = ["city", "import", "--gtfs", str(feed), "--out", str(out), "--name", "Thử|Trial", "--repeat-calendar"]
    done = CliRunner().invoke(main, words)
    assert done.exit_code == 0, done.stderr
    assert "Thử · Trial" in done.stdout
    assert "ended, repeated by weekday" in done.stdout
    again = CliRunner().invoke(main, ["city", "show", str(out)])
    assert again.stdout == done.stdout


def test_showing_what_is_no_city_and_importing_nothing_are_refused(tmp_path: Path) -> None:
    shown = CliRunner().invoke(main, ["city", "show", str(tmp_path)])
    assert shown.exit_code == 2
    assert "hanoi city import" in shown.stderr
    nothing = CliRunner().invoke(main, ["city", "import", "--out", str(tmp_path / "x")])
    assert nothing.exit_code == 2
    assert "nothing to import" in nothing.stderr
