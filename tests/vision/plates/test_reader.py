import csv
from functools import cache

import cv2
import numpy as np
import pytest

from tests.data import shared_data
from vision.errors import WeightsError
from vision.plates.looks import SURE_LOOK, PlateLook
from vision.plates.open import open_plates
from vision.plates.reader import PlateReader


@cache
def reader() -> PlateReader:
    return open_plates(shared_data("weights"))


def sure(looks: list[PlateLook]) -> set[str]:
    return {look.text for look in looks if look.text and look.confidence >= SURE_LOOK}


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
    assert right >= 17  # of 22


@pytest.mark.data
def test_from_tiny_crops_the_reader_abstains_rather_than_guesses() -> None:
    right = wrong = 0
    with shared_data("plates", "crops_gt.csv").open() as file:
        for row in csv.DictReader(file):
            image = np.asarray(cv2.imread(str(shared_data("plates", "crops", row["crop"]))), np.uint8)
            signs = reader().read(image)
            if signs.text and signs.confidence >= SURE_LOOK:
                right, wrong = right + (signs.text == row["text"]), wrong + (signs.text != row["text"])
    assert wrong == 0
    assert right >= 20  # of 28: the others are left open


def test_a_folder_without_weights_is_named() -> None:
    from pathlib import Path

    with pytest.raises(WeightsError, match=r"holds 0 files"):
        open_plates(Path("nowhere"))
