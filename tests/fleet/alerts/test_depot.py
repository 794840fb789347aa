"""A parked bus of the line is named where a trip has no bus, once a bus and once a trip."""

from pathlib import Path

import pytest

from fleet.alerts.depot import DepotDesk
from fleet.gtfs import read_timetable
from fleet.vehicle import Vehicle
from schemas.fix import Fix
from schemas.trip import Phase
from tests.fleet.small_feed import DATE, LAT, LON, ZERO_MS, write_feed

NOW_MS = ZERO_MS + 7 * 3_600_000 + 200_000


@pytest.fixture
def table(tmp_path: Path):
    return read_timetable(write_feed(tmp_path / "feed"))


def parked(name: str, since_s: int, phase: Phase = Phase.AT_DEPOT) -> Vehicle:
    fix = Fix(vehicle_id=name, time_ms=NOW_MS - 60_000, lon=LON, lat=LAT, source="x", received_ms=NOW_MS)
    return Vehicle(name, last=fix, anchor=(0.0, 0.0, NOW_MS - since_s * 1000), phase=phase)


def test_the_bus_that_is_parked_longest_answers_a_missing_trip_until_it_leaves(table) -> None:
    desk, run = (
        DepotDesk(table, {"A": frozenset({"R1"}), "B": frozenset({"01"})}),
        table.run_of(table.trip_number["T0-3"], DATE),
    )
    (told,) = desk.look([run], [parked("A", 3600), parked("B", 7200)], NOW_MS)
    assert (told.vehicle_id, told.trip_id, told.ended_ms) == ("B", "T0-3", None)
    assert "07:00" in told.text.vi
    assert desk.look([run], [parked("A", 3600), parked("B", 7200)], NOW_MS + 10_000) == []
    ended, other = desk.look([run], [parked("A", 3600), parked("B", 0, Phase.DEADHEAD)], NOW_MS + 20_000)
    assert (ended.alert_id, ended.ended_ms) == (told.alert_id, NOW_MS + 20_000)
    assert other.vehicle_id == "A"


@pytest.mark.parametrize(("roster", "phase"), [({}, Phase.AT_DEPOT), ({"A": frozenset({"R1"})}, Phase.LAYOVER)])
def test_a_bus_of_no_or_another_line_and_one_at_the_terminal_are_not_named(table, roster, phase: Phase) -> None:
    run = table.run_of(table.trip_number["T0-3"], DATE)
    assert DepotDesk(table, roster).look([run], [parked("A", 3600, phase)], NOW_MS) == []


def test_without_a_missing_trip_a_bus_may_stay_in_the_depot(table) -> None:
    assert DepotDesk(table, {"A": frozenset({"R1"})}).look([], [parked("A", 3600)], NOW_MS) == []
