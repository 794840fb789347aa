"""A city in another zone: what is shown to riders, written into feeds and dated is its own time."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET
from zoneinfo import ZoneInfo

import pytest
from google.transit import gtfs_realtime_pb2 as pb

from fleet.tracker import Tracker
from schemas.fix import Fix
from services.track.pipeline import outputs_of
from tests.services.api.parts import GTFS, Running, gtfs_zip, make_city, running

ZONE = ZoneInfo("America/New_York")
# Half an hour past midnight of the night in which the clocks go back (2026-11-01, 02:00 EDT becomes 01:00 EST).
NIGHT = dt.datetime(2026, 11, 1, 0, 31, tzinfo=ZONE)
SIRI = "{http://www.siri.org.uk/siri}"
NIGHT_BUS = (
    "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n"
    "t1,24:30:00,24:30:00,s1,1\nt1,24:45:00,24:45:00,s2,2\nt1,25:30:00,25:30:00,s3,3\nt1,26:10:00,26:10:00,s4,4\n"
    "t2,06:10:00,06:10:00,s1,1\nt2,06:25:00,06:25:00,s2,2\nt9,05:55:00,05:55:00,s2b,1\nt9,06:20:00,06:20:00,s3,2\n"
)


def ms(moment: dt.datetime) -> int:
    return round(moment.timestamp() * 1000)


@pytest.fixture
def night(tmp_path: Path) -> Iterator[Running]:
    """The night bus of the evening before, seen once."""
    tables = {name: text.replace("Asia/Ho_Chi_Minh", "America/New_York") for name, text in GTFS.items()}
    feed = gtfs_zip({**tables, "stop_times.txt": NIGHT_BUS})
    with running(tmp_path, make_city(tmp_path / "city", gtfs=feed), now_ms=ms(NIGHT)) as api:
        tracker = Tracker(api.state.timetable.table)
        for seconds in range(0, 180, 30):
            moment = ms(NIGHT) + seconds * 1000
            lat, lon = 20.98 + seconds * 4e-5, 105.841 + seconds * 6.4e-6
            fix = Fix(
                vehicle_id="B-1", time_ms=moment, lon=lon, lat=lat, source="depot", received_ms=moment, speed_mps=4.5
            )
            api.take(*((topic, message) for topic, _, message in outputs_of(tracker.step([fix], moment))))
        api.clock.time_ms = moment
        yield api


def test_a_trip_after_midnight_belongs_to_the_day_before_in_every_answer(night: Running) -> None:
    rows = night.client.get("/api/stops/s2/arrivals").json()["arrivals"]
    assert [(row["trip_id"], row["start_date"], row["status"]) for row in rows[:1]] == [("t1", "20261031", "live")]
    feed = pb.FeedMessage()
    feed.ParseFromString(night.client.get("/gtfs-rt/trip-updates.pb").content)
    assert [(e.trip_update.trip.trip_id, e.trip_update.trip.start_date) for e in feed.entity] == [("t1", "20261031")]


def test_a_planned_time_counts_from_noon_minus_twelve_hours_of_its_day(night: Running) -> None:
    (row,) = [r for r in night.client.get("/api/stops/s3/arrivals").json()["arrivals"] if r["trip_id"] == "t1"]
    # 25:30 of 31 October, whose day began at 00:00 EDT.
    assert row["scheduled_ms"] == ms(dt.datetime(2026, 11, 1, 1, 30, tzinfo=ZONE))
    assert abs(row["eta_ms"] - row["scheduled_ms"]) < 15 * 60_000


def test_siri_writes_the_citys_own_offset(night: Running) -> None:
    root = ET.fromstring(night.client.get("/siri/sm.xml?MonitoringRef=s4").content)
    aimed = [found.text for found in root.iter(f"{SIRI}AimedArrivalTime")]
    # 26:10 comes after the clocks went back: 01:10 for the second time.
    assert aimed[0] == "2026-11-01T01:10:00-05:00"
    assert next(found.text for found in root.iter(f"{SIRI}DataFrameRef")) == "2026-10-31"
    assert str(root.findtext(f".//{SIRI}ResponseTimestamp")).endswith("-04:00")


def test_the_list_of_feeds_names_the_zone(night: Running) -> None:
    assert night.client.get("/api/open-feeds").json()["static"]["timezone"] == "America/New_York"
