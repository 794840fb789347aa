import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from services.score.plates import Counts, plates
from tests.data import shared_data
from vision.scenes.plate_looks import painted_tracks


def test_what_is_left_open_is_neither_exact_nor_wrong_and_shares_have_their_interval() -> None:
    counts = Counts()
    for read in ("30F81553", None, "30F81558"):
        counts.add(read, "30F81553")
    figures = counts.figures()
    assert (figures["exact"], figures["abstained"], figures["wrong"]) == (1, 1, 1)
    percent = figures["percent"]
    assert isinstance(percent, dict)
    share, low, high = percent["wrong"]
    assert low < share < high


def test_the_same_seed_paints_the_same_plates_and_what_is_legible_is_geometry() -> None:
    first, second = (next(painted_tracks(5, 1)) for _ in range(2))
    assert first.text == second.text
    assert first.looks[0].image.tobytes() == second.looks[0].image.tobytes()
    for look in first.looks:
        plate = look.plate
        assert plate.is_legible == (plate.sign_px / 7 >= max(2.0, plate.blur_px) and plate.turn_deg <= 45)


def test_a_folder_without_labels_is_named(tmp_path: Path) -> None:
    weights = str(shared_data("weights"))
    said = CliRunner().invoke(plates, ["--weights", weights, "--pictures", str(tmp_path), "--tracks", "0"])
    assert said.exit_code == 1
    assert "images_gt.csv" in said.output


@pytest.mark.data
def test_labelled_pictures_and_painted_vehicles_are_scored() -> None:
    folders = ["--weights", str(shared_data("weights")), "--pictures", str(shared_data("plates"))]
    said = CliRunner().invoke(plates, [*folders, "--tracks", "2"])
    assert said.exit_code == 0, said.output
    figures = json.loads(said.stdout)
    assert figures["pictures"]["photos"]["wrong"] == figures["pictures"]["crops"]["wrong"] == 0
    assert figures["pictures"]["photos"]["exact"] >= 17
    assert figures["painted"]["votes"]
