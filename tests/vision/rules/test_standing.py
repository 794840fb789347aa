"""Standing in zones, in metres: a kerb lane 8 to 40 m before a camera, a stop line at 40 m, others in the next lane."""

import pytest

from tests.vision.builders import START_MS
from tests.vision.rules.stage import Actor, camera, going, play, stops, straight, zone
from vision.circumstances import Circumstance
from vision.observer import Observer

AWAY = going(line_m=40.0)
KERB = zone("no_stopping", (1.0, 13.0), (5.5, 13.0), (5.5, 38.0), (1.0, 38.0))
STOPPING = camera(["no_stopping"], [AWAY], [KERB])


def cycle(t: float) -> str:
    return "red" if t % 60 < 30 else "green"


def flow(east: float, seconds: float, every_s: float = 6.0, label: str = "car") -> list[Actor]:
    return [Actor(label, straight((east, 8.0), 0.0, 9.0, begin_s=k * every_s)) for k in range(int(seconds / every_s))]


def parked(north: float = 25.0, until_s: float = 900.0, label: str = "car") -> Actor:
    return Actor(label, stops((3.2, north), 0.0, 8.0, until_s))


def queue(count: int, begin_s: float, leaves_s: float) -> list[Actor]:
    """Make a queue of cars that stands before the line from the front, and starts when the light turns green."""
    return [
        Actor("car", stops((3.2, 37.0 - 6.5 * k), 0.0, 8.0, leaves_s + 2.0 * k, begin_s=begin_s + 2.0 * k))
        for k in range(count)
    ]


@pytest.mark.parametrize("noise", [0.0, 0.03])
def test_a_car_that_stops_at_the_kerb_while_others_drive_past_is_found_once(noise: float) -> None:
    found = play(STOPPING, [parked(), *flow(-1.0, 80.0)], 80.0, fps=5.0, noise=noise)
    assert [(f.rule, f.approach_id, f.track_id) for f in found] == [("no_stopping", "z-no_stopping", 1)]
    assert found[0].measured["stood_s"] == pytest.approx(30.0, abs=4.0)
    assert found[0].measured["passed_by"] >= 2


def test_a_short_stop_is_nothing() -> None:
    assert play(STOPPING, [parked(until_s=25.0), *flow(-1.0, 60.0)], 60.0, fps=5.0) == []


def test_a_queue_before_a_red_light_is_nothing_though_the_next_lane_moves() -> None:
    actors = [*queue(4, 0.0, 62.0), *flow(-1.0, 80.0)]
    assert play(STOPPING, actors, 80.0, lambda t: "red" if t < 60 else "green", fps=5.0) == []


def test_a_queue_that_cannot_move_on_green_is_nothing() -> None:
    jam = [Actor("car", stops((3.2, 44.0), 0.0, 8.0, 200.0)), *queue(4, 1.0, 300.0)]
    assert play(STOPPING, [*jam, *flow(-1.0, 100.0, label="motorcycle")], 100.0, cycle, fps=5.0) == []


def test_who_stands_behind_a_parked_car_may_wait_for_it_and_is_nothing() -> None:
    actors = [parked(28.0), parked(21.5), *flow(-1.0, 120.0)]
    assert {f.track_id for f in play(STOPPING, actors, 120.0, fps=5.0)} == {1}


def test_who_stays_behind_a_parked_car_for_minutes_while_others_drive_past_is_parked_too() -> None:
    actors = [parked(28.0), parked(21.5), *flow(-1.0, 240.0)]
    found = play(STOPPING, actors, 240.0, fps=5.0)
    assert [f.track_id for f in found] == [1, 2]
    assert found[1].measured["stood_s"] > 120.0


@pytest.mark.parametrize(("label", "north"), [("motorcycle", 22.5), ("car", 18.5)])
def test_who_stands_behind_a_parked_one_with_room_to_turn_out_is_parked_like_anybody(label: str, north: float) -> None:
    actors = [parked(28.0, label=label), parked(north, label=label), *flow(-1.0, 100.0)]
    assert sorted(f.track_id for f in play(STOPPING, actors, 100.0, fps=5.0)) == [1, 2]


def test_who_turns_out_from_behind_a_parked_car_after_a_minute_is_nothing() -> None:
    waits = parked(21.5, until_s=75.0)
    out = Actor("car", lambda t: waits.path(t) if t < 75.0 else (-1.0, 21.5 + 8.0 * (t - 75.0), 0.0))
    assert {f.track_id for f in play(STOPPING, [parked(28.0), out, *flow(-1.0, 240.0)], 240.0, fps=5.0)} == {1}


def test_a_way_that_is_free_for_moments_of_a_long_wait_is_not_free() -> None:
    front, middle, last = queue(3, 1.0, 400.0)
    seen_at_times = Actor("car", lambda t: None if t > 40 and t % 20 < 2 else middle.path(t))
    actors = [front, seen_at_times, last, *flow(-1.0, 300.0)]
    assert play(STOPPING, actors, 300.0, fps=5.0) == []


def test_a_parked_car_that_is_hidden_for_a_while_is_the_same_one() -> None:
    path = parked().path
    hidden = Actor("car", lambda t: None if 40 < t < 60 else path(t))
    found = play(STOPPING, [hidden, *flow(-1.0, 120.0)], 120.0, fps=5.0)
    assert len(found) == 1


def takes_its_place(at_s: float) -> list[Actor]:
    """Make a car that parks and leaves, and one that stands in the same place from some moment on."""
    return [parked(until_s=60.0), Actor("car", stops((3.2, 25.0), 0.0, 8.0, 900.0, begin_s=at_s - 4.5))]


def test_a_parked_car_whose_number_goes_to_a_neighbour_is_told_once() -> None:
    assert len(play(STOPPING, [*takes_its_place(66.0), *flow(-1.0, 140.0)], 140.0, fps=5.0)) == 1


def test_who_parks_where_another_was_told_of_a_minute_ago_is_told_too() -> None:
    assert len(play(STOPPING, [*takes_its_place(120.0), *flow(-1.0, 200.0)], 200.0, fps=5.0)) == 2


def test_who_parks_beside_one_that_was_told_of_and_stays_is_told_too() -> None:
    near = Actor("motorcycle", stops((3.2, 21.0), 0.0, 8.0, 900.0, begin_s=50.0))
    pair = [parked(22.0, label="motorcycle"), near]
    assert len(play(STOPPING, [*pair, *flow(-1.0, 300.0)], 300.0, fps=5.0)) == 2


@pytest.mark.parametrize("label", ["car", "motorcycle"])
def test_who_waits_beside_the_zone_and_drives_off_through_it_is_nothing(label: str) -> None:
    def drives_off(t: float) -> tuple[float, float, float]:
        along = max(0.0, 5.6 * (t - 60.0))
        return 0.4 + along, 20.0 + along, 45.0 if along else 0.0

    assert play(STOPPING, [Actor(label, drives_off), *flow(-2.5, 90.0)], 90.0, fps=5.0) == []


@pytest.mark.parametrize("begin_s", [60.0, 60.1, 60.2])
def test_who_starts_from_beside_the_zone_into_it_is_nothing_in_the_first_moment_either(begin_s: float) -> None:
    def starts(t: float) -> tuple[float, float, float]:
        along = 0.5 * 4.0 * max(0.0, t - begin_s) ** 2
        return 0.9 + along, 20.0 + along, 45.0 if along else 0.0

    assert play(STOPPING, [Actor("motorcycle", starts), *flow(-2.5, 90.0)], 64.0, fps=2.0) == []


@pytest.mark.parametrize("share", [0.3, 0.45])
def test_a_parked_car_of_which_a_part_is_covered_for_minutes_is_told_once(share: float) -> None:
    covered = Actor("car", parked().path, covered=lambda t: share if 60.0 < t < 200.0 else 0.0)
    assert len(play(STOPPING, [covered, *flow(-1.0, 300.0)], 300.0, fps=5.0)) == 1


def vanishes(actor: Actor, at_s: float) -> Actor:
    """Make one that nobody sees leave."""
    return Actor(actor.label, lambda t: actor.path(t) if t < at_s else None)


def bus_before(north: float, from_s: float, until_s: float) -> Actor:
    """Make a bus that covers from the camera who stands beyond it."""
    return Actor("bus", lambda t: (3.0, north - 9.0, 0.0) if from_s <= t < until_s else None)


def swaps(one: Actor, other: Actor, at_s: float) -> list[Actor]:
    """Let two tracks go over to each other's road user, as trackers do in a crowd."""
    return [
        Actor(one.label, lambda t: one.path(t) if t < at_s else other.path(t)),
        Actor(one.label, lambda t: other.path(t) if t < at_s else one.path(t)),
    ]


def test_who_parks_where_another_left_unseen_is_another_and_is_told() -> None:
    first = vanishes(parked(label="motorcycle"), 200.0)
    later = Actor("motorcycle", stops((3.2, 25.0), 0.0, 8.0, 900.0, begin_s=225.0))
    found = play(STOPPING, [first, later, *flow(-1.0, 300.0)], 300.0, fps=5.0)
    assert [f.track_id for f in found] == [1, 2]
    assert found[1].measured["stood_s"] < 40.0


def test_who_comes_to_the_place_of_one_that_left_unseen_takes_over_none_of_its_time() -> None:
    first = vanishes(parked(28.0), 30.0)
    waits = Actor("car", stops((3.2, 28.0), 0.0, 8.0, 60.0, begin_s=30.0))
    assert play(STOPPING, [first, waits, *flow(-1.0, 90.0, every_s=4.0)], 90.0, fps=5.0) == []


def test_who_parks_behind_the_place_of_one_that_left_unseen_is_held_by_nobody() -> None:
    first = vanishes(parked(28.0, label="motorcycle"), 200.0)
    later = Actor("car", stops((3.2, 22.0), 0.0, 8.0, 900.0, begin_s=225.0))
    found = play(STOPPING, [first, later, *flow(-1.0, 285.0)], 285.0, fps=5.0)
    assert [f.track_id for f in found] == [1, 2]


def test_a_parked_one_whose_number_a_passer_takes_along_while_a_bus_covers_it_is_told_once() -> None:
    stands = parked(label="motorcycle")
    gone, passer = swaps(stands, Actor("motorcycle", straight((2.2, 1.0), 0.0, 6.0, begin_s=96.0)), 100.0)
    again = Actor("motorcycle", lambda t: stands.path(t) if t >= 140.0 else None)
    hidden = Actor("motorcycle", lambda t: passer.path(t) if t < 102.0 else None)
    actors = [gone, hidden, again, bus_before(25.0, 101.0, 140.0), *flow(-3.0, 240.0)]
    assert len(play(STOPPING, actors, 240.0, fps=5.0)) == 1


def test_two_that_change_their_numbers_where_both_are_parked_are_told_once_each() -> None:
    pair = swaps(parked(25.0, label="motorcycle"), parked(20.0, label="motorcycle"), 100.0)
    assert len(play(STOPPING, [*pair, *flow(-1.0, 240.0)], 240.0, fps=5.0)) == 2


def test_a_car_beside_the_zone_is_nothing_and_outside_the_hours_too() -> None:
    beside = Actor("car", stops((-0.5, 25.0), 0.0, 8.0, 900.0))
    assert play(STOPPING, [beside, *flow(3.0, 80.0)], 80.0, fps=5.0) == []
    never = camera(
        ["no_stopping"],
        [AWAY],
        [zone("no_stopping", (1.0, 13.0), (5.5, 13.0), (5.5, 38.0), (1.0, 38.0), hours=((0, 1),))],
    )
    assert play(never, [parked(), *flow(-1.0, 80.0)], 80.0, fps=5.0) == []


def test_parking_is_claimed_after_its_own_time_only() -> None:
    config = camera(
        ["no_parking"], [AWAY], [zone("no_parking", (1.0, 13.0), (5.5, 13.0), (5.5, 38.0), (1.0, 38.0))], parking_s=60.0
    )
    found = play(config, [parked(), *flow(-1.0, 90.0)], 90.0, fps=5.0)
    assert [round(f.measured["stood_s"] / 10) for f in found] == [6]
    assert play(config, [parked(until_s=55.0), *flow(-1.0, 90.0)], 90.0, fps=5.0) == []


def test_a_bus_at_its_stop_is_at_home_and_a_car_there_is_not() -> None:
    config = camera(
        ["bus_stop_occupied"], [AWAY], [zone("bus_stop", (1.0, 13.0), (5.5, 13.0), (5.5, 38.0), (1.0, 38.0))]
    )
    assert play(config, [parked(25.0, label="bus"), *flow(-1.5, 70.0)], 70.0, fps=5.0) == []
    assert len(play(config, [parked(25.0), *flow(-1.5, 70.0)], 70.0, fps=5.0)) == 1


def test_a_breakdown_that_was_told_is_not_claimed() -> None:
    def tell(observer: Observer) -> None:
        observer.circumstances.tell(Circumstance("breakdown", START_MS))

    assert play(STOPPING, [parked(), *flow(-1.0, 80.0)], 80.0, fps=5.0, before=tell) == []
