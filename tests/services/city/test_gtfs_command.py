"""`hanoi gtfs validate` says what is wrong, by the city it should be of, and ends with a code for scripts."""

import json
from pathlib import Path

from click.testing import CliRunner

from schemas.text import Text
from services.city.folder import City, write_city
from services.cli import main
from tests.fleet.gtfs.cases import SOUND, write

TOKYO = {"agency.txt": SOUND["agency.txt"].replace("Asia/Ho_Chi_Minh", "Asia/Tokyo"),
         "calendar.txt": SOUND["calendar.txt"].replace("20251231", "20991231")}  # fmt: skip


def validate(feed: Path, *words: str) -> tuple[int, list[str]]:
    done = CliRunner().invoke(main, ["gtfs", "validate", str(feed), "--json", *words])
    return done.exit_code, [fault["code"] for fault in json.loads(done.stdout)]


def test_the_city_whose_feed_it_should_be_tells_zone_and_place(tmp_path: Path) -> None:
    feed = write(tmp_path / "feed", TOKYO)
    for name, zone, bbox in (
        ("here", "Asia/Ho_Chi_Minh", (105.7, 20.9, 105.9, 21.1)),
        ("there", "Asia/Tokyo", (139.6, 35.6, 139.8, 35.8)),
    ):
        city = City(id=name, name=Text(vi=name, en=name), timezone=zone, bbox=bbox, epsg=32648, origin="import")
        write_city(tmp_path / name, city)
    assert validate(feed) == (0, [])
    assert validate(feed, "--city", str(tmp_path / "here")) == (1, ["other_timezone"])
    assert validate(feed, "--city", str(tmp_path / "there")) == (1, ["other_city"])
    assert validate(feed, "--timezone", "Asia/Ho_Chi_Minh") == (1, ["other_timezone"])
    assert validate(feed, "--timezone", "Asia/Tokyo") == (0, [])


def test_what_cannot_be_asked_is_told_and_ends_with_2(tmp_path: Path) -> None:
    feed = write(tmp_path / "feed", TOKYO)
    for words, said in (
        (["--timezone", "Mars/Olympus"], "'Mars/Olympus' is no zone such as Asia/Ho_Chi_Minh"),
        (["--near", "here"], "is no LON,LAT"),
        (["--city", str(tmp_path / "nowhere")], "city.json is absent"),
    ):
        done = CliRunner().invoke(main, ["gtfs", "validate", str(feed), *words])
        assert done.exit_code == 2
        assert said in " ".join(done.stderr.split())
        assert "Traceback" not in done.output


def test_the_table_says_what_where_and_how_to_mend_in_vietnamese(tmp_path: Path) -> None:
    feed = write(tmp_path / "feed", {"stops.txt": SOUND["stops.txt"].replace("21.000000,105.81", "0,0,105.81")})
    done = CliRunner().invoke(main, ["gtfs", "validate", str(feed), "--language", "vi"])
    assert done.exit_code == 1
    assert "stops.txt: toạ độ không hợp lệ. Viết độ thập phân WGS" in " ".join(done.stdout.split())
    assert "stops.txt, dòng 3" in done.stdout
    assert "1 loại lỗi, 1 loại cảnh báo" in done.stdout
