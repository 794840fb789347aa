"""A wrong clock is what a feed's health says first."""

from fleet.cleaning.quality import SourceQuality
from schemas.fix import Fix

NOON_MS = 1_771_218_000_000


def health(ahead_s: int, minutes: int = 10):
    quality = SourceQuality("depot")
    for second in range(0, minutes * 60, 20):
        received_ms = NOON_MS + second * 1000
        for vehicle in ("a", "b", "c"):
            fix = Fix(
                vehicle_id=vehicle, time_ms=received_ms + ahead_s * 1000, lon=105.85, lat=21.03, source="depot",
                received_ms=received_ms, speed_mps=5.0,
            )  # fmt: skip
            quality.take(fix, ("future",) if ahead_s > 60 else (), accepted=ahead_s <= 60)
    return quality.health(NOON_MS + minutes * 60_000 - 1000, 3)


def test_a_clock_an_hour_ahead_is_said_in_both_languages() -> None:
    worst = health(3600).worst
    assert worst is not None
    assert worst.en.startswith("the clock of the source is 1 h ahead: another time zone?")
    assert worst.vi.startswith("giờ của nguồn nhanh đúng 1 giờ: sai múi giờ?")


def test_a_clock_steadily_behind_is_said_with_its_doubt() -> None:
    worst = health(-5000).worst
    assert worst is not None
    assert worst.en.startswith("the clock of the source is 5,000 s behind, or")
    assert worst.vi.startswith("đồng hồ của nguồn chạy chậm 5.000 giây, hoặc")


def test_a_right_clock_is_not_mentioned() -> None:
    assert health(0).worst is None
