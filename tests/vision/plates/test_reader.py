import csv
from functools import cache

import cv2
import numpy as np
import pytest

from tests.data import shared_data
from tests.vision.builders import picture
from vision.errors import WeightsError
from vision.plates.reader import PlateLook, PlateReader
from vision.plates.track import LEAST_CONFIDENCE, vote


@cache
def reader() -> PlateReader:
    return PlateReader(shared_data("weights"))


def sure(looks: list[PlateLook]) -> set[str]:
    return {look.text for look in looks if look.text and look.confidence >= LEAST_CONFIDENCE}


@pytest.mark.data
def test_plates_in_street_photos_of_one_and_two_lines_are_read_and_none_is_read_wrongly() -> None:
    truth: dict[str, set[str]] = {}
    with shared_data("plates", "images_gt.csv").open() as file:
        for row in csv.DictReader(file):
            truth.setdefault(row["image"], set()).add(row["gt_plate_text"])
    right = wrong = 0
    for name, texts in truth.items():
        got = sure(reader().find(np.asarray(cv2.imread(str(shared_data("plates", "images", name))), np.uint8)))
        right += len(got & texts)
        wrong += len(got - texts)
    assert wrong == 0
    assert right >= 18  # of 22


@pytest.mark.data
def test_from_tiny_crops_the_reader_abstains_rather_than_guesses() -> None:
    right = wrong = 0
    with shared_data("plates", "crops_gt.csv").open() as file:
        for row in csv.DictReader(file):
            image = np.asarray(cv2.imread(str(shared_data("plates", "crops", row["crop"]))), np.uint8)
            text, confidence = reader().read(image)
            if text and confidence >= LEAST_CONFIDENCE:
                right, wrong = right + (text == row["text"]), wrong + (text != row["text"])
    assert wrong == 0
    assert right >= 6  # of 28: the others are left open


def test_a_folder_without_weights_is_named() -> None:
    from pathlib import Path

    with pytest.raises(WeightsError, match=r"holds 0 files"):
        PlateReader(Path("nowhere"))


def one(text: str | None, confidence: float, colour: str | None = "white") -> PlateLook:
    return PlateLook((0.0, 0.0, 60.0, 40.0), text, confidence, picture(), colour)


def test_one_sure_look_is_enough_and_one_unsure_is_not() -> None:
    assert vote([one("30F81553", 0.9)])[0].text == "30F81553"
    assert vote([one("30F81553", 0.6)])[0].text is None


def test_three_looks_that_agree_may_each_be_less_sure() -> None:
    reading, crop = vote([one("30F81553", 0.6)] * 3)
    assert (reading.text, reading.looks, reading.colour) == ("30F81553", 3, "white")
    assert crop is not None


def test_looks_that_disagree_give_no_plate() -> None:
    assert vote([one("30F81553", 0.8), one("30F81558", 0.8)])[0].text is None


def test_no_looks_give_no_plate() -> None:
    assert vote([])[0].text is None
