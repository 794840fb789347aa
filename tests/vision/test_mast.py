"""Where a camera hangs is read off the road that it shows."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.vision.pinhole import Pinhole, pairs
from vision.ground import fit_ground
from vision.mast import Mast, find_mast

SIZE = (1280, 720)


def mast_of(camera: Pinhole, seed: int | None = None) -> tuple[Mast, float]:
    """Return a camera's mast, and how far its foot is from where it truly stands, metres."""
    plane = fit_ground(pairs(camera, seed=seed))
    mast = find_mast(plane, SIZE)
    assert mast is not None
    ((x, y),) = plane.metres(camera.pixels(np.array([[0.0, 20.0]])))
    return mast, abs(mast.far_m(x, y) - 20.0)


@given(st.floats(4, 12), st.floats(12, 40))
def test_a_camera_hangs_where_it_hangs_however_it_is_tilted(height_m: float, tilt_deg: float) -> None:
    mast, off_m = mast_of(Pinhole(height_m, tilt_deg))
    assert mast.height_m == pytest.approx(height_m, rel=0.002)
    assert off_m < 0.05


def test_marks_as_people_click_them_tell_the_height_of_a_camera_to_a_twentieth() -> None:
    heights = [mast_of(Pinhole(9.5, 17.0), seed)[0].height_m for seed in range(50)]
    assert abs(np.median(heights) - 9.5) < 0.1
    assert np.std(heights) < 0.05 * 9.5


def test_a_point_hides_the_place_that_lies_behind_it() -> None:
    mast = Mast(0.0, 0.0, 8.0)
    assert mast.behind((0.0, 15.0), 2.0) == pytest.approx((0.0, 20.0))
    assert mast.below((0.0, 20.0), 2.0) == pytest.approx((0.0, 15.0))
    assert mast.dip(0.0, 6.0) == pytest.approx(0.8)


def test_a_road_seen_from_straight_above_tells_no_mast() -> None:
    plane = fit_ground(pairs(Pinhole()))
    assert find_mast(replace(plane, matrix=np.diag([3.0, -3.0, 1.0])), SIZE) is None
