"""The tracker goes over to a new timetable and finds its buses again."""

import shutil
from pathlib import Path

import pytest

import services.city.watch as watch
from fleet.tracker import TrackOutputs
from schemas.fix import Fix
from schemas.text import Text
from services.city.folder import City, CityFolder, write_city
from services.track.days import Days
from services.track.swap import Swap, timetable_of, tracker_maker
from tests.fleet.small_feed import DATE, LAT, LON, STEP, ZERO_MS, write_feed

START_MS = ZERO_MS + (6 * 3600 + 1200) * 1000


def make_city(root: Path) -> CityFolder:
    name = Text(vi="Nhỏ", en="Small")
    write_city(root, City(id="s", name=name, timezone="Asia/Ho_Chi_Minh", bbox=(LON, LAT, LON + 0.1, LAT + 0.1),
                          epsg=32648, origin="import"))  # fmt: skip
    return CityFolder(root)


def put_feed(root: Path, count: int, **replaced: str) -> None:
    folder = write_feed(root.parent / f"feed{count}{len(replaced)}", count=count, **replaced)
    made = shutil.make_archive(str(root.parent / "new"), "zip", folder)
    root.mkdir(exist_ok=True)
    Path(made).replace(root / "gtfs.zip")


def fix_at(seconds: int) -> Fix:
    """Return where trip T0-1 is so long after its start, driving as planned."""
    time_ms = START_MS + seconds * 1000
    return Fix(vehicle_id="b", time_ms=time_ms, lon=LON + STEP * seconds / 120, lat=LAT, source="s",
               received_ms=time_ms)  # fmt: skip


def last_stop(out: TrackOutputs) -> str:
    return next(p for p in out.predictions if p.trip_id == "T0-1").stops[-1].stop_id


@pytest.fixture
def living(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Days, Swap]:
    monkeypatch.setattr(watch, "LOOK_EVERY_S", 0.0)
    root = tmp_path / "city"
    put_feed(root, 8)
    city = make_city(root)
    days = Days(tracker_maker(city, timetable_of(city)))
    return root, days, Swap(city, days, repeat=False)


def test_a_bus_stays_on_its_trip_and_is_foreseen_to_the_stops_of_the_new_timetable(living) -> None:
    root, days, swap = living
    for seconds in range(0, 240, 20):
        out = days.step([fix_at(seconds)], fix_at(seconds).time_ms)
    assert last_stop(out) == "S7"
    put_feed(root, 10)
    make_city(root)
    swap.look()
    out = days.step([fix_at(240)], fix_at(240).time_ms)
    position = next(p for p in out.positions if p.time_ms == fix_at(240).time_ms)
    assert (position.assignment.trip_id, position.assignment.start_date) == ("T0-1", DATE)
    assert last_stop(out) == "S9"


def test_a_timetable_that_cannot_be_used_leaves_the_one_before(living) -> None:
    root, days, swap = living
    put_feed(root, 8, stop_times="trip_id,arrival_time,departure_time,stop_id,stop_sequence\n")
    make_city(root)
    swap.look()
    out = days.step([fix_at(s) for s in (0, 20, 40, 60)], fix_at(60).time_ms)
    assert out.positions[-1].assignment.trip_id == "T0-1"
