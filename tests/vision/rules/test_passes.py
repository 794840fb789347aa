"""Many passes of a stop line with shaken boxes: nothing legal is claimed, every ride on red is, at its time."""

import numpy as np
import pytest

from tests.vision.builders import START_MS
from tests.vision.rules.passes import END_S, LINE_M, RED_S, Case, Chance, away, found_at, light, towards
from tests.vision.rules.stage import Actor, Path, Pose, play, straight

NOISE = 0.02
LEGAL, ACTS = 24, 12


@pytest.mark.parametrize("sign", [1, -1])
def test_legal_passes_give_nothing(sign: int) -> None:
    config, chance = (away if sign > 0 else towards)(), Chance(40 + sign, sign)
    cases = [chance.legal() for _ in range(LEGAL)]
    assert {case.kind for case in cases} >= {"late_yellow", "pushed", "early", "over_a_bit"}
    found = [(case.kind, found_at(config, case, NOISE, k, fps=12.5)) for k, case in enumerate(cases)]
    assert [each for each in found if each[1]] == []


@pytest.mark.parametrize("sign", [1, -1])
def test_rides_on_red_are_found_once_with_the_time_of_the_end_that_is_seen(sign: int) -> None:
    config, chance = (away if sign > 0 else towards)(), Chance(70 + sign, sign)
    off_ms = []
    for k in range(ACTS):
        case = chance.act()
        found = found_at(config, case, NOISE, k)
        assert [(rule, track) for rule, track, _ in found] == [("red_light", 1)], (case.kind, case.nose_s)
        off_ms.append((found[0][2] - (case.tail_s if sign > 0 else case.nose_s)) * 1000)
    assert np.percentile(np.abs(off_ms), 90) <= 40.0


def creeps(fast_s: float) -> Case:
    """Come over the line by the front before red and creep on; from a moment on at 4 m/s, and stand 4 m past it."""

    def past(t: float) -> float:
        if t < 8.5:
            return (t - 8.5) * 4.0
        slow = 0.4 * (min(t, fast_s) - 8.5)
        return min(slow + 4.0 * max(0.0, t - fast_s), 5.9 if fast_s < END_S else 40.0)

    def path(t: float) -> Pose:
        nose = past(t)
        return (0.0, LINE_M + nose - 0.95, 0.0) if nose > -14.0 else None

    return Case((Actor("motorcycle", path),), 8.5, 0.0, is_act=False, kind="creeps")


@pytest.mark.parametrize("fast_s", [11.5, 40.0])
def test_who_was_over_the_line_before_red_and_creeps_on_or_stands_a_little_past_it_is_not_claimed(
    fast_s: float,
) -> None:
    assert found_at(away(), creeps(fast_s), NOISE, 5) == []


def stands_past(on_s: float) -> Case:
    """Come over the line at 6 m/s on red, stand with the rear 2.3 m past it, and ride on at a moment."""

    def past(t: float) -> float:
        return min((t - 12.0) * 6.0, 4.2) + 5.0 * max(0.0, t - on_s)

    def path(t: float) -> Pose:
        nose = past(t)
        return (0.0, LINE_M + nose - 0.95, 0.0) if -14.0 < nose < 40.0 else None

    return Case((Actor("motorcycle", path),), 12.0, 12.4, is_act=True, kind="stands_past")


@pytest.mark.parametrize(("on_s", "rule"), [(18.0, "red_light"), (END_S + 1.0, "stop_line")])
def test_who_stands_past_the_line_broke_the_stop_line_and_who_rides_on_in_the_same_red_the_light(
    on_s: float, rule: str
) -> None:
    assert [name for name, *_ in found_at(away(), stands_past(on_s), NOISE, 6)] == [rule]


def rides_before_green(nose_s: float, stop_m: float | None = None) -> Case:
    """Ride over the line at 2.4 m/s, the front at one moment; or stand till then, the front so far over the line."""

    def path(t: float) -> Pose:
        past = (t - nose_s) * 2.4
        nose = past if stop_m is None else stop_m + min(0.0, (t - 13.0) * 2.4) + max(0.0, past)
        return (0.0, LINE_M + nose - 0.95, 0.0) if -10.0 < nose < 40.0 else None

    return Case((Actor("motorcycle", path),), nose_s, 0.0, is_act=True, kind="before_green")


def test_of_a_start_before_green_the_front_tells_unless_it_stood_on_the_line() -> None:
    assert [name for name, *_ in found_at(away(), rides_before_green(END_S - 2.0), NOISE, 6)] == ["red_light"]
    assert found_at(away(), rides_before_green(END_S - 1.2), NOISE, 6) == []
    assert found_at(away(), rides_before_green(END_S - 1.2, 0.8), NOISE, 6) == []


def doubted_ride(mps: float) -> list[str]:
    """Ride over the line on red while the tracker cannot tell two road users apart."""
    path = straight((0.0, LINE_M - 12.0 * mps), 0.0, mps)
    doubt = {"sure_since_ms": START_MS + 12_060 + round(950 / mps)}
    found = play(away("red_light"), [Actor("motorcycle", path, extra=doubt)], 22.0, light, noise=NOISE, seed=7)
    return [finding.rule for finding in found]


def test_a_doubt_who_it_was_matters_only_to_those_who_do_not_come_fast_and_smoothly_over_the_line() -> None:
    assert doubted_ride(6.0) == ["red_light"]
    assert doubted_ride(1.8) == []


def test_who_crept_over_the_line_and_stands_there_for_longer_than_looks_are_remembered_is_not_claimed() -> None:
    def path(t: float) -> Pose:
        nose = min(0.5 * (t - 9.5), 4.0)
        return (0.0, LINE_M + nose - 0.95, 0.0) if t > 0 else None

    def long_red(t: float) -> str:
        return "red" if t > 9.0 else "green"

    assert play(away(), [Actor("motorcycle", path)], 60.0, long_red, fps=5.0, noise=NOISE) == []


def slow_and_long(nose_s: float) -> Case:
    """Ride a long motorcycle over the line at 1.2 m/s without a stop, the front at one moment."""

    def path(t: float) -> Pose:
        nose = (t - nose_s) * 1.2
        return (0.0, LINE_M + nose - 1.1, 0.0) if nose > -10.0 else None

    return Case((Actor("motorcycle", path, 1.15),), nose_s, 0.0, is_act=False, kind="slow")


def waits_on_the_line(nose_m: float, on_s: float) -> Case:
    """Come to stand on green with the front at the line or a little over it, and ride on slowly at a moment."""

    def path(t: float) -> Pose:
        nose = nose_m + min(0.0, (t - 4.0) * 3.0) + 1.5 * max(0.0, t - on_s)
        return (0.0, LINE_M + nose - 0.95, 0.0) if nose > -10.0 else None

    return Case((Actor("motorcycle", path),), 4.0, 0.0, is_act=False, kind="waits")


def test_a_slow_rider_whose_front_came_over_just_before_red_is_not_claimed_whatever_its_length() -> None:
    found = [found_at(away(), slow_and_long(RED_S - early_s), NOISE, k) for k, early_s in enumerate((0.0, 0.05, 0.1))]
    assert found == [[], [], []]


def test_a_rider_who_stood_with_its_front_about_the_line_since_green_and_rides_on_just_after_red_is_not_claimed() -> (
    None
):
    found = [found_at(away(), waits_on_the_line(0.15, RED_S + 0.5), 0.04, seed) for seed in range(8)]
    assert found == [[]] * 8


def test_a_slow_rider_whose_front_came_over_well_after_red_is_claimed() -> None:
    assert [rule for rule, *_ in found_at(away(), slow_and_long(RED_S + 1.0), NOISE, 5)] == ["red_light"]


def covered_by_a_bus(t: float) -> float:
    """Hide from the wheels up to the shoulders, within one second of red, and show again."""
    return max(0.0, min(0.75, (t - 12.0) / 1.3, (24.0 - t) / 7.0))


def test_who_waits_at_red_while_a_bus_covers_it_is_not_claimed_to_ride_or_to_stand_past_the_line() -> None:
    waits = stops_at(LINE_M - 2.0, END_S + 1.0)
    assert play(away(), [Actor("motorcycle", waits, covered=covered_by_a_bus)], 34.0, light, noise=NOISE) == []


def test_who_is_half_covered_while_it_crosses_on_red_is_found_where_it_is_seen_before_and_after() -> None:
    path = straight((0.0, LINE_M - 6.0 * 12.0), 0.0, 6.0)
    rides = Actor("motorcycle", path, covered=lambda t: 0.5 if 11.8 < t < 12.4 else 0.0)
    (found,) = play(away("red_light"), [rides], 20.0, light, noise=NOISE)
    assert (found.time_ms - START_MS) / 1000 == pytest.approx(12.0 + 0.95 / 6.0, abs=0.1)


def stops_at(north_m: float, on_s: float) -> Path:
    """Come to stand with the middle so far north, and ride on at a moment."""

    def path(t: float) -> Pose:
        return 0.0, north_m + min(0.0, (t - 6.0) * 4.0) + 4.0 * max(0.0, t - on_s), 0.0

    return path


def test_who_brakes_and_stops_just_past_the_line_broke_the_stop_line_though_a_queue_comes_up_behind_it() -> None:
    def brakes(late_s: float, at_m: float) -> Path:
        def path(t: float) -> Pose:
            left_s = max(0.0, 14.0 + late_s - t)
            nose = at_m - min(left_s, 4.0) ** 2 / 2 - 4.0 * max(0.0, left_s - 4.0)
            return (0.0, LINE_M + nose - 0.95 + 5.0 * max(0.0, t - END_S - 1.0), 0.0) if nose > -14.0 else None

        return path

    actors = [Actor("motorcycle", brakes(0.0, 2.4)), Actor("motorcycle", brakes(3.0, 0.0))]
    found = play(away(), actors, END_S + 4.0, light, noise=NOISE)
    assert [(finding.rule, finding.track_id) for finding in found] == [("stop_line", 1)]
