"""Who parks where at the kerb, and who gets out from behind those that are parked."""

from random import Random

import numpy as np
import pytest

from vision.scenes.arrivals import make_driver
from vision.scenes.kerbside import are_held_by_parked, may_pull_in, who_parks
from vision.scenes.layout import hanoi_junction
from vision.scenes.road_user import Halt, RoadUser
from vision.scenes.world import World


def driver(number: int, kind: str, s: float, across_m: float, *, parks: bool = False) -> RoadUser:
    user = make_driver(Random(number), hanoi_junction(), {kind: 1.0}, "south", number)
    user.s, user.speed_mps, user.aside_m = s, 0.0, across_m - user.across_m
    user.aside_wish_m = user.aside_m
    if parks:
        user.intent.halts.append(Halt(s, user.aside_m, 900.0, "no_stopping", since_s=0.0, pulls_in=True))
    return user


def test_riders_wedged_behind_a_parked_one_get_out_from_the_last_on() -> None:
    # Seed 702: the first was kept by the second beside it, the second and the third by a hand's breadth of the next.
    world = World(1)
    world.flow.per_hour.clear()
    waits = [driver(2, "motorbike", -52.69, 11.9), driver(3, "motorbike", -53.93, 11.07)]
    waits.append(driver(4, "motorbike", -55.23, 10.23))
    world.users = [driver(1, "motorbike", -50.3, 12.37, parks=True), *waits]
    while world.time_s < world.plan.cycle_s:
        world.step()
    assert [user.user_id for user in world.users if user.enter == "south" and user.s < 0] == [1]


def test_a_rider_behind_a_lorry_at_the_kerb_turns_out_by_more_than_a_lorry_s_half() -> None:
    world = World(1)  # seed 703: two stood there for nine minutes
    world.flow.per_hour.clear()
    world.users = [driver(1, "truck", -89.13, 11.49, parks=True), driver(2, "motorbike", -94.11, 12.32)]
    while world.time_s < world.plan.cycle_s:
        world.step()
    assert [user.user_id for user in world.users if user.enter == "south" and user.s < 0] == [1]


def test_behind_who_is_parked_the_whole_row_is_held_and_nobody_else() -> None:
    parked = driver(1, "car", -50.0, 11.8, parks=True)
    row = [driver(2, "motorbike", -54.0, 11.8), driver(3, "motorbike", -56.5, 11.8)]
    others = [driver(4, "motorbike", -50.0, 8.0), driver(5, "motorbike", -52.5, 8.0)]
    gaps, leaders = np.array([1e6, 1.0, 0.5, 1e6, 0.5]), np.array([0, 0, 1, 0, 3])
    assert are_held_by_parked([parked, *row, *others], gaps, leaders) == [False, True, True, False, False]


def test_two_that_are_in_each_other_s_way_are_held_by_nobody_parked() -> None:
    pair = [driver(1, "motorbike", -54.0, 11.8), driver(2, "motorbike", -54.0, 11.0)]
    assert are_held_by_parked(pair, np.array([0.1, 0.1]), np.array([1, 0])) == [False, False]


@pytest.mark.parametrize(("room_m", "may"), [(0.6, None), (2.5, True)])
def test_a_place_so_near_behind_a_parked_car_that_nobody_drives_up_to_it_is_given_up(
    room_m: float, may: bool | None
) -> None:
    # Seed 704: it stood a metre short of its place for good, neither parked nor on its way, and a row behind it.
    parked = driver(1, "car", -50.8, 11.8, parks=True)
    user = driver(2, "car", -80.0, 8.0)
    place_s = parked.rear_s - room_m - user.look.length_m / 2
    halt = Halt(place_s, 11.8 - user.across_m, 300.0, "no_stopping")
    assert may_pull_in(user, halt, who_parks([parked, user])) is may
