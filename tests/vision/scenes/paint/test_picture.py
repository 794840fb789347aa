"""Pictures of scenes: the same bytes everywhere, and everything where the geometry says."""

import hashlib
import os
import subprocess
import sys

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.vision.scenes.paint.builders import LAYOUT, NO_LAMPS, camera, painter, user
from vision.scenes.paint.picture import MARGIN_PX
from vision.scenes.phases import LampState
from vision.scenes.road_user import Pose
from vision.scenes.training import examples


def digest() -> str:
    """Digest pictures of two cameras with all weather and flaws that chance brings."""
    found = hashlib.sha256()
    for seed in (3, 8):
        for example in examples(seed, 1):
            found.update(example.image.tobytes())
            found.update(np.rint(example.boxes * 16).astype(np.int64).tobytes())
    return found.hexdigest()


def test_the_same_seed_gives_the_same_bytes_on_a_processor_without_wide_registers() -> None:
    code = "from tests.vision.scenes.paint.test_picture import digest; print(digest())"
    poor = {"OPENCV_CPU_DISABLE": "AVX2,AVX512_SKX,FP16,FMA3", "NPY_DISABLE_CPU_FEATURES": "X86_V3 X86_V4"}
    other = subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, **poor}, capture_output=True, text=True, check=True
    )
    assert other.stdout.strip() == digest()


def test_another_seed_gives_another_picture() -> None:
    first, second = (next(examples(seed, 1)).image for seed in (3, 4))
    assert (first != second).mean() > 0.5


@pytest.mark.parametrize("kind", ["motorbike", "bicycle", "car", "truck", "bus", "person"])
def test_what_is_drawn_lies_in_its_box_and_fills_it(kind: str) -> None:
    left, top, right, bottom = painter().see([user(kind, -8.0, 6.0)], NO_LAMPS)[0].box()
    rows, columns = np.nonzero(numbered([user(kind, -8.0, 6.0)]))
    assert (
        np.abs(np.array([columns.min(), rows.min(), columns.max(), rows.max()]) - [left, top, right, bottom]).max()
        < 2.5
    )


def numbered(poses: list[Pose]) -> NDArray[np.uint16]:
    """Return whose each pixel is."""
    here = painter()
    sheet = np.zeros((360 + 2 * MARGIN_PX, 640 + 2 * MARGIN_PX), np.uint16)
    for one in here.see(poses, NO_LAMPS):
        here.number(sheet, one, dict.fromkeys(one.thing.model.owners, one.thing.number))
    return sheet


def test_a_bus_hides_who_rides_behind_it_and_not_who_rides_beside_it() -> None:
    poses = [
        user("bus", -4.0, 6.0, number=1),
        user("motorbike", 5.0, 6.0, number=2),
        user("motorbike", -4.0, 9.5, number=3),
    ]
    assert set(np.unique(numbered(poses[1:]))) == {0, 2, 3}
    assert set(np.unique(numbered(poses))) == {0, 1, 3}


def test_the_road_user_beside_the_far_half_of_a_bus_is_behind_it_though_nearer_than_its_middle() -> None:
    here = painter()
    poses = [user("bus", -4.0, 9.0, number=1), user("motorbike", -6.0, 11.2, number=2)]
    order = [one.thing.number for one in here.see(poses, NO_LAMPS)]
    assert order == [2, 1]


def test_each_rider_has_a_box_above_the_motorcycle() -> None:
    seen = painter().see([user("motorbike", -14.0, 6.0, helmets=(True, False, True))], NO_LAMPS)[0]
    assert seen.thing.model.owners == [0, 1, 2, 3]
    machine = seen.box_of(0)
    for rider in (1, 2, 3):
        assert seen.box_of(rider)[1] < machine[1]


def test_the_lit_lamp_shines_where_the_camera_file_says() -> None:
    from vision.scenes.lamp_places import signal_head

    here = painter()
    for colour, channel in (("red", 2), ("green", 1)):
        image = here.paint([], {"south": LampState(colour, left_s=12.0)}, 0)
        places, _ = camera().pixels([signal_head(LAYOUT.arms["south"]).lamps[colour]])
        x, y = np.rint(places[0]).astype(int)
        assert image[y, x].argmax() == channel
        assert image[y, x, channel] > 200


def test_at_night_it_is_dark_and_lamps_shine_unless_they_are_hidden() -> None:
    day, night = painter(), painter("night")
    assert night.compose([]).mean() < 0.6 * day.compose([]).mean()
    oncoming = user("car", 8.0, -3.0, number=5)
    turned = type(oncoming)(5, oncoming.look, oncoming.x, oncoming.y, -np.pi / 2, 0.0)
    seen = night.see([turned], NO_LAMPS)
    assert int((night.compose(seen).min(2) > 200).sum()) > int((night.compose([]).min(2) > 200).sum()) + 10
    covered = night.see([turned, user("bus", -3.0, 1.2, number=6)], NO_LAMPS)
    assert int((night.compose(covered).min(2) > 200).sum()) < int((night.compose(seen).min(2) > 200).sum())


def test_shake_pushes_the_whole_picture_by_what_it_says() -> None:
    here, still = painter(shake_px=4.0), painter()
    pushes = {here.shake(frame) for frame in range(20)}
    assert len(pushes) > 5
    frame = next(f for f in range(20) if here.shake(f) != (0, 0))
    x, y = here.shake(frame)
    canvas = still.compose([])
    assert (here.paint([], NO_LAMPS, frame) == canvas[MARGIN_PX + y :, MARGIN_PX + x :][:360, :640]).all()


def test_a_fast_road_user_is_smeared_along_its_way_and_a_standing_one_is_sharp() -> None:
    sharp, slow = painter(), painter(exposure_s=0.04)
    pose = user("car", -14.0, 6.0)
    fast = type(pose)(1, pose.look, pose.x, pose.y, pose.heading_rad, 14.0)
    assert (slow.compose(slow.see([pose], NO_LAMPS)) == sharp.compose(sharp.see([pose], NO_LAMPS))).all()
    smeared, crisp = (
        np.abs(np.diff(p.compose(p.see([fast], NO_LAMPS)).astype(int), axis=0)).sum() for p in (slow, sharp)
    )
    assert smeared < crisp


def test_rain_falls_differently_in_each_picture_and_the_same_again() -> None:
    wet = painter(rain=1.0)
    first, again, next_one = (wet.paint([], NO_LAMPS, frame) for frame in (1, 1, 2))
    assert (first == again).all()
    assert (first != next_one).any()
