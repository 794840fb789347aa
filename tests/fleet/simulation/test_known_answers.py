"""Cases whose answer can be worked out on paper."""

from dataclasses import replace

import numpy as np
import pytest

from fleet.simulation.buses import Buses
from fleet.simulation.demand import HOURS, WORKDAY
from fleet.simulation.faults import Faults
from fleet.simulation.incidents import Incident
from fleet.simulation.kernel import GREEN_SHARE, SLOW_DOWN_MPS2, SPEED_UP_MPS2
from fleet.simulation.operations import PUNCTUAL, Operations
from fleet.simulation.queue import STAY_SHARE, STEP_MS, WAVE_MPS, make_queue
from fleet.simulation.receivers import Areas, Receivers
from fleet.simulation.roads import straight_road
from fleet.simulation.running import TOP_MPS
from fleet.simulation.state import ARRIVED, LEFT
from tests.fleet.simulation.builders import (
    QUIET,
    START_MS,
    drive,
    single_runs,
    straight,
    times_of,
    world_of,
)


def cruise_mps(world) -> float:  # type: ignore[no-untyped-def]
    speed = float(world.traffic.at(START_MS).speed_mps[0])
    return min(speed * world.operations.bus_share * float(world.tables.way["pace"][0]), TOP_MPS)


def test_a_bus_on_a_straight_road_arrives_at_the_computed_second() -> None:
    plan = single_runs(straight(), [START_MS], 0.0, 5_000.0)
    buses = Buses(world_of(plan), start_ms=START_MS - 60_000, spin_up_ms=0)
    events = drive(buses, 1200)
    took_s = (times_of(events, ARRIVED)[0, 1] - times_of(events, LEFT)[0, 0]) / 1000
    v = cruise_mps(buses.world)
    expected_s = 5_000.0 / v + v / (2 * SPEED_UP_MPS2) + v / (2 * SLOW_DOWN_MPS2)
    assert took_s == pytest.approx(expected_s, abs=3.0)


@pytest.mark.parametrize(("cycle_s", "ratio"), [(60, 0.0), (120, 0.0), (120, 0.6)])
def test_a_signal_delays_by_what_webster_says_of_uniform_arrivals(cycle_s: int, ratio: float) -> None:
    """R² / 2C(1 - y) on average, y being what arrives over what can pass; and who stopped must get going again."""
    starts = [START_MS + k * 61_000 for k in range(cycle_s)]
    plan = single_runs(straight(), starts, 0.0, 5_000.0)
    took = []
    for signals in ([], [(105.8240, 21.0)]):
        world = world_of(plan, signals=signals)
        world.traffic.demand._level[:] = ratio / np.interp(15.0, HOURS, WORKDAY)
        world.tables.light["cycle_s"] = cycle_s
        buses = Buses(world, start_ms=START_MS - 60_000, spin_up_ms=0)
        events = drive(buses, cycle_s * 61 + 1500)
        arrived, left = times_of(events, ARRIVED), times_of(events, LEFT)
        took.append(np.mean([(arrived[k, 1] - left[k, 0]) / 1000 for k in range(len(starts))]))
    red_s, y = cycle_s / 2, GREEN_SHARE * ratio
    v = cruise_mps(world)
    # Those who wait longer than they brake start from rest, which costs v/2a.
    stopped = max(red_s - v / (2 * SLOW_DOWN_MPS2), 0.0) / (1 - y) / cycle_s
    expected_s = red_s**2 / (2 * cycle_s * (1 - y)) + stopped * v / (2 * SPEED_UP_MPS2)
    assert took[1] - took[0] == pytest.approx(expected_s, rel=0.15)


def queue_numbers(coming_veh_h: float, open_share: float, lasts_s: float):  # type: ignore[no-untyped-def]
    roads = straight_road(12, 400.0, free_mps=10.0)
    incident = Incident("I", "crash", 11, 300.0, START_MS, START_MS + round(lasts_s * 1000), open_share)
    queue = make_queue(roads, incident, roads.free_mps, lambda now_ms, rows: np.full(len(roads), coming_veh_h)
                       if rows is None else np.full(len(rows), coming_veh_h))  # fmt: skip
    capacity, q, through = (x / 3600.0 for x in (roads.capacity_veh_h[0], coming_veh_h, open_share * 4600.0))
    jam = capacity / 10.0 + capacity / WAVE_MPS
    dense = jam - through / WAVE_MPS
    shock = (q - through) / (dense - q / 10.0)
    return queue, shock, through / dense


def test_a_blocked_lane_makes_the_queue_of_the_kinematic_wave_and_it_dissolves_when_the_wave_says() -> None:
    queue, shock, _ = queue_numbers(3_000.0, 0.5, 1_200.0)
    assert queue is not None
    front, back = queue.at(START_MS + 1_200_000)
    assert (front, back) == (0.0, pytest.approx(shock * 1_200.0, rel=0.01))
    gone_s = 1_200.0 * WAVE_MPS / (WAVE_MPS - shock)
    assert (queue.end_ms - START_MS) / 1000 == pytest.approx(gone_s, abs=2 * STEP_MS / 1000)
    assert queue.back_m.max() == pytest.approx(shock * gone_s, rel=0.02)
    assert set(queue.edge[queue.from_m < queue.back_m.max()].tolist()) >= {11, 10}


def test_a_car_in_the_queue_is_delayed_by_its_length_over_the_difference_of_the_speeds() -> None:
    queue, shock, slow_mps = queue_numbers(3_000.0, 0.5, 3_600.0)
    at_m, now_s, met_m = 3_000.0, 1_000.0, None
    began_s = now_s
    while at_m > 0.0:
        _, back = queue.at(START_MS + round(now_s * 1000))
        met_m = at_m if met_m is None and at_m <= back else met_m
        at_m -= slow_mps if at_m <= back else 10.0
        now_s += 1.0
    expected_m = (shock * began_s + 3_000.0 * shock / 10.0) / (1.0 + shock / 10.0)
    assert met_m == pytest.approx(expected_m, abs=25.0)
    delay_s = now_s - began_s - 300.0
    assert delay_s == pytest.approx(expected_m / slow_mps - expected_m / 10.0, rel=0.03)


def test_open_lanes_that_carry_what_comes_make_no_queue() -> None:
    assert queue_numbers(2_000.0, 0.5, 1_200.0)[0] is None


def gaps_of(late_ms: int, stops: list[float], operations: Operations) -> dict[int, list[float]]:
    """Return the gaps before the third and the fourth bus at every stop, when the third sets out late."""
    starts = [START_MS + 600_000 * k + (late_ms if k == 2 else 0) for k in range(5)]
    world = world_of(single_runs(straight(), starts, *stops), scene=replace(QUIET, operations=operations))
    world.tables.group["riders_h"] = 60.0
    world.tables.run["headway_ms"] = 600_000
    left = times_of(drive(Buses(world, start_ms=START_MS - 60_000, spin_up_ms=0), 5400), LEFT)
    return {k: [(left[k, n] - left[k - 1, n]) / 1000 for n in range(len(stops) - 1)] for k in (2, 3)}


def test_a_late_bus_gets_later_and_the_next_one_catches_up_as_newell_and_potts_say() -> None:
    """Riders gather while a bus is late: each stop multiplies its lag by 1 + boarding time times their rate."""
    stops = [0.0, *np.arange(400.0, 4_801.0, 400.0).tolist()]
    operations = replace(PUNCTUAL, riders_h=60.0)
    usual, late = gaps_of(0, stops, operations), gaps_of(90_000, stops, operations)
    lag_s = {k: np.array(late[k]) - np.array(usual[k]) for k in (2, 3)}
    share = 60.0 * operations.rules(1, 15.5, 1.0).riders_share / 3600.0 * operations.board_s
    assert lag_s[2][0] == pytest.approx(90.0, abs=1.0)
    assert lag_s[2][-1] / lag_s[2][0] == pytest.approx((1.0 + share) ** (len(stops) - 2), rel=0.1)
    # The one behind finds fewer riders: its gap shrinks, and ever faster.
    assert (np.diff(lag_s[3]) <= 1.0).all()
    assert lag_s[3][-1] < 1.3 * lag_s[3][0] < 0.0


def test_the_noise_of_a_receiver_has_its_deviation_and_its_memory() -> None:
    faults = Faults(noise_sd_m=6.0, noise_memory_s=40.0, jitter_sd_m=0.0)
    nowhere = Areas(np.empty(0), np.empty(0), 1.0)
    receivers = Receivers(4_000, faults, nowhere, np.random.default_rng(1))
    bus, at = np.arange(4_000), np.full(4_000, 21.0)
    first, later = ((receivers.read(bus, now_s, at, at)[1] - 21.0) * 111_195.0 for now_s in (1_000.0, 1_025.0))
    assert first.std() == pytest.approx(6.0, rel=0.05)
    assert later.std() == pytest.approx(6.0, rel=0.05)
    assert np.corrcoef(first, later)[0, 1] == pytest.approx(np.exp(-25.0 / 40.0), abs=0.04)


def test_a_closed_road_lets_few_through_because_most_turn_off_before() -> None:
    queue, _, _ = queue_numbers(3_000.0, 0.0, 1_800.0)
    assert queue is not None
    assert queue.back_m.max() < queue_numbers(3_000.0 * STAY_SHARE, 0.06, 1_800.0)[0].back_m.max() * 1.01 + 1.0
