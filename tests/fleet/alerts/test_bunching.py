"""Buses that will run as one are told with time to hold the one behind; even ones never are."""

from pathlib import Path

import pytest

from fleet.alerts.advice import Gaps, advise
from fleet.gtfs import read_timetable
from fleet.tracker import Tracker
from schemas.fix import Fix
from schemas.fleet_alert import AlertKind, FleetAlert
from tests.fleet.alerts.test_rules import START_MS, drive, fix
from tests.fleet.small_feed import write_feed

HEADWAY_S = 1_200


@pytest.fixture
def tracker(tmp_path: Path) -> Tracker:
    return Tracker(read_timetable(write_feed(tmp_path / "feed", count=40)))


def run(bus: str, trip: int, *, late_s: int, pace: float, seconds: int = 1_500) -> list[Fix]:
    """Return a bus that began late, takes so many times the planned time of a link and stands at its stops."""
    begin_ms = START_MS + ((trip - 3) * HEADWAY_S + late_s) * 1000
    places = [(s, s / 120 / pace) for s in range(0, seconds, 20)]
    return [
        fix(begin_ms + s * 1000, at, bus=bus, trip=f"T0-{trip}", speed_mps=0.0 if _is_at_stop(at) else 4.3 / pace)
        for s, at in places
    ]


def _is_at_stop(links: float) -> bool:
    return abs(links - round(links)) < 0.09


def told(alerts: list[FleetAlert], kind: AlertKind) -> list[FleetAlert]:
    return [alert for alert in alerts if alert.kind is kind]


def test_a_bus_that_will_catch_up_is_told_five_minutes_before_with_where_to_hold_it(tracker: Tracker) -> None:
    # The leader began 5 min late and crawls; the follower is on time.
    alerts = drive(
        tracker, run("A", 3, late_s=300, pace=1.5, seconds=2_400) + run("B", 4, late_s=0, pace=0.9, seconds=900)
    )
    first = told(alerts, AlertKind.BUNCHING)[0]
    assert (first.vehicle_id, first.ended_ms) == ("B", None)
    assert first.expected_ms is not None
    assert first.hold_s is not None
    assert first.expected_ms - first.updated_ms >= 300_000
    assert 30 <= first.hold_s <= 240
    assert first.stop_id is not None
    assert "giữ xe B" in first.text.vi
    assert "hold B" in first.text.en


def test_a_bus_that_is_late_itself_is_not_to_be_held(tracker: Tracker) -> None:
    alerts = drive(
        tracker, run("A", 3, late_s=900, pace=1.5, seconds=2_400) + run("B", 4, late_s=540, pace=0.9, seconds=900)
    )
    first = told(alerts, AlertKind.BUNCHING)[0]
    assert (first.vehicle_id, first.hold_s) == ("B", None)
    assert "không giữ thêm" in first.text.vi
    assert "min late too, do not hold it" in first.text.en


@pytest.mark.parametrize(
    ("gaps", "late_s", "hold_s"),
    [
        (Gaps(600.0, 60.0, None), 0.0, 240.0),
        (Gaps(600.0, 60.0, 1_000.0), 0.0, 240.0),
        (Gaps(600.0, 120.0, 300.0), 0.0, 90.0),  # as far from the next as from the one ahead
        (Gaps(600.0, 60.0, 90.0), 0.0, None),  # there would be three in a row
        (Gaps(600.0, 60.0, None), 300.0, None),
    ],
)
def test_a_bus_waits_for_even_gaps_ahead_and_behind(gaps: Gaps, late_s: float, hold_s: float | None) -> None:
    assert advise(gaps, late_s).hold_s == hold_s


def test_where_a_third_bus_follows_closely_the_second_is_not_to_be_held(tracker: Tracker) -> None:
    ahead = run("A", 3, late_s=60, pace=1.5, seconds=2_400)
    alerts = drive(tracker, ahead + run("B", 4, late_s=-600, pace=0.9) + run("C", 5, late_s=-1_740, pace=0.9))
    first = told(alerts, AlertKind.BUNCHING)[0]
    assert (first.vehicle_id, first.hold_s) == ("B", None)
    assert "another is close behind B, do not hold it" in first.text.en


def test_buses_that_keep_their_distance_are_told_nothing(tracker: Tracker) -> None:
    alerts = drive(tracker, run("A", 3, late_s=0, pace=1.0) + run("B", 4, late_s=30, pace=1.05))
    assert told(alerts, AlertKind.BUNCHING) == told(alerts, AlertKind.BIG_GAP) == []


def test_a_wait_far_longer_than_planned_is_told(tracker: Tracker) -> None:
    late = run("A", 3, late_s=0, pace=1.0, seconds=3_600) + run("B", 4, late_s=1_500, pace=1.0, seconds=800)
    gap = told(drive(tracker, late), AlertKind.BIG_GAP)
    assert [(alert.vehicle_id, alert.hold_s) for alert in gap if alert.ended_ms is None] == [("B", None)]
    assert "20" in gap[0].text.en


def test_a_gap_is_told_once_though_the_buses_that_end_it_overtake_each_other(tracker: Tracker) -> None:
    leader = run("A", 3, late_s=0, pace=1.0, seconds=3_600)
    behind = run("B", 4, late_s=1_500, pace=1.0, seconds=900) + run("C", 5, late_s=340, pace=0.9, seconds=860)
    gaps = told(drive(tracker, leader + behind), AlertKind.BIG_GAP)
    assert [alert.ended_ms for alert in gaps] == [None]
