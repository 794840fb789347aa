"""Plates in living traffic: who passes a narrow view, what is seen of its plate, and what the world writes on it."""

from dataclasses import replace
from functools import cache

import numpy as np

from vision.plates.grammar import is_plate
from vision.scenes.paint.cast import plate_lines
from vision.scenes.plate_gate import PlateGate
from vision.scenes.plate_looks import PaintedTrack
from vision.scenes.world import World


@cache
def passed() -> tuple[PaintedTrack, ...]:
    return tuple(PlateGate(13).tracks(6.0))


def test_every_plate_of_the_living_world_is_one_of_the_law_and_stands_on_its_plate_once() -> None:
    plates = [pose.look.plate for pose in World(1).poses(60.0) if pose.look.plate]
    assert len(plates) > 20
    for text in plates:
        assert is_plate(text)
        assert "".join(plate_lines(text, two=True)).replace("-", "").replace(".", "") == text


def test_the_same_gate_sees_the_same_vehicles_and_each_look_holds_its_plate() -> None:
    assert passed()
    again = PlateGate(13).tracks(6.0)
    assert [track.text for track in again] == [track.text for track in passed()]
    for track in passed():
        for look in track.looks:
            height, width = look.image.shape[:2]
            assert (look.corners.min(0) >= -2).all()
            assert (look.corners.max(0) <= np.array([width, height]) + 2).all()


def test_a_plate_that_a_neighbour_covers_is_not_legible_however_large() -> None:
    looks = [look.plate for track in passed() for look in track.looks]
    assert any(plate.is_legible for plate in looks)
    covered = [replace(plate, hidden=0.2) for plate in looks]
    assert not any(plate.is_legible for plate in covered)
    assert max(plate.hidden for plate in looks) > 0.01  # somebody in this traffic is covered in truth
