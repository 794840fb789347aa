"""Each behaviour leads to what it is named for, and what is allowed is written down as allowed."""

from functools import cache

import pytest

from vision.scenes.arrivals import Flow
from vision.scenes.behaviours import BEHAVIOURS
from vision.scenes.truth import Truth
from vision.scenes.world import World

FLOW = Flow({"south": 1500.0, "north": 250.0, "east": 250.0, "west": 250.0}, people_per_hour=0.0)


@cache
def happened(name: str, share: float, officer: float = 0.0, until_s: float = 180.0) -> Truth:
    world = World(4, {name: share} if name else {}, FLOW, officer=officer)
    world.poses(until_s)
    return world.finish()


@pytest.mark.parametrize("name", sorted(b.name for b in BEHAVIOURS.values() if b.rule))
def test_a_behaviour_leads_to_its_act(name: str) -> None:
    rare = {"no_stopping": 0.03, "bus_stop": 0.03, "blocks_junction": 0.15}
    truth = happened(name, rare.get(name, 0.3))
    rules = [act.rule for act in truth.acts if not act.exception]
    assert BEHAVIOURS[name].rule in rules


def test_drivers_who_keep_the_rules_break_none() -> None:
    truth = happened("", 0.0)
    assert len(truth.passes) > 80
    assert [act for act in truth.acts if not act.exception] == []


def test_who_is_pushed_over_the_line_did_not_run_the_light() -> None:
    truth = happened("pushed", 0.8)
    over_on_red = [one for one in truth.passes if one.is_red]
    assert len(over_on_red) > 3
    assert [act.rule for act in truth.acts if not act.exception] == []


def test_an_officer_waves_through_and_nobody_broke_the_light() -> None:
    truth = happened("", 0.0, 1.0)
    assert sum(one.reason == "police_signal" for one in truth.passes) > 5
    assert [act for act in truth.acts if act.rule == "red_light"] == []


def test_an_ambulance_passes_and_those_in_front_make_way() -> None:
    truth = happened("priority", 0.15)
    assert any(one.reason == "priority_vehicle" and one.is_red for one in truth.passes)
    assert {act.exception for act in truth.acts if act.rule == "stop_line"} <= {"yields"}


def test_a_child_makes_three_riders_lawful() -> None:
    acts = [act for act in happened("child", 0.3).acts if act.rule == "too_many_riders"]
    assert acts
    assert {act.exception for act in acts} == {"child"}
