"""What must hold when everything has come to rest: pure functions from what was seen to the faults in it."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from tests.chaos.effects import Effect
from tests.chaos.numbers import bus_of

Place = tuple[int, int]  # partition, offset


@dataclass
class Seen:
    """Everything that was seen in the log and in the database so far."""

    acked: set[int] = field(default_factory=set)
    """Numbers whose producer was told that they are safe."""
    good: dict[Place, int] = field(default_factory=dict)
    """Readable records of the input topic, in log order within a partition."""
    poison: dict[Place, int] = field(default_factory=dict)
    """Unreadable records of the input topic."""
    effects: list[Effect] = field(default_factory=list)
    """Plain rows that the step wrote, in the order they were made."""
    outputs: dict[int, list[int]] = field(default_factory=dict)
    """Numbers on the output topic by partition, in log order."""
    dead: list[Place] = field(default_factory=list)
    """Where the dead letters came from."""
    archive: Counter[int] = field(default_factory=Counter)
    """Numbers in the archive's table."""
    latest: dict[str, int] = field(default_factory=dict)
    """Newest number of each bus in the archive."""


@dataclass(frozen=True)
class Fault:
    """One kind of damage: how often, and the first few examples."""

    kind: str
    count: int
    examples: tuple[object, ...]


def find_faults(seen: Seen) -> list[Fault]:
    """Return every kind of damage that is there; empty means 0 lost, 0 doubled, all in order."""
    numbers = set(seen.good.values())
    kinds = {
        "acknowledged but not in the log": seen.acked - numbers - set(seen.poison.values()),
        "lost on the way to the archive": numbers - seen.archive.keys(),
        "in the archive but never sent": seen.archive.keys() - numbers,
        "doubled in the archive": {n for n, times in seen.archive.items() if times > 1},
        **_effect_faults(seen),
        **_output_faults(seen, numbers),
        "newest position of a bus is not its last": _wrong_latest(numbers, seen.latest),
        "poison without a dead letter": seen.poison.keys() - set(seen.dead),
        "dead letter of a record that was no poison": set(seen.dead) - seen.poison.keys(),
    }
    return [_fault(kind, found) for kind, found in kinds.items() if found]


def count_repeats(seen: Seen) -> dict[str, int]:
    """Return how much came more than once where that is allowed: what leaves through a topic is sent at least once."""
    sent = sum(map(len, seen.outputs.values()))
    return {
        "records sent again by the producer": len(seen.good) - len(set(seen.good.values())),
        "outputs repeated": sent - len(seen.good),
        "dead letters repeated": len(seen.dead) - len(set(seen.dead)),
    }


def _effect_faults(seen: Seen) -> dict[str, Iterable[object]]:
    times = Counter((partition, offset) for partition, offset, _ in seen.effects)
    last: dict[int, int] = {}
    disorder = []
    for partition, offset, _ in seen.effects:
        if offset < last.get(partition, -1):
            disorder.append((partition, offset))
        last[partition] = offset
    return {
        "lost on the way to the database": seen.good.keys() - times.keys(),
        "written to the database but not in the log": times.keys() - seen.good.keys(),
        "doubled in the database": {place for place, count in times.items() if count > 1},
        "written to the database out of order": disorder,
    }


def _output_faults(seen: Seen, numbers: set[int]) -> dict[str, Iterable[object]]:
    out = {number for lot in seen.outputs.values() for number in lot}
    return {
        "lost on the way to the output topic": numbers - out,
        "on the output topic but never sent": out - numbers,
        "first time on the output topic out of order": _disorder(seen.outputs.values()),
    }


def _disorder(lots: Iterable[Sequence[int]]) -> list[int]:
    """Return numbers that a newer one of the same bus overtook; repeats do not count."""
    overtaken = []
    for lot in lots:
        newest: dict[str, int] = {}
        known: set[int] = set()
        for number in lot:
            bus = bus_of(number)
            if number not in known and number < newest.get(bus, -1):
                overtaken.append(number)
            known.add(number)
            newest[bus] = max(number, newest.get(bus, -1))
    return overtaken


def _wrong_latest(numbers: Iterable[int], latest: Mapping[str, int]) -> set[str]:
    newest: dict[str, int] = {}
    for number in numbers:
        bus = bus_of(number)
        newest[bus] = max(number, newest.get(bus, -1))
    return {bus for bus in newest.keys() | latest.keys() if newest.get(bus) != latest.get(bus)}


def _fault(kind: str, found: Iterable[object]) -> Fault:
    listed = list(found)
    return Fault(kind, len(listed), tuple(sorted(listed, key=str)[:5]))
