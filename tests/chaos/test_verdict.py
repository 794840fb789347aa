"""The count finds every kind of damage, and finds none where there is none."""

import copy
from collections import Counter
from collections.abc import Callable

import msgspec
import pytest

from tests.chaos.campaign import Outcome
from tests.chaos.numbers import bus_of
from tests.chaos.report import as_json, describe
from tests.chaos.verdict import Fault, Seen, count_repeats, find_faults

BUSES = 37


def whole() -> Seen:
    """Four records of two buses and one poison, everything as it should be."""
    numbers = [0, 1, BUSES, BUSES + 1]
    return Seen(
        acked={*numbers, 2},
        good={(0, 0): 0, (1, 0): 1, (0, 1): BUSES, (1, 2): BUSES + 1},
        poison={(1, 1): 2},
        effects=[(0, 0, 0), (1, 0, 1), (0, 1, BUSES), (1, 2, BUSES + 1)],
        outputs={0: [0, BUSES], 1: [1, BUSES + 1]},
        dead=[(1, 1)],
        archive=Counter(numbers),
        latest={bus_of(0): BUSES, bus_of(1): BUSES + 1},
    )


def test_nothing_is_wrong_where_all_came_through() -> None:
    assert find_faults(whole()) == []
    assert set(count_repeats(whole()).values()) == {0}


def test_what_may_come_more_than_once_is_counted_and_is_no_fault() -> None:
    seen = whole()
    seen.outputs[0] = [0, BUSES, 0, BUSES]
    seen.dead.append((1, 1))
    assert find_faults(seen) == []
    assert count_repeats(seen) == {
        "records sent again by the producer": 0,
        "outputs repeated": 2,
        "dead letters repeated": 1,
    }


DAMAGE: dict[str, Callable[[Seen], object]] = {
    "acknowledged but not in the log": lambda seen: seen.acked.add(99),
    "lost on the way to the archive": lambda seen: seen.archive.pop(0),
    "in the archive but never sent": lambda seen: seen.archive.update([99]),
    "doubled in the archive": lambda seen: seen.archive.update([0]),
    "lost on the way to the database": lambda seen: seen.effects.pop(0),
    "written to the database but not in the log": lambda seen: seen.effects.append((0, 7, 7)),
    "doubled in the database": lambda seen: seen.effects.append((0, 1, BUSES)),
    "written to the database out of order": lambda seen: seen.effects.reverse(),
    "lost on the way to the output topic": lambda seen: seen.outputs[0].pop(),
    "on the output topic but never sent": lambda seen: seen.outputs[0].append(99),
    "first time on the output topic out of order": lambda seen: seen.outputs[0].reverse(),
    "newest position of a bus is not its last": lambda seen: seen.latest.update({bus_of(0): 0}),
    "poison without a dead letter": lambda seen: seen.dead.clear(),
    "dead letter of a record that was no poison": lambda seen: seen.dead.append((0, 0)),
}


@pytest.mark.parametrize("kind", DAMAGE)
def test_each_kind_of_damage_is_found(kind: str) -> None:
    seen = copy.deepcopy(whole())
    DAMAGE[kind](seen)
    assert kind in [fault.kind for fault in find_faults(seen)]


def test_the_report_is_json_and_says_what_is_broken() -> None:
    outcome = Outcome("embedded", 1, rounds=Counter({"worker": 2}), faults=[Fault("doubled", 3, ((0, 1),))])
    report = msgspec.json.decode(msgspec.json.encode(as_json([outcome])))
    assert (report["held"], report["columns"][0]["rounds"]) == (False, {"worker": 2})
    assert "BROKEN" in describe(outcome)
