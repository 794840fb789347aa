"""The control room sees which line hurts most, and how far apart its buses will be."""

import msgspec
import pytest

from schemas.fleet_alert import AlertKind, FleetAlert
from schemas.position import BusPosition
from schemas.prediction import TripPrediction
from schemas.text import Text
from tests.services.api.parts import MINUTE_MS, NOON_MS, Running, position, prediction


@pytest.fixture
def control(api: Running) -> Running:
    api.log_in("lan", "operator")
    return api


def bus(name: str, trip_id: str, distance_m: float, later_min: float = 0) -> tuple[BusPosition, TripPrediction]:
    """Return a bus on line 32 with the times of its calls at the third and the fourth stop."""
    at = position(name, trip_id=trip_id)
    said = prediction(trip_id=trip_id, stops=("s3", "s4"))
    shift_ms = round(later_min * MINUTE_MS)
    stops = tuple(
        msgspec.structs.replace(
            stop, p10_ms=stop.p10_ms + shift_ms, p50_ms=stop.p50_ms + shift_ms, p90_ms=stop.p90_ms + shift_ms
        )
        for stop in said.stops
    )
    placed = msgspec.structs.replace(at.assignment, distance_m=distance_m)
    return (
        msgspec.structs.replace(at, assignment=placed),
        msgspec.structs.replace(said, vehicle_id=name, stops=stops),
    )


def put(api: Running, *buses: tuple[BusPosition, TripPrediction]) -> None:
    for where, said in buses:
        api.take(("bus.positions", where), ("bus.predictions", said))


def missing() -> FleetAlert:
    return FleetAlert(
        alert_id="not_coming/t9/1",
        kind=AlertKind.NOT_COMING,
        started_ms=NOON_MS,
        updated_ms=NOON_MS,
        text=Text(vi="chưa thấy xe", en="no bus is seen"),
        trip_id="t9",
        route_id="r9",
    )


def test_the_headway_is_what_riders_will_wait_at_the_leaders_next_stop(control: Running) -> None:
    put(control, bus("A", "t1", 6000.0), bus("B", "t2", 4000.0, later_min=9))
    (ladder,) = control.client.get("/api/control/lines/r32").json()["directions"]
    assert [(b["vehicle_id"], b["ahead"], b["headway_s"]) for b in ladder["buses"]] == [
        ("A", None, None),
        ("B", "A", 540.0),
    ]
    assert ladder["planned_headway_s"] == 20 * 60
    assert ladder["buses"][1]["spacing"] == "even"


@pytest.mark.parametrize(("later_min", "spacing"), [(1, "bunched"), (6.9, "bunched"), (7.1, "even"), (40, "wide")])
def test_too_near_and_too_far_are_against_the_planned_headway(control: Running, later_min: float, spacing: str) -> None:
    put(control, bus("A", "t1", 6000.0), bus("B", "t2", 4000.0, later_min=later_min))
    assert control.client.get("/api/control/lines/r32").json()["directions"][0]["buses"][1]["spacing"] == spacing


def test_the_course_of_a_bus_goes_along_the_way_of_the_line(control: Running) -> None:
    put(control, bus("A", "t1", 4000.0))
    (ladder,) = control.client.get("/api/control/lines/r32").json()["directions"]
    at = {stop["stop_id"]: stop["distance_m"] for stop in ladder["stops"]}
    assert [point[1] for point in ladder["buses"][0]["course"]] == [at["s3"], at["s4"]]
    assert all(low <= time <= high for time, _, low, high in ladder["buses"][0]["course"])


def test_a_silent_bus_is_not_on_the_ladder(control: Running) -> None:
    put(control, bus("A", "t1", 4000.0))
    control.clock.time_ms += 91_000
    assert control.client.get("/api/control/lines/r32").json()["directions"][0]["buses"] == []


def test_the_line_that_hurts_most_comes_first(control: Running) -> None:
    put(control, bus("A", "t1", 6000.0), bus("B", "t2", 4000.0, later_min=1))
    control.take(("fleet.alerts", missing()))
    lines = control.client.get("/api/control/lines").json()["lines"]
    assert [(row["route"]["route_id"], row["buses"], row["bunched"], row["alerts"]) for row in lines] == [
        ("r9", 0, 0, {"not_coming": 1}),
        ("r32", 2, 1, {}),
    ]


def test_lines_are_for_the_control_room_alone(api: Running) -> None:
    assert api.client.get("/api/control/lines").status_code == 401
    assert api.client.get("/api/control/lines/r32").status_code == 401
    api.log_in("lan", "operator")
    assert api.client.get("/api/control/lines/gone").status_code == 404


def test_a_city_without_a_timetable_has_no_lines(bare_api: Running) -> None:
    bare_api.log_in("lan", "operator")
    assert bare_api.client.get("/api/control/lines").json()["lines"] == []
