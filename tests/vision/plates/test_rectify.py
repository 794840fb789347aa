import cv2
import numpy as np
import pytest

from vision.plates.rectify import plate_corners, straightened


def slanted(corners: list[list[int]]) -> np.ndarray:
    image = np.full((80, 120, 3), 30, np.uint8)
    cv2.fillConvexPoly(image, np.array(corners, np.int32), (225, 230, 230))
    cv2.putText(image, "29", (45, 50), cv2.FONT_HERSHEY_SIMPLEX, 0.8, (20, 20, 20), 3)
    return image


@pytest.mark.parametrize(
    "corners", [[[10, 8], [105, 20], [110, 72], [14, 60]], [[14, 18], [108, 6], [104, 60], [10, 74]]]
)
def test_the_corners_of_a_slanted_plate_are_found_to_two_pixels_and_it_is_made_upright(
    corners: list[list[int]],
) -> None:
    image = slanted(corners)
    found = plate_corners(image)
    assert found is not None
    assert np.abs(found - np.array(corners)).max() <= 2.0
    straight = straightened(image)
    assert straight is not None
    # Of the slanted picture an eighth is road; of the upright one only the room left around the plate.
    assert (image[:, :, 1] < 60).mean() > 2 * (straight[8:-8, 8:-8, 1] < 60).mean()
    assert (straight[8:-8, 8, 1] > 150).all()
    assert (straight[8:-8, -9, 1] > 150).all()


def test_a_picture_without_an_outline_is_left_as_it_is() -> None:
    grain = np.random.default_rng(1).integers(0, 255, (60, 90, 3)).astype(np.uint8)
    assert straightened(cv2.blur(grain, (3, 3))) is None
