"""The painted street, and how well the shipped weights know it."""

import hashlib
from functools import cache
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from tests.vision.builders import frame
from vision.camera import parse_camera
from vision.detector.boxes import iou
from vision.detector.open import SHIPPED, open_detector
from vision.errors import VideoError
from vision.frames import Image
from vision.scenes.seen import look_at
from vision.scenes.street import BEGIN_S, FPS, StreetScene, open_street, street_camera_yaml


@cache
def pictures() -> tuple[tuple[float, Image], ...]:
    return tuple(islice(StreetScene(1).frames(), 0, 121, 40))


def test_the_same_address_gives_the_same_pictures_and_another_hour_gives_others() -> None:
    again = islice(open_street("scene://street?seed=1").frames(), 0, 121, 40)
    for (first_s, first), (second_s, second) in zip(pictures(), again, strict=True):
        assert first_s == second_s
        assert hashlib.sha256(first.tobytes()).digest() == hashlib.sha256(second.tobytes()).digest()
    _, night = next(open_street("scene://street?seed=1&hour=night&rain=0.5").frames())
    assert night.mean() < 0.7 * pictures()[0][1].mean()


@pytest.mark.parametrize("bad", ["seed=one", "hour=noon", "rain=much", "colour=red"])
def test_a_wrong_value_is_named_with_what_there_is(bad: str) -> None:
    with pytest.raises(VideoError, match=r"day\|dusk\|night"):
        open_street(f"scene://street?{bad}")


def test_the_camera_file_names_the_lamp_that_is_lit() -> None:
    camera = parse_camera(street_camera_yaml("SC-01", ("Ngã tư", "Junction"), (105.8, 21.0)).encode())
    assert camera.is_scene
    scene = StreetScene(1)
    (approach,) = camera.approaches
    assert approach.lamps is not None
    for time_s, image in pictures():
        colour = scene.world.lamp("south", BEGIN_S + time_s).colour
        x, y = (round(v) for v in getattr(approach.lamps, colour))
        assert image[y, x].max() > 180, f"{colour} at {time_s} s"


def test_the_shipped_weights_find_who_is_near() -> None:
    detector, scene = open_detector(None), StreetScene(1)
    there = found = 0
    for time_s, image in pictures():
        seen = detector.detect(frame(round(time_s * FPS), image))
        near = [one for one in look_at(scene.camera, scene.world.poses(BEGIN_S + time_s)) if one.visible > 0.6]
        boxes = np.array([one.box for one in near if one.box[3] - one.box[1] > 40.0], np.float32)
        there += len(boxes)
        found += int((iou(boxes, seen.boxes[seen.scores > 0.25]).max(1) > 0.4).sum())
    assert there > 10
    assert found >= 0.6 * there


def test_the_readme_beside_the_weights_has_their_digest_and_they_are_small() -> None:
    assert open_detector(None).sha256 in (SHIPPED.parent / "README.md").read_text(encoding="utf-8")
    assert sum(path.stat().st_size for path in Path(SHIPPED).iterdir()) < 6_000_000
