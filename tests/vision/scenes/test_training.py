"""Examples for a detector: what is marked is to be seen."""

import math
import random
from dataclasses import replace

import numpy as np

from tests.vision.scenes.paint.builders import NO_LAMPS, painter, user
from vision.scenes.made_up import Cast
from vision.scenes.training import LABELS, crop, examples, marked


def test_examples_of_a_seed_are_the_same_and_their_boxes_lie_in_the_picture() -> None:
    labels = set()
    for seed in (1, 5):
        first, second = next(examples(seed, 1)), next(examples(seed, 1))
        assert first.image.tobytes() == second.image.tobytes()
        assert first.labels == second.labels
        assert (first.boxes[:, :2] >= 0).all()
        assert (first.boxes[:, 2:] <= np.array(first.image.shape[1::-1])).all()
        assert (first.boxes[:, 2:] > first.boxes[:, :2]).all()
        labels |= set(first.labels)
    assert {"person", "motorcycle", "car"} <= labels <= set(LABELS)


def test_two_pictures_of_one_camera_show_other_traffic_on_the_same_street() -> None:
    first, second = examples(1, 2)
    assert first.labels != second.labels or (first.boxes != second.boxes).any()
    same = np.abs(first.image.astype(int) - second.image).max(2) < 40
    assert same.mean() > 0.5


def test_a_crop_keeps_the_boxes_of_which_a_third_is_left_at_its_own_scale() -> None:
    whole = next(examples(5, 1))
    kept = 0
    for seed in range(12):
        part = crop(whole, 256, random.Random(seed))
        assert part.image.shape == (256, 256, 3)
        assert (part.boxes >= 0).all()
        assert (part.boxes <= 256).all()
        kept += len(part.labels)
    assert kept > 0


def test_who_rides_hidden_behind_a_bus_is_not_marked_and_each_rider_is() -> None:
    here = painter()
    poses = [user("bus", -4.0, 6.0, number=1), user("motorbike", 5.0, 6.0, number=2)]
    poses += [user("motorbike", -10.0, 10.0, number=3, helmets=(True, True))]
    seen = here.see(poses, NO_LAMPS)
    example = marked(here, here.develop(here.compose(seen), 0), seen, {p.user_id: p.label for p in poses}, (0, 0))
    assert sorted(example.labels) == ["bus", "motorcycle", "person", "person"]


def test_who_rides_with_others_is_marked_where_the_head_is_to_be_seen_and_else_is_not() -> None:
    here = painter()
    names = {}
    for turned in (0.0, math.pi / 2):
        pose = user("motorbike", -10.0, 6.0, number=1, helmets=(True, True, True))
        pose = replace(pose, heading_rad=pose.heading_rad + turned)
        seen = here.see([pose], NO_LAMPS)
        example = marked(here, here.develop(here.compose(seen), 0), seen, {1: pose.label}, (0, 0))
        names[turned] = example.labels.count("person")
    assert names[math.pi / 2] == 3, "from the side"
    assert names[0.0] < 3, "one behind the other"


def test_a_cast_appears_again_and_what_it_shows_is_a_matter_of_the_seed_alone() -> None:
    shots = []
    for _ in range(2):
        cast = Cast(1000)
        shots.append([(one.image.tobytes(), one.labels) for one in examples(3, 2, cast)])
        known = {choice for _ in range(4000) for choice in [cast.choose("bus", random.Random(1))[0]]}
    assert shots[0] == shots[1]
    assert len(known) < 400
