"""A junction that lives: the same seed, the same traffic, and a camera file that fits it."""

from collections import defaultdict
from dataclasses import replace
from random import Random

import numpy as np
import pytest

from vision.camera import parse_camera
from vision.ground import fit_ground
from vision.scenes.arrivals import Flow, make_driver
from vision.scenes.camera_file import camera_yaml
from vision.scenes.driver import halt_gap_m
from vision.scenes.layout import hanoi_junction
from vision.scenes.noise import NOISES, NoisyEyes
from vision.scenes.phases import SignalPlan
from vision.scenes.pinhole import approach_camera, kerb_camera
from vision.scenes.road_user import Halt
from vision.scenes.seen import Box, look_at
from vision.scenes.world import World


def test_the_same_seed_gives_the_same_traffic() -> None:
    first, second = (World(7, {"red_light": 0.1}) for _ in range(2))
    assert first.poses(45.0) == second.poses(45.0)
    assert first.truth == second.truth
    assert first.truth.passes


def test_another_seed_gives_other_traffic() -> None:
    assert World(1).poses(45.0) != World(2).poses(45.0)


def test_nobody_passes_on_red_where_everybody_obeys() -> None:
    world = World(3)
    world.poses(200.0)
    assert len(world.truth.passes) > 100
    assert [one for one in world.truth.passes if one.is_red] == []


def test_a_time_that_is_over_is_refused() -> None:
    world = World(1)
    world.poses(10.0)
    with pytest.raises(ValueError, match="is over"):
        world.poses(5.0)


def test_who_wants_to_park_farther_on_drives_around_who_is_parked_and_nobody_waits_behind_them_for_long() -> None:
    world = World(1, {"no_stopping": 0.15}, Flow({"south": 700.0}, people_per_hour=0.0))
    still_s: dict[int, float] = defaultdict(float)
    parked = set()
    while world.time_s < 420.0:
        world.step()
        for user in world.users:
            if user.halt is not None and user.halt.since_s is not None:
                parked.add(user.user_id)
            elif user.speed_mps < 0.15:
                still_s[user.user_id] += 0.1
    assert len(parked) >= 3
    assert max(still_s.values()) < world.plan.cycle_s


@pytest.mark.parametrize(("off_m", "parks"), [(0.0, True), (3.0, False)])
def test_who_could_not_get_to_the_kerb_drives_on_and_parks_in_no_lane(off_m: float, parks: bool) -> None:
    user = make_driver(Random(1), hanoi_junction(), {"car": 1.0}, "south", 1)
    halt = Halt(-50.0, 2.0, 60.0, "no_stopping")
    user.intent.halts.append(halt)
    user.s, user.aside_m, user.speed_mps = -50.3, 2.0 - off_m, 0.1
    assert (halt_gap_m(user, 10.0, 0.1) < 1.0) is parks
    assert (halt.since_s is not None, halt.is_over) == (parks, not parks)


def test_an_unknown_behaviour_is_named() -> None:
    with pytest.raises(ValueError, match="flying"):
        World(1, {"flying": 0.1})


def test_lamps_go_through_the_whole_plan() -> None:
    plan = SignalPlan()
    colours = [plan.state("south", t).colour for t in np.arange(0.0, plan.cycle_s, 0.5)]
    assert set(colours) == {"green", "yellow", "red"}
    assert plan.state("south", 78.0).arrows == ("right",)
    for t in np.arange(0.0, plan.cycle_s, 0.25):
        shown = {arm: plan.state(arm, t).colour for arm in ("south", "east")}
        assert "red" in shown.values(), "crossing roads have no green together"


def test_the_camera_file_measures_the_ground_it_was_written_from() -> None:
    layout = hanoi_junction()
    for make, lit in ((approach_camera, True), (kerb_camera, False)):
        camera = make(layout.arms["south"])
        rules = ("red_light", "stop_line") if lit else ()
        file = parse_camera(camera_yaml(camera, layout, rules=rules, with_signal=lit).encode())
        plane = fit_ground(file.ground)
        place = layout.arms["south"].place(-10.0, 8.0)
        px, _ = camera.pixels([(*place, 0.0)])
        assert np.allclose(plane.lon_lat(px)[0], layout.lon_lat(*place), atol=2e-6)
        assert file.zones


def test_who_stands_behind_a_lorry_is_hidden() -> None:
    world = World(5)
    seen = look_at(approach_camera(world.layout.arms["south"]), world.poses(60.0))
    assert seen
    assert all(0.0 <= one.visible <= 1.0 for one in seen)
    assert min(one.visible for one in seen) < 0.5 < max(one.visible for one in seen)
    assert [one.depth_m for one in seen] == sorted(one.depth_m for one in seen)


def test_boxes_of_the_half_hidden_end_where_somebody_nearer_begins() -> None:
    world = World(5)
    seen = look_at(approach_camera(world.layout.arms["south"]), world.poses(60.0))
    parts = [part for one in seen for part in one.parts]
    assert all(part.shown == part.box for part in parts if part.visible == 1.0)
    half = [part for part in parts if 0.3 < part.visible < 0.7]
    assert half
    assert all(_area(part.shown) < 0.9 * _area(part.box) for part in half)
    found = NoisyEyes(replace(NOISES["exact"], is_modal=True), 1).detect(0, seen)
    wide = [part.shown for part in parts if part.visible >= NOISES["exact"].blind and part.shown[2] - part.shown[0] > 3]
    assert {tuple(np.float32(box).tolist()) for box in wide} <= set(map(tuple, found.boxes.tolist()))
    assert len(wide) > 20


def _area(box: Box) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])


def test_noise_misses_shakes_and_invents() -> None:
    world = World(5)
    seen = look_at(approach_camera(world.layout.arms["south"]), world.poses(60.0))
    parts = sum(len(one.parts) for one in seen if one.visible >= NOISES["exact"].blind)
    assert len(NoisyEyes(NOISES["exact"], 1).detect(0, seen)) == parts
    poor = NoisyEyes(NOISES["poor"], 1)
    counts = [len(poor.detect(40 * k, seen)) for k in range(50)]
    assert np.mean(counts) < parts
    assert len(set(counts)) > 3
