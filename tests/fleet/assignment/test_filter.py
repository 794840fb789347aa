"""What a bus is believed to run: known answers on a line thought through by hand."""

import msgspec
import numpy as np
import pytest

from fleet.assignment.belief import TripBelief
from fleet.gtfs import Timetable, read_timetable
from fleet.tracker import Tracker
from schemas.fix import Fix
from schemas.trip import Phase, TripRef
from tests.fleet.small_feed import DATE, LAT, LON, STEP, write_feed
from tests.fleet.test_tracker import collect, drive


@pytest.fixture(scope="module")
def table(tmp_path_factory) -> Timetable:
    return read_timetable(write_feed(tmp_path_factory.mktemp("feed")))


def standing(time_ms: int, lon: float, lat: float, claim: str | None = None) -> Fix:
    trip = None if claim is None else TripRef(trip_id=claim, start_date=DATE)
    return Fix(
        vehicle_id="b", time_ms=time_ms, lon=lon, lat=lat, source="s", received_ms=time_ms, speed_mps=0.0,
        claimed_trip=trip,
    )  # fmt: skip


def start_of(table: Timetable, trip_id: str) -> int:
    return table.run_of(table.trip_number[trip_id], DATE).start_ms


def stand(table: Timetable, first_ms: int, minutes: int, lon: float, lat: float, claim: str | None = None):
    fixes = [standing(first_ms + n * 30_000, lon, lat, claim) for n in range(2 * minutes)]
    return [p.assignment for p in collect(Tracker(table), fixes)[2]]


def test_two_buses_on_one_trip_are_both_said_to_run_it(table):
    both = drive(table, "T0-3", claim=False, vehicle="a") + drive(table, "T0-3", claim=False, vehicle="b", late_s=60)
    _, _, positions = collect(Tracker(table), sorted(both, key=lambda fix: (fix.time_ms, fix.vehicle_id)))
    for vehicle in ("a", "b"):
        served = [p.assignment for p in positions if p.vehicle_id == vehicle][8:-4]
        assert sum(a.trip_id == "T0-3" for a in served) > 0.9 * len(served)


def test_after_its_trip_a_bus_waits_for_the_next_of_its_block(table):
    fixes = drive(table, "T0-3", claim=False)
    end = fixes[-1]
    wait = [
        msgspec.structs.replace(
            end, time_ms=end.time_ms + n * 30_000, received_ms=end.received_ms + n * 30_000, speed_mps=0.0
        )
        for n in range(1, 7)
    ]
    said = [p.assignment for p in collect(Tracker(table), [*fixes, *wait])[2]]
    assert (said[-1].trip_id, said[-1].phase) == ("T1-3", Phase.LAYOVER)


def test_a_bus_parked_ten_kilometres_away_has_no_layover_whatever_its_source_claims(table):
    said = stand(table, start_of(table, "T0-5") - 600_000, 40, LON, LAT + 0.09, "T0-5")
    assert {a.phase for a in said} <= {Phase.DEADHEAD, Phase.AT_DEPOT, Phase.UNKNOWN}
    assert said[-1].phase is Phase.AT_DEPOT
    assert said[-1].trip_id is None  # twenty minutes after the departure nobody believes the claim


def test_a_bus_that_stands_far_from_every_line_is_at_the_depot_after_more_than_a_breaks_time(table):
    said = stand(table, start_of(table, "T0-5"), 25, LON + 4 * STEP, LAT + 0.03)
    assert Phase.AT_DEPOT not in {a.phase for a in said[:36]}
    assert {a.phase for a in said[42:]} == {Phase.AT_DEPOT}


def test_who_stands_short_of_the_last_stop_and_then_waits_for_its_next_trip_has_called_there(table):
    run = table.run_of(table.trip_number["T0-3"], DATE)
    pattern = table.pattern_of(run.trip)
    fixes = drive(table, "T0-3", claim=False)
    short = [f for f in fixes if table.frame.place(f.lon, f.lat)[0] < pattern.x[-1] - 250.0]
    stands = [
        msgspec.structs.replace(
            short[-1],
            time_ms=short[-1].time_ms + n * 20_000,
            received_ms=short[-1].received_ms + n * 20_000,
            speed_mps=0.0,
        )
        for n in range(1, 25)
    ]
    _, events, positions = collect(Tracker(table), [*short, *stands])
    assert positions[-1].assignment.trip_id == "T1-3"
    assert [key[2] for key in sorted(events) if key[1] == "T0-3"] == list(range(1, 9))


def test_who_comes_to_the_last_stop_lets_people_off_before_its_layover(table):
    fixes = drive(table, "T0-3", claim=False)
    end = next(
        n for n, call in enumerate(fixes) if call.time_ms >= table.run_of(table.trip_number["T0-3"], DATE).end_ms
    )
    stands = [
        msgspec.structs.replace(fixes[end], time_ms=fixes[end].time_ms + n * 10_000, speed_mps=0.0) for n in range(1, 8)
    ]
    said = [p.assignment for p in collect(Tracker(table), [*fixes[: end + 1], *stands])[2]]
    assert [a.phase for a in said[-9:-6]] == [Phase.IN_SERVICE] * 3
    assert [a.phase for a in said[-4:]] == [Phase.LAYOVER] * 4


def test_a_bus_that_waits_at_its_first_stop_has_its_layover_before_the_next_departure(table):
    said = stand(table, start_of(table, "T0-5") - 480_000, 7, LON, LAT)
    assert {a.phase for a in said} == {Phase.LAYOVER}
    assert said[-1].trip_id == "T0-5"


def test_a_bus_that_goes_round_a_closed_street_stays_on_its_trip(table):
    fixes = drive(table, "T0-3", claim=False)
    away = range(len(fixes) // 2 - 4, len(fixes) // 2 + 3)
    moved = [msgspec.structs.replace(f, lat=f.lat + 0.0035) if n in away else f for n, f in enumerate(fixes)]
    said = [p.assignment for p in collect(Tracker(table), moved)[2]]
    assert {a.trip_id for a in said[6:-4]} == {"T0-3"}
    assert Phase.DETOUR in {said[n].phase for n in away}
    assert said[away.stop + 3].phase is Phase.IN_SERVICE


def test_a_bus_that_turns_short_is_found_on_the_way_back(table):
    out, back = drive(table, "T0-3", claim=False), drive(table, "T1-3", claim=False)
    half = [f for f in out if f.lon < LON + 3.5 * STEP]
    rest = [f for f in back if f.lon < LON + 3.5 * STEP]
    gap_ms = rest[0].time_ms - half[-1].time_ms - 90_000
    rest = [msgspec.structs.replace(f, time_ms=f.time_ms - gap_ms, received_ms=f.time_ms - gap_ms) for f in rest]
    said = [p.assignment for p in collect(Tracker(table), [*half, *rest])[2]]
    assert {a.direction_id for a in said[-8:-4]} == {1}


def test_probabilities_say_how_little_is_known_between_two_trips(table):
    """Ten minutes after one departure and ten before the next, mid-way, both are as likely as each other."""
    fixes = drive(table, "T0-3", claim=False, late_s=500)[12:20]
    said = [p.assignment for p in collect(Tracker(table), fixes)[2]]
    assert all(a.probability < 0.97 for a in said)
    assert {a.route_id for a in said[2:]} == {"R1"}


def test_a_belief_survives_its_bytes(table):
    tracker = Tracker(table)
    collect(tracker, drive(table, "T0-3", claim=False)[:10])
    belief = tracker._vehicles["bus"].belief
    again = TripBelief.restore(*belief.dump())
    assert np.array_equal(again.rows, belief.rows)
    assert (again.chosen, again.mode, again.heard, again.seen) == (
        belief.chosen, belief.mode, belief.heard, belief.seen,
    )  # fmt: skip


def test_the_weights_of_the_hypotheses_add_up_to_one_and_stay_few(table):
    tracker = Tracker(table)
    for fix in drive(table, "T0-3", claim=False):
        tracker.step([fix], fix.time_ms)
        rows = tracker._vehicles["bus"].belief.rows
        assert np.exp(rows[:, 4]).sum() == pytest.approx(1.0)
        assert rows.nbytes <= 4096
