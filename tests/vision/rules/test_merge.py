"""One act is told once: also of who was covered where it stood and came out under another number."""

import pytest

from tests.vision.rules.stage import Actor, Path, Pose, camera, going, play, px
from vision.rules import Finding

LEFT_M, FROM_M = -7.5, 16.0
CONFIG = camera(("wrong_side",), [going("away", 40.0, centre_line=tuple(px((-6.0, 12.0), (-6.0, 44.0))))])
LOST_S, OUT_S = 4.0, 16.0


def stands_then_rides_on(from_s: float, until_s: float, begin_m: float = FROM_M + 8.0) -> Path:
    """Ride for two seconds, stand, and ride on; it is there from one second to another only."""

    def path(t: float) -> Pose:
        on_m = min(0.0, 4.0 * (t - 2.0)) + max(0.0, 4.0 * (t - OUT_S - 0.5))
        return (LEFT_M, begin_m + on_m, 0.0) if from_s <= t < until_s else None

    return path


def told(second: Path, lost_s: float = LOST_S) -> list[Finding]:
    actors = [Actor("motorcycle", stands_then_rides_on(0.0, lost_s)), Actor("motorcycle", second)]
    return play(CONFIG, actors, OUT_S + 3.0, noise=0.005)


def test_who_comes_out_where_it_was_covered_is_told_once() -> None:
    assert [f.track_id for f in told(stands_then_rides_on(OUT_S, 30.0))] == [1]


@pytest.mark.parametrize(
    ("second", "lost_s"),
    [
        (stands_then_rides_on(OUT_S, 30.0, FROM_M + 5.0), LOST_S),  # three metres behind
        (stands_then_rides_on(OUT_S, 30.0, FROM_M + 7.0), OUT_S + 1.0),  # while the first is still seen
    ],
)
def test_who_comes_elsewhere_or_while_the_other_is_there_is_a_second_one(second: Path, lost_s: float) -> None:
    assert [f.track_id for f in told(second, lost_s)] == [1, 2]
