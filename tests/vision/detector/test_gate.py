"""The gate before a network that finds the bright rectangles of a grey picture: what it is shown, and what it says."""

from collections.abc import Iterable
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.vision.builders import START_MS
from vision.detector.base import Detections, empty_or
from vision.detector.gate import GatedDetector, GateSettings
from vision.detector.open import gate_sha256, with_gate
from vision.detector.recorded import RecordedDetector
from vision.frames import Frame, Image

SIZE = (640, 480)
# Riders on a flat road: a quarter of the way below the horizon at row 80 is their height.
NEAR, MIDDLE, FAR = 400.0, 240.0, 180.0


class Bright:
    """Sees bright rectangles as motorcycles if they are tall enough to be told, as a network does."""

    name, sha256, longest_px = "bright", "0" * 64, 640

    def __init__(self, fixed_px: tuple[int, int] | None = None, blind_below_px: float = 20.0) -> None:
        self.fixed_px, self._blind_px = fixed_px, blind_below_px
        self.shown: list[tuple[int, int]] = []

    def detect(self, frame: Frame) -> Detections:
        self.shown.append(frame.image.shape[:2])
        return self._see(frame.image)

    def look(self, images: Iterable[Image]) -> list[Detections]:
        every = list(images)
        self.shown += [image.shape[:2] for image in every]
        return [self._see(image) for image in every]

    def _see(self, image: Image) -> Detections:
        mask = np.asarray(image[:, :, 0] > 180, np.uint8)
        _, _, stats, _ = cv2.connectedComponentsWithStats(mask)
        boxes = [[x, y, x + w, y + h] for x, y, w, h, _ in stats[1:].tolist() if h >= self._blind_px]
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


CROWD = tuple((60.0 + 80 * i, foot) for i, foot in enumerate((180.0, 220, 260, 300, 340, 380, 430)))


def watch(
    gate: GatedDetector, pictures: Iterable[Image], step_ms: int = 200, from_ms: int = START_MS
) -> list[Detections]:
    return [gate.detect(Frame(i, from_ms + i * step_ms, image)) for i, image in enumerate(pictures)]


def learnt(engine: Bright, settings: GateSettings | None = None) -> tuple[GatedDetector, int]:
    """Return a gate that knows how tall riders stand here and has looked at all, and the time of its next frame."""
    gate = GatedDetector(engine, settings)
    watch(gate, [street(*CROWD)] * 10)
    engine.shown.clear()
    return gate, START_MS + 10 * 200


def test_who_stands_still_is_told_in_each_frame_and_looked_at_again_only_in_each_strips_turn() -> None:
    engine = Bright()
    gate, now_ms = learnt(engine, GateSettings(full_s=1000.0))
    found = watch(gate, [street(*CROWD)] * 20, from_ms=now_ms)
    assert [len(each) for each in found] == [len(CROWD)] * 20
    assert engine.shown == []


def test_each_strip_is_looked_at_whole_in_its_turn_by_the_frames_clock() -> None:
    engine = Bright()
    gate, now_ms = learnt(engine, GateSettings(full_s=3.0))
    watch(gate, [street(*CROWD)] * 15, from_ms=now_ms)
    three_seconds = len(engine.shown)
    watch(gate, [street(*CROWD)] * 30, step_ms=100, from_ms=now_ms + 15 * 200)
    assert three_seconds > 0
    # As many in three seconds at twice the rate, give or take the strip whose turn falls between two frames.
    assert len(engine.shown) == pytest.approx(2 * three_seconds, abs=4)


def test_a_rider_who_comes_is_seen_in_a_small_window_and_one_who_left_is_gone() -> None:
    engine = Bright()
    gate, now_ms = learnt(engine, GateSettings(full_s=1000.0))
    found = watch(gate, [street(*CROWD, (300, 470)), street(*CROWD)], from_ms=now_ms)
    assert [len(each) for each in found] == [len(CROWD) + 1, len(CROWD)]
    assert sum(h * w for h, w in engine.shown) < 0.25 * SIZE[0] * SIZE[1]


def test_far_and_near_riders_are_shown_alike_tall() -> None:
    engine = Bright(blind_below_px=45.0)  # a far rider of 25 px is told only where the picture is enlarged
    gate = GatedDetector(Bright())
    watch(gate, [street(*CROWD)] * 3)
    gate._engine = engine
    found = watch(gate, [street(*CROWD)] * 20, from_ms=START_MS + 600)
    assert sorted(found[-1].boxes[:, 3].round().tolist()) == pytest.approx([foot for _, foot in CROWD], abs=2)


def test_a_box_lies_where_it_is_in_the_whole_picture() -> None:
    gate, now_ms = learnt(Bright(), GateSettings(full_s=1000.0))
    found = gate.detect(Frame(0, now_ms, street(*CROWD, (500, 200))))
    newest = min(found.boxes.tolist(), key=lambda box: abs(box[0] - 493))
    assert newest == pytest.approx(rider(500, 200), abs=1.5)


def test_somebody_in_two_windows_is_told_once() -> None:
    engine = Bright()
    gate, now_ms = learnt(engine, GateSettings(full_s=0.2))  # everything is looked at in every frame, in many windows
    found = watch(gate, [street(*CROWD, (255 + i, 330)) for i in range(8)], from_ms=now_ms)
    assert [len(each) for each in found] == [len(CROWD) + 1] * 8


def test_leaves_in_the_wind_are_looked_at_less_and_less_often() -> None:
    engine = Bright()
    gate, now_ms = learnt(engine, GateSettings(full_s=1000.0))

    def windy(i: int) -> Image:
        image = street(*CROWD)
        image[200:260, 560:620] = 130 + 40 * (i % 2)
        return image

    watch(gate, [windy(i) for i in range(5)], from_ms=now_ms)
    at_first = len(engine.shown)
    watch(gate, [windy(i) for i in range(5, 45)], from_ms=now_ms + 1000)
    assert at_first >= 3
    assert len(engine.shown) - at_first < 12


def test_a_rider_among_the_leaves_is_seen_nevertheless() -> None:
    gate, now_ms = learnt(Bright(), GateSettings(full_s=1000.0))
    for i in range(10):
        image = street(*CROWD)
        image[200:260, 560:620] = 130 + 40 * (i % 2)
        gate.detect(Frame(i, now_ms + i * 200, image))
    passing = [gate.detect(Frame(0, now_ms + 2200 + i * 200, street(*CROWD, (480 + 15 * i, 300)))) for i in range(6)]
    assert [len(each) for each in passing] == [len(CROWD) + 1] * 6


def test_a_picture_of_another_size_and_a_clock_that_went_back_begin_anew() -> None:
    engine = Bright()
    gate, now_ms = learnt(engine)
    gate.detect(Frame(0, now_ms, np.full((240, 320, 3), 90, np.uint8)))
    assert engine.shown == [(240, 320)]  # whole
    engine.shown.clear()
    gate, now_ms = learnt(engine)
    gate.detect(Frame(0, START_MS, street(*CROWD)))
    assert engine.shown == [(480, 640)]


def test_a_network_of_one_size_is_shown_that_size_only() -> None:
    engine = Bright(fixed_px=(320, 320))
    gate, now_ms = learnt(engine)
    found = watch(gate, [street(*CROWD, (200 + 5 * i, 440)) for i in range(20)], from_ms=now_ms)
    assert set(engine.shown) == {(320, 320)}
    assert len(found[-1]) == len(CROWD) + 1


def test_an_empty_street_is_looked_at_whole_until_somebody_taught_how_tall_riders_are() -> None:
    engine = Bright()
    gate = GatedDetector(engine)
    assert [len(each) for each in watch(gate, [street()] * 3)] == [0, 0, 0]
    assert engine.shown == [(480, 640)] * 3


def test_settings_of_the_gate_have_a_hash_and_whole_frames_have_none() -> None:
    assert GateSettings().sha256 == GateSettings().sha256
    assert GateSettings(full_s=2.0).sha256 != GateSettings().sha256
    assert gate_sha256(with_gate(Bright())) == GateSettings().sha256
    assert gate_sha256(Bright()) == "none"


def test_a_detector_that_cannot_look_at_parts_stays_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "found.jsonl").touch()
    recorded = RecordedDetector(tmp_path / "found.jsonl")
    assert with_gate(recorded) is recorded
