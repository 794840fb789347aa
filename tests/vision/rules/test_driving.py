"""Rules of driving, in metres before a camera on a mast that looks north: lanes, ways, turns, pavement, speed."""

import numpy as np
import pytest

from tests.vision.rules.stage import Actor, Path, Pose, camera, going, play, px, straight, zone
from vision.camera import Turn
from vision.rules import Finding

AWAY = going(line_m=22.0)
NOISE = 0.02


def names(found: list[Finding]) -> list[tuple[str, int]]:
    return sorted((finding.rule, finding.track_id) for finding in found)


def along(*corners: tuple[float, float], mps: float = 7.0) -> Path:
    """Drive along straight pieces at one speed."""
    points = np.array(corners)
    steps = np.diff(points, axis=0)
    ends = np.concatenate([[0.0], np.cumsum(np.hypot(steps[:, 0], steps[:, 1]))]) / mps

    def path(t: float) -> Pose:
        if not 0 <= t < ends[-1]:
            return None
        piece = int(np.searchsorted(ends, t, side="right")) - 1
        share = (t - ends[piece]) / (ends[piece + 1] - ends[piece])
        at = points[piece] + share * steps[piece]
        return float(at[0]), float(at[1]), float(np.degrees(np.arctan2(steps[piece][0], steps[piece][1])))

    return path


LANE = [(-5.0, 12.0), (-1.0, 12.0), (-1.0, 45.0), (-5.0, 45.0)]


@pytest.mark.parametrize(("rule", "kind"), [("brt_lane", "brt_lane"), ("bus_lane", "bus_lane"), ("lane", "lane")])
def test_along_a_lane_only_those_it_is_for_may_drive(rule: str, kind: str) -> None:
    lane = zone(kind, *LANE, allowed=("bus", "truck") if kind == "lane" else ())
    config = camera([rule], [AWAY], [lane])
    actors = [
        Actor("car", straight((-3.0, 8.0), 0.0, 8.0)),
        Actor("bus", straight((-3.0, 8.0), 0.0, 8.0, begin_s=4.0)),
        Actor("motorcycle", straight((1.0, 8.0), 0.0, 8.0)),  # in the next lane
        Actor("car", along((2.0, 14.0), (-9.0, 26.0))),  # across it into a gate
    ]
    assert names(play(config, actors, 10.0, noise=NOISE)) == [(rule, 1)]


def test_outside_a_lanes_hours_everybody_may_drive_there() -> None:
    config = camera(["bus_lane"], [AWAY], [zone("bus_lane", *LANE, hours=((0, 1),))])
    assert play(config, [Actor("car", straight((-3.0, 8.0), 0.0, 8.0))], 6.0) == []


def test_against_a_one_way_road_is_found_and_backing_or_crossing_it_is_not() -> None:
    config = camera(["wrong_way"], [AWAY], [zone("one_way", *LANE, travel_px=(0.0, -1.0))])
    actors = [
        Actor("motorcycle", straight((-3.0, 48.0), 180.0, 6.0)),
        Actor("car", straight((-3.0, 8.0), 0.0, 8.0)),
        Actor("car", along((4.0, 30.0), (-9.0, 30.0))),
        Actor("motorcycle", straight((-3.0, 30.0), 180.0, 0.8)),  # pushed by its rider
    ]
    assert names(play(config, actors, 15.0, noise=NOISE)) == [("wrong_way", 1)]


def turns(*, forbidden: bool) -> tuple[Turn, ...]:
    left, ahead = px((-7.0, 24.0), (-7.0, 40.0)), px((-5.0, 45.0), (5.0, 45.0))
    return (
        Turn("left", (left[0], left[1]), forbidden=forbidden),
        Turn("straight", (ahead[0], ahead[1])),
    )


def test_a_wide_road_user_takes_the_way_out_that_its_middle_crosses() -> None:
    start, end = px((-7.0, 32.0), (-7.0, 40.0))
    way = (Turn("left", (start, end), forbidden=True),)
    bus = Actor("bus", along((0.0, 10.0), (0.0, 32.6), (-25.0, 32.6)))
    config = camera(["forbidden_turn"], [going(line_m=22.0, turns=way)])
    assert names(play(config, [bus], 9.0)) == [("forbidden_turn", 1)]


def test_a_forbidden_turn_is_found_and_an_allowed_one_is_not() -> None:
    left = Actor("motorcycle", along((0.0, 10.0), (0.0, 29.0), (-4.0, 32.0), (-12.0, 32.0)))
    ahead = Actor("motorcycle", straight((2.0, 8.0), 0.0, 8.0))
    for forbidden, wanted in ((True, [("forbidden_turn", 1)]), (False, [])):
        config = camera(["forbidden_turn"], [going(line_m=22.0, turns=turns(forbidden=forbidden))])
        assert names(play(config, [left, ahead], 9.0, noise=NOISE)) == wanted


def test_turning_back_is_found_and_backing_is_not() -> None:
    config = camera(["u_turn"], [AWAY], [zone("no_u_turn", (-8.0, 12.0), (8.0, 12.0), (8.0, 50.0), (-8.0, 50.0))])
    back = Actor("motorcycle", along((2.0, 10.0), (2.0, 28.0), (0.0, 30.5), (-2.5, 28.0), (-2.5, 10.0), mps=5.0))

    def backing(t: float) -> Pose:
        return (4.0, 12.0 + 3.0 * t if t < 5 else 27.0 - 1.5 * (t - 5), 0.0) if t < 13 else None

    left = Actor("car", along((-5.0, 10.0), (-5.0, 28.0), (-12.0, 31.0)))
    assert names(play(config, [back, Actor("car", backing), left], 13.0, noise=NOISE)) == [("u_turn", 1)]


def test_a_fast_turn_back_is_found_and_a_box_that_leaps_back_when_it_is_seen_whole_is_none() -> None:
    config = camera(["u_turn"], [AWAY], [zone("no_u_turn", (-14.0, 25.0), (8.0, 25.0), (8.0, 50.0), (-14.0, 50.0))])
    bend = [(6.0 * np.cos(a) - 4.0, 28.0 + 6.0 * np.sin(a)) for a in np.linspace(0.0, np.pi, 9)]
    back = Actor("motorcycle", along((2.0, 10.0), *bend, (-10.0, 10.0), mps=12.0))
    shown = Actor("car", straight((4.0, 24.0), 0.0, 3.0), covered=lambda t: 0.6 if t < 3.0 else 0.0)
    assert names(play(config, [back, shown], 8.0)) == [("u_turn", 1)]


def test_who_waits_while_its_box_leaps_and_rides_straight_on_did_not_turn_back() -> None:
    config = camera(["u_turn"], [AWAY], [zone("no_u_turn", (-8.0, 12.0), (8.0, 12.0), (8.0, 50.0), (-8.0, 50.0))])

    def path(t: float) -> Pose:
        north = 20.0 if t < 6.0 else 20.0 + 5.0 * (t - 6.0)
        return (1.0, north - (2.4 if 5.0 < t < 5.4 else 0.0), 0.0) if t < 11 else None

    assert play(config, [Actor("motorcycle", path)], 12.0, noise=NOISE) == []


@pytest.mark.parametrize(("beside_m", "claims"), [(2.5, 1), (0.5, 0)])
def test_three_people_are_counted_only_on_a_motorbike_into_which_no_neighbour_reaches(
    beside_m: float, claims: int
) -> None:
    three = Actor("motorcycle", straight((0.0, 12.0), 0.0, 3.0), extra={"heads": 3})
    neighbour = Actor("motorcycle", straight((beside_m, 12.2), 0.0, 3.0), extra={"heads": 1})
    found = play(camera(["too_many_riders"], [AWAY]), [three, neighbour], 4.0)
    assert names(found) == [("too_many_riders", 1)] * claims


def test_riders_are_not_counted_where_a_neighbour_was_seen_a_moment_ago() -> None:
    def neighbour(t: float) -> Pose:
        return (0.5, 14.2, 0.0) if t < 1.0 else None

    three = Actor("motorcycle", lambda _: (0.0, 14.0, 0.0), extra={"heads": 3})
    assert play(camera(["too_many_riders"], [AWAY]), [three, Actor("motorcycle", neighbour)], 6.0) == []
    assert len(play(camera(["too_many_riders"], [AWAY]), [three], 6.0)) == 1


def test_riding_along_the_pavement_is_found_and_pushing_or_crossing_it_is_not() -> None:
    config = camera(["pavement_riding"], [AWAY], [zone("pavement", (4.0, 12.0), (8.0, 12.0), (8.0, 45.0), (4.0, 45.0))])
    actors = [
        Actor("motorcycle", straight((6.0, 14.0), 0.0, 4.0)),
        Actor("motorcycle", straight((6.0, 30.0), 0.0, 1.2)),
        Actor("motorcycle", along((2.0, 20.0), (11.0, 20.0), mps=3.5)),
        Actor("person", straight((6.0, 16.0), 0.0, 3.0)),
    ]
    assert names(play(config, actors, 9.0, noise=NOISE)) == [("pavement_riding", 1)]


def test_only_a_speed_whose_low_end_is_over_the_limit_is_screened() -> None:
    config = camera(["speed_screening"], [AWAY], speed_limit_kmh=50.0)
    actors = [Actor("car", straight((x, 8.0), 0.0, mps)) for x, mps in ((-3.0, 22.0), (0.0, 13.6), (3.0, 12.0))]
    found = play(config, actors, 5.0, noise=NOISE)
    assert names(found) == [("speed_screening", 1)]
    assert "screening" in found[0].exceptions
    assert found[0].measured["over_at_least_mps"] < 22.0 - 50 / 3.6


def test_who_stands_in_the_junction_into_its_own_red_blocks_it() -> None:
    box = zone("junction", (-8.0, 24.0), (8.0, 24.0), (8.0, 44.0), (-8.0, 44.0))
    config = camera(["junction_blocking"], [AWAY], [box])

    def stuck(until_s: float) -> Path:
        def path(t: float) -> Pose:
            if t > until_s:
                return 0.0, 34.0 + 6.0 * (t - until_s), 0.0
            return 0.0, min(34.0, 10.0 + 6.0 * t), 0.0

        return path

    def light(t: float) -> str:
        return "green" if t < 8 else "red"

    assert names(play(config, [Actor("car", stuck(30.0))], 25.0, light, noise=NOISE)) == [("junction_blocking", 1)]
    assert play(config, [Actor("car", stuck(14.0))], 25.0, light, noise=NOISE) == []
    assert play(config, [Actor("car", stuck(30.0))], 25.0, noise=NOISE) == []  # waits on green to turn


def test_who_stood_before_the_junction_and_drives_through_it_on_its_own_red_did_not_stand_in_it() -> None:
    config = camera(
        ["junction_blocking"], [AWAY], [zone("junction", (-8.0, 30.0), (8.0, 30.0), (8.0, 44.0), (-8.0, 44.0))]
    )

    def path(t: float) -> Pose:
        return 0.0, min(29.7, 10.0 + 6.0 * t) + 2.0 * max(0.0, t - 20.0) ** 2, 0.0

    assert play(config, [Actor("car", path)], 26.0, lambda t: "green" if t < 6 else "red", noise=NOISE) == []


def test_a_car_that_holds_a_bus_up_in_its_lane_is_kept_for_the_bus_and_a_red_light_is_not() -> None:
    line = going(line_m=45.0)
    config = camera(["bus_lane_intrusion"], [line], [zone("bus_lane", *LANE, travel_px=(0.0, -1.0))])
    car = Actor("car", straight((-3.0, 26.0), 0.0, 0.2))
    bus = Actor("bus", straight((-3.0, 15.0), 0.0, 0.3))
    assert names(play(config, [car, bus], 12.0, noise=NOISE)) == [("bus_lane_intrusion", 1)]
    assert play(config, [car, bus], 12.0, lambda _: "red", noise=NOISE) == []
    assert play(config, [car], 12.0, noise=NOISE) == []
