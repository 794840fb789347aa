import numpy as np
import pytest

from tests.data import shared_data
from vision.plates.open import SHIPPED, open_plates
from vision.plates.outside import OutsideFinder
from vision.plates.own import FINDER_PX, OwnFinder
from vision.plates.track import read_parts
from vision.scenes.plate_gate import PlateGate
from vision.scenes.plate_looks import PaintedTrack, painted_tracks

# Of no training and of no choice of limits.
TRACKS: list[PaintedTrack] = list(painted_tracks(90, 6))


def test_the_shipped_finder_finds_the_plates_of_painted_vehicles() -> None:
    finder = OwnFinder(SHIPPED / "finder")
    looks = [look for track in TRACKS for look in track.looks[::4] if look.plate.is_legible]
    assert looks
    for look in looks:
        (box,) = finder.boxes(look.image, is_quick=True)
        middle = look.corners.mean(0)
        assert (box[:2] < middle).all()
        assert (middle < box[2:]).all()


def test_the_finder_sees_plates_of_traffic_where_each_box_has_room_around_it() -> None:
    finder = OwnFinder(SHIPPED / "finder")
    looks = [look for track in PlateGate(14).tracks(12.0) for look in track.looks if look.plate.is_legible]
    found = [
        len(boxes) == 1 and (boxes[0][:2] < look.corners.mean(0)).all() and (look.corners.mean(0) < boxes[0][2:]).all()
        for look in looks
        for boxes in [finder.boxes(look.image, is_quick=True)]
    ]
    assert len(found) >= 8
    assert np.mean(found) >= 0.9


def test_the_shipped_reader_reads_painted_tracks_and_none_wrongly() -> None:
    reader = open_plates(None)
    read = [read_parts(reader, [look.image for look in track.looks], track.label)[0].text for track in TRACKS]
    assert all(text in {None, track.text} for text, track in zip(read, TRACKS, strict=True))
    legible = [track.is_legible for track in TRACKS]
    assert sum(text is not None for text, clear in zip(read, legible, strict=True) if clear) >= 0.75 * sum(legible)


def test_where_there_is_no_plate_none_is_found() -> None:
    grey = np.full((200, 150, 3), 90, np.uint8)
    assert open_plates(None).find(grey, is_quick=True) == []
    assert OwnFinder(SHIPPED / "finder").boxes(grey[:FINDER_PX], is_quick=True).shape == (0, 4)


@pytest.mark.data
def test_a_finder_from_outside_is_used_with_the_shipped_reader() -> None:
    outside = open_plates(shared_data("weights"))
    assert outside.sha256 != open_plates(None).sha256
    assert OutsideFinder(shared_data("weights")).boxes(TRACKS[0].looks[0].image, is_quick=True).shape[1] == 4
