"""One alert at the highest level that explains a silence: feed, operator, bus."""

from pathlib import Path

import pytest

from fleet.alerts.silence import Silence
from fleet.gtfs import read_timetable
from fleet.stop_events.watch import StopWatch
from fleet.vehicle import Vehicle
from schemas.fix import Fix
from tests.fleet.small_feed import DATE, LAT, LON, ZERO_MS, write_feed

NOW_MS = ZERO_MS + 7 * 3_600_000
AGENCIES = (
    "agency_id,agency_name,agency_url,agency_timezone\n"
    "a,Transerco,http://x,Asia/Ho_Chi_Minh\nb,Bảo Yến,http://x,Asia/Ho_Chi_Minh\n"
)
ROUTES = "route_id,route_short_name,route_long_name,route_type,agency_id\nR1,01,Đông – Tây,3,a\nR2,02,Bắc – Nam,3,b\n"


@pytest.fixture
def timetable(tmp_path: Path):
    text = (write_feed(tmp_path / "one") / "trips.txt").read_text(encoding="utf-8")
    # Trips of the way back belong to the other line.
    trips = text.splitlines()
    trips = [line.replace(",R1,", ",R2,") if line.startswith("T1-") else line for line in trips]
    return read_timetable(write_feed(tmp_path / "two", agency=AGENCIES, routes=ROUTES, trips="\n".join(trips) + "\n"))


def buses(timetable, count: int, trip: str, source: str, age_s: int, name: str) -> list[Vehicle]:
    made = []
    for number in range(count):
        vehicle_id = f"{name}{number}"
        last_ms = NOW_MS - age_s * 1000
        fix = Fix(vehicle_id=vehicle_id, time_ms=last_ms, lon=LON, lat=LAT, source=source, received_ms=last_ms)
        run = timetable.run_of(timetable.trip_number[trip], DATE)
        made.append(Vehicle(vehicle_id, last=fix, watch=StopWatch(timetable, run, vehicle_id, 1)))
    return made


def look(timetable, vehicles: list[Vehicle]):
    alerts, explained = Silence(timetable).look(vehicles, NOW_MS)
    return [(alert.kind.value, alert.text.en.split(" is ")[0]) for alert in alerts], explained


def test_every_route_knows_its_operator(timetable) -> None:
    assert timetable.route_operators == ["Transerco", "Bảo Yến"]


def test_a_silent_operator_on_a_feed_that_goes_on_is_one_alert_of_the_operator(timetable) -> None:
    quiet = buses(timetable, 6, "T1-3", "ufms", 200, "Q")
    told, explained = look(timetable, quiet + buses(timetable, 6, "T0-3", "ufms", 10, "L"))
    assert told == [("silent_operator", "Operator Bảo Yến")]
    assert explained == {bus.vehicle_id for bus in quiet}


def test_a_silent_feed_explains_all_operators_on_it(timetable) -> None:
    everyone = buses(timetable, 6, "T1-3", "ufms", 200, "Q") + buses(timetable, 6, "T0-3", "ufms", 300, "L")
    told, explained = look(timetable, everyone)
    assert told == [("silent_feed", "Feed ufms")]
    assert len(explained) == 12


def test_an_operator_whose_other_feed_goes_on_is_not_silent_but_its_silent_feed_is(timetable) -> None:
    mixed = buses(timetable, 6, "T1-3", "old", 200, "Q") + buses(timetable, 6, "T1-3", "new", 10, "N")
    assert look(timetable, mixed)[0] == [("silent_feed", "Feed old")]


@pytest.mark.parametrize("count", [1, 4])
def test_few_buses_are_silent_by_themselves(timetable, count: int) -> None:
    quiet = buses(timetable, count, "T1-3", "ufms", 200, "Q")
    assert look(timetable, quiet + buses(timetable, 6, "T0-3", "ufms", 10, "L")) == ([], frozenset())


def test_an_operator_that_is_heard_again_is_taken_back(timetable) -> None:
    desk = Silence(timetable)
    live = buses(timetable, 6, "T0-3", "ufms", 10, "L")
    (begun,), _ = desk.look(buses(timetable, 6, "T1-3", "ufms", 200, "Q") + live, NOW_MS)
    (ended,), _ = desk.look(buses(timetable, 6, "T1-3", "ufms", 0, "Q") + live, NOW_MS + 10_000)
    assert ended.alert_id == begun.alert_id
    assert ended.ended_ms == NOW_MS + 10_000
