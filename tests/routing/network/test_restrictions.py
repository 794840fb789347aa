import pytest

from routing.network.restrictions import Window, is_restriction, read_restrictions
from routing.network.vehicles import EVERYBODY, WIDE, Vehicle

OVER_NODE = (("from", "w", 1), ("via", "n", 9), ("to", "w", 2))


def test_a_plain_restriction_holds_for_everybody_all_day() -> None:
    (found,) = read_restrictions({"type": "restriction", "restriction": "no_left_turn"}, OVER_NODE)
    assert (found.from_ways, found.via_node, found.to_ways, found.only) == ((1,), 9, (2,), False)
    assert (found.users, found.windows) == (EVERYBODY, (Window(0, 1440),))


@pytest.mark.parametrize(
    ("tags", "users"),
    [
        ({"restriction": "no_u_turn", "except": "bus;psv"}, Vehicle.MOTORBIKE | Vehicle.CAR),
        ({"restriction": "no_u_turn", "except": "motorcycle; bicycle"}, WIDE),
        ({"restriction:bus": "no_u_turn"}, Vehicle.BUS),
        ({"restriction:motorcycle": "no_u_turn"}, Vehicle.MOTORBIKE),
    ],
)
def test_a_restriction_may_mean_some_vehicles_only(tags: dict[str, str], users: Vehicle) -> None:
    (found,) = read_restrictions(tags, OVER_NODE)
    assert found.users == users


def test_a_rule_for_one_class_takes_it_out_of_the_rule_for_all() -> None:
    found = read_restrictions({"restriction": "no_left_turn", "restriction:bus": "no_u_turn"}, OVER_NODE)
    assert [f.users for f in found] == [Vehicle.MOTORBIKE | Vehicle.CAR, Vehicle.BUS]


def test_lorries_are_nobody_here() -> None:
    assert read_restrictions({"restriction:hgv": "no_left_turn"}, OVER_NODE) == []


@pytest.mark.parametrize(
    ("text", "windows"),
    [
        ("no_right_turn @ (06:00-09:00,16:00-19:30)", ((360, 540), (960, 1170))),
        ("no_right_turn @ 06:00-09:00", ((360, 540),)),
        ("no_straight_on @ (22:00-05:00)", ((1320, 1440), (0, 300))),
    ],
)
def test_hours_are_read_and_one_past_midnight_is_two(text: str, windows: tuple[tuple[int, int], ...]) -> None:
    (found,) = read_restrictions({"restriction:conditional": text}, OVER_NODE)
    assert found.windows == windows


@pytest.mark.parametrize(
    ("tags", "members"),
    [
        ({"restriction": "left_turn"}, OVER_NODE),
        ({"restriction": "no_left_turn"}, (("from", "w", 1), ("to", "w", 2))),
        ({"restriction": "no_left_turn"}, (("via", "n", 1), ("to", "w", 2))),
        ({"restriction": "no_left_turn"}, (*OVER_NODE, ("via", "w", 7))),
        ({"restriction:conditional": "no_left_turn @ (weight>3.5)"}, OVER_NODE),
        ({"restriction:conditional": "no_left_turn @ (06:00)"}, OVER_NODE),
    ],
)
def test_what_cannot_be_understood_is_none(tags: dict[str, str], members: tuple[tuple[str, str, int], ...]) -> None:
    assert read_restrictions(tags, members) is None


def test_relations_of_other_kinds_are_no_restrictions() -> None:
    assert is_restriction({"type": "restriction"})
    assert is_restriction({"type": "restriction:bus"})
    assert not is_restriction({"type": "route"})
    assert not is_restriction({})
