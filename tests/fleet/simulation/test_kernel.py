from dataclasses import replace

import numpy as np
import pytest

from fleet.simulation.build import Scene
from fleet.simulation.buses import Buses
from fleet.simulation.incidents import Incident
from fleet.simulation.operations import Operations
from fleet.simulation.place import place_on_ways
from fleet.simulation.state import ARRIVED, BROKE, DROPPED, LAYOVER, LEFT, MENDED, PASSED, RUNNING, TOWED, TURNED
from tests.fleet.simulation.builders import QUIET, START_MS, drive, there_and_back, times_of, world_of

BUSY = Scene(weather="dry", incidents_a_day=0.0, operations=Operations(failures_a_trip=0.0))


def test_every_stop_of_every_run_is_served_once_and_in_order() -> None:
    plan = there_and_back(trips=3)
    world = world_of(plan, scene=BUSY)
    events = drive(Buses(world, start_ms=START_MS - 600_000, spin_up_ms=0), 7200)
    served = times_of(events, LEFT) | times_of(events, PASSED)
    arrived = times_of(events, ARRIVED)
    for row, index in enumerate(world.tables.duty["run"].tolist()):
        times = [served[row, stop] for stop in range(len(plan.runs[index].stop_ids))]
        assert times == sorted(times)
    assert set(arrived) <= set(served)
    assert all(served[key] >= at for key, at in arrived.items())


def test_buses_keep_near_a_timetable_that_fits_the_roads_and_never_leave_long_before_it() -> None:
    plan = there_and_back(trips=4)
    world = world_of(plan, scene=BUSY)
    events = drive(Buses(world, start_ms=START_MS - 600_000, spin_up_ms=0), 7200)
    run_of = world.tables.duty["run"]
    delay_s = [
        (at - plan.runs[run_of[duty]].arrival_ms[stop]) / 1000 for (duty, stop), at in times_of(events, ARRIVED).items()
    ]
    assert min(delay_s) > -200
    assert abs(np.median(delay_s)) < 200


def test_a_share_of_drivers_pulls_out_before_the_time_when_told_so_and_the_others_drive_as_before() -> None:
    plan = there_and_back(trips=12)
    left_s = []
    for share in (0.0, 0.5, 1.0):
        operations = replace(BUSY.operations, early_starts=share)
        world = world_of(plan, scene=replace(BUSY, operations=operations), hours=5.0)
        events = drive(Buses(world, start_ms=START_MS - 600_000, spin_up_ms=0), 13_000)
        starts = [plan.runs[index].start_ms for index in world.tables.duty["run"].tolist()]
        left_s.append(
            {duty: (at - starts[duty]) / 1000 for (duty, stop), at in times_of(events, LEFT).items() if not stop}
        )
    never, half, always = left_s
    assert min(never.values()) >= 0
    early = [duty for duty, seconds in half.items() if seconds < -30]
    assert 0.2 * len(half) < len(early) < 0.8 * len(half)
    # Who comes late to its first stop cannot leave it early.
    assert sum(seconds < -30 for seconds in always.values()) > 0.8 * len(always)
    assert min(always.values()) >= -361


def test_speed_and_way_stay_possible() -> None:
    world = world_of(there_and_back(), scene=BUSY, signals=[(105.81, 21.0), (105.83, 21.0)])
    buses = Buses(world, start_ms=START_MS)
    before = buses.state.bus.copy()
    for _ in range(1200):
        buses.step()
        now = buses.state.bus
        same = (before["phase"] == RUNNING) & (now["phase"] == RUNNING) & (before["way"] == now["way"])
        moved = (now["along_m"] - before["along_m"])[same]
        assert (moved >= -1e-9).all()
        assert (moved <= 16.0).all()
        gained = (now["speed_mps"] - before["speed_mps"])[same & (now["dwelling"] == 0)]
        assert (gained <= 1.0 + 1e-9).all()
        before = now.copy()


def test_a_simulation_that_begins_in_mid_day_finds_buses_on_their_way() -> None:
    buses = Buses(world_of(there_and_back(trips=8, headway_s=300), scene=BUSY), start_ms=START_MS + 1_500_000)
    assert (buses.state.bus["phase"] == RUNNING).sum() >= 4
    assert set(buses.state.bus["phase"].tolist()) <= {0, LAYOVER, RUNNING}


def test_a_blocked_lane_holds_buses_up() -> None:
    plan = there_and_back(trips=2)
    arrived = []
    for incidents in ((), (Incident("I-1", "crash", 6, 300.0, START_MS - 1_200_000, START_MS + 3_600_000, 0.34),)):
        scene = Scene(weather="dry", incidents=incidents, operations=QUIET.operations)
        world = world_of(plan, scene=scene)
        arrived.append(times_of(drive(Buses(world, start_ms=START_MS, spin_up_ms=0), 3600), ARRIVED))
    # Edge 6 lies on the way there (rows 0 and 2 of the duties are the first trips out).
    assert arrived[1][0, 10] > arrived[0][0, 10] + 60_000


def test_a_bus_that_breaks_down_is_mended_or_its_duty_goes_to_a_reserve() -> None:
    operations = replace(Operations(), failures_a_trip=1.0, reserve_share=1.0)
    plan = there_and_back(trips=6, headway_s=600)
    world = world_of(plan, scene=Scene(weather="dry", incidents_a_day=0.0, operations=operations))
    events = drive(Buses(world, start_ms=START_MS, spin_up_ms=0), 9000)
    kinds = [event[0] for event in events]
    assert kinds.count(BROKE) >= 4
    assert kinds.count(MENDED) + kinds.count(TOWED) >= 3
    if TOWED in kinds:
        buses_seen = {event[1] for event in events}
        assert max(buses_seen) >= len(plan.duties)


def test_a_reserve_that_did_its_work_stays_where_that_ended_and_one_that_never_went_out_is_nowhere() -> None:
    plan = there_and_back(trips=4, headway_s=600)
    operations = replace(Operations(), failures_a_trip=0.0, reserve_share=1.0)
    buses = Buses(world_of(plan, scene=replace(BUSY, operations=operations)), start_ms=START_MS, spin_up_ms=0)
    reserves = np.arange(len(plan.duties), len(plan.duties) + 2)
    last = int(buses.world.tables.bus["duty_last"][0])
    buses._send_reserve(np.array([TOWED, 0, last - 1, 0, START_MS, last]))
    for _ in range(9000):
        buses.step()
    assert (buses.state.bus["phase"][reserves] == 0).all()
    lon, lat, _ = buses.place(reserves)
    end = plan.runs[buses.world.tables.duty["run"][last]].path
    np.testing.assert_allclose((lon[0], lat[0]), (105.80 if end else 105.85, 21.0), atol=0.001)
    assert np.isnan(lon[1])


def test_a_dispatcher_turns_late_buses_early_and_drops_what_is_hopeless() -> None:
    # A timetable twice as fast as anybody can drive.
    plan = there_and_back(trips=10, headway_s=300)
    fast = tuple(
        replace(run, arrival_ms=run.arrival_ms[0] + (run.arrival_ms - run.arrival_ms[0]) // 4) for run in plan.runs
    )
    fast = tuple(replace(run, departure_ms=run.arrival_ms) for run in fast)
    plan = replace(plan, runs=fast)
    kinds = [e[0] for e in drive(Buses(world_of(plan, scene=BUSY), start_ms=START_MS, spin_up_ms=0), 10_800)]
    assert TURNED in kinds or DROPPED in kinds


@pytest.mark.parametrize("share", [0.0, 0.37, 1.0])
def test_a_place_along_a_way_lies_on_it(share: float) -> None:
    plan = there_and_back()
    length = np.array([course.length_m for course in plan.paths])
    lon, lat, heading = place_on_ways(world_of(plan).tables, np.array([0, 1]), share * length)
    np.testing.assert_allclose(lon, [105.80 + 0.05 * share, 105.85 - 0.05 * share], atol=1e-6)
    np.testing.assert_allclose(lat, 21.0)
    np.testing.assert_allclose(heading, [90.0, 270.0], atol=0.1)
