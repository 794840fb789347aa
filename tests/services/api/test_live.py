import random

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from schemas.edge import EdgeState, LevelOfService, RoadStates
from schemas.feed import ClockTick
from schemas.fleet_alert import AlertKind, FleetAlert
from schemas.prediction import TripPrediction
from schemas.stop_event import StopEvent
from schemas.text import Text
from services.api.live import (
    KEEP_PREDICTION_MS,
    KEEP_VEHICLE_MS,
    REDUCERS,
    TRAIL_MS,
    Change,
    Live,
    LiveState,
    RunKey,
    forget_old,
    take_alert,
    take_clock,
    take_position,
    take_prediction,
    take_road_states,
    take_stop_event,
)
from tests.services.api.parts import DATE, NOON_MS, position, prediction


def test_the_newest_position_wins_in_any_order() -> None:
    messages = [position(time_ms=NOON_MS + i * 1000, lon=105.8 + i / 1000) for i in range(20)]
    random.Random(7).shuffle(messages)
    state = LiveState()
    for message in messages:
        take_position(state, message)
    assert state.vehicles["29B-123.45"].position.time_ms == NOON_MS + 19_000


def test_the_same_position_twice_changes_nothing() -> None:
    state = LiveState()
    assert take_position(state, position()) == [Change("vehicles", "29B-123.45")]
    assert take_position(state, position()) == []


def test_the_trail_holds_five_minutes() -> None:
    state = LiveState()
    for i in range(0, 20 * 60, 30):
        take_position(state, position(time_ms=NOON_MS + i * 1000))
    trail = state.vehicles["29B-123.45"].trail
    assert trail[-1][0] - trail[0][0] == TRAIL_MS


def test_a_prediction_is_found_by_its_stops_until_it_says_otherwise() -> None:
    state = LiveState()
    take_prediction(state, prediction())
    assert set(state.runs_by_stop) == {"s2", "s3"}
    take_prediction(state, prediction(made_at_ms=NOON_MS + 1000, stops=("s3",)))
    assert state.runs_by_stop == {"s3": {RunKey("t1", DATE)}}
    take_prediction(state, prediction(made_at_ms=NOON_MS))
    assert set(state.runs_by_stop) == {"s3"}


def said(vehicle_id: str, second: int, stops: tuple[str, ...]) -> TripPrediction:
    made = prediction(made_at_ms=NOON_MS + second * 1000, stops=stops)
    return msgspec.structs.replace(made, vehicle_id=vehicle_id)


def test_of_two_buses_that_are_predicted_for_one_run_that_further_along_keeps_it() -> None:
    told = [("ahead", ("s3",)), ("behind", ("s2", "s3"))]
    for order in (told, told[::-1]):
        state = LiveState()
        for second in range(0, 60, 10):
            for vehicle_id, stops in order:
                take_prediction(state, said(vehicle_id, second + (vehicle_id == "behind"), stops))
        assert state.predictions[RunKey("t1", DATE)].vehicle_id == "ahead"


def test_a_run_goes_to_the_other_bus_once_its_own_is_silent_or_on_another_trip() -> None:
    silent, moved = LiveState(), LiveState()
    for state in (silent, moved):
        take_prediction(state, said("ahead", 0, ("s3",)))
    take_prediction(silent, said("behind", 91, ("s2", "s3")))
    take_position(moved, position("ahead", trip_id="t2"))
    take_position(moved, position("behind"))
    take_prediction(moved, said("behind", 10, ("s2", "s3")))
    assert {s.predictions[RunKey("t1", DATE)].vehicle_id for s in (silent, moved)} == {"behind"}


def call(sequence: int) -> StopEvent:
    return StopEvent(
        vehicle_id="v",
        trip_id="t1",
        start_date=DATE,
        route_id="r32",
        stop_id=f"s{sequence}",
        stop_sequence=sequence,
        arrival_ms=NOON_MS + sequence,
    )


def test_the_furthest_call_of_a_run_is_kept() -> None:
    state = LiveState()
    for sequence in (2, 3, 1):
        take_stop_event(state, call(sequence))
    assert state.calls[RunKey("t1", DATE)].stop_sequence == 3


def test_only_alerts_that_have_not_ended_hold() -> None:
    state = LiveState()
    said = FleetAlert(
        alert_id="a", kind=AlertKind.STUCK, started_ms=NOON_MS, updated_ms=NOON_MS, text=Text(vi="x", en="x")
    )
    take_alert(state, said)
    assert set(state.holding) == {"a"}
    take_alert(state, msgspec.structs.replace(said, updated_ms=NOON_MS + 1, ended_ms=NOON_MS + 1))
    assert (set(state.holding), set(state.alerts)) == (set(), {"a"})
    take_alert(state, msgspec.structs.replace(said, updated_ms=NOON_MS + 2))
    forget_old(state, NOON_MS + 7 * 3_600_000)
    assert (state.holding, state.alerts) == ({}, {})


def edges(time_ms: int, level: LevelOfService, speed: float | None) -> RoadStates:
    state = EdgeState(
        edge_id="1/2/3", edge_index=5, time_ms=time_ms, level=level, observations=3, speed_mps=speed, free_flow_mps=10.0
    )
    return RoadStates(cell="c", time_ms=time_ms, states=(state,))


def test_an_edge_that_never_had_data_takes_no_room() -> None:
    state = LiveState()
    assert take_road_states(state, edges(NOON_MS, LevelOfService.NO_DATA, None)) == []
    assert state.edges == {}


def test_an_edge_keeps_some_of_its_earlier_speeds() -> None:
    state = LiveState()
    for i in range(1000):
        take_road_states(state, edges(NOON_MS + i * 30_000, LevelOfService.SLOW, 4.0))
    assert len(state.edges[5].history) == 36
    assert take_road_states(state, edges(NOON_MS, LevelOfService.FREE, 9.0)) == []


def tick(event_ms: int, wall_ms: int, speed: float = 10.0) -> ClockTick:
    return ClockTick(event_ms=event_ms, wall_ms=wall_ms, speed=speed, source="play")


def test_a_clock_that_runs_on_forgets_nothing_and_one_that_jumps_forgets_the_other_day() -> None:
    state = LiveState()
    take_position(state, position())
    take_clock(state, tick(NOON_MS, NOON_MS))
    take_clock(state, tick(NOON_MS + 50_000, NOON_MS + 5_000))
    assert state.vehicles
    changes = take_clock(state, tick(NOON_MS - 3_600_000, NOON_MS + 6_000))
    assert Change("all", "") in changes
    assert not state.vehicles


def test_an_ended_alert_is_forgotten_after_an_hour() -> None:
    state = LiveState()
    alert = FleetAlert(
        alert_id="a", kind=AlertKind.STUCK, started_ms=NOON_MS, updated_ms=NOON_MS, text=Text(vi="x", en="y")
    )
    take_alert(state, alert)
    take_alert(state, msgspec.structs.replace(alert, updated_ms=NOON_MS + 1, ended_ms=NOON_MS + 1))
    forget_old(state, NOON_MS + 30 * 60_000)
    assert state.alerts
    forget_old(state, NOON_MS + 61 * 60_000)
    assert not state.alerts


@given(st.lists(st.integers(0, 5), max_size=30), st.randoms(use_true_random=False))
def test_the_index_of_stops_never_points_at_a_run_without_that_stop(counts: list[int], rng: random.Random) -> None:
    state = LiveState()
    for i, count in enumerate(counts):
        stops = tuple(sorted(rng.sample(["s2", "s3", "s4"], min(count, 3))))
        take_prediction(state, prediction(made_at_ms=NOON_MS + i, stops=stops, trip_id=rng.choice(["t1", "t2"])))
    indexed = {(run, stop) for stop, runs in state.runs_by_stop.items() for run in runs}
    said = {(run, stop.stop_id) for run, p in state.predictions.items() for stop in p.stops}
    assert indexed == said
    forget_old(state, NOON_MS + KEEP_PREDICTION_MS + 1000)
    assert state.runs_by_stop == {}
    assert state.predictions == {}


def test_memory_lets_go_of_what_is_old() -> None:
    live = Live()
    live.take([("bus.positions", position())])
    live.forget_old(NOON_MS + KEEP_VEHICLE_MS + 1)
    with live.reading() as state:
        assert state.vehicles == {}


def test_there_is_a_reducer_for_each_topic_the_pages_show() -> None:
    assert {"bus.positions", "bus.predictions", "road.states", "incidents", "city.clock"} <= REDUCERS.keys()


def test_while_the_clock_jumps_ahead_and_back_nothing_of_the_present_is_forgotten() -> None:
    state = LiveState()
    take_position(state, position("now"))
    take_prediction(state, prediction())
    told = {"started_ms": NOON_MS, "updated_ms": NOON_MS, "text": Text(vi="x", en="y")}
    take_alert(state, FleetAlert(alert_id="a", kind=AlertKind.STUCK, **told))  # type: ignore[arg-type]
    for now_ms in (NOON_MS + 365 * 86_400_000, NOON_MS + 3_600_000 * 7, NOON_MS):
        forget_old(state, now_ms, steady=False)
    assert (list(state.vehicles), len(state.predictions), len(state.alerts)) == (["now"], 1, 1)
    forget_old(state, NOON_MS - 3_600_000, steady=False)  # an hour back: what comes every ten seconds comes anew
    assert (list(state.vehicles), len(state.alerts)) == ([], 1)
    assert take_position(state, position("now", time_ms=NOON_MS - 3_600_000))
