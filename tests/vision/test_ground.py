import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.vision.pinhole import DEGREE_M, MARKS, Pinhole, lon_lat, pairs
from vision.errors import CameraFileError
from vision.ground import GroundPoint, fit_ground

CAMERA = Pinhole()
ROAD = np.array([[-3.0, 15.0], [2.0, 30.0], [4.0, 40.0]])


def test_marks_without_error_give_places_to_a_centimetre() -> None:
    plane = fit_ground(pairs(CAMERA))
    off_deg = plane.lon_lat(CAMERA.pixels(ROAD)) - lon_lat(ROAD)
    assert np.abs(off_deg * 110_000).max() < 0.01


@given(st.floats(4, 12), st.floats(12, 40), st.floats(-6, 6), st.floats(10, 45))
def test_any_mast_gives_the_places_that_it_sees(height_m: float, tilt_deg: float, east: float, north: float) -> None:
    camera = Pinhole(height_m, tilt_deg)
    place = np.array([[east, north]])
    off_deg = fit_ground(pairs(camera)).lon_lat(camera.pixels(place)) - lon_lat(place)
    assert np.abs(off_deg * 110_000).max() < 0.05


def test_the_error_told_at_a_pixel_is_the_error_made_there() -> None:
    """Of 200 planes from marks as people click them two deviations hold 86.5 %, or some more: doubt only grows."""
    inside = np.zeros(len(ROAD))
    for seed in range(200):
        plane = fit_ground(pairs(CAMERA, seed=seed))
        px = CAMERA.pixels(ROAD)
        off = (plane.lon_lat(px) - lon_lat(ROAD)) * np.array(DEGREE_M)
        far = np.einsum("ni,nij,nj->n", off, np.linalg.inv(plane.covariances_m2(px)), off)
        inside += far <= 4.0
    assert np.all((inside / 200 > 0.82) & (inside / 200 < 0.95)), inside / 200


def test_a_place_far_away_is_less_sure_than_one_near() -> None:
    plane = fit_ground(pairs(CAMERA))
    near, middle, far = plane.error_m(CAMERA.pixels(np.array([[0.0, 15.0], [0.0, 45.0], [0.0, 150.0]])))
    assert near < 0.3 < far
    assert near < middle < far


def test_nothing_lies_above_the_horizon() -> None:
    plane = fit_ground(pairs(CAMERA))
    above = [[640.0, CAMERA.horizon_px - 5]]
    assert np.isnan(plane.metres(above)).all()
    assert np.isnan(plane.error_m(above)).all()


def test_a_wrong_pair_is_named() -> None:
    given_pairs = pairs(CAMERA, seed=3)
    wrong = given_pairs[2]
    given_pairs[2] = GroundPoint(wrong.px, (wrong.at[0] + 0.0001, wrong.at[1]))
    with pytest.raises(CameraFileError, match=r"ground\[2\]"):
        fit_ground(given_pairs)


@pytest.mark.parametrize(
    ("points", "said"),
    [
        (pairs(CAMERA)[:3], "at least 4"),
        (pairs(CAMERA, np.array([[0.0, 12.0], [0.0, 20.0], [0.0, 30.0], [0.0, 40.0]])), "in one line"),
        (pairs(CAMERA, np.array([[0.0, 12.0], [0.0, 20.0], [0.0, 30.0], [5.0, 40.0]])), "three of the four"),
        (
            [GroundPoint(p.px, p.at[::-1]) for p in pairs(CAMERA)[:3]] + [GroundPoint((3.0, 3.0), (21.02, 105.85))],
            "ground",
        ),
    ],
)
def test_points_that_say_no_plane_are_refused_with_what_to_do(points: list[GroundPoint], said: str) -> None:
    with pytest.raises(CameraFileError, match=said):
        fit_ground(points)


def test_exchanged_marks_are_refused() -> None:
    made = pairs(CAMERA, MARKS[:4])
    swapped = [GroundPoint(made[0].px, made[1].at), GroundPoint(made[1].px, made[0].at), *made[2:]]
    with pytest.raises(CameraFileError, match="horizon"):
        fit_ground(swapped)
