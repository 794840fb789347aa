"""A new timetable is noticed once, and only when the folder is whole."""

from collections.abc import Callable
from pathlib import Path

import pytest

from services.city.folder import CITY_FILE
from services.city.watch import CityWatch
from tests.services.api.parts import gtfs_zip, make_city


@pytest.fixture
def seconds() -> list[float]:
    return [0.0]


@pytest.fixture
def clock(seconds: list[float]) -> Callable[[], float]:
    return lambda: seconds[0]


def test_only_a_folder_whose_last_file_changed_is_looked_into(
    tmp_path: Path, seconds: list[float], clock: Callable[[], float]
) -> None:
    make_city(tmp_path, gtfs=gtfs_zip())
    watch = CityWatch(tmp_path, clock)
    (tmp_path / "gtfs.zip").write_bytes(gtfs_zip() + b"\0")
    seconds[0] = 2.0
    assert watch.find_new() is None, "city.json is not written yet"
    make_city(tmp_path)
    assert watch.find_new() is None, "it looks twice a second"
    seconds[0] = 4.0
    found = watch.find_new()
    assert found is not None
    assert found.gtfs == tmp_path / "gtfs.zip"
    seconds[0] = 6.0
    assert watch.find_new() is None


def test_a_city_whose_timetable_is_the_same_is_no_news(
    tmp_path: Path, seconds: list[float], clock: Callable[[], float]
) -> None:
    make_city(tmp_path, gtfs=gtfs_zip())
    watch = CityWatch(tmp_path, clock)
    make_city(tmp_path)
    seconds[0] = 2.0
    assert watch.find_new() is None


def test_a_city_file_that_cannot_be_read_leaves_everything_as_it_is(
    tmp_path: Path, seconds: list[float], clock: Callable[[], float]
) -> None:
    make_city(tmp_path, gtfs=gtfs_zip())
    watch = CityWatch(tmp_path, clock)
    (tmp_path / "gtfs.zip").write_bytes(gtfs_zip() + b"\0")
    (tmp_path / CITY_FILE).write_text("{")
    seconds[0] = 2.0
    assert watch.find_new() is None
    (tmp_path / CITY_FILE).unlink()
    seconds[0] = 4.0
    assert watch.find_new() is None
