from datetime import date
from pathlib import Path

import pytest

from services.city.folder import CityError
from services.city.pieces import absent_parts, read_calendar, read_cameras, read_roster, slug
from services.city.tables import read_tables
from tests.services.city.builders import FEED, write_feed
from vision.camera import read_camera
from vision.scenes.street import street_camera_yaml

HANOI = (105.7, 20.9, 105.9, 21.1)


def camera(folder: Path, name: str, camera_id: str, lon: float = 105.8) -> Path:
    path = folder / name
    path.write_text(street_camera_yaml(camera_id, ("Ngã tư", "Junction"), (lon, 21.0)), encoding="utf-8")
    return path


def test_an_ended_calendar_is_named_as_such_and_whether_it_is_repeated(tmp_path: Path) -> None:
    tables = read_tables(write_feed(tmp_path / "feed.zip"))
    calendar, found = read_calendar(tables, date(2026, 11, 22), repeat=False)
    assert calendar is not None
    assert (calendar.first_date, calendar.last_date, calendar.ended) == ("20250101", "20251231", True)
    assert "đã hết hạn (01/01/2025–31/12/2025)" in found[0].text.vi
    assert "nothing runs today" in found[0].text.en
    calendar, found = read_calendar(tables, date(2026, 11, 22), repeat=True)
    assert calendar is not None
    assert calendar.repeat
    assert "repeated" in found[0].text.en


def test_a_running_calendar_is_no_doubt_and_one_to_come_is(tmp_path: Path) -> None:
    tables = read_tables(write_feed(tmp_path / "feed.zip"))
    assert read_calendar(tables, date(2025, 6, 1), repeat=False)[1] == []
    assert read_calendar(tables, date(2024, 6, 1), repeat=False)[1][0].code == "calendar_not_begun"


def test_single_dates_count_as_a_calendar(tmp_path: Path) -> None:
    dates = {"calendar.txt": None, "calendar_dates.txt": "service_id,date,exception_type\nD,20260105,1\nD,20260107,1\n"}
    calendar, _ = read_calendar(
        read_tables(write_feed(tmp_path / "f.zip", FEED | dates)), date(2026, 1, 6), repeat=False
    )
    assert calendar is not None
    assert (calendar.first_date, calendar.last_date, calendar.ended) == ("20260105", "20260107", False)


def test_cameras_are_checked_and_those_far_away_doubted(tmp_path: Path) -> None:
    files, found = read_cameras([camera(tmp_path, "a.yaml", "C-1"), camera(tmp_path, "b.yaml", "C-2", 10.0)], HANOI)
    assert list(files) == ["C-1", "C-2"]
    assert [(f.code, f.examples) for f in found] == [("outside", ("C-2",))]


def test_a_relative_recording_is_found_from_the_camera_files_own_folder(tmp_path: Path) -> None:
    path = camera(tmp_path, "a.yaml", "C-1")
    path.write_text(path.read_text().replace("source: scene://street?seed=1", "source: clip.mp4"))
    _, found = read_cameras([path], HANOI)
    assert found[0].code == "no_source"
    (tmp_path / "clip.mp4").write_bytes(b"x")
    files, found = read_cameras([path], HANOI)
    assert found == []
    (tmp_path / "elsewhere").mkdir()
    moved = tmp_path / "elsewhere" / "C-1.yaml"
    moved.write_bytes(files["C-1"])
    assert read_camera(moved).source == str((tmp_path / "clip.mp4").resolve())


def test_a_broken_or_double_camera_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "broken.yaml").write_text("id: [")
    with pytest.raises(CityError, match=r"broken\.yaml"):
        read_cameras([tmp_path / "broken.yaml"], HANOI)
    with pytest.raises(CityError, match="another camera C-1"):
        read_cameras([camera(tmp_path, "a.yaml", "C-1"), camera(tmp_path, "b.yaml", "C-1")], HANOI)


def test_a_roster_follows_renamed_lines_and_leaves_out_what_says_nothing(tmp_path: Path) -> None:
    path = tmp_path / "roster.csv"
    path.write_text("vehicle_id,route_id\n29B-1,7_1\n29B-1,7_2\n29B-2,99\n,7\n29B-3,\n")
    data, vehicles, found = read_roster(path, {"7"}, {"7_1": "7", "7_2": "7"})
    assert data == b"vehicle_id,route_id,service_date\n29B-1,7,\n"
    assert vehicles == 1
    assert {f.code: f.count for f in found} == {"blank_rows": 2, "unknown_routes": 1}


def test_a_roster_that_is_none_is_refused_in_words(tmp_path: Path) -> None:
    path = tmp_path / "roster.csv"
    with pytest.raises(CityError, match="no such file"):
        read_roster(path, None, {})
    for text in ("", "plate,line\n1,2\n", "vehicle_id,route_id\n"):
        path.write_text(text)
        with pytest.raises(CityError, match="vehicle_id,route_id"):
            read_roster(path, None, {})
    path.write_bytes(b"vehicle_id,route_id\n\xff\xfe,1\n")
    with pytest.raises(CityError, match="UTF-8"):
        read_roster(path, None, {})


def test_each_absent_part_is_named_with_what_it_means() -> None:
    found = absent_parts({"gtfs": True, "network": False, "cameras": False, "roster": True})
    assert [f.part for f in found] == ["network", "cameras"]
    assert all(f.text.vi and f.text.en for f in found)


def test_an_id_is_made_of_a_name_in_any_script() -> None:
    assert slug("Đà Nẵng – Hội An") == "da-nang-hoi-an"
    assert slug("東京") == "city"
