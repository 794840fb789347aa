"""Drivers obey the dispatcher: they stand longer where they were told, and nobody else does."""

from dataclasses import replace

from fleet.simulation.buses import Buses
from fleet.simulation.holds import Hold, list_orders
from fleet.simulation.state import ARRIVED, LEFT
from tests.fleet.simulation.builders import QUIET, START_MS, drive, there_and_back, times_of, world_of


def left(*holds: Hold) -> dict[tuple[int, int], int]:
    world = world_of(there_and_back(trips=2), scene=replace(QUIET))
    events = drive(Buses(world, start_ms=START_MS - 60_000, spin_up_ms=0, holds=holds), 1_500)
    return times_of(events, LEFT) | {(-1 - duty, stop): at for (duty, stop), at in times_of(events, ARRIVED).items()}


def first_bus() -> str:
    return world_of(there_and_back(trips=2), scene=QUIET).vehicles[0]


def test_a_bus_that_is_told_to_wait_stands_so_much_longer_at_that_stop_alone() -> None:
    plain, held = left(), left(Hold(START_MS + 60_000, first_bus(), "0-4", 120.0))
    stood_s = {stop: (held[0, stop] - held[-1, stop]) / 1000 for stop in range(3, 6)}
    before_s = {stop: (plain[0, stop] - plain[-1, stop]) / 1000 for stop in range(3, 6)}
    assert [round(stood_s[stop] - before_s[stop]) for stop in (3, 4)] == [0, 120]
    assert stood_s[5] - before_s[5] <= 0  # it is late now
    others = {key: at for key, at in plain.items() if key[0] not in (0, -1)}
    assert {key: held[key] for key in others} == others


def test_who_stands_at_the_stop_already_waits_on_and_who_has_passed_it_cannot_obey() -> None:
    plain = left()
    told_ms = plain[-1, 4] + 2_000
    held = left(Hold(told_ms, first_bus(), "0-4", 60.0))
    assert held[0, 4] - plain[0, 4] == 60_000
    assert left(Hold(plain[0, 4] + 1_000, first_bus(), "0-4", 60.0), Hold(told_ms, "nobody", "0-4", 60.0)) == plain


def test_of_several_orders_to_one_bus_within_a_quarter_of_an_hour_the_first_one_is_given() -> None:
    holds = [Hold(at_ms, bus, "S", 60.0) for bus in "BA" for at_ms in (1_000_000, 0, 800_000)]
    assert [(hold.said_ms, hold.vehicle_id) for hold in list_orders(holds)] == [
        (0, "A"), (0, "B"), (1_000_000, "A"), (1_000_000, "B"),
    ]  # fmt: skip
