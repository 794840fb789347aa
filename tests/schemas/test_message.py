"""Messages are frozen, checked when decoded, and read by old and new alike."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.fix import Fix
from schemas.message import decode, encode

GOOD = {"vehicle_id": "29B-123.45", "time_ms": 1_770_000_000_000, "lon": 105.85, "lat": 21.02, "source": "s",
        "received_ms": 1_770_000_000_500}  # fmt: skip


def test_a_message_cannot_be_changed() -> None:
    fix = decode(Fix, msgspec.json.encode(GOOD))
    with pytest.raises(AttributeError):
        fix.lon = 0.0  # type: ignore[misc]


def test_an_unknown_field_is_ignored() -> None:
    assert decode(Fix, msgspec.json.encode({**GOOD, "colour": "red"})).vehicle_id == "29B-123.45"


@pytest.mark.parametrize(
    ("field", "value"),
    [("lon", 181.0), ("lat", -91.0), ("time_ms", 0), ("time_ms", 99_999_999_999_999), ("speed_mps", -1.0),
     ("heading_deg", 361.0), ("vehicle_id", ""), ("lon", None), ("lon", "105.8")],
)  # fmt: skip
def test_a_value_out_of_its_range_is_refused_by_name(field: str, value: object) -> None:
    with pytest.raises(msgspec.ValidationError, match=field):
        decode(Fix, msgspec.json.encode({**GOOD, field: value}))


def test_a_missing_field_is_refused_by_name() -> None:
    with pytest.raises(msgspec.ValidationError, match="lat"):
        decode(Fix, msgspec.json.encode({k: v for k, v in GOOD.items() if k != "lat"}))


@given(
    lon=st.floats(-180, 180),
    lat=st.floats(-90, 90),
    time_ms=st.integers(946_684_800_000, 4_102_444_800_000),
    door=st.none() | st.booleans(),
    vehicle=st.text(min_size=1, max_size=40),
)
def test_what_is_encoded_comes_back_the_same(lon: float, lat: float, time_ms: int, door: bool, vehicle: str) -> None:
    fix = Fix(vehicle_id=vehicle, time_ms=time_ms, lon=lon, lat=lat, source="s", received_ms=time_ms, door_open=door)
    assert decode(Fix, encode(fix)) == fix
