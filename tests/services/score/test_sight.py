from pathlib import Path

import pytest

from services.score.sight import LabelledFrame, Tally, read_labels, tally
from vision.detector.base import NOTHING, empty_or

LABELS = Path(__file__).parents[2] / "vision" / "detector" / "labels" / "two_wheelers.json"
RIDER = (100.0, 100.0, 120.0, 140.0)


def labelled(*riders: tuple[float, float, float, float], ignore: tuple = ()) -> LabelledFrame:
    return LabelledFrame("clip.mp4", 0, list(riders), list(ignore))


def test_a_box_that_overlaps_by_half_is_a_find_and_one_beside_is_wrong() -> None:
    found = empty_or([[101, 102, 121, 141], [300, 100, 320, 140]], [0.9, 0.8], ["motorcycle", "person"])
    assert tally(labelled(RIDER), found, 0.1) == Tally(1, 0, 1)


def test_the_rider_alone_is_a_find_but_a_speck_within_is_none() -> None:
    rider = empty_or([[102, 100, 118, 122]], [0.9], ["person"])
    speck = empty_or([[108, 110, 112, 116]], [0.9], ["person"])
    assert tally(labelled(RIDER), rider, 0.1) == Tally(1, 0, 0)
    assert tally(labelled(RIDER), speck, 0.1) == Tally(0, 1, 1)


def test_one_box_is_never_a_find_of_two() -> None:
    beside = (112.0, 100.0, 132.0, 140.0)
    found = empty_or([[104, 100, 128, 140]], [0.9], ["motorcycle"])
    assert tally(labelled(RIDER, beside), found, 0.1) == Tally(1, 1, 0)


def test_what_is_less_sure_and_what_is_a_car_do_not_count() -> None:
    found = empty_or([list(RIDER), list(RIDER)], [0.2, 0.9], ["motorcycle", "car"])
    assert tally(labelled(RIDER), found, 0.3) == Tally(0, 1, 0)


def test_what_lies_under_ignored_places_counts_neither_way() -> None:
    found = empty_or([[10, 10, 20, 30], [40, 10, 50, 30]], [0.9, 0.9], ["person", "person"])
    assert tally(labelled(ignore=((5.0, 5.0, 25.0, 35.0),)), found, 0.1) == Tally(0, 0, 1)


def test_nothing_found_is_all_missed() -> None:
    assert tally(labelled(RIDER), NOTHING, 0.1) == Tally(0, 1, 0)
    assert Tally(3, 1, 1).recall == 0.75
    assert Tally(3, 1, 1).precision == 0.75


def test_the_labels_of_this_tree_are_boxes_with_a_size() -> None:
    labels = read_labels(LABELS)
    boxes = [box for frame in labels.frames for box in frame.riders]
    assert len(boxes) == 126
    assert all(left < right and top < foot for left, top, right, foot in boxes)


def test_labels_of_another_form_are_named(tmp_path: Path) -> None:
    path = tmp_path / "labels.json"
    path.write_text('{"note": "", "frames": [{"clip": 3}]}', encoding="utf-8")
    with pytest.raises(ValueError, match=r"labels\.json: .*clip.*labels are JSON with"):
        read_labels(path)
