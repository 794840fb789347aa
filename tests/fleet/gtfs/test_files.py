"""Zips that are none, damaged, locked, nested or without end: refused in one sentence that says how to mend it."""

import io
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from fleet.gtfs import GtfsError, read_timetable
from fleet.gtfs.faults.rules import find_faults
from services.city.folder import CityError
from services.city.tables import read_tables
from tests.fleet.gtfs.cases import SOUND, TODAY


def zipped(files: dict[str, str | bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as feed:
        for name, data in files.items():
            feed.writestr(name, data)
    return out.getvalue()


GOOD = zipped(dict(SOUND))


def damaged() -> bytes:
    at = GOOD.index(b"stop_times.txt") + len("stop_times.txt") + 4
    return GOOD[:at] + b"\xff" * 8 + GOOD[at + 8 :]


def locked() -> bytes:
    """Mark every file as encrypted, as a zip with a password has it."""
    data = bytearray(GOOD)
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(signature)
        while at >= 0:
            data[at + offset] |= 1
            at = data.find(signature, at + 4)
    return bytes(data)


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as feed:
        for name, text in SOUND.items():
            feed.writestr(name, text if name != "stop_times.txt" else text + "\n" * (100 << 20))
    return out.getvalue()


REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "nothing": (lambda: b"", "the file is empty; give a GTFS zip; download it again"),
    "a web page": (lambda: b"<html>404</html>", "cannot be read as a zip"),
    "cut off": (lambda: GOOD[: len(GOOD) // 2], "cannot be read as a zip"),
    "damaged inside": (damaged, "stop_times.txt: damaged"),
    "locked": (locked, "it is locked with a password; give the zip without one"),
    "a zip in a zip": (lambda: zipped({"feed.zip": GOOD}), "it holds another zip, feed.zip; unpack the outer one"),
    "without end": (bomb, "stop_times.txt would unpack to 100 MiB; that is no city's feed"),
    "no table": (lambda: zipped({"readme.md": "x"}), "it holds no .txt file at all"),
    "one file short": (
        lambda: zipped({n: t for n, t in SOUND.items() if n != "stops.txt"}), "no GTFS feed: stops.txt absent",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("make", "said"), REFUSED.values(), ids=REFUSED)
def test_a_feed_that_cannot_be_read_is_refused_alike_by_tracker_and_import(
    tmp_path: Path, make: Callable[[], bytes], said: str
) -> None:
    path = tmp_path / "feed.zip"
    path.write_bytes(make())
    began_s = time.monotonic()
    with pytest.raises(GtfsError) as error:
        read_timetable(path)
    with pytest.raises(CityError) as city_error:
        read_tables(path)
    assert said in str(error.value)
    assert said in str(city_error.value)
    assert "\n" not in str(error.value)
    assert time.monotonic() - began_s < 20.0


def test_the_validator_names_a_file_without_end_and_judges_the_others(tmp_path: Path) -> None:
    (tmp_path / "feed.zip").write_bytes(bomb())
    (fault,) = find_faults(tmp_path / "feed.zip", TODAY)
    assert (fault.code, fault.file) == ("not_csv", "stop_times.txt")
    assert "would unpack to 100 MiB" in fault.what.en


def test_names_in_capitals_are_shown_where_the_file_is_missed(tmp_path: Path) -> None:
    (tmp_path / "feed.zip").write_bytes(zipped({n.upper() if n == "stops.txt" else n: t for n, t in SOUND.items()}))
    (fault,) = find_faults(tmp_path / "feed.zip", TODAY)
    assert (fault.code, fault.file, fault.examples) == ("missing_file", "stops.txt", ("STOPS.TXT",))


@pytest.mark.parametrize("inside", ["", "hanoi/", "a/b/", "../../etc/"])
def test_a_feed_reads_alike_wherever_it_lies_in_the_zip_and_the_outer_file_counts(tmp_path: Path, inside: str) -> None:
    files: dict[str, str | bytes] = {inside + name: text for name, text in SOUND.items()}
    files[inside + "old/stops.txt"] = "rubbish"
    (tmp_path / "feed.zip").write_bytes(zipped(files))
    assert find_faults(tmp_path / "feed.zip", TODAY) == []
    assert read_tables(tmp_path / "feed.zip")["stops"].height == 3
