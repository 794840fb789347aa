"""The estimating process: from positions in the log to road states and incidents in the log."""

import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from routing.congestion import Estimator
from routing.network import save_network
from schemas.edge import RoadStates
from schemas.feed import ClockTick
from schemas.message import decode, encode
from schemas.text import Text
from services.city.folder import City, write_city
from services.clock import CityClock
from services.context import Context
from services.estimate.lines import read_lines
from services.estimate.pipeline import EstimateStep, find_network, run
from services.settings import Settings
from services.stream.base import Outgoing
from services.stream.embedded import EmbeddedStream
from tests.data import shared_data
from tests.routing.congestion.test_estimate import NET, START_MS, drive
from tests.services.city.builders import FEED, write_feed


class Wall:
    """A wall clock that a test sets."""

    def __init__(self, now_ms: int) -> None:
        self.ms = now_ms

    def now_ms(self) -> int:
        return self.ms


def city(root: Path, *, network: bool) -> Path:
    write_city(
        root,
        City(
            id="test",
            name=Text(vi="Thử", en="Test"),
            timezone="Asia/Ho_Chi_Minh",
            bbox=(105.8, 21.0, 105.9, 21.1),
            epsg=32648,
            origin="sample",
        ),
    )
    if network:
        save_network(NET, root / "network")
    return root


def context_of(tmp_path: Path, stream: EmbeddedStream, wall: Wall, *, network: bool) -> Context:
    place = {
        "CITY_DIR": str(city(tmp_path / "city", network=network)),
        "HANOI_RUN_VAR_DIR": str(tmp_path / "var"),
    }
    return Context(settings=Settings(place), stream=stream, clock=CityClock(wall))


def until(stop: Callable[[], bool], context: Context) -> None:
    """Run the service in a thread until something is so, then stop it."""
    done = threading.Thread(target=run, args=(context,))
    done.start()
    try:
        waiter = threading.Event()
        for _ in range(400):
            if stop():
                break
            waiter.wait(0.02)
        else:
            pytest.fail("waited 8 s in vain")
    finally:
        context.stop.set()
        done.join(10)
    assert not done.is_alive()


def test_positions_become_road_states_and_what_was_learnt_is_kept(tmp_path: Path) -> None:
    with EmbeddedStream(tmp_path / "log") as stream:
        wall = Wall(START_MS + 300_000)
        context = context_of(tmp_path, stream, wall, network=True)
        fixes = [f for bus in range(6) for f in drive(f"b{bus}", 0.0, 8.0)]
        stream.producer().send([Outgoing("bus.positions", f.vehicle_id.encode(), encode(f)) for f in fixes])
        found: list[RoadStates] = []
        tail = stream.tail(["road.states"], since_ms=0)

        def told() -> bool:
            found.extend(decode(RoadStates, r.value) for r in tail.poll(500, 0.0))
            return len(found) > 3

        until(told, context)
    states = {s.edge_id: s for cell in found for s in cell.states}
    assert states["2/103/104"].speed_mps == pytest.approx(8.0, rel=0.1)
    assert (tmp_path / "var" / "estimate" / "history.npz").exists()


def test_a_city_without_roads_idles_with_one_line_and_stops_when_told(tmp_path: Path) -> None:
    with EmbeddedStream(tmp_path / "log") as stream:
        context = context_of(tmp_path, stream, Wall(START_MS), network=False)
        assert find_network(context) is None
        until(lambda: True, context)


def test_a_broken_network_idles_instead_of_dying(tmp_path: Path) -> None:
    with EmbeddedStream(tmp_path / "log") as stream:
        context = context_of(tmp_path, stream, Wall(START_MS), network=True)
        (tmp_path / "city" / "network" / "network.npz").write_bytes(b"broken")
        assert find_network(context) is None
        until(lambda: True, context)


def test_a_played_day_runs_on_its_own_clock(tmp_path: Path) -> None:
    wall = Wall(START_MS + 10**10)
    clock = CityClock(wall)
    clock.take(ClockTick(event_ms=START_MS + 300_000, wall_ms=wall.ms, speed=10.0, source="player"))
    with EmbeddedStream(tmp_path / "log") as stream:
        base = context_of(tmp_path, stream, wall, network=True)
        context = Context(settings=base.settings, stream=stream, clock=clock)
        fixes = drive("b1", 0.0, 8.0)
        stream.producer().send([Outgoing("bus.positions", f.vehicle_id.encode(), encode(f)) for f in fixes])
        tail = stream.tail(["road.states"], since_ms=0)
        until(lambda: bool(tail.poll(500, 0.0)), context)


def test_the_stops_of_a_real_feed_are_read_and_a_broken_feed_is_not_the_end(tmp_path: Path) -> None:
    stops = read_lines(shared_data("hanoi-gtfs", "hanoi_2018_midday_gtfs.zip"), NET)
    assert stops is not None
    assert stops.lonlat.shape == (7670, 2)
    assert np.isfinite(stops.lonlat).all()
    assert sum(map(len, stops.stops.values())) == 7670, "here each line has stops of its own"
    broken = tmp_path / "gtfs.zip"
    broken.write_bytes(b"no zip")
    assert read_lines(broken, NET) is None
    assert read_lines(None, NET) is None


def test_a_new_timetable_brings_its_stops_and_one_that_cannot_be_read_leaves_those_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.city.watch.LOOK_EVERY_S", 0.0)
    root = city(tmp_path / "city", network=True)
    estimator = Estimator(NET)
    step = EstimateStep(estimator, tmp_path / "history.npz", root)
    standing = drive("b1", 0.0, 8.0)[-1]

    def at_stop() -> bool:
        x, y = NET.to_xy(np.array([standing.lon]), np.array([standing.lat]))
        return bool(estimator._observer.stops.near(x, y, 25.0, [None])[0])

    assert not at_stop()
    stops = (
        f"stop_id,stop_name,stop_lat,stop_lon\nA,A,{standing.lat},{standing.lon}\nB,B,21.5,105.85\nC,C,21.6,105.85\n"
    )
    write_feed(root / "gtfs.zip", FEED | {"stops.txt": stops})
    city(root, network=False)
    step.handle([], START_MS)
    assert at_stop()
    (root / "gtfs.zip").write_bytes(b"no zip")
    city(root, network=False)
    step.handle([], START_MS)
    assert at_stop()
