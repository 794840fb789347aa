"""What a door refuses, and what it leaves to the cleaning."""

from hypothesis import given
from hypothesis import strategies as st

from schemas.fix import Fix
from services.ingest.judge import MAX_AHEAD_MS, find_refusal, judge
from services.recordings import Refusal
from tests.services.ingest.house import HANOI, NOON_MS


def fix(**changes: object) -> Fix:
    values = {
        "vehicle_id": "b",
        "time_ms": NOON_MS,
        "lon": 105.85,
        "lat": 21.03,
        "source": "s",
        "received_ms": NOON_MS,
        **changes,
    }
    return Fix(**values)  # type: ignore[arg-type]


@given(st.floats(-180, 180), st.floats(-90, 90), st.integers(946_684_800_000, NOON_MS + MAX_AHEAD_MS))
def test_each_item_comes_out_once_and_unchanged(lon: float, lat: float, time_ms: int) -> None:
    item = fix(lon=lon, lat=lat, time_ms=time_ms)
    verdict = judge([item], NOON_MS, HANOI)
    assert len(verdict.fixes) + len(verdict.refusals) == 1
    assert all(kept is item for kept in verdict.fixes)
    assert all(refused.mend and refused.original for refused in verdict.refusals)


@given(st.floats(105.7, 106.0), st.floats(20.9, 21.2))
def test_every_place_in_the_city_is_taken_and_every_swapped_one_refused(lon: float, lat: float) -> None:
    assert find_refusal(0, fix(lon=lon, lat=lat), NOON_MS, HANOI) is None
    turned = find_refusal(0, fix(lon=lat, lat=lon), NOON_MS, HANOI)
    assert turned is not None
    assert "swapped" in turned.reason


def test_one_day_ahead_is_the_limit() -> None:
    assert find_refusal(0, fix(time_ms=NOON_MS + MAX_AHEAD_MS), NOON_MS) is None
    assert find_refusal(0, fix(time_ms=NOON_MS + MAX_AHEAD_MS + 1), NOON_MS) is not None


def test_an_old_report_is_taken() -> None:
    assert find_refusal(0, fix(time_ms=NOON_MS - 10 * 365 * 86_400_000), NOON_MS) is None


def test_what_a_parser_refused_stays_refused() -> None:
    refusal = Refusal(0, None, "lat", "absent", "send it", b"x")
    assert judge([refusal], NOON_MS).refusals == [refusal]
