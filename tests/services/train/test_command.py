"""`hanoi train` and `hanoi export` as people call them."""

import sys
from pathlib import Path

import cv2
import pytest
import yaml
from click.testing import CliRunner

from services.cli import main
from services.train.dataset import CROPS, FRAMES, write_dataset
from vision.scenes.training import LABELS


def test_a_data_set_has_a_text_of_shares_for_each_picture_and_other_seeds_to_validate(tmp_path: Path) -> None:
    told = []
    data = yaml.safe_load(write_dataset(tmp_path, 1, 4, 128, lambda: told.append(1)).read_text())
    assert data["names"] == dict(enumerate(LABELS))
    assert len(told) == 2
    pictures = sorted((tmp_path / "images").rglob("*.jpg"))
    assert len(pictures) == 2 * FRAMES * CROPS
    lines = 0
    for path in pictures:
        assert cv2.imread(str(path)).shape == (128, 128, 3)
        text = (tmp_path / "labels" / path.parent.name / path.with_suffix(".txt").name).read_text()
        for line in text.splitlines():
            number, *shares = line.split()
            assert 0 <= int(number) < len(LABELS)
            assert all(0 <= float(share) <= 1 for share in shares)
            lines += 1
    assert lines > 5
    train, val = ({p.name.split("-")[0] for p in (tmp_path / "images" / part).iterdir()} for part in ("train", "val"))
    assert not train & val


@pytest.mark.parametrize("words", [["train", "--out", "OUT"], ["export", "nothing.pt", "--out", "OUT"]])
def test_without_the_library_they_say_what_to_install_and_leave_nothing(
    words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "ultralytics", None)
    out = tmp_path / "out"
    result = CliRunner().invoke(main, [str(out) if word == "OUT" else word for word in words])
    assert result.exit_code == 1
    assert "hanoi-traffic[train]" in result.output
    assert not out.exists()


def test_a_side_that_no_network_takes_and_a_folder_in_use_are_refused(tmp_path: Path) -> None:
    odd = CliRunner().invoke(main, ["train", "--imgsz", "100", "--out", str(tmp_path)])
    assert "give 128" in odd.output
    (tmp_path / "data").mkdir()
    used = CliRunner().invoke(main, ["train", "--out", str(tmp_path)])
    assert "is there already" in used.output
