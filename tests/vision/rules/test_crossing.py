from collections import deque

import numpy as np

from vision.road import Place
from vision.rules.crossing import Crossing, History, Past
from vision.rules.settle import settle
from vision.tracks import Look

FPS, SPEED_MPS, SD_M = 25.0, 6.0, 0.084
STAYS_S = 0.5


def past(frame: int, foot_m: float, *, is_foot: bool = True) -> Past:
    look = Look(1, round(frame * 1000 / FPS), frame, (0.0, 0.0, 20.0, 40.0), 0.9, "motorcycle", frame + 31)
    place = Place(0.0, foot_m, (0.0, 1.0), 1.0, 0.3, 1.65, 0.3, is_foot=is_foot, is_told=True)
    return Past(look, place, foot_m, foot_m + 0.9, foot_m - 0.9)


def ride(rng: np.random.Generator) -> tuple[History, Crossing]:
    """Ride over the line at 0 ms; half of the error of the foot stays for half a second, half is of one look."""
    pasts: deque[Past] = deque()
    keep = np.exp(-1 / FPS / STAYS_S)
    slow = rng.normal()
    for frame in range(-30, 31):
        slow = keep * slow + np.sqrt(1 - keep**2) * rng.normal()
        pasts.append(past(frame, SPEED_MPS * frame / FPS + SD_M * (slow + rng.normal()) / np.sqrt(2)))
    return History(pasts), Crossing(1, 0, pasts[30].look, 30, SPEED_MPS, 0.02)


def test_a_crossing_lies_within_two_of_the_errors_that_it_tells_though_errors_of_boxes_stay() -> None:
    rng = np.random.default_rng(7)
    settled = [settle(*ride(rng)) for _ in range(300)]
    off_s = np.abs([crossing.time_ms / 1000 for crossing in settled])
    told_s = np.array([crossing.error_s for crossing in settled])
    assert np.mean(off_s <= 2 * told_s) >= 0.95
    assert np.percentile(told_s, 90) <= 0.03


def test_who_was_before_the_line_by_its_head_a_moment_ago_did_not_stand_past_it() -> None:
    leapt = [past(frame, -1.4, is_foot=False) for frame in range(50)] + [past(50 + frame, 1.2) for frame in range(3)]
    assert not History(deque(leapt)).was_past(0, 0.5)
    stood = [past(frame, 0.1, is_foot=False) for frame in range(50)] + [past(50 + frame, 1.2) for frame in range(3)]
    assert History(deque(stood)).was_past(0, 0.5)


def test_who_is_seen_by_its_head_only_was_before_the_line_where_both_of_its_errors_leave_it_there() -> None:
    def was_before(nose_m: float, *, is_foot: bool) -> bool:
        return History(deque(past(frame, nose_m - 0.9, is_foot=is_foot) for frame in range(3))).was_before(0, 120)

    assert was_before(-0.5, is_foot=True)
    assert not was_before(-0.9, is_foot=False)
    assert was_before(-1.1, is_foot=False)
