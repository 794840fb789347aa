"""Whose clock is wrong is told from when reports come."""

import random

import pytest

from fleet.cleaning.clocks import MAX_VEHICLES, WINDOW_MS, Skew, SourceClock

NOON_MS = 1_771_218_000_000


def heard(
    offset_s: float, *, minutes: int = 10, vehicles: int = 20, jitter_s: float = 3.0, seed: int = 1
) -> SourceClock:
    """A source whose clocks are so far ahead, reporting each 10 s over a mobile network."""
    chance, clock = random.Random(seed), SourceClock()
    for second in range(0, minutes * 60, 10):
        for vehicle in range(vehicles):
            received_ms = NOON_MS + second * 1000
            delay_s = chance.expovariate(1 / jitter_s)
            clock.take(f"v{vehicle}", round(received_ms + (offset_s - delay_s) * 1000), received_ms)
    return clock


def skew_of(clock: SourceClock, at_s: int = 599) -> Skew:
    skew = clock.skew(NOON_MS + at_s * 1000)
    assert skew is not None
    return skew


def test_delays_of_a_mobile_network_are_no_fault_of_a_clock() -> None:
    for jitter_s in (0.01, 3.0, 40.0):
        assert skew_of(heard(0.0, jitter_s=jitter_s)).skew_s == 0.0
        assert not skew_of(heard(0.0, jitter_s=jitter_s)).is_wrong


def test_a_clock_an_hour_ahead_is_told_to_the_second() -> None:
    skew = skew_of(heard(3600.0))
    assert abs(skew.skew_s - 3600.0) < 2.0
    assert skew.is_wrong
    said = skew.describe("kho xe", "depot")
    assert said.en == (
        "the clock of depot is 1 h ahead: another time zone? Have it send UTC, or set its clock_offset_s: 3600"
    )
    assert said.vi == (
        "giờ của kho xe nhanh đúng 1 giờ: sai múi giờ? Yêu cầu gửi giờ UTC, hoặc đặt clock_offset_s: 3600 cho nguồn"
    )


@pytest.mark.parametrize("half_hours", [*range(-28, -1), *range(1, 29)])
def test_every_zone_is_named_with_its_offset_whatever_the_way_of_the_reports(half_hours: int) -> None:
    skew = skew_of(heard(half_hours * 1800.0, minutes=6, vehicles=3), 359)
    assert skew.zone_ms == half_hours * 1_800_000
    assert f"set its clock_offset_s: {half_hours * 1800}" in skew.describe("x", "x").en


@pytest.mark.parametrize("offset_s", [61.0, 100.0, -200.0, 1000.0, 2500.0, -5000.0, 25_300.0, 86_400.0])
def test_a_clock_that_is_off_otherwise_is_no_time_zone(offset_s: float) -> None:
    skew = skew_of(heard(offset_s, minutes=6, vehicles=3), 359)
    assert skew.is_wrong
    assert skew.zone_ms is None
    assert "zone" not in skew.describe("x", "x").en


def test_a_clock_a_minute_ahead_is_not_taken_for_a_time_zone() -> None:
    assert "zone" not in skew_of(heard(60.0)).describe("depot", "depot").en


def test_a_clock_seven_hours_behind_is_steady() -> None:
    skew = skew_of(heard(-25_200.0))
    assert skew.is_wrong
    assert skew.describe("depot", "depot").en.startswith("the clock of depot is 7 h behind: another time zone?")


def test_a_backlog_that_arrives_at_once_is_late_and_no_wrong_clock() -> None:
    clock = SourceClock()
    for age_min in range(24 * 60, 60, -1):
        clock.take("v", NOON_MS - age_min * 60_000, NOON_MS + (24 * 60 - age_min) * 300)
    skew = skew_of(clock, 420)
    assert skew.skew_s < -3600.0
    assert not skew.is_wrong
    assert "late" in skew.describe("depot", "depot").en


def test_one_wrong_clock_does_not_move_its_source_and_is_named() -> None:
    clock = heard(0.0)
    for second in range(0, 600, 10):
        clock.take("off", NOON_MS + second * 1000 + 3_600_000, NOON_MS + second * 1000)
    skew = skew_of(clock)
    assert (skew.skew_s, skew.off, skew.vehicles) == (0.0, 1, 21)
    assert clock.list_off(NOON_MS + 599_000) == [("off", 3600.0)]


def test_a_mended_clock_is_forgiven_after_two_windows() -> None:
    clock = heard(3600.0, minutes=5)
    for second in range(300, 1200, 10):
        for vehicle in range(20):
            clock.take(f"v{vehicle}", NOON_MS + second * 1000, NOON_MS + second * 1000)
    assert skew_of(clock, 1199).skew_s == 0.0


def test_what_was_long_not_heard_says_nothing() -> None:
    assert heard(3600.0).skew(NOON_MS + 10 * WINDOW_MS) is None
    assert SourceClock().skew(NOON_MS) is None
    assert SourceClock().list_off(NOON_MS) == []


def test_a_flood_of_names_is_bounded_and_gives_way_to_later_ones() -> None:
    clock = SourceClock()
    for number in range(MAX_VEHICLES + 1000):
        clock.take(f"v{number}", NOON_MS, NOON_MS)
    assert len(clock._lags) == MAX_VEHICLES
    later_ms = NOON_MS + 3 * WINDOW_MS
    clock.take("v1", later_ms, later_ms)
    clock.take("new", later_ms, later_ms)
    assert len(clock._lags) == 2
