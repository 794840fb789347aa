import numpy as np

from tests.vision.builders import picture
from vision.detector.base import Detections, Detector
from vision.frames import Frame
from vision.heads.detector import HeadedDetector
from vision.heads.teller import BARE, HeadTeller
from vision.scenes.vehicle_looks import vehicle_looks


def test_of_painted_riders_alone_bare_heads_are_mostly_told_and_helmets_hardly_ever_called_bare() -> None:
    teller = HeadTeller()
    told: dict[bool, list[bool]] = {True: [], False: []}
    for look in vehicle_looks(556, 90):  # of no training
        if len(look.riders) == 1:
            (rider,) = look.riders
            (chance,) = teller.chances(look.image, [rider.box])
            told[rider.has_helmet].append(chance is not None and chance >= BARE)
    assert min(map(len, told.values())) >= 8
    assert np.mean(told[False]) >= 0.6
    assert np.mean(told[True]) <= 0.1


class Finds:
    name, sha256 = "finds", "0" * 64

    def __init__(self, found: Detections) -> None:
        self._found = found

    def detect(self, frame: Frame) -> Detections:
        del frame
        return self._found


def test_only_people_are_judged_and_a_detector_that_tells_helmets_is_believed() -> None:
    boxes = np.array([[10, 10, 40, 70], [5, 40, 45, 90], [50, 10, 55, 20]], np.float32)
    found = Detections(boxes, np.ones(3, np.float32), ("person", "motorcycle", "person"))
    inner: Detector = Finds(found)
    seen = HeadedDetector(inner, HeadTeller()).detect(Frame(0, 0, picture()))
    assert seen.labels == found.labels
    assert seen.bare_heads[1:] == (None, None)  # a motorcycle, and somebody too small
    knows = Detections(boxes, np.ones(3, np.float32), found.labels, (), (0, None, 1))
    assert HeadedDetector(Finds(knows), HeadTeller()).detect(Frame(0, 0, picture())).bare_heads == (0, None, 1)
