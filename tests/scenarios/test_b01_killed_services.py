"""B01: a service that is killed comes back, and what was reported meanwhile is not lost."""

import os
import signal
from pathlib import Path

import msgspec
import psutil
import pytest

from services.stream import open_stream
from tests.data import shared_data
from tests.scenarios.living import Living, living_city, wait_for


@pytest.mark.timeout(240)
def test_every_fix_gets_its_position_although_the_tracker_is_killed(washington: Path, tmp_path: Path) -> None:
    recording = shared_data("wmata", "vehicle_positions_2026-02-16_C53_D96.csv.gz")
    with living_city(washington, tmp_path / "var") as city:
        command = ["play", "--positions", str(recording), "--speed", "120", "--url", city.doors]
        city.hanoi(*command, "--until", "2026-02-16T16:10:00Z")
        os.kill(_child(city, "track"), signal.SIGKILL)
        city.hanoi(*command, "--from", "2026-02-16T16:10:00Z", "--until", "2026-02-16T16:20:00Z")
        fixes = _times(city, "gps.fixes")
        wait_for(lambda: _child(city, "track"), seconds=40, what="a new tracker")
        wait_for(
            lambda: max(_times(city, "bus.positions").values()) == max(fixes.values()), seconds=60, what="caught up"
        )
        assert _times(city, "bus.positions").keys() == fixes.keys()


def _child(city: Living, name: str) -> int:
    for child in psutil.Process(city.process.pid).children(recursive=True):
        if name in child.cmdline():
            return int(child.pid)
    return 0


def _times(city: Living, topic: str) -> dict[str, int]:
    """Newest time of each vehicle on a topic."""
    newest: dict[str, int] = {}
    kind = msgspec.defstruct("Seen", [("vehicle_id", str), ("time_ms", int)])
    with open_stream(city.env["STREAM_URL"]) as stream:
        reader = stream.tail([topic], since_ms=0)
        while records := reader.poll(5000, timeout_s=1.0):
            for record in records:
                seen = msgspec.json.decode(record.value, type=kind)
                newest[seen.vehicle_id] = max(seen.time_ms, newest.get(seen.vehicle_id, 0))
        reader.close()
    return newest
