"""The kinds of rounds: each does its damage while records are being fed, and leaves the crew able to go on."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass

from tests.chaos.column import Column, Server
from tests.chaos.crew import Crew, LoadProcess
from tests.chaos.doom import POINTS

ARCHIVE_POINTS = ("polled", "writing", "written", "committed")
FEWEST, MOST = 2, 4
STOP_WITHIN_S = 2.5
# Longer than a silent member is kept: embedded workers of the chaos are told 2 s, Kafka's session ends after 10 s.
PAUSE_S = {"embedded": 2.6, "distributed": 11.5}


@dataclass
class Scene:
    """What a round may damage."""

    column: Column
    crew: Crew
    load: LoadProcess
    rng: random.Random

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
        scene.crew.replace(scene.crew.find(role, scene.rng), (point, scene.rng.randint(1, 6)))

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
    scene.crew.replace(worker, (point, scene.rng.randint(1, 4)), stop=True)
    until_s = time.monotonic() + STOP_WITHIN_S
    while not scene.crew.is_stopped(worker) and time.monotonic() < until_s:
        scene.wait(0.02)
    scene.wait(PAUSE_S[scene.column.name])
    scene.crew.go_on(worker)


def kill_producer(scene: Scene) -> None:
    """Kill the producer; its successor goes on where the ledger ends."""
    scene.wait_a_moment()
    scene.load.kill()


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
    "broker": kill_broker,
    "database": kill_database,
}
# How often each kind comes in a long run.
WEIGHTS = {
    "embedded": {"worker": 5, **dict.fromkeys(MOMENTS, 1), "rebalance": 5, "pause": 2, "producer": 2},
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
