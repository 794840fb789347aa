"""The road on a canvas, for a network that finds the bright rectangles of a grey picture: what it is shown and says."""

from collections.abc import Iterable
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.vision.builders import START_MS
from vision.detector.base import Detections, empty_or
from vision.detector.open import canvas_sha256, with_canvas
from vision.detector.recorded import RecordedDetector
from vision.detector.zoomed import ZoomedDetector, ZoomSettings
from vision.frames import Frame, Image

SIZE = (640, 480)
# Riders on a flat road: a quarter of the way below the horizon at row 80 is their height.
CROWD = tuple((60.0 + 80 * i, foot) for i, foot in enumerate((160.0, 200, 250, 300, 340, 380, 430)))


class Bright:
    """Sees bright rectangles as motorcycles if they are tall enough to be told, as a network does."""

    name, sha256, longest_px = "bright", "0" * 64, 640

    def __init__(self, fixed_px: tuple[int, int] | None = None, blind_below_px: float = 12.0, lanes: int = 1) -> None:
        self.fixed_px, self._blind_px, self.lanes = fixed_px, blind_below_px, lanes
        self.shown: list[Image] = []
        self.under_way = 0

    def detect(self, frame: Frame) -> Detections:
        return self.finish(self.begin(frame.image))

    def begin(self, image: Image) -> Image:
        self.under_way += 1
        assert self.under_way <= self.lanes
        self.shown.append(image)
        return image

    def finish(self, ticket: Image) -> Detections:
        self.under_way -= 1
        mask = np.asarray(ticket[:, :, 0] > 180, np.uint8)
        outlines, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
        every = [cv2.boundingRect(outline) for outline in outlines]
        boxes = [[float(v) for v in (x, y, x + w, y + h)] for x, y, w, h in every if h >= self._blind_px]
        return empty_or(boxes, [0.9] * len(boxes), ["motorcycle"] * len(boxes))


def rider(x: float, foot: float) -> tuple[int, int, int, int]:
    height = (foot - 80) / 4
    return int(x - height / 4), int(foot - height), int(x + height / 4), int(foot)


def street(*riders: tuple[float, float]) -> Image:
    image = np.full((SIZE[1], SIZE[0], 3), 90, np.uint8)
    for x, foot in riders:
        left, top, right, bottom = rider(x, foot)
        image[top:bottom, left:right] = 230
    return image


def frames(pictures: Iterable[Image], step_ms: int = 200, from_ms: int = START_MS) -> list[Frame]:
    return [Frame(i, from_ms + i * step_ms, image) for i, image in enumerate(pictures)]


def learnt(engine: Bright, settings: ZoomSettings | None = None) -> ZoomedDetector:
    """Return a detector that knows how tall riders stand here."""
    detector = ZoomedDetector(engine, settings)
    for frame in frames([street(*CROWD)] * 3):
        detector.detect(frame)
    assert detector.canvas is not None
    engine.shown.clear()
    return detector


def sides(engine: Bright) -> set[tuple[int, ...]]:
    return {image.shape[:2] for image in engine.shown}


def test_an_empty_street_is_looked_at_whole_until_somebody_taught_how_tall_riders_are() -> None:
    engine = Bright()
    detector = ZoomedDetector(engine)
    assert [len(detector.detect(frame)) for frame in frames([street()] * 3)] == [0, 0, 0]
    assert sides(engine) == {(480, 640)}


def test_each_frame_is_one_canvas_of_one_size_whatever_moves() -> None:
    engine = Bright()
    detector = learnt(engine)
    pictures = [street(*CROWD, (300 + 10 * i, 470)) for i in range(5)]
    found = [detector.detect(frame) for frame in frames(pictures, from_ms=START_MS + 600)]
    assert len(engine.shown) == 5
    width, height = ZoomSettings().canvas_px
    assert sides(engine) == {(height, width)}
    assert [len(each) for each in found] == [len(CROWD) + 1] * 5


def test_far_and_near_riders_are_shown_alike_tall() -> None:
    engine = Bright()
    detector = learnt(engine)
    detector.detect(Frame(0, START_MS + 600, street(*CROWD)))
    mask = np.asarray(engine.shown[0][:, :, 0] > 180, np.uint8)
    assert detector.canvas is not None
    tall = detector.canvas.tall_px
    heights = cv2.connectedComponentsWithStats(mask)[2][1:, 3]
    whole = [h for h in heights.tolist() if h > 0.7 * tall]
    assert len(whole) >= len(CROWD)
    assert max(whole) < 2.2 * tall
    assert tall > 1.5 * 20  # the farthest has 20 pixels in the picture


def test_a_box_lies_where_it_is_in_the_whole_picture() -> None:
    detector = learnt(Bright())
    for x, foot in ((500.0, 170.0), (620.0, 222.0), (20.0, 300.0), (330.0, 476.0)):
        found = detector.detect(Frame(0, START_MS + 600, street((x, foot))))
        assert len(found) == 1
        assert found.boxes[0].tolist() == pytest.approx(rider(x, foot), abs=2)


def test_a_rider_anywhere_on_the_road_is_told_once_however_many_parts_show_it() -> None:
    detector = learnt(Bright())
    for foot in range(152, 480, 29):
        for x in range(26, 615, 117):
            found = detector.detect(Frame(0, START_MS + 600, street((float(x), float(foot)))))
            assert len(found) == 1, (x, foot)


def test_a_box_whose_feet_are_below_a_part_is_left_to_the_next_part() -> None:
    detector = learnt(Bright())
    image = street()
    image[200:470, 200:320] = 230  # as tall as a bus that is near
    found = detector.detect(Frame(0, START_MS + 600, image))
    assert len(found) == 1
    assert found.boxes[0, 3] == pytest.approx(470, abs=2)


def test_the_canvas_stays_while_riders_are_as_tall_as_it_was_laid_for_and_is_laid_anew_when_they_are_not() -> None:
    detector = learnt(Bright())
    first = detector.canvas
    for frame in frames([street(*CROWD)] * 8, step_ms=1000, from_ms=START_MS + 600):
        detector.detect(frame)
    assert detector.canvas is first
    smaller = np.full((480, 640, 3), 90, np.uint8)  # somebody zoomed out
    smaller[240:, 160:480] = cv2.resize(street(*CROWD), (320, 240), interpolation=cv2.INTER_AREA)
    for frame in frames([smaller] * 30, step_ms=3000, from_ms=START_MS + 30_000):
        detector.detect(frame)
    assert detector.canvas != first


def test_what_is_found_does_not_depend_on_how_many_pictures_are_looked_at_at_once() -> None:
    pictures = [street(*CROWD, (100 + 12 * i, 300.0 + i)) for i in range(8)]
    ways = [ZoomedDetector(Bright(lanes=lanes)).each(frames(pictures)) for lanes in (1, 2, 5)]
    found = [[each.boxes.tolist() for _, each in way] for way in ways]
    assert found[0] == found[1] == found[2]


def test_who_goes_away_leaves_nothing_under_way() -> None:
    engine = Bright(lanes=3)
    looking = ZoomedDetector(engine).each(frames([street(*CROWD)] * 10))
    next(looking)
    looking.close()  # type: ignore[attr-defined]
    assert engine.under_way == 0


def test_a_picture_of_another_size_and_a_clock_that_went_back_begin_anew() -> None:
    engine = Bright()
    learnt(engine).detect(Frame(0, START_MS + 600, np.full((160, 320, 3), 90, np.uint8)))
    assert sides(engine) == {(320, 640)}  # whole
    engine = Bright()
    learnt(engine).detect(Frame(0, START_MS, street(*CROWD)))
    assert sides(engine) == {(480, 640)}


def test_a_network_of_one_size_is_shown_that_size_only() -> None:
    engine = Bright(fixed_px=(640, 640))
    detector = ZoomedDetector(engine)
    found = [detector.detect(frame) for frame in frames([street(*CROWD)] * 5)]
    assert sides(engine) == {(640, 640)}
    assert [len(each) for each in found] == [len(CROWD)] * 5


def test_settings_have_a_hash_and_whole_frames_have_none() -> None:
    assert ZoomSettings().sha256 == ZoomSettings().sha256
    assert ZoomSettings(canvas_px=(640, 640)).sha256 != ZoomSettings().sha256
    assert canvas_sha256(with_canvas(Bright())) == ZoomSettings().sha256
    assert canvas_sha256(Bright()) == "none"


def test_a_detector_that_cannot_look_at_any_picture_stays_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "found.jsonl").touch()
    recorded = RecordedDetector(tmp_path / "found.jsonl")
    assert with_canvas(recorded) is recorded
