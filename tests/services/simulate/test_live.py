from dataclasses import replace
from pathlib import Path

import pytest

from fleet.gtfs import read_timetable
from fleet.simulation.counts import CameraPlace
from fleet.simulation.plan import gap_m
from services.simulate.city import Streets
from services.simulate.live import LiveBuses
from tests.fleet.simulation.builders import crossing
from tests.services.city.builders import FEED, write_feed

MORNING_MS = 1_736_035_200_000  # 2025-01-05 07:00 in Hanoi
DAY_MS = 24 * 3_600_000


@pytest.fixture
def streets(tmp_path: Path) -> Streets:
    times = ["trip_id,arrival_time,departure_time,stop_id,stop_sequence\n"]
    trips = ["route_id,service_id,trip_id,direction_id\n"]
    for k in range(60):
        trips.append(f"7_1,D,t{k},0\n")
        at = [f"{(420 + 2 * k + m) // 60:02d}:{(420 + 2 * k + m) % 60:02d}:00" for m in (0, 4, 8)]
        times += [f"t{k},{t},{t},{s},{n}\n" for n, (t, s) in enumerate(zip(at, "ABC", strict=True), 1)]
    feed = write_feed(tmp_path / "feed.zip", FEED | {"trips.txt": "".join(trips), "stop_times.txt": "".join(times)})
    return Streets("little", read_timetable(feed), [])


def test_buses_are_on_their_way_from_the_first_seconds(streets: Streets) -> None:
    buses = LiveBuses(streets, seed=1)
    start = MORNING_MS + 1_800_000
    assert buses.follow(start) == []
    assert buses.running >= 2
    fixes = [fix for second in range(1, 17) for fix in buses.follow(start + second * 1000)]
    assert len({fix.vehicle_id for fix in fixes}) >= buses.running
    assert max(fix.speed_mps or 0 for fix in fixes) > 1.5


def test_reports_follow_the_clock_and_are_never_of_the_future(streets: Streets) -> None:
    buses = LiveBuses(streets, seed=1)
    start = MORNING_MS + 1_800_000
    for late_ms in (0, 400, 2_300, 2_300, 7_000, 7_999):
        fixes = buses.follow(start + late_ms)
        assert all(start < fix.time_ms <= start + late_ms for fix in fixes)


def test_cameras_count_each_whole_minute_once(streets: Streets) -> None:
    network = crossing()
    camera = CameraPlace("J-1", float(network.node_lon[0]), float(network.node_lat[0]), ("north", "east"))
    buses = LiveBuses(replace(streets, network=network), seed=1, cameras=[camera])
    start = MORNING_MS + 1_800_000
    for late_ms in range(0, 150_000, 5_000):
        buses.follow(start + late_ms)
    counts = buses.take_counts()
    assert sorted((c.approach_id, c.start_ms) for c in counts) == [
        (side, start + minute * 60_000) for side in ("east", "north") for minute in (0, 1)
    ]
    assert sum(sum(c.counts.values()) for c in counts) > 0
    assert buses.take_counts() == []


def test_after_a_long_sleep_buses_stand_where_they_should_be_now(streets: Streets) -> None:
    buses = LiveBuses(streets, seed=1)
    start = MORNING_MS + 1_800_000
    buses.follow(start)
    before = buses.follow(start + 20_000)
    assert buses.follow(start + 1_800_000) == []
    after = buses.follow(start + 1_820_000)
    assert after
    assert all(fix.time_ms > start + 1_800_000 for fix in after)
    assert max(gap_m(fix.lon, fix.lat, 105.81, 21.0) for fix in before + after) < 5_000


def test_a_city_where_nothing_runs_is_quiet_and_is_looked_at_again(streets: Streets) -> None:
    buses = LiveBuses(streets, seed=1)
    then = MORNING_MS - 7 * DAY_MS
    assert buses.follow(then) == []
    assert buses.vehicles == 0
    buses.follow(MORNING_MS + 1_800_000)
    assert buses.vehicles > 0
