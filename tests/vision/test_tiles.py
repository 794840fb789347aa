import cv2
import numpy as np
import pytest

from vision.tiles import TILE, Floats, cut, push


def ground(seed: int, size: tuple[int, int] = (240, 320)) -> Floats:
    rough = np.random.default_rng(seed).random(size, np.float32)
    return np.asarray(cv2.GaussianBlur(rough, (0, 0), 1.5), np.float32)


def moved(picture: Floats, right: float, down: float) -> Floats:
    matrix = np.array([[1.0, 0.0, right], [0.0, 1.0, down]])
    made = cv2.warpAffine(picture, matrix, picture.shape[::-1], flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT)
    return np.asarray(made, np.float32)


@pytest.mark.parametrize(("right", "down"), [(0.0, 0.0), (3.0, -5.0), (0.4, 0.7), (-11.5, 2.0)])
def test_every_tile_tells_by_how_much_a_picture_was_pushed(right: float, down: float) -> None:
    picture = ground(1)
    pushed = push(cut(picture), cut(moved(picture, right, down)))
    assert len(pushed.found) == 54
    assert np.abs(np.median(pushed.shift, 0) - [right, down]).max() < 0.25
    assert pushed.found.min() > 0.2


def test_one_tile_says_what_opencv_says_of_it() -> None:
    before, after = ground(2, (TILE, TILE)), moved(ground(2, (TILE, TILE)), 2.3, -1.6)
    window = cv2.createHanningWindow((TILE, TILE), cv2.CV_32F)
    shift, found = cv2.phaseCorrelate(before - before.mean(), after - after.mean(), window)
    pushed = push(cut(before), cut(after))
    assert np.allclose(pushed.shift[0], shift, atol=0.1)
    assert pushed.found[0] == pytest.approx(found, abs=0.15)


def test_two_pictures_of_nothing_in_common_agree_nowhere() -> None:
    assert np.median(push(cut(ground(3)), cut(ground(4))).found) < 0.12


def test_strength_is_the_deviation_of_each_tile_and_a_small_picture_has_none() -> None:
    picture = ground(5)
    tiles = cut(picture)
    assert tiles.strength[0] == pytest.approx(picture[:TILE, :TILE].std(), rel=1e-3)
    assert tiles.middles[:2].tolist() == [[32, 32], [64, 32]]
    small = cut(ground(6, (48, 320)))
    assert len(push(small, small).found) == 0
