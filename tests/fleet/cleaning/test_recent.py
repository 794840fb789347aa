"""What the last ten minutes brought, counted in slots."""

import random

from fleet.cleaning.recent import SLOT_MS, WINDOW_MS, Recent

START_MS = 1_771_218_000_000


def test_fixes_vehicles_verdicts_and_delays_are_those_of_the_window() -> None:
    recent = Recent()
    recent.take(START_MS, "old", START_MS - 500_000, told=True, rules=("late",))
    for number in range(5):
        came_ms, rules = START_MS + WINDOW_MS, ("stale",) * (number == 4)
        recent.take(came_ms, f"b{number % 2}", came_ms - number * 1000, told=number > 2, rules=rules)
    counts = recent.counts(START_MS + WINDOW_MS + SLOT_MS)
    assert (counts.fixes, counts.told, counts.vehicles) == (5, 2, {"b0", "b1"})
    assert counts.rules == {"stale": 1}
    assert counts.at_fault == {("b0", "stale"): 1}
    assert counts.delay_p50_s == 2.0


def test_the_middle_delay_is_that_of_a_sorted_list_to_a_tenth_of_a_second() -> None:
    chance, recent = random.Random(7), Recent()
    delays = [chance.expovariate(1 / 20) for _ in range(2_001)]
    for number, delay in enumerate(delays):
        came_ms = START_MS + number * 100
        recent.take(came_ms, "b", round(came_ms - delay * 1000), told=True, rules=())
    assert abs(recent.counts(START_MS + 200_000).delay_p50_s - sorted(delays)[1_000]) <= 0.05 + 1e-9


def test_reports_in_any_order_count_alike() -> None:
    chance = random.Random(3)
    reports = [(START_MS + chance.randrange(300_000), f"b{chance.randrange(9)}") for _ in range(500)]
    one, other = Recent(), Recent()
    for received_ms, vehicle in reports:
        one.take(received_ms, vehicle, received_ms - 1000, told=False, rules=())
    for received_ms, vehicle in sorted(reports):
        other.take(received_ms, vehicle, received_ms - 1000, told=False, rules=())
    now_ms = START_MS + 400_000
    assert one.counts(now_ms) == other.counts(now_ms)


def test_a_source_without_fixes_has_no_delay() -> None:
    assert Recent().counts(START_MS).delay_p50_s == 0.0


def test_what_left_the_window_is_forgotten() -> None:
    recent = Recent()
    for minute in range(120):
        recent.take(START_MS + minute * 60_000, "b", START_MS, told=True, rules=())
        recent.counts(START_MS + minute * 60_000)
    assert recent.counts(START_MS + 119 * 60_000).fixes <= 11
    assert len(recent._slots) <= WINDOW_MS // SLOT_MS + 1
