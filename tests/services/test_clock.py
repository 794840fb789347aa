"""The city's clock follows a played day while its ticks keep coming."""

from schemas.feed import ClockTick
from services.clock import CityClock, Steadiness


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


def test_a_clock_is_steady_until_it_jumps_and_again_ten_minutes_after() -> None:
    steadiness = Steadiness()
    looks = [(0, 0), (30_000, 30), (90_000 + 3_600_000, 60), (120_000, 90), (690_000, 689), (721_000, 721)]
    said = [steadiness.look(1_700_000_000_000 + now_ms, float(at_s)) for now_ms, at_s in looks]
    assert said == [True, True, False, False, False, True]


def test_a_played_clock_is_steady_at_its_own_speed() -> None:
    steadiness = Steadiness()
    assert all(steadiness.look(at_s * 10_000, float(at_s), speed=10.0) for at_s in range(0, 300, 30))
