"""What riders were told is held against the calls that followed, once each and by the published bands."""

import msgspec

from schemas.prediction import StopPrediction, TripPrediction
from schemas.stop_event import StopEvent
from services.api.accuracy.tally import KEEP_MS, Count, Tally
from tests.services.api.parts import DATE, MINUTE_MS, NOON_MS, Running, prediction


def told(made_ms: int, *etas_ms: int) -> TripPrediction:
    stops = tuple(
        StopPrediction(
            stop_id=f"s{k}", stop_sequence=k, eta_ms=eta, p10_ms=eta - MINUTE_MS, p50_ms=eta, p90_ms=eta + MINUTE_MS
        )
        for k, eta in enumerate(etas_ms, start=2)
    )
    return msgspec.structs.replace(prediction(), made_at_ms=made_ms, stops=stops)


def came(at_ms: int, stop_sequence: int = 2, **fields: object) -> StopEvent:
    said = prediction()
    call = StopEvent(
        vehicle_id=said.vehicle_id, trip_id=said.trip_id, start_date=DATE, route_id=said.route_id, stop_id="s2",
        stop_sequence=stop_sequence, arrival_ms=at_ms,
    )  # fmt: skip
    return msgspec.structs.replace(call, **fields)


def test_an_answer_counts_in_the_bin_of_the_time_that_was_left() -> None:
    tally = Tally()
    tally.take(told(NOON_MS, NOON_MS + 5 * MINUTE_MS))
    tally.take(came(NOON_MS + 7 * MINUTE_MS))
    ((_, number, count),) = tally.since(NOON_MS)
    assert number == 2  # seven minutes were left, whatever was said
    assert count == Count(answers=1, accurate=1, covered=0, missed=0, late_s=120.0)


def test_a_bus_that_came_before_its_time_was_missed() -> None:
    tally = Tally()
    tally.take(told(NOON_MS, NOON_MS + 5 * MINUTE_MS))
    tally.take(came(NOON_MS + 2 * MINUTE_MS))
    ((_, number, count),) = tally.since(NOON_MS)
    assert (number, count.accurate, count.missed) == (0, 0, 1)


def test_a_call_is_asked_for_each_two_minutes_and_counts_once_though_it_is_told_twice() -> None:
    tally = Tally()
    for second in range(0, 360, 10):
        tally.take(told(NOON_MS + second * 1000, NOON_MS + 10 * MINUTE_MS))
    for _ in range(2):
        tally.take(came(NOON_MS + 10 * MINUTE_MS))
    assert sum(count.answers for _, _, count in tally.since(NOON_MS)) == 3


def test_nothing_counts_that_was_said_of_another_bus_of_a_stop_far_ahead_or_of_a_call_taken_back() -> None:
    tally = Tally()
    tally.take(told(NOON_MS, NOON_MS + 5 * MINUTE_MS, NOON_MS + 20 * MINUTE_MS))
    tally.take(came(NOON_MS + 5 * MINUTE_MS, vehicle_id="another"))
    tally.take(came(NOON_MS + 5 * MINUTE_MS, withdrawn=True))
    tally.take(came(NOON_MS + 14 * MINUTE_MS, stop_sequence=3))
    assert list(tally.since(NOON_MS)) == []


def test_memory_is_bounded_by_time() -> None:
    tally = Tally()
    tally.take(told(NOON_MS, NOON_MS + 5 * MINUTE_MS, NOON_MS + 6 * MINUTE_MS))
    tally.take(came(NOON_MS + 5 * MINUTE_MS))
    tally.forget(NOON_MS + 60 * MINUTE_MS)
    assert (len(tally.waiting), len(tally.counts)) == (0, 1)
    tally.forget(NOON_MS + KEEP_MS + 60 * MINUTE_MS)
    assert not tally.counts


def test_staff_read_it_by_time_ahead_and_by_line(api: Running) -> None:
    assert api.client.get("/api/control/accuracy").status_code == 401
    api.log_in("op", "operator")
    empty = api.client.get("/api/control/accuracy").json()
    assert (empty["accurate"], empty["all"]["answers"], empty["lines"]) == (None, 0, [])
    for k in range(30):
        date = f"202601{k + 1:02d}"
        said = msgspec.structs.replace(told(NOON_MS - 20 * MINUTE_MS, NOON_MS - 15 * MINUTE_MS), start_date=date)
        call = msgspec.structs.replace(came(NOON_MS - 15 * MINUTE_MS + 30_000), start_date=date)
        api.take(("bus.predictions", said), ("bus.stop-events", call))
    body = api.client.get("/api/control/accuracy?hours=1").json()
    assert [one["answers"] for one in body["bins"]] == [0, 30, 0, 0]
    assert (body["accurate"], body["all"]["covered"], body["all"]["late_s"]) == (1.0, 1.0, 30.0)
    assert [(line["route"]["short_name"], line["answers"]) for line in body["lines"]] == [("32", 30)]
