import numpy as np
import pytest

from tests.vision.pinhole import Pinhole, pairs
from vision.ground import fit_ground
from vision.speed import GroundSpeed, ground_speed
from vision.tracks import Look

CAMERA = Pinhole()
PLANE = fit_ground(pairs(CAMERA))


def drive(
    mps: float, *, start_m: float = 18.0, seed: int | None = None, count: int = 16, step_ms: int = 100
) -> list[Look]:
    """Make looks at a motorbike 60 px tall that drives away from the camera."""
    rng = np.random.default_rng(seed)
    looks = []
    for i in range(count):
        x, foot = CAMERA.pixels(np.array([[1.0, start_m + mps * i * step_ms / 1000]]))[0]
        if seed is not None:
            x, foot = x + rng.normal(0, 3.6), foot + rng.normal(0, 3.6)
        looks.append(Look(1, i * step_ms, i, (x - 15, foot - 60, x + 15, foot), 0.9, "motorcycle", i + 1))
    return looks


def speed(looks: list[Look], plane=PLANE) -> GroundSpeed:
    found = ground_speed(plane, looks)
    assert found is not None
    return found


def test_a_motorbike_at_ten_metres_a_second_northward_is_told_so() -> None:
    found = speed(drive(10.0))
    assert found.mps == pytest.approx(10.0, abs=0.05)
    assert found.low_mps < 10.0 < found.high_mps
    assert min(found.bearing_deg, 360 - found.bearing_deg) < 1.0


def test_the_interval_holds_the_true_speed_nine_times_of_ten() -> None:
    """200 motorbikes, each seen by a plane of its own that people clicked, with feet that jump."""
    held = 0
    for seed in range(200):
        mps = 3.0 + seed % 12
        found = speed(drive(mps, seed=seed), fit_ground(pairs(CAMERA, seed=seed + 1000)))
        held += found.low_mps <= mps <= found.high_mps
    assert 0.86 <= held / 200 <= 0.95, held / 200


def test_dropped_frames_and_uneven_times_do_not_change_the_speed() -> None:
    whole = drive(8.0)
    assert speed([look for look in whole if look.frame % 3]).mps == pytest.approx(8.0, abs=0.05)


def test_one_who_stands_has_an_interval_from_zero() -> None:
    found = speed(drive(0.0, seed=5))
    assert found.low_mps == 0.0
    assert found.high_mps < 2.0


def test_too_few_looks_say_nothing() -> None:
    assert ground_speed(PLANE, []) is None
    assert ground_speed(PLANE, drive(5.0, count=3)) is None
    assert ground_speed(PLANE, drive(5.0, count=6, step_ms=40)) is None


def test_feet_above_the_horizon_say_nothing() -> None:
    box = (600.0, CAMERA.horizon_px - 70, 630.0, CAMERA.horizon_px - 10)
    assert ground_speed(PLANE, [Look(1, i * 100, i, box, 0.9, "car", i) for i in range(8)]) is None
