import msgspec
import numpy as np

from fleet.simulation.plan import gap_m
from fleet.simulation.simulation import Options, Simulation
from fleet.simulation.traffic import TrafficField
from fleet.simulation.truth import TrueCall, TruePosition, Truth
from schemas.fix import Fix
from schemas.message import decode, encode
from tests.fleet.simulation.builders import START_MS, there_and_back


def simulate(seconds: int, seed: int = 1, options: Options | None = None) -> tuple[list[Fix], list[Truth]]:
    plan = there_and_back(trips=6, headway_s=420)
    field = TrafficField(seed, 25_200)
    made = Simulation(plan, field, [(105.82, 21.0)], start_ms=START_MS + 900_000, seed=seed, options=options)
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


def test_each_bus_reports_every_ten_to_fifteen_seconds_but_for_silences() -> None:
    fixes, _ = simulate(1800)
    gaps: list[int] = []
    for vehicle in {fix.vehicle_id for fix in fixes}:
        times = [fix.time_ms for fix in fixes if fix.vehicle_id == vehicle]
        gaps += np.diff(times).tolist()
    usual = [gap for gap in gaps if gap <= 15_000]
    assert min(gaps) >= 10_000
    assert len(usual) > 0.97 * len(gaps)


def test_truth_has_one_position_for_each_report_near_what_was_reported() -> None:
    fixes, truth = simulate(900)
    where = {(t.vehicle_id, t.time_ms): t for t in truth if isinstance(t, TruePosition) and t.reported}
    assert where.keys() == {(fix.vehicle_id, fix.time_ms) for fix in fixes}
    off_m = [
        gap_m(fix.lon, fix.lat, where[fix.vehicle_id, fix.time_ms].lon, where[fix.vehicle_id, fix.time_ms].lat)
        for fix in fixes
    ]
    assert 3.0 < float(np.median(off_m)) < 14.0


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
