"""A compiled timetable is the timetable, or it is none."""

import io
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from fleet.gtfs import Timetable, read_timetable
from fleet.gtfs.compiled import ARRAYS, LISTS, find_compiled, write_compiled
from tests.data import shared_data
from tests.fleet.small_feed import write_feed


def compiled(timetable: Timetable, path: Path, sha256: str = "abc") -> Path:
    with path.open("wb") as file:
        write_compiled(timetable, sha256, file)
    return path


def assert_same(one: Timetable, other: Timetable) -> None:
    for name in ARRAYS:
        assert np.array_equal(getattr(one, name), getattr(other, name)), name
        assert getattr(one, name).dtype == getattr(other, name).dtype, name
    for name in LISTS:
        assert list(getattr(one, name)) == list(getattr(other, name)), name
    assert (one.name, one.timezone, one.frame) == (other.name, other.timezone, other.frame)
    assert one.calendar.span == other.calendar.span
    for a, b in zip(one.patterns, other.patterns, strict=True):
        assert (a.index, a.route_index, a.direction_id, a.drawn) == (b.index, b.route_index, b.direction_id, b.drawn)
        for name in ("stop_index", "stop_distance_m", "x", "y", "along_m"):
            assert np.array_equal(getattr(a, name), getattr(b, name)), name


def test_what_is_mapped_equals_what_was_read(tmp_path: Path) -> None:
    timetable = read_timetable(write_feed(tmp_path))
    found = find_compiled(compiled(timetable, tmp_path / "t.bin"), "abc")
    assert found is not None
    assert_same(timetable, found)
    day = timetable.calendar.first or date(2026, 1, 5)
    assert found.calendar.services_on(day) == timetable.calendar.services_on(day)


@pytest.mark.data
def test_a_real_feed_with_exceptions_blocks_and_shapes_comes_back_whole(tmp_path: Path) -> None:
    timetable = read_timetable(shared_data("wmata", "gtfs.zip"))
    found = find_compiled(compiled(timetable, tmp_path / "t.bin"), "abc")
    assert found is not None
    assert_same(timetable, found)
    now_ms = 1_771_261_200_000
    assert found.trips_running(now_ms) == timetable.trips_running(now_ms) != []


def test_another_feed_another_version_or_a_damaged_file_is_none(tmp_path: Path) -> None:
    path = compiled(read_timetable(write_feed(tmp_path)), tmp_path / "t.bin")
    whole = path.read_bytes()
    assert find_compiled(path, "of another feed") is None
    assert find_compiled(tmp_path / "absent", "abc") is None
    for damaged in (
        whole[:-100],
        whole[:20],
        b"",
        b"HANOITT0" + whole[8:],
        whole[:-65] + bytes([whole[-65] ^ 1]) + whole[-64:],
    ):
        path.write_bytes(damaged)
        assert find_compiled(path, "abc") is None


def test_changing_a_mapped_array_leaves_the_file_alone(tmp_path: Path) -> None:
    path = compiled(read_timetable(write_feed(tmp_path)), tmp_path / "t.bin")
    before = path.read_bytes()
    found = find_compiled(path, "abc")
    assert found is not None
    found.arrival_s[:] = 0.0
    assert path.read_bytes() == before


def test_the_same_feed_gives_the_same_bytes(tmp_path: Path) -> None:
    files = [io.BytesIO(), io.BytesIO()]
    for number, file in enumerate(files):
        folder = tmp_path / str(number)
        folder.mkdir()
        write_compiled(read_timetable(write_feed(folder)), "abc", file)
    assert files[0].getvalue() == files[1].getvalue()
