import msgspec

from schemas.position import BusPosition, Quality
from schemas.trip import Assignment, Phase
from services.store.bulk import column_names
from services.store.models import BusLatestRow, BusPositionRow
from services.store.positions import COLUMNS, position_getter, position_row

FULL = BusPosition(
    vehicle_id="29B-001.23",
    time_ms=1,
    lon=105.8,
    lat=21.0,
    source="s",
    received_ms=2,
    speed_mps=3.0,
    heading_deg=4.0,
    delay_s=5.0,
    next_stop_id="S",
    quality=Quality(correct=1.0, complete=1.0, clean=1.0, live=1.0),
    assignment=Assignment(
        phase=Phase.IN_SERVICE,
        probability=0.5,
        trip_id="T",
        start_date="20261122",
        route_id="R",
        direction_id=1,
        distance_m=6.0,
    ),
)
BARE = msgspec.structs.replace(
    FULL,
    speed_mps=None,
    heading_deg=None,
    delay_s=None,
    next_stop_id=None,
    assignment=Assignment(phase=Phase.UNKNOWN, probability=0.0),
)


def test_the_short_way_to_a_row_has_every_column_in_its_place() -> None:
    assert column_names(BusPositionRow) == column_names(BusLatestRow) == COLUMNS
    assert position_getter(*COLUMNS) is position_row
    for position in (FULL, BARE):
        one_by_one = tuple(position_getter(name, "time_ms")(position)[0] for name in COLUMNS)
        assert position_row(position) == one_by_one
        assert {type(value) for value in position_row(position)} <= {int, float, str, type(None)}
