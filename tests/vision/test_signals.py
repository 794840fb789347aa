import json

import numpy as np
import pytest

from tests.data import shared_data
from tests.vision.builders import CLIPS, START_MS, real_camera
from vision.camera import Lamps
from vision.frames import Image, read_frames
from vision.signals import LampReader, read_lamp

LAMPS = Lamps(3.0, red=(20.0, 10.0), yellow=(20.0, 20.0), green=(20.0, 30.0))
LIT = {"red": (40, 30, 200), "yellow": (20, 120, 190), "green": (110, 120, 10)}


def head(*colours: str) -> Image:
    image = np.full((40, 40, 3), 25, np.uint8)
    for colour in colours:
        x, y = (int(v) for v in getattr(LAMPS, colour))
        image[y - 4 : y + 5, x - 4 : x + 5] = LIT[colour]
    return image


@pytest.mark.parametrize("colour", ["red", "yellow", "green"])
def test_the_one_lit_lamp_is_told(colour: str) -> None:
    assert read_lamp(head(colour), LAMPS) == colour


def test_none_lit_and_several_lit_are_unknown() -> None:
    assert read_lamp(head(), LAMPS) == "unknown"
    assert read_lamp(head("red", "green"), LAMPS) == "unknown"


def test_a_lamp_outside_the_picture_is_unknown() -> None:
    assert read_lamp(head("red"), Lamps(3.0, red=(900.0, 900.0))) == "unknown"


def spans(frames: list[str]) -> list[tuple[str, float, float]]:
    reader = LampReader()
    for i, colour in enumerate(frames):
        reader.take(START_MS + i * 100, read_lamp(head(*([] if colour == "-" else [colour])), LAMPS))
    return [
        (s.colour, (s.start_ms - START_MS) / 100, (s.end_ms - START_MS) / 100)
        for s in reader.spans(START_MS, START_MS + 10**6)
    ]


def test_a_colour_counts_once_a_second_frame_agrees_from_the_middle_between_the_frames() -> None:
    assert spans(["red"] * 5 + ["green"] * 5) == [("red", 0, 4.5), ("green", 4.5, 9)]


def test_a_switch_is_off_by_half_the_gap_and_by_more_where_the_lamp_could_not_be_read() -> None:
    for dark, error_ms in ((0, 50), (3, 200)):
        reader = LampReader()
        for i, colour in enumerate(["red"] * 5 + ["-"] * dark + ["green"] * 5):
            reader.take(START_MS + i * 100, read_lamp(head(*([] if colour == "-" else [colour])), LAMPS))
        green = reader.spans(START_MS, START_MS + 10**6)[-1]
        assert (green.colour, green.error_ms) == ("green", error_ms)
        assert abs(green.start_ms - (START_MS + 400 + error_ms)) <= 1


def test_one_frame_of_another_colour_changes_nothing() -> None:
    assert spans(["red"] * 5 + ["green"] + ["red"] * 5) == [("red", 0, 10)]


def test_a_short_time_unseen_is_bridged_and_a_long_one_is_unknown() -> None:
    assert spans(["red"] * 5 + ["-"] * 4 + ["red"] * 5) == [("red", 0, 13)]
    assert [c for c, *_ in spans(["red"] * 5 + ["-"] * 9 + ["red"] * 5)] == ["red", "unknown", "red"]


def test_the_real_signal_agrees_with_what_was_read_by_eye() -> None:
    camera = real_camera("ly_thuong_kiet")
    truth = json.loads(shared_data("cameras", "annotations.json").read_text())["clips"][CLIPS["ly_thuong_kiet"]]
    lamps = camera.approaches[0].lamps
    assert lamps is not None
    expected = {i: colour for colour, first, last in truth["light_timeline"] for i in range(first, last + 1)}
    wrong = [f.index for f in read_frames(camera.source) if read_lamp(f.image, lamps) != expected[f.index]]
    assert wrong == []
