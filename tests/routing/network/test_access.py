import pytest

from routing.network.access import bus_lanes, list_users
from routing.network.vehicles import EVERYBODY, WIDE, Vehicle

NOBODY = Vehicle(0)
MOTORBIKE, CAR, BUS = Vehicle.MOTORBIKE, Vehicle.CAR, Vehicle.BUS


@pytest.mark.parametrize(
    ("tags", "along", "against"),
    [
        ({"highway": "primary"}, EVERYBODY, EVERYBODY),
        ({"highway": "primary", "oneway": "yes"}, EVERYBODY, NOBODY),
        ({"highway": "primary", "oneway": "-1"}, NOBODY, EVERYBODY),
        ({"highway": "primary", "junction": "roundabout"}, EVERYBODY, NOBODY),
        ({"highway": "primary", "oneway": "yes", "oneway:bus": "no"}, EVERYBODY, BUS),
        ({"highway": "primary", "oneway": "yes", "oneway:motorcycle": "no"}, EVERYBODY, MOTORBIKE),
        ({"highway": "primary", "oneway": "yes", "busway": "opposite_lane"}, EVERYBODY, BUS),
        ({"highway": "motorway"}, WIDE, NOBODY),
        ({"highway": "motorway", "access": "yes"}, WIDE, NOBODY),
        ({"highway": "motorway", "motorcycle": "yes"}, EVERYBODY, NOBODY),
        ({"highway": "busway"}, BUS, BUS),
        ({"highway": "busway", "access": "no", "bus": "designated"}, BUS, BUS),
        ({"highway": "primary", "bus": "no"}, MOTORBIKE | CAR, MOTORBIKE | CAR),
        ({"highway": "residential", "motor_vehicle": "no", "psv": "yes"}, BUS, BUS),
        ({"highway": "residential", "motorcar": "destination"}, EVERYBODY, EVERYBODY),
        ({"highway": "residential", "access": "private"}, NOBODY, NOBODY),
        ({"highway": "primary", "motorcycle": "no"}, WIDE, WIDE),
    ],
)
def test_each_vehicle_is_let_in_where_its_tags_say_so(tags: dict[str, str], along: Vehicle, against: Vehicle) -> None:
    assert list_users(tags) == (along, against)


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ({}, (False, False)),
        ({"busway": "lane"}, (True, True)),
        ({"busway": "lane", "oneway": "yes"}, (True, False)),
        ({"busway:left": "lane", "oneway": "yes"}, (True, False)),
        ({"busway:right": "lane"}, (True, False)),
        ({"busway": "opposite_lane", "oneway": "yes"}, (False, True)),
        ({"bus:lanes": "designated|yes|yes", "oneway": "yes"}, (True, False)),
        ({"psv:lanes:backward": "yes|designated"}, (False, True)),
        ({"lanes:bus": "1"}, (True, False)),
        ({"lanes:psv:forward": "0"}, (False, False)),
        ({"highway": "busway"}, (True, True)),
    ],
)
def test_lanes_for_buses_are_found_on_their_side(tags: dict[str, str], expected: tuple[bool, bool]) -> None:
    assert bus_lanes({"highway": "primary", **tags}) == expected
