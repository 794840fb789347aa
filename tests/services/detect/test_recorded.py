from pathlib import Path

import msgspec
import pytest

from services.detect.recorded import MOST_KEPT, UNWATCHED, WITHIN_MS, Recorded, SegmentError
from services.media.errors import MediaError
from services.media.store import MediaStore, open_media
from tests.services.detect.street import segments
from vision.evidence.clip import StoredPiece


class Away(MediaStore):
    """A store whose line is cut."""

    def __init__(self) -> None:
        pass

    def read(self, uri: str, sha256: str | None = None) -> bytes:
        raise MediaError(f"{uri} cannot be read: no route to host")


def test_a_store_that_is_away_is_no_fault_of_the_segment(tmp_path: Path) -> None:
    made = segments(open_media(f"file://{tmp_path}"), 2)
    with pytest.raises(MediaError, match="no route to host"):
        Recorded(Away()).read_ahead(made)


def test_of_segments_read_ahead_the_bad_one_is_refused_in_its_turn_and_let_go_once_it_was_watched(
    tmp_path: Path,
) -> None:
    media = open_media(f"file://{tmp_path}")
    made = segments(media, 2)
    good = media.read(made[0].uri)
    media.put(made[0].uri, good[:1000])
    recorded = Recorded(media)
    recorded.read_ahead(made)
    with pytest.raises(SegmentError, match=r"from \d+ ms on\) was not watched: .* its bytes do not have"):
        recorded.read(made[0])
    assert recorded.read(made[1]) == media.read(made[1].uri)
    assert media.list_holders(made[0].uri) == [UNWATCHED]
    media.put(made[0].uri, good)
    assert recorded.read(made[0]) == good
    recorded.release(made[0])
    assert media.list_holders(made[0].uri) == []


def test_a_video_of_which_no_frame_can_be_decoded_is_refused(tmp_path: Path) -> None:
    media = open_media(f"file://{tmp_path}")
    segment = segments(media, 1)[0]
    data = bytearray(media.read(segment.uri))
    at = data.index(b"mdat") + 4
    end = at + int.from_bytes(data[at - 8 : at - 4], "big") - 8
    data[at:end] = bytes(end - at)
    with pytest.raises(SegmentError, match="frames can be decoded"):
        Recorded(media).frames(segment, StoredPiece(bytes(data), segment.frame_ms), 0, 1)


def test_a_picture_that_changed_its_size_on_the_way_is_refused(tmp_path: Path) -> None:
    media = open_media(f"file://{tmp_path}")
    segment = segments(media, 1)[0]
    piece = StoredPiece(media.read(segment.uri), segment.frame_ms)
    with pytest.raises(SegmentError, match="turned from 640×360 into 960×540 on the way"):
        Recorded(media).frames(msgspec.structs.replace(segment, width=640, height=360), piece, 0, 1)


def test_of_a_camera_that_sends_nothing_usable_only_a_few_segments_an_hour_are_kept(tmp_path: Path) -> None:
    media = open_media(f"file://{tmp_path}")
    recorded, segment = Recorded(media), segments(media, 1)[0]
    later = [
        msgspec.structs.replace(segment, received_ms=segment.received_ms + i * 2_000, uri=f"{segment.uri}{i}")
        for i in range(MOST_KEPT + 5)
    ]
    for _ in range(2):  # those met again count once
        assert [recorded.refuse(one, "no picture").is_kept for one in later] == [True] * MOST_KEPT + [False] * 5
    assert recorded.refuse(msgspec.structs.replace(segment, camera_id="SC-02"), "no picture").is_kept
    an_hour_on = msgspec.structs.replace(segment, received_ms=segment.received_ms + WITHIN_MS)
    assert recorded.refuse(an_hour_on, "no picture").is_kept
