"""What goes through a door is read back as exactly the same fixes."""

import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.fix import Fix
from schemas.trip import TripRef
from services.play.bodies import make_body, write_csv, write_gtfs_rt
from services.recordings import parse_csv, parse_gtfs_rt, parse_ufms_json
from tests.data import shared_data

NOON_MS = 1_771_218_000_000
PARSERS = {"csv": parse_csv, "gtfs-rt": parse_gtfs_rt, "ufms-json": parse_ufms_json}
ids = st.text(st.characters(codec="utf-8", exclude_categories=("Z", "C")), min_size=1, max_size=20)
claims = st.builds(
    TripRef,
    trip_id=ids,
    start_date=st.none() | st.just("20260216"),
    route_id=st.none() | ids,
    direction_id=st.none() | st.sampled_from([0, 1]),
)
fixes = st.builds(
    Fix,
    vehicle_id=ids,
    time_ms=st.integers(946_684_800_000, 4_102_444_800_000),
    lon=st.floats(-180, 180),
    lat=st.floats(-90, 90),
    source=st.just("tape"),
    received_ms=st.just(NOON_MS),
    speed_mps=st.none() | st.floats(0, 140),
    heading_deg=st.none() | st.floats(0, 360),
    door_open=st.none() | st.booleans(),
    ignition=st.none() | st.booleans(),
    driver_id=st.none() | ids,
    claimed_trip=st.none() | claims,
    claimed_stop_id=st.none() | ids,
    claimed_stop_sequence=st.none() | st.integers(0, 500),
)


@given(st.lists(fixes, max_size=5), st.sampled_from(["csv", "gtfs-rt", "ufms-json", "fixes-jsonl"]))
def test_any_fix_survives_the_way_through_a_door(batch: list[Fix], form: str) -> None:
    body = make_body(batch, form)
    assert PARSERS[body.door](body.data, "tape", NOON_MS) == batch


@pytest.mark.parametrize("form", ["csv", "gtfs-rt", "ufms-json"])
def test_a_recording_goes_through_the_door_of_its_own_format(form: str) -> None:
    if form == "ufms-json":
        batch = parse_ufms_json(shared_data("hcmc-buses", "sample_small.json").read_bytes(), "tape", NOON_MS)
    else:
        path = shared_data("wmata", "vehicle_positions_2026-02-16_C53_D96.csv.gz")
        batch = parse_csv(gzip.decompress(path.read_bytes()), "tape", NOON_MS)[:500]
    if form == "gtfs-rt":
        batch = parse_gtfs_rt(write_gtfs_rt(batch), "tape", NOON_MS)  # type: ignore[arg-type]
    body = make_body(batch, form)  # type: ignore[arg-type]
    assert body.door == form
    assert PARSERS[form](body.data, "tape", NOON_MS) == batch


def test_a_format_that_cannot_hold_a_fix_exactly_gives_way_to_csv() -> None:
    fix = Fix(
        vehicle_id="b", time_ms=NOON_MS, lon=105.123456789, lat=21.0, source="tape", received_ms=NOON_MS, door_open=True
    )
    assert make_body([fix], "gtfs-rt").door == "csv"
    assert make_body([fix], "gtfs-rt").data == write_csv([fix])
