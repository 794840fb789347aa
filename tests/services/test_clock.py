"""The city's clock follows a played day while its ticks keep coming."""

from schemas.feed import ClockTick
from services.clock import CityClock


class Wall:
    def __init__(self, ms: int) -> None:
        self.ms = ms

    def now_ms(self) -> int:
        return self.ms


def test_without_ticks_it_is_the_wall_clock() -> None:
    assert CityClock(Wall(2_000_000_000_000)).now_ms() == 2_000_000_000_000


def test_a_tick_sets_the_time_and_its_speed() -> None:
    wall = Wall(2_000_000_000_000)
    clock = CityClock(wall)
    clock.take(ClockTick(event_ms=1_700_000_000_000, wall_ms=wall.ms, speed=10.0, source="player"))
    wall.ms += 3_000
    assert (clock.now_ms(), clock.is_played, clock.speed) == (1_700_000_030_000, True, 10.0)


def test_half_a_minute_after_the_last_tick_it_is_the_wall_clock_again() -> None:
    wall = Wall(2_000_000_000_000)
    clock = CityClock(wall)
    clock.take(ClockTick(event_ms=1_700_000_000_000, wall_ms=wall.ms, speed=10.0, source="player"))
    wall.ms += 30_001
    assert (clock.now_ms(), clock.is_played, clock.speed) == (wall.ms, False, 1.0)
