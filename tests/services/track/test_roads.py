"""What the log says of roads reaches the arrivals; what cannot be read hurts nobody."""

import zipfile
from pathlib import Path

import pytest

from fleet.gtfs import read_timetable
from routing.network import save_network
from schemas.message import encode
from schemas.text import Text
from schemas.topics import TOPICS
from services.city.folder import City, write_city
from services.stream import open_stream
from services.stream.base import Outgoing
from tests.fleet.small_feed import write_feed
from tests.fleet.small_roads import small_network, told
from tests.fleet.test_tracker import drive
from tests.services.track.test_track import read_all, send, track_until


@pytest.fixture
def city(tmp_path: Path) -> Path:
    root, feed = tmp_path / "city", write_feed(tmp_path / "feed")
    name = Text(vi="Thử", en="Test")
    place = City(
        id="t", name=name, timezone="Asia/Ho_Chi_Minh", bbox=(105.7, 20.9, 106, 21.1), epsg=32648, origin="import"
    )
    write_city(root, place)
    with zipfile.ZipFile(root / "gtfs.zip", "w") as archive:
        for path in feed.iterdir():
            archive.write(path, path.name)
    save_network(small_network(), root / "network")
    return root


@pytest.mark.parametrize("damaged", [False, True], ids=["whole", "no network that can be read"])
def test_a_jam_on_the_log_moves_the_forecast(tmp_path, city, damaged):
    fixes = drive(read_timetable(city / "gtfs.zip"), "T0-3")[:14]
    if damaged:
        for path in (city / "network").iterdir():
            path.write_bytes(b"nothing")
    with open_stream(f"sqlite:///{tmp_path}/log") as stream:
        stream.ensure_topics(TOPICS.values())
        producer = stream.producer()
        jam = told(fixes[-1].time_ms - 60_000, 5, 0.6)
        producer.send([Outgoing("road.states", b"x", data) for data in (b"no message", encode(jam))])
        producer.close()
        send(stream, fixes)
        track_until(tmp_path, city, len(fixes))
        last = [p for p in read_all(stream, "bus.predictions") if p.trip_id == "T0-3"][-1]
    assert (last.roads_age_s == 60.0) is not damaged
    assert ("kẹt xe trước Bến 6" in last.reason.vi) is not damaged
