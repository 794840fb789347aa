import itertools
from dataclasses import replace

import msgspec
import numpy as np

from fleet.simulation.build import Scene
from fleet.simulation.faults import PRESETS
from fleet.simulation.plan import gap_m
from fleet.simulation.simulation import Options, Simulation
from fleet.simulation.truth import TrueCall, TruePosition, Truth
from schemas.fix import Fix
from schemas.message import decode, encode
from tests.fleet.simulation.builders import START_MS, there_and_back, world_of


def simulate(seconds: int, seed: int = 1, options: Options | None = None) -> tuple[list[Fix], list[Truth]]:
    world = world_of(there_and_back(trips=6, headway_s=420), scene=Scene(), signals=[(105.82, 21.0)], seed=seed)
    made = Simulation(world, start_ms=START_MS + 900_000, options=options)
    fixes: list[Fix] = []
    truth: list[Truth] = []
    for _ in range(seconds):
        new_fixes, new_truth = made.step()
        fixes += new_fixes
        truth += new_truth
    return fixes, truth


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others() -> None:
    one, same, other = (msgspec.json.encode(simulate(600, seed)) for seed in (1, 1, 2))
    assert one == same
    assert one != other


def test_every_report_is_a_message_that_a_door_would_take() -> None:
    fixes, _ = simulate(900)
    assert all(decode(Fix, encode(fix)) == fix for fix in fixes)
    assert {fix.source for fix in fixes} == {"simulator"}


def test_moving_buses_report_every_ten_to_thirty_seconds_and_parked_ones_within_a_quarter_of_an_hour() -> None:
    fixes, truth = simulate(2400, options=Options(faults=replace(PRESETS["none"], slowest_s=30.0)))
    moving, parked = [], []
    for vehicle in {fix.vehicle_id for fix in fixes}:
        seen = [t for t in truth if isinstance(t, TruePosition) and t.vehicle_id == vehicle]
        for one, after in itertools.pairwise(seen):
            (parked if one.phase == "at_depot" else moving).append((after.time_ms - one.time_ms) / 1000)
    assert np.quantile(moving, 0.9) <= 31
    assert min(moving) >= 9
    assert max(parked, default=0) <= 901


def test_every_report_can_be_joined_with_the_truth_and_lies_near_it_unless_a_fault_says_otherwise() -> None:
    fixes, truth = simulate(1200, options=Options(faults=PRESETS["harsh"]))
    where = {(t.vehicle_id, t.reported_ms): t for t in truth if isinstance(t, TruePosition) and t.reported}
    off_m = []
    for fix in fixes:
        true = where[fix.vehicle_id, fix.time_ms]
        away_m = gap_m(fix.lon, fix.lat, true.lon, true.lat)
        if not {"jump", "frozen", "null_island", "swapped_axes"} & set(true.faults):
            off_m.append(away_m)
        if "null_island" in true.faults:
            assert (fix.lon, fix.lat) == (0.0, 0.0)
    assert 10.0 < float(np.median(off_m)) < 90.0
    assert max(off_m) < 300.0


def test_without_faults_reports_are_the_truth() -> None:
    fixes, truth = simulate(600, options=Options(faults=PRESETS["none"]))
    where = {(t.vehicle_id, t.time_ms): t for t in truth if isinstance(t, TruePosition)}
    for fix in fixes:
        true = where[fix.vehicle_id, fix.time_ms]
        assert abs(fix.lon - true.lon) < 1e-6
        assert abs(fix.lat - true.lat) < 1e-6
        assert true.faults == ()


def test_batches_of_steps_change_nothing_and_neither_do_other_seeds_of_the_process() -> None:
    np.random.default_rng(5).random(100)
    one, _ = simulate(300)
    more, _ = simulate(420)
    assert more[: len(one)] == one


def test_a_true_call_names_the_stop_and_does_not_end_before_it_begins() -> None:
    _, truth = simulate(1800)
    calls = [entry for entry in truth if isinstance(entry, TrueCall)]
    assert len(calls) > 30
    assert all(call.departure_ms >= call.arrival_ms for call in calls)
    assert all(call.stop_id == f"{call.trip_id.split('-')[1]}-{call.stop_sequence - 1}" for call in calls)


def test_trips_are_claimed_only_when_asked_for() -> None:
    hidden, _ = simulate(120)
    claimed, _ = simulate(120, options=Options(claim_trips=True))
    assert all(fix.claimed_trip is None for fix in hidden)
    assert any(fix.claimed_trip and fix.claimed_trip.trip_id for fix in claimed)
    assert [(f.lon, f.lat) for f in hidden] == [(f.lon, f.lat) for f in claimed]
