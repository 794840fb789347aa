"""Each alert begins when it should, ends when it should, and stays away when nothing is wrong."""

from pathlib import Path

import pytest

from fleet.alerts.standing import note_stand
from fleet.gtfs import read_timetable
from fleet.tracker import Tracker
from fleet.vehicle import Vehicle
from schemas.fix import Fix
from schemas.fleet_alert import AlertKind, FleetAlert
from schemas.trip import TripRef
from tests.fleet.small_feed import DATE, LAT, LON, STEP, ZERO_MS, write_feed

START_MS = ZERO_MS + 7 * 3_600_000  # T0-3 leaves at 07:00
LINK_MS = 120_000


@pytest.fixture
def tracker(tmp_path: Path) -> Tracker:
    return Tracker(read_timetable(write_feed(tmp_path / "feed")))


def fix(
    time_ms: int,
    stops: float,
    *,
    bus: str = "A",
    trip: str | None = "T0-3",
    off: float = 0.0,
    source: str = "depot",
    **more: object,
) -> Fix:
    """Return a report so many links along the line, and so many links beside it."""
    claim = None if trip is None else TripRef(trip_id=trip, start_date=DATE)
    return Fix(
        vehicle_id=bus, time_ms=time_ms, lon=LON + stops * STEP, lat=LAT + off * STEP, source=source,
        received_ms=time_ms, claimed_trip=claim, **more,  # type: ignore[arg-type]
    )  # fmt: skip


def drive(tracker: Tracker, fixes: list[Fix], *, until_ms: int = 0) -> list[FleetAlert]:
    """Take the fixes each at its time, then let the clock go on."""
    alerts: list[FleetAlert] = []
    for one in sorted(fixes, key=lambda f: f.time_ms):
        alerts += tracker.step([one], one.time_ms).alerts
    for now_ms in range(fixes[-1].time_ms, until_ms, 10_000):
        alerts += tracker.step([], now_ms).alerts
    return alerts


def on_time(
    from_s: int, to_s: int, *, bus: str = "A", trip: str = "T0-3", start_ms: int = START_MS, source: str = "depot"
) -> list[Fix]:
    return [
        fix(start_ms + s * 1000, max(0.0, s * 1000 / LINK_MS), bus=bus, trip=trip, speed_mps=4.3, source=source)
        for s in range(from_s, to_s, 20)
    ]


def stand(from_s: int, to_s: int, stops: float, *, walks: float = 0.002, **more: object) -> list[Fix]:
    """Return a bus that stands; its receiver's place walks by metres, unless it ``walks`` not at all."""
    places = [(s, stops + walks * (0 if s == from_s else 1 + s // 20 % 4)) for s in range(from_s, to_s, 20)]
    return [fix(START_MS + s * 1000, at, speed_mps=0.0, **more) for s, at in places]  # type: ignore[arg-type]


def kinds(alerts: list[FleetAlert]) -> list[tuple[str, bool]]:
    """Return what was said of buses and feeds; that nobody runs the other trips is true and beside the point."""
    beside = (AlertKind.NOT_COMING, AlertKind.MAY_NOT_RUN)
    return [(alert.kind.value, alert.ended_ms is None) for alert in alerts if alert.kind not in beside]


def test_a_bus_that_runs_as_planned_causes_no_alert(tracker: Tracker) -> None:
    assert kinds(drive(tracker, on_time(-60, 840))) == []


def test_a_bus_that_stands_in_traffic_is_told_after_five_minutes_and_taken_back_when_it_moves(tracker: Tracker) -> None:
    jam = (
        on_time(0, 320)
        + stand(320, 700, 2.66)
        + [fix(START_MS + s * 1000, 2.66 + (s - 690) / 120) for s in range(710, 800, 20)]
    )
    alerts = drive(tracker, jam)
    stuck = [alert for alert in alerts if alert.kind is AlertKind.STUCK]
    assert kinds(alerts) == [("stuck", True), ("stuck", False)]
    assert stuck[0].started_ms == stuck[1].started_ms <= START_MS + 340_000
    assert "07:0" in stuck[0].text.vi


def test_of_a_place_repeated_to_the_digit_nobody_knows_whether_the_bus_stands_or_its_receiver(tracker: Tracker) -> None:
    alerts = drive(tracker, on_time(0, 320) + stand(320, 900, 2.66, walks=0.0))
    assert not {"stuck", "long_stop"} & {kind for kind, _ in kinds(alerts)}


def test_a_receiver_that_freezes_some_metres_after_the_bus_was_seen_there_says_no_stand_either(
    tracker: Tracker,
) -> None:
    frozen = [fix(START_MS + 320_000, 2.655, speed_mps=2.0), *stand(340, 900, 2.66, walks=0.0)]
    alerts = drive(tracker, on_time(0, 320) + frozen)
    assert not {"stuck", "long_stop"} & {kind for kind, _ in kinds(alerts)}


@pytest.mark.parametrize(("then_m", "held"), [(30.0, 1), (700.0, 0)])
def test_a_repeated_place_that_ends_with_a_leap_was_no_stand_that_the_receiver_held(then_m: float, held: int) -> None:
    bus = Vehicle("A", x=then_m, trail=[(0.0, 0.0, s * 1000, 0.0, None) for s in (1, 60)])
    bus.trail.append((then_m, 0.0, 80_000, None, None))
    note_stand(bus)
    assert bus.stands[:2] == (held, 0)


def test_a_bus_that_stands_is_stuck_though_its_receiver_wanders_by_forty_metres(tracker: Tracker) -> None:
    wanders = [fix(START_MS + s * 1000, 2.66 + 0.08 * (s // 20 % 2), speed_mps=0.0) for s in range(320, 700, 20)]
    assert ("stuck", True) in kinds(drive(tracker, on_time(0, 320) + wanders))


def test_a_crawling_bus_is_not_stuck(tracker: Tracker) -> None:
    crawl = [fix(START_MS + s * 1000, 2.6 + (s - 320) * 0.0005, speed_mps=0.5) for s in range(320, 1500, 20)]
    assert not {"stuck", "long_stop"} & {kind for kind, _ in kinds(drive(tracker, on_time(0, 320) + crawl))}


def test_a_bus_that_stands_long_at_a_stop_is_told_so(tracker: Tracker) -> None:
    alerts = drive(tracker, on_time(0, 360) + stand(360, 600, 3.0, door_open=True))
    assert kinds(alerts) == [("long_stop", True)]


def test_a_bus_that_waits_for_its_time_at_a_stop_is_left_alone(tracker: Tracker) -> None:
    early = [fix(START_MS + s * 1000, s / 60, speed_mps=8.6) for s in range(0, 300, 20)]
    waits = stand(300, 600, 5.0)
    assert [k for k in kinds(drive(tracker, early + waits)) if k[0] in ("stuck", "long_stop")] == []


def test_a_bus_off_its_line_is_told_after_two_minutes(tracker: Tracker) -> None:
    away = [fix(START_MS + s * 1000, s * 1000 / LINK_MS, off=0.8, speed_mps=4.3) for s in range(320, 480, 20)]
    assert ("off_route", True) in kinds(drive(tracker, on_time(0, 320) + away))


def test_a_bus_that_moves_with_an_open_door_is_told_and_one_that_stands_with_it_is_not(tracker: Tracker) -> None:
    def at(door_open: bool, speed_mps: float) -> list[Fix]:
        return [
            fix(START_MS + s * 1000, s * 1000 / LINK_MS, speed_mps=speed_mps, door_open=door_open)
            for s in range(320, 400, 10)
        ]

    assert ("doors_open_moving", True) in kinds(drive(tracker, on_time(0, 320) + at(True, 4.3)))


@pytest.mark.parametrize(("door_open", "speed_mps"), [(False, 4.3), (True, 0.5)])
def test_closed_doors_and_a_bus_that_rolls_to_its_stop_are_no_alert(
    tracker: Tracker, door_open: bool, speed_mps: float
) -> None:
    way = [
        fix(START_MS + s * 1000, s * 1000 / LINK_MS, speed_mps=speed_mps, door_open=door_open)
        for s in range(320, 400, 10)
    ]
    assert kinds(drive(tracker, on_time(0, 320) + way)) == []


def test_a_receiver_that_tells_one_place_of_a_driving_bus_is_frozen(tracker: Tracker) -> None:
    frozen = [fix(START_MS + s * 1000, 2.66 + s * 1e-6, speed_mps=8.0) for s in range(320, 520, 20)]
    assert kinds(drive(tracker, on_time(0, 320) + frozen)) == [("gps_frozen", True)]


def test_a_trip_that_nobody_runs_is_told_within_three_minutes_with_the_next_one(tracker: Tracker) -> None:
    # T0-3 runs; T0-4 of another block, twenty minutes later, does not.
    alerts = drive(tracker, on_time(0, 840), until_ms=START_MS + 1_200_000 + 180_000)
    (missing,) = [alert for alert in alerts if alert.trip_id == "T0-4"]
    assert missing.kind is AlertKind.NOT_COMING
    assert missing.updated_ms - missing.started_ms <= 180_000
    assert "07:40" in missing.text.vi
    assert "07:40" in missing.text.en


def test_a_trip_whose_bus_still_runs_the_one_before_is_late_and_not_missing(tracker: Tracker) -> None:
    # The block's bus of T1-3 (07:19) is late on T0-3 until 07:25.
    slow = [fix(START_MS + s * 1000, min(6.9, s * 1000 / LINK_MS * 0.55), speed_mps=3.0) for s in range(0, 1500, 20)]
    assert "T1-3" not in {alert.trip_id for alert in drive(tracker, slow) if alert.kind is AlertKind.NOT_COMING}


def test_a_feed_that_falls_silent_is_one_alert_and_not_one_a_bus_or_trip(tracker: Tracker) -> None:
    many = [one for n in range(6) for one in on_time(0, 600, bus=f"B{n}", trip=f"T0-{n + 3}", start_ms=START_MS)]
    last_ms = max(one.time_ms for one in many)
    alerts = drive(tracker, sorted(many, key=lambda f: f.time_ms), until_ms=last_ms + 900_000)
    # Six buses at one place are a bunch until they are silent.
    later = [alert for alert in alerts if alert.updated_ms > last_ms + 60_000]
    after = [alert for alert in later if alert.kind is not AlertKind.BUNCHING]
    assert kinds(after) == [("silent_feed", True)]
    assert not [alert for alert in after if alert.kind is AlertKind.NOT_COMING and alert.ended_ms is None]
    back = drive(
        tracker, [fix(last_ms + 900_000 + n, 5.0, bus=f"B{n}", trip=None) for n in range(6)], until_ms=last_ms + 930_000
    )
    assert ("silent_feed", False) in kinds(back)
