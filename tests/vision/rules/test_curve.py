"""A curve through feet and heads: covered feet do not draw it, and its error covers the truth."""

import numpy as np
import pytest

from vision.rules.curve import Told, crosses

FPS, SPEED_MPS, FOOT_SD_M, HEAD_SD_M = 25.0, 4.0, 0.07, 0.09
# Deviations that places tell are larger than those of single boxes: all of them in one measure.
FOOT_TOLD_M, HEAD_TOLD_M = 0.38, 0.54


def ride(rng: np.random.Generator, covered_s: tuple[float, float], *, heads: bool = True) -> list[Told]:
    """Ride over the line at 0 s; from one second to another the box ends 1.6 m farther on, as somebody covers it."""
    off_m, told = rng.normal(0.05, 0.1), []
    for frame in range(-20, 21):
        t = frame / FPS
        past_m = SPEED_MPS * t + 0.5 * t**2
        cut_m = 1.6 if covered_s[0] < t < covered_s[1] else 0.0
        told.append(Told(t, past_m + cut_m + rng.normal(0, FOOT_SD_M), FOOT_TOLD_M, is_head=False))
        if heads:
            told.append(Told(t, past_m + off_m + rng.normal(0, HEAD_SD_M), HEAD_TOLD_M, is_head=True))
    return told


@pytest.mark.parametrize("covered_s", [(0.0, 0.0), (-0.3, 0.3), (-0.9, 0.1), (-0.9, 0.3)])
def test_a_crossing_is_told_within_40_ms_though_covered_boxes_are_taken_for_feet(
    covered_s: tuple[float, float],
) -> None:
    rng = np.random.default_rng(3)
    found = [crosses(ride(rng, covered_s)) for _ in range(100)]
    off_s = np.array([when[0] for when in found if when is not None])
    told_s = np.array([when[1] for when in found if when is not None])
    assert len(off_s) == len(found)
    assert np.abs(off_s).max() <= 0.040
    assert np.mean(np.abs(off_s) <= 2 * told_s) >= 0.95


def test_who_shows_no_head_crosses_where_its_feet_do() -> None:
    rng = np.random.default_rng(4)
    found = crosses(ride(rng, (0.0, 0.0), heads=False))
    assert found is not None
    assert abs(found[0]) <= 0.02


def test_of_a_few_places_and_of_who_stands_or_never_comes_to_the_line_no_curve_is_told() -> None:
    assert crosses(ride(np.random.default_rng(5), (0.0, 0.0))[:7]) is None
    assert crosses([Told(t / 25, 0.01 * t / 25, 0.3, is_head=False) for t in range(-10, 11)]) is None
    assert crosses([Told(t / 25, 5.0 + t / 25, 0.3, is_head=False) for t in range(-10, 11)]) is None
