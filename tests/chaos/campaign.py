"""A campaign: rounds of damage on one column, and after each the count of what came through."""

import random
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from tests.chaos.column import Column
from tests.chaos.crew import Crew, LoadProcess
from tests.chaos.load import BATCH as LOAD_BATCH
from tests.chaos.rounds import KINDS, Scene
from tests.chaos.verdict import Fault, count_repeats, find_faults
from tests.chaos.watch import Watch

RECORDS = 600
FEED_S = 1.2
DRAIN_S = 90.0
# Role and name of those who are there from the beginning; who joins later has no name.
CREW = (("step", "step-1"), ("step", "step-2"), ("archive", "archive-1"))


# What workers say when the runner's defences are at work: the count shows that the damage reached them.
SAID = ("a batch is kept and tried again", "a batch is dropped and read again", "reading stopped", "ended by a fault")


@dataclass
class Outcome:
    """What a campaign did and found."""

    column: str
    seed: int
    rounds: Counter[str] = field(default_factory=Counter)
    faults: list[Fault] = field(default_factory=list)
    failed_in: str | None = None
    acknowledged: int = 0
    in_the_log: int = 0
    dead_letters: int = 0
    repeats: dict[str, int] = field(default_factory=dict)
    ends_of_processes: dict[str, int] = field(default_factory=dict)
    workers_said: dict[str, int] = field(default_factory=dict)
    slowest_drain_s: float = 0.0
    seconds: float = 0.0

    @property
    def held(self) -> bool:
        """Whether nothing was lost, doubled or out of order."""
        return not self.faults


class Campaign:
    """Rounds of damage on one column.

    Parameters
    ----------
    column : Column
        Where.
    seed : int
        Decides what happens when; when exactly, the machine decides too.
    crew : Crew, optional
        Other workers than the real ones.
    drain_s : float
        How long everything may take to come to rest.
    """

    def __init__(self, column: Column, seed: int, *, crew: Crew | None = None, drain_s: float = DRAIN_S) -> None:
        self.outcome = Outcome(column.name, seed)
        self._drain_s = drain_s
        self._rest_s = 0.0
        self._store = column.prepare()
        ledger, log = column.folder / "ledger", column.folder / "console.log"
        crew = crew or Crew(column.env, log, options=("--max-poll-s", "2"))
        load = LoadProcess(ledger, column.env, seed, log)
        self._watch = Watch(column.stream_url, self._store, ledger)
        self._scene = Scene(column, crew, load, random.Random(f"{seed}:{column.name}"))

    def run(self, kinds: Sequence[str], together: int = 1, say: Callable[[str], None] = print) -> Outcome:
        """Do a round of each kind, count after every few of them, and stop at the first fault."""
        begun_s, outcome = time.monotonic(), self.outcome
        try:
            self._begin()
            for at in range(0, len(kinds), together):
                group = kinds[at : at + together]
                self._damage(group)
                say(f"{outcome.column} {at + len(group)}/{len(kinds)}  {' + '.join(group)}: {self._summary()}")
                if outcome.faults:
                    outcome.failed_in = f"round {at + 1} to {at + len(group)}: {' + '.join(group)}"
                    break
            self._end()
        finally:
            self._scene.load.close()
            self._scene.crew.close()
            self._store.close()
        outcome.seconds = round(time.monotonic() - begun_s, 1)
        return outcome

    def _begin(self) -> None:
        """Start everybody and wait until they work, so that what is damaged is work and not a start."""
        for role, name in CREW:
            self._scene.crew.add(role, name)
        self._scene.load.feed(LOAD_BATCH, 0.0)
        until_s = time.monotonic() + DRAIN_S
        while 0 in self._watch.count() and time.monotonic() < until_s:
            self._scene.wait(0.05)

    def _damage(self, group: Sequence[str]) -> None:
        scene = self._scene
        scene.load.feed(RECORDS * len(group), FEED_S * len(group))
        for kind in group:
            KINDS[kind](scene)
            self.outcome.rounds[kind] += 1
        if not self._wait(lambda: not scene.load.is_done()):
            self.outcome.faults = [Fault("the producer gets no acknowledgement", 1, ())]
            return
        begun_s = time.monotonic()
        self._come_to_rest()
        self._rest_s = round(time.monotonic() - begun_s, 1)
        self.outcome.slowest_drain_s = max(self.outcome.slowest_drain_s, self._rest_s)
        self._count()

    def _come_to_rest(self) -> None:
        """Wait until all that is in the log came through, and nothing more came into the log meanwhile."""
        known = -1
        while known != len(self._watch.seen.good):
            known = len(self._watch.seen.good)
            self._watch.read_input()
            if not self._wait(lambda: bool(self._watch.missing())):
                return

    def _wait(self, goes_on: Callable[[], bool]) -> bool:
        until_s = time.monotonic() + self._drain_s
        while goes_on():
            if time.monotonic() > until_s:
                return False
            self._scene.wait(0.05)
        return True

    def _count(self) -> None:
        outcome, seen = self.outcome, self._watch.seen
        self._watch.read_results()
        outcome.faults = find_faults(seen)
        outcome.acknowledged, outcome.in_the_log = len(seen.acked), len(seen.good) + len(seen.poison)
        outcome.dead_letters, outcome.repeats = len(set(seen.dead)), count_repeats(seen)

    def _end(self) -> None:
        """Let everybody leave, then count once more: a double may have come after the last count."""
        scene = self._scene
        for worker in list(scene.crew.workers):
            scene.crew.leave(worker)
        if not self.outcome.faults:
            self._count()
        self.outcome.ends_of_processes = dict(scene.crew.exits)
        said = scene.crew.log.read_text(errors="replace")
        self.outcome.workers_said = {words: said.count(words) for words in SAID}

    def _summary(self) -> str:
        outcome = self.outcome
        if outcome.faults:
            return "; ".join(f"{fault.count} {fault.kind} {fault.examples}" for fault in outcome.faults)
        repeated = f"{outcome.repeats['outputs repeated']:,} repeated"
        return f"{outcome.acknowledged:,} acknowledged, 0 lost, 0 doubled, {repeated}, rest after {self._rest_s} s"
