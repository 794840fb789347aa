import msgspec
import pytest

from schemas.violation import Candidate, PlateReading, TrackPoint
from services.cases.same_act import is_same_act
from tests.services.desk_builders import NOW_MS, candidate

NORTH_M = 1 / 111_320


def seen(
    camera_id: str, *, after_ms: int = 0, north_m: float | None = 0.0, plate: str | None = None, rule: str = "red_light"
) -> Candidate:
    box = (10.0, 20.0, 110.0, 90.0)
    place = {} if north_m is None else {"lon": 105.85, "lat": 21.02 + north_m * NORTH_M, "error_m": 0.4}
    return msgspec.structs.replace(
        candidate(),
        camera_id=camera_id,
        time_ms=NOW_MS + after_ms,
        rule=rule,
        plate=PlateReading(text=plate, confidence=0.9, looks=4),
        track=(TrackPoint(time_ms=NOW_MS + after_ms, box=box, confidence=0.9, **place),),
    )


@pytest.mark.parametrize(
    ("other", "same"),
    [
        (seen("B", after_ms=900, north_m=1.5), True),
        (seen("B", after_ms=900, north_m=6.0), False),
        (seen("B", after_ms=4000), False),
        (seen("B", north_m=None), False),
        (seen("B", rule="helmet"), False),
        (seen("B", rule="u_turn"), False),
    ],
)
def test_two_cameras_saw_one_act_where_place_and_time_agree(other: Candidate, *, same: bool) -> None:
    assert is_same_act(seen("A"), other) is same


def test_a_plate_decides_where_both_read_one() -> None:
    assert is_same_act(seen("A", plate="30F-1"), seen("B", after_ms=20_000, north_m=80.0, plate="30F-1"))
    assert not is_same_act(seen("A", plate="30F-1"), seen("B", plate="30F-2"))
    assert not is_same_act(seen("A", plate="30F-1"), seen("B", after_ms=70_000, plate="30F-1"))


def test_one_plate_at_two_junctions_within_a_minute_is_two_acts() -> None:
    assert not is_same_act(seen("A", plate="30F-1"), seen("B", after_ms=30_000, north_m=300.0, plate="30F-1"))
    assert is_same_act(seen("A", plate="30F-1"), seen("B", after_ms=30_000, north_m=None, plate="30F-1"))
