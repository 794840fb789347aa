import pytest

from routing.network.tags import Tally, is_road, make_way, parse_limit


@pytest.mark.parametrize(
    ("text", "kmh"),
    [("50", 50), ("30 mph", 48.28), ("60;50", 50), ("40 km/h", 40), ("50|60", 50)],
)
def test_a_limit_is_read_in_the_forms_people_write(text: str, kmh: float) -> None:
    assert parse_limit(text) == pytest.approx(kmh / 3.6, rel=1e-3)


@pytest.mark.parametrize("text", ["", "none", "VN:urban", "-5", "2", "999", "fast"])
def test_a_limit_that_says_nothing_usable_is_none(text: str) -> None:
    assert parse_limit(text) is None


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ({"highway": "footway"}, False),
        ({"highway": "residential"}, True),
        ({"highway": "residential", "area": "yes"}, False),
        ({"highway": "residential", "access": "private"}, False),
        ({"highway": "residential", "access": "no", "motorcycle": "yes"}, True),
        ({"building": "yes"}, False),
    ],
)
def test_a_road_is_what_some_vehicle_may_drive(tags: dict[str, str], expected: bool) -> None:
    assert is_road(tags) is expected


def test_lanes_count_one_direction_and_what_is_assumed_is_tallied() -> None:
    tally = Tally()
    both = make_way(1, (1, 2), {"highway": "primary", "lanes": "4", "maxspeed": "sixty"}, tally)
    one = make_way(2, (1, 2), {"highway": "primary", "oneway": "yes", "lanes": "3"}, tally)
    assert (both.lanes, one.lanes) == ((2, 2), (3, 3))
    assert one.limit_mps == pytest.approx(60 / 3.6), "one way with two lanes or more"
    assert {f.code: f.count for f in tally.findings(2)} == {"no_limit": 1, "odd_limit": 1, "nameless": 2}


@pytest.mark.parametrize(
    ("tags", "lanes"),
    [
        ({"lanes": "3", "lanes:forward": "2", "lanes:backward": "1"}, (2, 1)),
        ({"lanes:backward": "2"}, (1, 2)),
        ({"lanes": "many"}, (2, 2)),
        ({"lanes": "1e999"}, (2, 2)),
        ({"lanes": "-4"}, (1, 1)),
    ],
)
def test_lanes_of_each_direction_are_read_and_nonsense_is_not(tags: dict[str, str], lanes: tuple[int, int]) -> None:
    assert make_way(1, (1, 2), {"highway": "primary", **tags}, Tally()).lanes == lanes
