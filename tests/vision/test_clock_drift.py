import random

import pytest

from vision.clock_drift import ClockDoubt, ClockWatcher

START_MS = 1_700_000_000_000


def off_after(jump_ms: int, at_s: int, until_s: int, rate: float = 1.0, seed: int = 1) -> dict[int, int]:
    """Return second → what is told, of a camera with a piece each two seconds behind a network that is often late."""
    watch, rng = ClockWatcher(), random.Random(seed)
    told = {}
    for second in range(0, until_s, 2):
        camera_s = second * rate - (jump_ms / 1000 if second >= at_s else 0.0)
        told[second] = watch.see(camera_s, START_MS + second * 1000 + round(rng.expovariate(1 / 80)))
    return told


@pytest.mark.parametrize("jump_ms", [600, -600, 2_000, -30_000])
def test_a_clock_that_jumps_by_more_than_half_a_second_is_told_within_a_minute(jump_ms: int) -> None:
    told = off_after(jump_ms, at_s=120, until_s=300)
    assert all(abs(off) < 300 for second, off in told.items() if second < 120)
    first = next(second for second, off in told.items() if abs(off) >= 500)
    assert first - 120 <= 60
    assert told[first] * jump_ms > 0


def test_what_stays_off_is_taken_for_right_after_a_minute() -> None:
    told = off_after(800, at_s=120, until_s=400)
    assert abs(told[170]) >= 500
    assert all(abs(off) < 300 for second, off in told.items() if second > 260)


def test_a_day_with_a_late_network_and_a_quartz_clock_tells_nothing() -> None:
    told = off_after(0, 0, 24 * 3600, rate=1 - 5e-5)
    assert max(abs(off) for off in told.values()) < 500


def test_a_clock_that_runs_one_percent_slow_is_told_within_two_minutes_of_its_start() -> None:
    told = off_after(0, 0, 300, rate=0.99)
    assert next(second for second, off in told.items() if off >= 500) <= 120


@pytest.mark.parametrize("jump_ms", [600, -600, 2_000])
def test_a_clock_that_is_told_to_be_off_may_have_been_so_since_it_leapt_and_not_half_a_minute_before(
    jump_ms: int,
) -> None:
    doubt = ClockDoubt()
    since = []
    for second, off in off_after(jump_ms, at_s=120, until_s=160).items():
        doubt.step(off, second * 1000)
        since.append(doubt.since_ms)
    assert since[:60] == [None] * 60
    assert since[-1] is not None
    assert 114_000 <= since[-1] <= 120_000
