"""The city's own facts, on the city's own clock."""

import pytest

from services.api.city.endpoints import is_past

LAST = "20260613"
# 2026-06-13 23:30 and 2026-06-14 00:30 in Washington (UTC−4).
BEFORE_MS, AFTER_MS = 1_781_407_800_000, 1_781_411_400_000


@pytest.mark.parametrize(("now_ms", "past"), [(BEFORE_MS, False), (AFTER_MS, True), (1_771_258_247_250, False)])
def test_a_calendar_has_ended_when_its_last_day_is_over_on_the_clock_of_the_city(now_ms: int, past: bool) -> None:
    assert is_past(LAST, now_ms, "America/New_York") is past
