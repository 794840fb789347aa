"""Alerts of single buses against a truth small enough to judge by eye."""

import pytest

from fleet.simulation.truth import TrueCall, TrueMissed, TruePosition, TrueTrip
from services.score.alert_kinds import JUDGES, City, list_stood, score_kinds

NOW_MS = 1_763_870_400_000
DATE = "20251123"
RUN = {"trip_id": "T", "start_date": DATE}


def at(second: int) -> int:
    return NOW_MS + second * 1000


def seen(second: int, lon: float, phase: str = "in_service", *faults: str, bus: str = "A") -> TruePosition:
    return TruePosition(
        vehicle_id=bus, time_ms=at(second), lon=lon, lat=21.0, phase=phase, speed_mps=0.0, heading_deg=0.0,
        reported="lost" not in faults, faults=faults, **RUN,
    )  # fmt: skip


def call(bus: str, stop: int, second: int, planned_s: int, trip: str = "T") -> TrueCall:
    return TrueCall(
        vehicle_id=bus, trip_id=trip, start_date=DATE, route_id="R", stop_id=f"S{stop}", stop_sequence=stop,
        arrival_ms=at(second), departure_ms=at(second), scheduled_arrival_ms=at(planned_s),
    )  # fmt: skip


def city(*entries: object) -> City:
    known = City()
    for entry in entries:
        known.take(entry)
    known.settle()
    return known


def row(said_s: int = 400) -> dict[str, object]:
    return {"vehicle_id": "A", "route_id": "R", "started_ms": at(0), "said_ms": at(said_s), **RUN}


STANDS = [seen(second, 105.8) for second in range(0, 600, 20)]
DRIVES = [seen(second, 105.8 + second * 5e-5) for second in range(0, 600, 20)]
BEGAN = TrueTrip(vehicle_id="A", time_ms=at(0), event="began", **RUN)
MISSED = TrueMissed(vehicle_id="A", stop_id="S1", stop_sequence=1, reason="detour", **RUN)


@pytest.mark.parametrize(
    ("kind", "true", "untrue"),
    [
        ("stuck", STANDS, DRIVES),
        ("stuck", STANDS, [seen(second, 105.8, "layover") for second in range(0, 600, 20)]),
        ("off_route", [*DRIVES[:10], seen(200, 105.9, "detour")], DRIVES),
        ("lost", [seen(second, 105.8, "in_service", "lost") for second in range(20, 600, 20)], DRIVES),
        ("gps_frozen", [seen(second, 105.8, "in_service", "frozen") for second in range(0, 600, 20)], STANDS),
        ("late", [call("A", 1, 700, 100)], [call("A", 1, 400, 100)]),
        ("running_early", [call("A", 1, 100, 300)], [call("A", 1, 280, 300)]),
        ("early_departure", [BEGAN, call("A", 1, 0, 180)], [BEGAN, call("A", 1, 0, 20)]),
        # Another bus ran the trip; or it was under way when the log began.
        ("early_departure", [BEGAN, call("A", 1, 0, 180)], [BEGAN, call("B", 1, 0, 180)]),
        ("early_departure", [BEGAN, call("A", 1, 0, 180)], [call("A", 5, 0, 180)]),
        ("skipped_stop", [MISSED], [call("A", 1, 100, 100)]),
        ("in_depot", [seen(300, 105.8, "at_depot")], DRIVES),
        (
            "big_gap",
            [call("B", 1, -1_500, -1_500, "U"), call("A", 1, 300, -900), call("C", 1, 500, -300, "W")],
            [call("B", 1, -300, -1_500, "U"), call("A", 1, 300, -900), call("C", 1, 500, -300, "W")],
        ),
    ],
)
def test_an_alert_is_right_where_the_truth_says_so_and_only_there(kind: str, true: list, untrue: list) -> None:
    assert JUDGES[kind](row(), city(*true)) is True
    assert JUDGES[kind](row(), city(*untrue)) is False


def test_the_first_bus_in_a_log_ended_a_gap_as_long_as_the_log_at_least() -> None:
    before, others = call("Z", 9, -4_000, -4_000, "Y"), [call("C", 1, 500, -300, "W"), call("D", 1, 900, 300, "V")]
    assert JUDGES["big_gap"](row(), city(before, call("A", 1, 300, -900), *others)) is True
    assert JUDGES["big_gap"](row(), city(call("A", 1, 300, -900), *others)) is False


def test_each_kind_has_its_share_of_right_ones_and_who_stood_counts_as_found_if_it_was_said() -> None:
    known = city(*STANDS)
    figures = score_kinds({"stuck": [row()], "gps_frozen": [row()], "speeding": [row()]}, known)
    assert figures["stuck"] == {"said": 1, "precision": 100.0}
    assert figures["gps_frozen"] == {"said": 1, "precision": 0.0}
    assert figures["stood"] == {"true": 1, "found": 100.0}
    assert "speeding" not in figures
    assert [name for name, _, _ in list_stood(known)] == ["A"]
    assert list_stood(city(*DRIVES)) == []
