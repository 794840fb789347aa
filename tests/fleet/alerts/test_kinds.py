"""Speeding, skipped stops, ghosts, late and early: each begins and ends where it should."""

import math
from pathlib import Path
from types import SimpleNamespace

import pytest

from fleet.alerts.left_early import early_since
from fleet.alerts.limits import SpeedLimits
from fleet.gtfs import read_timetable
from fleet.tracker import Tracker
from schemas.fix import Fix
from schemas.fleet_alert import AlertKind, FleetAlert
from tests.fleet.alerts.test_rules import LINK_MS, START_MS, drive, fix, kinds, on_time, stand
from tests.fleet.small_feed import LAT, LON, STEP, write_feed


def tracker_of(tmp_path: Path, limits: SpeedLimits | None = None) -> Tracker:
    return Tracker(read_timetable(write_feed(tmp_path / "feed")), limits=limits)


def of(kind: AlertKind, alerts: list[FleetAlert]) -> list[FleetAlert]:
    return [alert for alert in alerts if alert.kind is kind]


def at_speed(kmh: float | None, from_s: int, to_s: int, *, every_s: int = 10):
    """Drive on as planned while the receiver tells a speed."""
    more = {} if kmh is None else {"speed_mps": kmh / 3.6}
    return [fix(START_MS + s * 1000, s * 1000 / LINK_MS, **more) for s in range(from_s, to_s, every_s)]


def test_a_bus_above_the_citys_limit_for_some_seconds_is_told_with_speed_and_limit_and_ends(tmp_path: Path) -> None:
    way = on_time(0, 320) + at_speed(72, 320, 360) + at_speed(40, 360, 420)
    alerts = of(AlertKind.SPEEDING, drive(tracker_of(tmp_path, SpeedLimits(60 / 3.6)), way))
    assert [alert.ended_ms is None for alert in alerts] == [True, False]
    assert "72 km/h" in alerts[0].text.vi
    assert "60 are allowed" in alerts[0].text.en
    assert START_MS + 320_000 <= alerts[0].started_ms <= START_MS + 330_000


@pytest.mark.parametrize(("kmh", "seconds"), [(64, 60), (72, 10)])
def test_what_a_receiver_may_err_by_and_a_moment_of_overtaking_are_no_speeding(
    tmp_path: Path, kmh: float, seconds: int
) -> None:
    way = on_time(0, 320) + at_speed(kmh, 320, 320 + seconds) + at_speed(40, 320 + seconds, 420)
    assert of(AlertKind.SPEEDING, drive(tracker_of(tmp_path, SpeedLimits(60 / 3.6)), way)) == []


def test_without_a_speed_in_the_reports_the_way_between_them_tells_it(tmp_path: Path) -> None:
    # 519 m in 20 s are 93 km/h.
    fast = [fix(START_MS + 320_000 + n * 20_000, 2.66 + n) for n in range(1, 4)]
    slow = [fix(START_MS + s * 1000, s * 1000 / LINK_MS) for s in range(0, 321, 20)]
    limits = SpeedLimits(60 / 3.6)
    assert of(AlertKind.SPEEDING, drive(tracker_of(tmp_path, limits), slow)) == []
    assert len(of(AlertKind.SPEEDING, drive(tracker_of(tmp_path, limits), slow + fast))) == 1


def test_the_limit_is_that_of_the_road_under_the_bus_in_its_direction(network_of_two_roads) -> None:
    limits = SpeedLimits(50 / 3.6, network_of_two_roads)
    east, north = 0.0, math.pi / 2
    assert round(limits.at(LON + STEP, LAT, east) * 3.6) == 60
    assert round(limits.at(LON + 1.5 * STEP, LAT + 0.002, north) * 3.6) == 30
    assert round(limits.at(LON + 1.5 * STEP, LAT, north) * 3.6) == 30
    assert round(limits.at(LON + 1.5 * STEP, LAT, math.nan) * 3.6) == 60
    assert round(limits.at(LON, LAT + 0.01, east) * 3.6) == 50
    assert round(limits.lowest_mps * 3.6) == 30


@pytest.fixture
def network_of_two_roads(tmp_path: Path):
    from routing.network import read_osm

    nodes = {1: (LON - STEP, LAT), 2: (LON + 9 * STEP, LAT), 3: (LON + 1.5 * STEP, LAT - 0.004),
             4: (LON + 1.5 * STEP, LAT), 5: (LON + 1.5 * STEP, LAT + 0.004)}  # fmt: skip
    ways = {10: ((1, 4, 2), "primary", "60"), 11: ((3, 4, 5), "residential", "30")}
    text = "<osm version='0.6'>"
    for node, (lon, lat) in nodes.items():
        text += f"<node id='{node}' lat='{lat}' lon='{lon}' version='1'/>"
    for way, (refs, road, limit) in ways.items():
        text += f"<way id='{way}' version='1'>" + "".join(f"<nd ref='{ref}'/>" for ref in refs)
        text += f"<tag k='highway' v='{road}'/><tag k='maxspeed' v='{limit}'/></way>"
    path = tmp_path / "roads.osm"
    path.write_text(text + "</osm>")
    return read_osm(path)


@pytest.mark.parametrize("serves", [True, False])
def test_a_bus_that_leaves_its_line_past_two_stops_and_comes_back_skipped_them_if_it_serves_others(
    tmp_path: Path, serves: bool
) -> None:
    # From 2.3 links on it drives 260 m beside the line, past the stops 3 and 4, and is back at 4.7.
    away = []
    for s in range(0, 840, 10):
        links = s * 1000 / LINK_MS
        stands = serves and abs(links - round(links)) < 0.09
        off = 0.5 if 276 <= s <= 560 else 0.0
        away.append(fix(START_MS + s * 1000, links, off=off, speed_mps=0.0 if stands else 4.3))
    alerts = of(AlertKind.SKIPPED_STOP, drive(tracker_of(tmp_path), away, until_ms=START_MS + 900_000))
    assert [alert.ended_ms is None for alert in alerts] == [True] * serves
    assert all("Bến 3, Bến 4" in alert.text.vi for alert in alerts)
    assert kinds(drive(tracker_of(tmp_path), on_time(0, 840))) == []


def test_a_bus_becomes_late_at_ten_minutes_stays_so_at_eight_and_is_not_at_six(tmp_path: Path) -> None:
    def call(link: float, late_s: int):
        return [
            fix(round(START_MS + (link + part) * LINK_MS + late_s * 1000), link + part, speed_mps=4.3)
            for part in (-0.45, -0.3, -0.15, 0.0, 0.15, 0.3)
        ]

    def told(*minutes: int) -> list[tuple[str, bool]]:
        way = on_time(0, 90)
        for link, late in enumerate(minutes, 1):
            way += call(link, late * 60)
        return [k for k in kinds(drive(tracker_of(tmp_path), way)) if k[0] == "late"]

    assert told(9, 9) == []
    assert told(9, 11) == [("late", True)]
    assert told(11, 11, 10) == [("late", True)]


@pytest.mark.parametrize(
    ("late_s", "was_open", "is_late"), [(650, False, True), (500, False, False), (500, True, True), (400, True, False)]
)
def test_lateness_has_a_limit_to_begin_and_a_nearer_one_to_end(
    tmp_path: Path, late_s: float, was_open: bool, is_late: bool
) -> None:
    from fleet.alerts.punctual import late_since, running_early_since
    from fleet.vehicle import Vehicle

    table, bus = read_timetable(write_feed(tmp_path / "feed")), Vehicle("A", late_s=late_s)
    if was_open:
        bus.alerts[AlertKind.LATE] = None  # type: ignore[assignment]
    assert (late_since(bus, table, 1000) is not None) == is_late
    early = Vehicle("B", late_s=-late_s / 3)  # nothing tells that it stands nowhere
    if was_open:
        early.alerts[AlertKind.RUNNING_EARLY] = None  # type: ignore[assignment]
    assert (running_early_since(early, table, 1000) is not None) == (was_open or late_s >= 540)


def test_a_bus_that_rolls_on_by_seventy_metres_and_waits_there_has_not_left(tmp_path: Path) -> None:
    tracker = tracker_of(tmp_path)
    drive(tracker, waits_and_leaves(240, trip="T0-3")[:44])
    bus, table = tracker._vehicles["A"], tracker.timetable
    left_ms, (x, y) = bus.watch.told[0][2], table.pattern_of(bus.watch.run.trip).begin_xy
    assert early_since(bus, table, left_ms + 200_000) == left_ms
    bus.trail = [point if point[2] <= left_ms else (x + 70.0, y, *point[2:]) for point in bus.trail]
    assert early_since(bus, table, left_ms + 200_000) is None


@pytest.mark.parametrize(("stands_s", "told"), [(20, 1), (0, 0)])  # who stands nowhere drives empty
def test_a_bus_that_hurries_ahead_of_its_timetable_and_serves_its_stops_runs_early(
    tmp_path: Path, stands_s: int, told: int
) -> None:
    hurry = [
        fix(
            START_MS + link * 60_000 + s * 1000,
            link + min(1.0, s / (60 - stands_s)),
            speed_mps=13.0 * (s < 60 - stands_s),
        )
        for link in range(7)
        for s in range(0, 60, 10)
    ]
    alerts = of(AlertKind.RUNNING_EARLY, drive(tracker_of(tmp_path), hurry))
    assert len(alerts) == told
    assert all("chạy sớm 3 phút" in alert.text.vi or "chạy sớm 4 phút" in alert.text.vi for alert in alerts)


def test_where_reports_do_not_tell_who_stands_nothing_speaks_against_an_early_bus(tmp_path: Path) -> None:
    hurry = [fix(START_MS + s * 1000, s / 60) for s in range(0, 420, 60)]
    assert len(of(AlertKind.RUNNING_EARLY, drive(tracker_of(tmp_path), hurry))) == 1


def waits_and_leaves(early_s: int, *, trip: str | None) -> list[Fix]:
    """Return a bus that waits at its first stop, and drives at the timetable's pace from so long before its time."""
    leaves_ms = START_MS - early_s * 1000
    waits = [fix(leaves_ms - s * 1000, 0.0, trip=trip, speed_mps=0.0) for s in range(600, 0, -20)]
    drives = [fix(leaves_ms + s * 1000, s * 1000 / LINK_MS, trip=trip, speed_mps=4.3) for s in range(0, 700, 20)]
    return waits + drives


@pytest.mark.parametrize(
    ("trip", "early_s", "told"),
    [("T0-3", 240, [True, False]), ("T0-3", 60, []), ("T0-3", -60, []), (None, 240, [])],  # else it may be 16 min late
)
def test_a_bus_that_leaves_its_first_stop_before_its_time_is_told_when_its_trip_is_sure(
    tmp_path: Path, trip: str | None, early_s: int, told: list[bool]
) -> None:
    way = waits_and_leaves(early_s, trip=trip)
    until_ms = START_MS + 1_500_000
    home = [fix(ms, 7.0, trip=trip, speed_mps=0.0) for ms in range(way[-1].time_ms + 20_000, until_ms, 60_000)]
    alerts = of(AlertKind.EARLY_DEPARTURE, drive(tracker_of(tmp_path), way + home))
    assert [alert.ended_ms is None for alert in alerts] == told
    for alert in alerts:
        assert abs(alert.started_ms - (START_MS - early_s * 1000)) <= 30_000
        assert alert.trip_id == "T0-3"


def test_what_a_bus_did_at_its_first_stop_is_told_for_ten_minutes_and_never_of_a_slot_of_a_headway(
    tmp_path: Path,
) -> None:
    tracker = tracker_of(tmp_path)
    drive(tracker, waits_and_leaves(240, trip="T0-3")[:44])
    bus, table = tracker._vehicles["A"], tracker.timetable
    left_ms = bus.watch.told[0][2]
    assert early_since(bus, table, left_ms + 540_000) == left_ms
    assert early_since(bus, table, left_ms + 660_000) is None
    bus.probability = 0.5
    assert early_since(bus, table, left_ms + 60_000) is None
    bus.probability = 1.0
    slots = SimpleNamespace(trip_headway_s=dict.fromkeys(range(60), 600))
    assert early_since(bus, slots, left_ms + 60_000) is None


@pytest.mark.parametrize("silent", [True, False])
def test_a_bus_that_was_silent_when_it_left_or_drove_by_empty_left_nothing_early(tmp_path: Path, silent: bool) -> None:
    way = waits_and_leaves(240, trip="T0-3")
    if silent:  # from its waiting to its time: it may have left at any moment between
        way = [one for one in way if not START_MS - 300_000 < one.time_ms < START_MS - 10_000]
    else:
        way = [one for one in way if one.time_ms >= START_MS - 240_000]
        way = [fix(START_MS - 400_000 + n * 20_000, -0.133 * (8 - n), off=1.0, speed_mps=4.3) for n in range(8)] + way
    assert of(AlertKind.EARLY_DEPARTURE, drive(tracker_of(tmp_path), way)) == []


def test_a_bus_that_claims_a_trip_and_stands_elsewhere_is_a_ghost_until_it_claims_no_more(tmp_path: Path) -> None:
    # 3 km beside the line, from before the trip's time until after its end.
    parked = [fix(START_MS + s * 1000, 2.0, off=6.0, speed_mps=0.0) for s in range(-300, 800, 20)]
    gone = [fix(START_MS + s * 1000, 2.0, off=6.0, speed_mps=0.0, trip=None) for s in range(800, 1000, 20)]
    alerts = of(AlertKind.GHOST, drive(tracker_of(tmp_path), parked + gone))
    assert [alert.ended_ms is None for alert in alerts] == [True, False]
    assert "T0-3" in alerts[0].text.en
    assert alerts[0].updated_ms - START_MS <= 800_000


def test_a_bus_that_runs_what_it_claims_is_no_ghost_even_in_a_jam(tmp_path: Path) -> None:
    jam = on_time(0, 320) + stand(320, 830, 2.66)
    assert of(AlertKind.GHOST, drive(tracker_of(tmp_path), jam)) == []


@pytest.mark.parametrize(
    ("wander", "kind"),
    [
        (3e-5, "gps_frozen"),  # at each light its place wandered; now it is the same to the digit
        (0.0, "stuck"),  # it holds the place of every bus that stands, so this one may well stand
    ],
)
def test_a_receiver_that_repeats_a_place_is_frozen_only_if_it_never_did_so_before(
    tmp_path: Path, wander: float, kind: str
) -> None:
    way, stops = [], 0.2
    for second in range(60, 540, 20):
        light = (second // 40) % 3 == 0
        stops += 0.0 if light else 0.13
        shift = wander * ((second // 20) % 2) if light else 0.0
        way.append(fix(START_MS + second * 1000, stops + shift, speed_mps=0.0 if light else 5.5))
    way += [fix(START_MS + second * 1000, stops, speed_mps=0.0) for second in range(540, 900, 20)]
    said = {alert.kind.value for alert in drive(tracker_of(tmp_path), on_time(0, 60) + way)}
    assert said & {"gps_frozen", "stuck"} == {kind}


@pytest.mark.parametrize(
    ("until_s", "stands", "lost"), [(400, True, True), (80, True, False), (400, False, False)]
)  # who stands nowhere drives empty
def test_a_bus_that_falls_silent_on_its_way_is_lost_and_one_at_its_terminal_sleeps(
    tmp_path: Path, until_s: int, stands: bool, lost: bool
) -> None:
    way = [
        fix(
            one.time_ms,
            links := (one.lon - LON) / STEP,
            speed_mps=4.3 * (not stands or abs(links - round(links)) > 0.09),
        )
        for one in on_time(-60, until_s)
    ]
    alerts = drive(tracker_of(tmp_path), way, until_ms=START_MS + until_s * 1000 + 400_000)
    assert bool(of(AlertKind.LOST, alerts)) is lost
