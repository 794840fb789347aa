"""A rider never sees a plan as a bus, nor a countdown on dead data."""

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from schemas.fleet_alert import AlertKind, FleetAlert
from schemas.stop_event import StopEvent
from schemas.text import Text
from services.api.arrivals import GONE_AFTER_MS, STALE_AFTER_MS, Call, RunKey, merge_arrivals
from services.api.timetable import Planned
from tests.services.api.parts import DATE, MINUTE_MS, NOON_MS, Running, position, prediction


def planned(minutes: float, trip_id: str = "t1", stop_sequence: int = 2) -> Planned:
    return Planned(
        trip_id=trip_id,
        start_date=DATE,
        route_id="r32",
        route_short_name="32",
        headsign="Nhổn",
        stop_id="s2",
        stop_sequence=stop_sequence,
        scheduled_ms=NOON_MS + round(minutes * MINUTE_MS),
    )


def call(silent_ms: int = 0) -> Call:
    said = prediction()
    return Call(
        prediction=said,
        stop=said.stops[0],
        fix_time_ms=NOON_MS - silent_ms,
        stops_away=0,
        at_stop_name="Giáp Bát",
        route_short_name="32",
        headsign="Nhổn",
    )


def merge(plans: list[Planned], calls: list[Call], passed: dict[RunKey, int] | None = None, now_ms: int = NOON_MS):  # type: ignore[no-untyped-def]
    return merge_arrivals(plans, calls, passed=passed or {}, not_coming={}, now_ms=now_ms)


def test_a_fresh_prediction_is_live_and_replaces_its_plan() -> None:
    rows = merge([planned(5)], [call()])
    assert [(row.status, row.eta_ms) for row in rows] == [("live", NOON_MS + 7 * MINUTE_MS)]


def test_a_plan_alone_is_planned_with_no_range_and_no_bus() -> None:
    row = merge([planned(5)], [])[0]
    assert (row.status, row.p10_ms, row.p90_ms, row.vehicle_id, row.fix_time_ms) == ("planned", None, None, None, None)


def test_a_silent_bus_is_stale_and_its_range_widens_with_the_silence() -> None:
    fresh = merge([], [call(STALE_AFTER_MS)])[0]
    stale = merge([], [call(STALE_AFTER_MS + 60_000)])[0]
    staler = merge([], [call(STALE_AFTER_MS + 120_000)])[0]
    assert [row.status for row in (fresh, stale, staler)] == ["live", "stale", "stale"]
    widths = [row.p90_ms - row.p10_ms for row in (fresh, stale, staler)]
    assert widths[0] < widths[1] < widths[2]
    assert stale.fix_time_ms == NOON_MS - STALE_AFTER_MS - 60_000


def test_a_bus_silent_for_long_is_not_shown_and_its_plan_is_called_a_plan() -> None:
    rows = merge([planned(5)], [call(GONE_AFTER_MS + 1)])
    assert [row.status for row in rows] == ["planned"]


def test_a_trip_whose_bus_has_passed_disappears() -> None:
    passed = {RunKey("t1", DATE): 2}
    assert merge([planned(5)], [call()], passed) == []


def test_a_plan_whose_time_has_gone_disappears() -> None:
    assert merge([planned(-2)], []) == []


@given(
    st.lists(st.tuples(st.floats(-60, 180), st.sampled_from(["t1", "t2", "t9"])), max_size=10),
    st.integers(0, 2 * GONE_AFTER_MS),
)
def test_nothing_without_a_fresh_fix_is_ever_live(plans: list[tuple[float, str]], silent_ms: int) -> None:
    rows = merge([planned(minutes, trip) for minutes, trip in plans], [call(silent_ms)])
    for row in rows:
        assert (row.status == "live") <= (row.fix_time_ms is not None and silent_ms <= STALE_AFTER_MS)
        assert (row.vehicle_id is None) == (row.status in ("planned", "not_coming"))
    assert [row.eta_ms for row in rows] == sorted(row.eta_ms for row in rows)


def rows_at(api: Running, stop_id: str) -> list[dict]:  # type: ignore[type-arg]
    answer = api.client.get(f"/api/stops/{stop_id}/arrivals")
    assert answer.status_code == 200
    return answer.json()["arrivals"]  # type: ignore[no-any-return]


def test_a_stop_lists_live_and_planned_of_every_stop_id_of_its_place(api: Running) -> None:
    api.take(("bus.positions", position()), ("bus.predictions", prediction()))
    for stop_id in ("s2", "s2b"):
        rows = rows_at(api, stop_id)
        assert [(row["trip_id"], row["status"]) for row in rows] == [("t1", "live"), ("t2", "planned")]
    live = rows_at(api, "s2")[0]
    assert (live["at_stop_name"], live["stops_away"], live["reason"]["en"]) == ("Bến xe Giáp Bát", 0, "2 min late")
    assert rows_at(api, "s3")[0]["stops_away"] == 1


def test_when_reports_stop_the_arrival_goes_stale_then_leaves(api: Running) -> None:
    api.take(("bus.positions", position()), ("bus.predictions", prediction()))
    api.clock.time_ms = NOON_MS + 2 * MINUTE_MS
    assert rows_at(api, "s3")[0]["status"] == "stale"
    api.clock.time_ms = NOON_MS + 21 * MINUTE_MS
    assert "t1" not in [row["trip_id"] for row in rows_at(api, "s3")]


def test_after_the_bus_was_seen_at_the_stop_it_is_off_the_list(api: Running) -> None:
    event = StopEvent(
        vehicle_id="29B-123.45",
        trip_id="t1",
        start_date=DATE,
        route_id="r32",
        stop_id="s2",
        stop_sequence=2,
        arrival_ms=NOON_MS,
    )
    api.take(("bus.predictions", prediction()), ("bus.stop-events", event))
    assert [row["trip_id"] for row in rows_at(api, "s2")] == ["t2"]


def test_a_bus_that_took_another_trip_leaves_its_old_one(api: Running) -> None:
    api.take(
        ("bus.predictions", prediction()),
        ("bus.positions", position(time_ms=NOON_MS + 31_000, trip_id="t2")),
    )
    assert [row["status"] for row in rows_at(api, "s2")] == ["planned", "planned"]


def test_a_run_that_does_not_come_stays_and_says_so(api: Running) -> None:
    alert = FleetAlert(
        alert_id="n",
        kind=AlertKind.NOT_COMING,
        started_ms=NOON_MS,
        updated_ms=NOON_MS,
        trip_id="t1",
        start_date=DATE,
        route_id="r32",
        text=Text(vi="Không chạy chuyến này", en="This run does not come"),
    )
    api.take(("fleet.alerts", alert))
    body = api.client.get("/api/stops/s2/arrivals").json()
    assert (body["arrivals"][0]["status"], body["arrivals"][0]["reason"]["en"]) == ("not_coming", alert.text.en)
    assert [(a["kind"], a["trip_id"]) for a in body["alerts"]] == [("not_coming", None)]
    api.take(("fleet.alerts", msgspec.structs.replace(alert, updated_ms=NOON_MS + 1, ended_ms=NOON_MS + 1)))
    assert rows_at(api, "s2")[0]["status"] == "planned"


def test_a_run_that_may_not_come_stays_planned_and_says_that_it_is_unsure(api: Running) -> None:
    alert = FleetAlert(
        alert_id="m",
        kind=AlertKind.MAY_NOT_RUN,
        started_ms=NOON_MS,
        updated_ms=NOON_MS,
        trip_id="t1",
        start_date=DATE,
        route_id="r32",
        text=Text(vi="Có thể không chạy; chuyến sau 12:10", en="May not run; the next one leaves at 12:10"),
    )
    api.take(("fleet.alerts", alert))
    body = api.client.get("/api/stops/s2/arrivals").json()
    assert (body["arrivals"][0]["status"], body["arrivals"][0]["reason"]["en"]) == ("planned", alert.text.en)
    assert [(a["kind"], a["text"]["vi"]) for a in body["alerts"]] == [("may_not_run", alert.text.vi)]
    # A bus that is seen on it after all says more.
    api.take(("bus.positions", position()), ("bus.predictions", prediction()))
    (live,) = [row for row in rows_at(api, "s2") if row["status"] == "live"]
    assert (live["trip_id"], live["reason"]["en"]) == ("t1", "2 min late")


def test_an_unknown_stop_is_a_problem_not_an_error(api: Running) -> None:
    answer = api.client.get("/api/stops/none/arrivals")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_bus_that_stands_in_traffic_is_told_with_the_time_since_when(api: Running) -> None:
    stuck = FleetAlert(
        alert_id="stuck/29B-123.45/1",
        kind=AlertKind.STUCK,
        started_ms=NOON_MS - 8 * MINUTE_MS,
        updated_ms=NOON_MS,
        text=Text(vi="đứng yên", en="stands"),
        vehicle_id="29B-123.45",
        route_id="r32",
    )
    api.take(("bus.positions", position()), ("bus.predictions", prediction()), ("fleet.alerts", stuck))
    row = api.client.get("/api/stops/s3/arrivals").json()["arrivals"][0]
    assert (row["status"], row["standing_since_ms"]) == ("live", NOON_MS - 8 * MINUTE_MS)
    api.take(("fleet.alerts", msgspec.structs.replace(stuck, ended_ms=NOON_MS, updated_ms=NOON_MS + 1)))
    assert api.client.get("/api/stops/s3/arrivals").json()["arrivals"][0]["standing_since_ms"] is None


def test_a_trip_whose_bus_has_yet_to_end_another_one_is_marked(api: Running) -> None:
    first = msgspec.structs.replace(prediction().stops[0], stop_id="s1", stop_sequence=1)
    later = msgspec.structs.replace(prediction(trip_id="t2"), stops=(first, *prediction().stops))
    api.take(("bus.positions", position()), ("bus.predictions", prediction()), ("bus.predictions", later))
    rows = api.client.get("/api/stops/s3/arrivals").json()["arrivals"]
    assert {row["trip_id"]: row["is_next_trip"] for row in rows if row["vehicle_id"]} == {"t1": False, "t2": True}
