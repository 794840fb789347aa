"""The timetable of a city is read once and mapped from then on."""

import shutil
from pathlib import Path

import polars as pl
import pytest

import services.city.timetable as city_timetable
from fleet.gtfs import GtfsError, Timetable, read_timetable
from fleet.gtfs.compiled import find_compiled
from services.city.folder import CITY_FILE
from services.city.tables import read_tables
from services.city.timetable import COMPILED_FILE, compile_timetable, read_city_timetable
from services.file_hash import hash_file
from tests.fleet.small_feed import write_feed


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Every feed that is really read."""
    done: list[Path] = []

    def read(path: Path, *, repeat_calendar: bool = False) -> Timetable:
        done.append(path)
        return read_timetable(path, repeat_calendar=repeat_calendar)

    monkeypatch.setattr(city_timetable, "read_timetable", read)
    return done


def zipped_feed(folder: Path) -> Path:
    made = shutil.make_archive(str(folder / "gtfs"), "zip", write_feed(folder / "feed"))
    shutil.rmtree(folder / "feed")
    return Path(made)


def city_feed(folder: Path) -> Path:
    (folder / CITY_FILE).write_text("{}")
    return zipped_feed(folder)


def test_the_second_service_maps_what_the_first_one_compiled(tmp_path: Path, reads: list[Path]) -> None:
    gtfs = city_feed(tmp_path)
    first = read_city_timetable(gtfs, repeat_calendar=True)
    second = read_city_timetable(gtfs)
    assert len(reads) == 1
    assert first.trip_ids == second.trip_ids
    assert (first.repeat_calendar, second.repeat_calendar) == (True, False)


def test_a_changed_feed_is_compiled_anew(tmp_path: Path, reads: list[Path]) -> None:
    gtfs = city_feed(tmp_path)
    read_city_timetable(gtfs)
    with gtfs.open("ab") as file:
        file.write(b"\0")
    read_city_timetable(gtfs)
    assert len(reads) == 2


def test_beside_a_feed_that_is_no_citys_nothing_is_written(tmp_path: Path, reads: list[Path]) -> None:
    gtfs = zipped_feed(tmp_path)
    before = sorted(tmp_path.iterdir())
    read_city_timetable(gtfs)
    assert sorted(tmp_path.iterdir()) == before
    assert len(reads) == 1


def test_a_folder_that_cannot_be_written_is_read_each_time(
    tmp_path: Path, reads: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*args: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(city_timetable, "write_compiled", full)
    gtfs = city_feed(tmp_path)
    assert read_city_timetable(gtfs).trip_ids
    assert not (tmp_path / COMPILED_FILE).exists()
    assert not list(tmp_path.glob(".timetable-*"))


def test_a_feed_is_written_with_its_timetable_and_also_without_one(tmp_path: Path) -> None:
    tables = read_tables(city_feed(tmp_path))
    compile_timetable(tmp_path / "gtfs.zip", tables)
    made = find_compiled(tmp_path / COMPILED_FILE, hash_file(tmp_path / "gtfs.zip"), repeat_calendar=False)
    assert made is not None
    assert made.trip_ids == read_timetable(tmp_path / "gtfs.zip").trip_ids
    tables["stop_times"] = tables["stop_times"].with_columns(stop_id=pl.lit("nowhere"))
    with pytest.raises(GtfsError):
        compile_timetable(tmp_path / "gtfs.zip", tables)
    assert read_tables(tmp_path / "gtfs.zip")["stop_times"]["stop_id"].unique().to_list() == ["nowhere"]
    assert sorted(path.name for path in tmp_path.iterdir()) == [CITY_FILE, "gtfs.zip", COMPILED_FILE]
