import numpy as np

from schemas.camera import CameraState
from tests.vision.builders import START_MS, picture
from vision.frames import Image
from vision.health import HealthWatcher


def watch(images: list[Image]) -> CameraState:
    watcher = HealthWatcher()
    for i, image in enumerate(images):
        watcher.step(START_MS + i * 500, image)
    return watcher.sight.state


def test_a_clear_moving_picture_is_ok() -> None:
    assert watch([picture(i) for i in range(12)]) is CameraState.OK


def test_a_black_picture_is_dark() -> None:
    assert watch([np.zeros((48, 64, 3), np.uint8)] * 12) is CameraState.DARK


def test_an_even_picture_is_blurred() -> None:
    assert watch([np.full((48, 64, 3), 120, np.uint8)] * 12) is CameraState.BLURRED


def test_the_same_picture_again_and_again_is_frozen() -> None:
    assert watch([picture(1)] * 12) is CameraState.FROZEN


def test_one_bad_picture_changes_nothing() -> None:
    images = [picture(i) for i in range(12)]
    images[6] = np.zeros((48, 64, 3), np.uint8)
    assert watch(images) is CameraState.OK
