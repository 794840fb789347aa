"""A campaign: rounds of damage on one column, and after each the count of what came through."""

import random
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from tests.chaos.column import Column
from tests.chaos.crew import Crew, LoadProcess
from tests.chaos.rounds import KINDS, Scene
from tests.chaos.verdict import Fault, count_repeats, find_faults
from tests.chaos.watch import Watch

RECORDS = 600
FEED_S = 1.2
DRAIN_S = 90.0
STEPS = 2


@dataclass
class Outcome:
    """What a campaign did and found."""

    column: str
    seed: int
    rounds: Counter[str] = field(default_factory=Counter)
    faults: list[Fault] = field(default_factory=list)
    failed_round: str | None = None
    acked: int = 0
    in_log: int = 0
    repeats: dict[str, int] = field(default_factory=dict)
    exits: dict[str, int] = field(default_factory=dict)
    slowest_drain_s: float = 0.0
    seconds: float = 0.0

    @property
    def held(self) -> bool:
        """Whether nothing was lost, doubled or out of order."""
        return not self.faults


def run_campaign(
    column: Column,
    kinds: Sequence[str],
    seed: int,
    *,
    say: Callable[[str], None] = lambda text: None,
    crew: Crew | None = None,
    drain_s: float = DRAIN_S,
) -> Outcome:
    """Do one round of each of ``kinds`` in turn; stop at the first fault."""
    begun_s = time.monotonic()
    outcome = Outcome(column.name, seed)
    store = column.prepare()
    ledger, log = column.folder / "ledger", column.folder / "console.log"
    crew = crew or Crew(column.env, log, options=("--max-poll-s", "2"))
    load = LoadProcess(ledger, column.env, seed, log)
    watch = Watch(column.stream_url, store, ledger)
    scene = Scene(column, crew, load, random.Random(f"{seed}:{column.name}"))
    try:
        for _ in range(STEPS):
            crew.add("step")
        crew.add("archive")
        for number, kind in enumerate(kinds, 1):
            _round(scene, watch, outcome, kind, drain_s)
            say(f"{column.name} {number}/{len(kinds)} {kind}: {_summary(outcome, watch)}")
            if outcome.faults:
                outcome.failed_round = f"{number} ({kind})"
                break
    finally:
        load.close()
        crew.close()
        store.close()
    outcome.exits = dict(crew.exits)
    outcome.repeats = count_repeats(watch.seen)
    outcome.seconds = time.monotonic() - begun_s
    return outcome


def _round(scene: Scene, watch: Watch, outcome: Outcome, kind: str, drain_s: float) -> None:
    scene.load.feed(RECORDS, FEED_S)
    KINDS[kind](scene)
    fed_s = time.monotonic()
    while not scene.load.is_done():
        scene.wait(0.02)
        if time.monotonic() - fed_s > drain_s:
            raise RuntimeError(f"{scene.column.name}: the producer gets no acknowledgement; see {scene.crew.log}")
    watch.read_input()
    drained_s = time.monotonic()
    while watch.missing() and time.monotonic() - drained_s < drain_s:
        scene.wait(0.05)
    outcome.slowest_drain_s = max(outcome.slowest_drain_s, time.monotonic() - drained_s)
    watch.read_results()
    outcome.rounds[kind] += 1
    outcome.faults = find_faults(watch.seen)
    outcome.acked, outcome.in_log = len(watch.seen.acked), len(watch.seen.good) + len(watch.seen.poison)


def _summary(outcome: Outcome, watch: Watch) -> str:
    if outcome.faults:
        return "; ".join(f"{fault.count} {fault.kind} {fault.examples}" for fault in outcome.faults)
    return f"{outcome.acked} acknowledged, all there once ({len(watch.seen.poison)} dead letters)"
