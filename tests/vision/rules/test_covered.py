"""Riders whom others cover as they come over the line, and those who stand on it."""

from collections.abc import Callable

from tests.vision.builders import START_MS
from tests.vision.rules.passes import END_S, LINE_M, RED_S, light
from tests.vision.rules.stage import Actor, Path, Pose, camera, going, play, straight
from vision.rules import Finding

CONFIG = camera(("red_light", "stop_line"), [going("away", LINE_M)])
# Over the line with the nose at 12 s, three seconds after red began; the rear 0.32 s later.
RIDE, TAIL_MS = straight((0.0, LINE_M - 0.95 - 72.0), 0.0, 6.0), START_MS + 12_317


def claims(
    path: Path, covered: Callable[[float], float] = lambda _: 0.0, label: str = "motorcycle", red_s: float = RED_S
) -> list[Finding]:
    def colour(t: float) -> str:
        return "yellow" if RED_S <= t < red_s else light(t)

    return play(CONFIG, [Actor(label, path, covered=covered)], 34.0, colour, noise=0.01)


def test_who_is_covered_while_it_comes_over_the_line_on_red_is_claimed_by_its_head() -> None:
    (found,), (seen,) = claims(RIDE, lambda t: 0.5 if 12.0 < t < 13.0 else 0.0), claims(RIDE)
    assert found.rule == "red_light"
    assert abs(found.time_ms - TAIL_MS) <= 2000 * found.measured["crossing_error_s"] <= 40
    assert found.measured["crossing_error_s"] > seen.measured["crossing_error_s"]  # by its head it is less sure


def test_who_was_covered_before_the_line_must_have_been_before_it_on_red_by_its_foot_or_surely_by_its_head() -> None:
    slow = straight((0.0, LINE_M - 0.95 - 24.0), 0.0, 2.0)  # the nose over the line at 12 s

    def told(red_s: float, covered: float) -> list[str]:
        return [f.rule for f in claims(slow, lambda t: covered if 8.0 < t < 14.6 else 0.0, red_s=red_s)]

    assert told(10.8, 0.5) == ["red_light"]  # 2.4 m before the line when red began
    assert told(11.6, 0.5) == []  # 0.8 m
    assert told(11.6, 0.0) == ["red_light"]


def test_who_stands_with_its_rear_on_the_line_crosses_when_it_rides_on() -> None:
    def path(t: float) -> Pose:
        along = min(0.0, t - 12.0) * 4.0 + max(0.0, t - 18.0) ** 2
        return 0.0, LINE_M + 2.2 + along, 0.0

    (found,) = claims(path, label="car")
    assert found.rule == "red_light"
    assert found.time_ms >= START_MS + 17_900


def test_who_rides_over_the_line_and_brakes_was_not_pushed_though_somebody_is_close_behind() -> None:
    def rides(behind_m: float) -> Path:
        def path(t: float) -> Pose:
            left_s = min(0.0, t - 14.0)
            return 0.0, LINE_M + 1.3 - 0.5 * left_s**2 - behind_m, 0.0

        return path

    actors = [Actor("motorcycle", rides(0.0)), Actor("motorcycle", rides(3.0))]
    found = [(f.rule, f.track_id) for f in play(CONFIG, actors, END_S + 6.0, light, noise=0.005)]
    assert found == [("stop_line", 1)]


def brakes_past(rear_m: float) -> Path:
    """Brake on red so that the rear comes to stand so far past the line."""

    def path(t: float) -> Pose:
        return 0.0, LINE_M + 0.95 + rear_m - 0.5 * min(0.0, t - 14.0) ** 2, 0.0

    return path


def test_who_stands_a_little_past_the_line_has_crossed_though_its_box_shakes_back_over_it() -> None:
    actor = [Actor("motorcycle", brakes_past(0.25))]
    found = [[f.rule for f in play(CONFIG, actor, END_S + 6.0, light, noise=0.02, seed=seed)] for seed in range(4)]
    assert found == [["stop_line"]] * 4


def test_who_stands_past_the_line_with_its_foot_covered_broke_it_where_its_head_is_well_past_the_line() -> None:
    def told(rear_m: float) -> list[str]:
        return [f.rule for f in claims(brakes_past(rear_m), lambda t: 0.5 if t > 14.6 else 0.0)]

    assert told(1.6) == ["stop_line"]
    assert told(0.7) == []
