"""The kinds of rounds: each does its damage while records are being fed, and leaves the crew able to go on."""

import contextlib
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from services.stream import open_stream
from services.stream.base import Committed, Partition, Stream
from services.stream.poison import parse_stop
from tests.chaos.column import Column, Server
from tests.chaos.crew import Crew, LoadProcess
from tests.chaos.doom import POINTS
from tests.chaos.numbers import flood_of
from tests.chaos.worker import GROUP

ARCHIVE_POINTS = ("polled", "writing", "written", "committed")
FEWEST, MOST = 2, 4
STOP_WITHIN_S = 4.0
FLOOD, FLOOD_FIRST = 250, 1_000_000_000
STOP_SEEN_S = 40.0
# Longer than a silent member is kept: embedded workers of the chaos are told 2 s, Kafka's session ends after 10 s.
PAUSE_S = {"embedded": 3.4, "distributed": 11.5}


@dataclass
class Scene:
    """What a round may damage."""

    column: Column
    crew: Crew
    load: LoadProcess
    rng: random.Random
    floods: int = 0
    stops: list[str] = field(default_factory=list)

    def wait(self, seconds: float) -> None:
        """Let a time pass and tend the crew meanwhile."""
        until_s = time.monotonic() + seconds
        while (left_s := until_s - time.monotonic()) > 0:
            self.crew.tend()
            time.sleep(min(0.02, left_s))

    def wait_a_moment(self, longest_s: float = 0.9) -> None:
        """Let a random time pass."""
        self.wait(self.rng.uniform(0.02, longest_s))


Damage = Callable[[Scene], None]


def kill_worker(scene: Scene) -> None:
    """Kill a step's worker or the archive at some moment."""
    role = scene.rng.choice(["step", "step", "archive"])
    scene.wait_a_moment()
    scene.crew.kill(scene.crew.find(role, scene.rng))


def die_at(point: str) -> Damage:
    """Return the round in which a worker dies exactly at a point of its turn."""

    def die(scene: Scene) -> None:
        role = scene.rng.choice(["step", "step", "archive"] if point in ARCHIVE_POINTS else ["step"])
        times = scene.rng.randint(1, 2 if role == "archive" else 6)
        scene.crew.replace(scene.crew.find(role, scene.rng), (point, times))

    return die


def rebalance(scene: Scene) -> None:
    """Add and remove workers, two to four of them, one perhaps killed while partitions change hands."""
    for _ in range(2):
        steps = [worker for worker in scene.crew.workers if worker.role == "step"]
        grow = len(steps) < MOST and (len(steps) <= FEWEST or scene.rng.random() < 0.5)
        if grow:
            scene.crew.add("step")
        else:
            scene.crew.leave(scene.rng.choice(steps))
        scene.wait_a_moment()
    if scene.rng.random() < 0.3:
        scene.crew.kill(scene.crew.find("step", scene.rng))


def pause_worker(scene: Scene) -> None:
    """Stop a worker's clock with a batch in hand until it is put out of its group, then let it go on with it."""
    role = scene.rng.choice(["step", "step", "archive"])
    point = scene.rng.choice(["polled", "sent", "flushed", "writing"] if role == "step" else ["polled", "writing"])
    worker = scene.crew.find(role, scene.rng)
    times = 1 if role == "archive" else scene.rng.randint(1, 3)  # the archive takes all that waits at once
    scene.crew.replace(worker, (point, times), stop=True)
    until_s = time.monotonic() + STOP_WITHIN_S
    while not scene.crew.is_stopped(worker):
        if time.monotonic() > until_s:
            scene.crew.kill(worker)  # it did not come by; nobody would wake it later
            return
        scene.wait(0.02)
    scene.wait(PAUSE_S[scene.column.name])
    scene.crew.go_on(worker)


def kill_producer(scene: Scene) -> None:
    """Kill the producer; its successor goes on where the ledger ends."""
    scene.wait_a_moment()
    scene.load.kill()


def fill_disk(scene: Scene) -> None:
    """Fill the disk under the log and the database to the last byte, and make room again."""
    disk = scene.column.disk
    assert disk is not None
    scene.wait_a_moment(0.5)
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while file.write(bytes(64 * 1024)):
            pass
    scene.wait_a_moment(2.0)
    ballast.unlink()


def flood(scene: Scene) -> None:
    """Send far more poison in a row than the limit allows; kill the stopped reader; have the operator set it aside."""
    bus = f"xe-{scene.rng.randrange(37):02d}"
    with open_stream(scene.column.stream_url) as stream:
        producer = stream.producer()
        scene.floods += 1
        producer.send(flood_of(FLOOD_FIRST * scene.floods, FLOOD, bus))
        producer.flush()
        ((place, stop),) = _wait_for_stop(scene, stream).items()
        scene.stops.append(f"{place.topic}/{place.partition} at {stop.offset}")
        scene.crew.kill(scene.crew.find("step", scene.rng))
        scene.wait_a_moment()
        until = stream.end_offsets(place.topic)[place]
    _resume(scene, f"{place.topic}/{place.partition}", until)


def _resume(scene: Scene, place: str, until: int) -> None:
    """Do what the alarm says: `hanoi stream resume`."""
    command = [sys.executable, "-m", "services.cli", "stream", "resume", GROUP, place, "--until", str(until)]
    env = {**os.environ, **scene.column.env}
    said = subprocess.run(command, env=env, capture_output=True, text=True, timeout=60, check=False)
    if said.returncode:
        raise RuntimeError(f"hanoi stream resume: {said.stdout}{said.stderr}")


def _wait_for_stop(scene: Scene, stream: Stream) -> dict[Partition, Committed]:
    until_s = time.monotonic() + STOP_SEEN_S
    while time.monotonic() < until_s:
        stopped = {p: at for p, at in stream.groups().get(GROUP, {}).items() if parse_stop(at.note)}
        if stopped:
            return stopped
        scene.wait(0.1)
    raise RuntimeError(f"a run of {FLOOD} unreadable records stopped nobody")


def kill_broker(scene: Scene) -> None:
    """Kill the broker and start it again."""
    _kill_server(scene, scene.column.broker)


def kill_database(scene: Scene) -> None:
    """Kill the database and start it again."""
    _kill_server(scene, scene.column.database)


def _kill_server(scene: Scene, server: Server | None) -> None:
    assert server is not None
    scene.wait_a_moment()
    server.kill()
    scene.wait_a_moment(0.5)
    server.start()


MOMENTS = {point: die_at(point) for point in POINTS}
KINDS: dict[str, Damage] = {
    "worker": kill_worker,
    **MOMENTS,
    "rebalance": rebalance,
    "pause": pause_worker,
    "producer": kill_producer,
    "disk": fill_disk,
    "flood": flood,
    "broker": kill_broker,
    "database": kill_database,
}
# How often each kind comes in a long run.
WEIGHTS = {
    "embedded": {"worker": 5, **dict.fromkeys(MOMENTS, 1), "rebalance": 5, "pause": 2, "producer": 2, "disk": 2},
    "distributed": {
        "worker": 3,
        **dict.fromkeys(MOMENTS, 1),
        "rebalance": 4,
        "pause": 1,
        "producer": 1,
        "broker": 3,
        "database": 3,
    },
}


def plan_rounds(column: str, count: int, seed: int) -> list[str]:
    """Return the kinds of so many rounds: every kind by its weight, in a seeded order."""
    weights = WEIGHTS[column]
    pool = [kind for kind, weight in weights.items() for _ in range(weight)]
    rng = random.Random(f"{seed}:{column}:plan")
    kinds: list[str] = []
    while len(kinds) < count:
        kinds += rng.sample(pool, len(pool))
    return kinds[:count]
