import numpy as np

from tests.vision.builders import START_MS
from vision.frames import Image
from vision.stillness import Stillness

QUIET = np.full((120, 160), 90, np.uint8)


def with_car(x: int) -> Image:
    made = QUIET.copy()
    made[60:66, x : x + 8] = 200
    return made


def busy(seed: int) -> Image:
    return np.asarray(np.random.default_rng(seed).integers(0, 256, QUIET.shape), np.uint8)


def frozen_after_s(pictures: list[Image]) -> float | None:
    """Show pictures two a second; return when it was said that they are frozen."""
    still = Stillness()
    for i, image in enumerate(pictures):
        still.step(START_MS + i * 500, image)
        if still.is_frozen:
            return i / 2
    return None


def test_a_stream_that_repeats_its_picture_is_frozen_after_three_seconds() -> None:
    assert frozen_after_s([*(busy(i) for i in range(20)), *[busy(19)] * 12]) == 12.5


def test_a_key_frame_that_is_coded_anew_does_not_hide_it() -> None:
    anew = (busy(19).astype(np.int16) + np.random.default_rng(1).integers(-5, 6, QUIET.shape)).clip(0, 255)
    repeats = [busy(19)] * 4 + [np.asarray(anew, np.uint8)] * 4 + [busy(19)] * 4
    assert frozen_after_s([*(busy(i) for i in range(20)), *repeats]) is not None


def test_a_street_that_gets_quiet_by_and_by_is_not_frozen_and_its_pauses_are_in_doubt() -> None:
    pictures: list[Image] = []
    for pause in (1, 2, 3, 4, 6, 8, 12, 20, 30):
        pictures += [with_car(10), with_car(60), with_car(110), *[QUIET] * (pause + 1)]
    assert frozen_after_s(pictures) is None
    still = Stillness()
    for i, image in enumerate(pictures):
        still.step(START_MS + i * 500, image)
    assert still.since_ms == START_MS + (len(pictures) - 31) * 500


def test_a_stream_that_goes_on_elsewhere_after_a_freeze_was_not_quiet() -> None:
    freeze = [busy(7)] * 12
    pictures = [*(busy(i) for i in range(10)), *freeze, *(busy(i) for i in range(20, 30))]
    assert frozen_after_s(pictures) is not None
    still = Stillness()
    for i, image in enumerate([*pictures, *[busy(29)] * 7]):
        still.step(START_MS + i * 500, image)
    assert still.is_frozen
