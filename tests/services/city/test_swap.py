"""Another timetable for a city that lives, and the one before again."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from services.city.folder import CityError, CityFolder
from services.city.importer import Request, import_city
from services.city.swap import compare, swap_timetable, undo_swap
from services.city.timetable import read_city_timetable
from services.cli import main
from tests.services.city.builders import FEED, write_feed

NOW_MS = int(datetime(2025, 6, 1, 3, tzinfo=UTC).timestamp() * 1000)
LATER = FEED["trips.txt"] + "7_1,D,t3,0\n"
TIMES = FEED["stop_times.txt"] + "t3,09:00:00,09:00:00,A,1\nt3,09:03:00,09:03:00,B,2\nt3,09:06:00,09:06:00,C,3\n"


@pytest.fixture
def city(tmp_path: Path) -> Path:
    root = tmp_path / "city"
    import_city(Request(out=root, gtfs=write_feed(tmp_path / "old.zip")), now_ms=NOW_MS)
    return root


def files(root: Path) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in sorted(root.iterdir()) if p.is_file() and p.name != ".swap.lock"}


def test_the_new_timetable_is_in_place_compiled_and_said_and_the_old_one_comes_back(city: Path, tmp_path: Path) -> None:
    before = files(city)
    new = write_feed(tmp_path / "new.zip", {"trips.txt": LATER, "stop_times.txt": TIMES})
    swap_timetable(city, new, now_ms=NOW_MS)
    gtfs = CityFolder(city).gtfs
    assert gtfs is not None
    assert "t3" in read_city_timetable(gtfs).trip_number
    found = compare(city / "before" / "gtfs.zip", city / "gtfs.zip")
    assert (found.trips, found.kept_trips, found.new_lines, found.gone_lines) == ((3, 4), 3, (), ())
    part = next(p for p in CityFolder(city).city.parts if p.name == "gtfs")
    assert (part.file, part.count["trips"]) == ("new.zip", 4)
    undo_swap(city)
    after = files(city)
    assert {n: after[n] for n in ("gtfs.zip", "timetable.bin", "city.json", "report.json")} == {
        n: before[n] for n in ("gtfs.zip", "timetable.bin", "city.json", "report.json")
    }
    undo_swap(city)
    assert "t3" in read_city_timetable(gtfs).trip_number, "to take back twice is to do it again"


def far(text: str) -> str:
    return text.replace("105.8", "-77.0")


REFUSED = {
    "another city": ({"stops.txt": far(FEED["stops.txt"])}, "another city"),
    "another zone": (
        {"agency.txt": FEED["agency.txt"].replace("Ho_Chi_Minh", "Tokyo")},
        "times are of Asia/Tokyo, the city's of Asia/Ho_Chi_Minh",
    ),
    "ended": ({"calendar.txt": FEED["calendar.txt"].replace("20251231", "20250201")}, "ended on 20250201"),
    "no trips": ({"trips.txt": FEED["trips.txt"].split("\n")[0] + "\n"}, "trips.txt"),
    "no stops": ({"stops.txt": None}, "stops.txt"),
    "no times": ({"stop_times.txt": FEED["stop_times.txt"].split("\n")[0] + "\n"}, "stop_times.txt"),
}


@pytest.mark.parametrize(("changes", "said"), REFUSED.values(), ids=REFUSED)
def test_a_feed_that_cannot_be_used_is_refused_and_nothing_changes(
    city: Path, tmp_path: Path, changes: dict[str, str | None], said: str
) -> None:
    before = files(city)
    with pytest.raises(CityError, match=said):
        swap_timetable(city, write_feed(tmp_path / "bad.zip", changes), now_ms=NOW_MS)
    assert files(city) == before
    assert not (city / ".timetable.new").exists()


def test_without_a_swap_there_is_nothing_to_take_back(city: Path) -> None:
    with pytest.raises(CityError, match="no swap to take back"):
        undo_swap(city)


def test_the_command_tells_what_changed_and_asks_for_one_of_two(city: Path, tmp_path: Path) -> None:
    changes = {
        "trips.txt": LATER,
        "stop_times.txt": TIMES,
        "routes.txt": FEED["routes.txt"].replace(",7,", ",70,"),
        "calendar.txt": FEED["calendar.txt"].replace("20251231", "20391231"),
    }
    new = write_feed(tmp_path / "new.zip", changes)
    done = CliRunner().invoke(main, ["city", "swap", str(city), "--gtfs", str(new)])
    assert done.exit_code == 0, done.output
    assert "trips 3 → 4, 3 of them kept their id" in done.output
    assert "new lines: 70" in done.output
    assert "gone lines: 7" in done.output
    assert CliRunner().invoke(main, ["city", "swap", str(city)]).exit_code == 2
    assert CliRunner().invoke(main, ["city", "swap", str(city), "--undo"]).exit_code == 0
