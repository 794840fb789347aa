import pytest

from services.score.aid import (
    Reading,
    california,
    double_exponential,
    learn_template,
    mcmaster,
    rules,
    smooth,
    standard_normal_deviate,
)
from services.score.incident_runs import split_probes


def readings(up: list[float], down: list[float], flow: float = 20.0) -> list[Reading]:
    return [
        Reading(name, 30.0 * i, flow if o < 0.3 else flow / 4, o)
        for i, pair in enumerate(zip(up, down, strict=True))
        for name, o in zip(("up", "down"), pair, strict=True)
    ]


CALM = [0.1, 0.11, 0.09] * 12
JAM = [*CALM, *[0.7] * 8]
STILL = [*CALM, *[0.05] * 8]


def test_each_classic_rule_finds_a_jam_above_a_free_road_and_nothing_on_a_calm_one() -> None:
    calm, jam = readings(CALM, CALM), readings(JAM, STILL)
    template = learn_template(calm)
    for name, (rule, thresholds) in rules({"up": "down"}, template).items():
        alarms = rule(jam, thresholds[1])
        assert alarms, name
        assert {station for station, _ in alarms} == {"up"}, name
        assert alarms[0][1] >= 36 * 30.0, name
        assert rule(calm, thresholds[1]) == [], name


def test_california_wants_the_fall_twice_and_a_free_road_below() -> None:
    pairs = {"up": "down"}
    assert california(readings([*CALM, 0.7], [*CALM, 0.05]), pairs, 0.1, waves=False) == []
    assert california(readings(JAM, JAM), pairs, 0.1, waves=False) == []


def test_after_a_wave_below_california_8_keeps_silent() -> None:
    up, down = [*CALM, 0.6, 0.7, 0.7, 0.7], [*CALM, 0.4, 0.05, 0.05, 0.05]
    assert california(readings(up, down), {"up": "down"}, 0.1, waves=False)
    assert california(readings(up, down), {"up": "down"}, 0.1, waves=True) == []


def test_a_station_without_one_below_is_left_to_the_others() -> None:
    jam = readings(JAM, STILL)
    assert california(jam, {}, 0.1, waves=False) == []
    assert standard_normal_deviate(jam, 3.0)
    assert double_exponential(jam, 5.0)
    assert mcmaster(jam, 1.0, {}) == []


def test_running_means_are_of_one_station() -> None:
    out = smooth(readings([0.0, 0.3, 0.6], [1.0, 1.0, 1.0]))
    assert [round(r.occupancy, 2) for r in out if r.station == "up"] == [0.0, 0.15, 0.3]
    assert {r.occupancy for r in out if r.station == "down"} == {1.0}


def test_who_reports_may_be_cameras_alone_or_with_buses() -> None:
    assert split_probes("bus,cameras=30%") == ({"bus": 1.0, "cars": 0.0}, 0.3)
    assert split_probes("cameras") == ({"bus": 0.0, "cars": 0.0}, 1.0)
    with pytest.raises(ValueError, match="say bus"):
        split_probes("cameras=3")
