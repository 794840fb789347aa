"""A bus that stands for minutes between two stops says that of itself; several say it of the road."""

import pytest

from tests.fleet.arrivals.test_learner import BASE_MS, learner, lesson

REST_S, MOST_S = 400.0, 180.0


def ratios(took_s: list[float]) -> tuple[float, float]:
    """Return the ratio of the link that was driven, minute by minute, and of the other one."""
    taught = learner()
    for minute, seconds in enumerate(took_s):
        taught.add(lesson(60.0 * minute, took_s=seconds, vehicle=f"v{minute}"))
    ratio = taught.at(BASE_MS + 60_000 * (len(took_s) + 3)).ratio
    return float(ratio[0]), float(ratio[1])


def lately_s(took_s: list[float]) -> float:
    """Return the seconds of the last minutes by which all links move."""
    taught = learner()
    for minute, seconds in enumerate(took_s):
        taught.add(lesson(60.0 * minute, took_s=seconds, vehicle=f"v{minute}"))
    taught.at(BASE_MS + 60_000 * (len(took_s) + 3))
    return float(taught._know(BASE_MS // 60_000 + len(took_s)).lately[0].sum())


def test_one_rest_counts_as_the_longest_drive_that_is_none() -> None:
    assert ratios([REST_S]) == pytest.approx(ratios([MOST_S]))


def test_of_several_all_but_one_count() -> None:
    one, two, six = (ratios([REST_S] * n)[0] / ratios([MOST_S] * n)[0] for n in (1, 2, 6))
    assert one == pytest.approx(1.0)
    assert 1.1 < two < six


def test_what_moves_all_links_at_once_is_free_of_rests() -> None:
    drove, beside = ratios([REST_S] * 6)
    assert drove > 4.0
    assert beside < 0.6 * drove
    assert lately_s([REST_S] * 6) == pytest.approx(lately_s([MOST_S] * 6))
