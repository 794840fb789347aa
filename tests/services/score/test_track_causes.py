"""Why road users change their number is told by whose the two numbers are."""

import numpy as np
import pytest

from services.score.track_causes import ENDED, FOR_GOOD, MOMENT, NO_BOX, OWN, TAKEN, Numbers, Switch, switches_by_box
from services.score.track_runs import Followed
from services.score.track_scene import Present, TrackFrame
from vision.detector.base import NOTHING, Detections

BOX = (0.0, 0.0, 40.0, 40.0)
Rows = list[dict[int, int]]


def scene(rows: Rows) -> tuple[list[TrackFrame], list[Followed]]:
    """Return frames 100 ms apart: whose box has which number, a dictionary of owners by number a frame."""
    users = {owner for row in rows for owner in row.values()}
    truth = [Present(user, BOX, 1.0, None) for user in users]
    frames = [TrackFrame(100 * k, truth, NOTHING, [], {}) for k in range(len(rows))]
    followed = []
    for row in rows:
        count = len(row)
        found = Detections(np.zeros((count, 4), np.float32), np.ones(count, np.float32), ("motorcycle",) * count)
        followed.append(Followed(found, list(row.values()), [(number, i) for i, number in enumerate(row)]))
    return frames, followed


@pytest.mark.parametrize(
    ("rows", "causes"),
    [
        ([{1: 7, 2: 8}] * 5 + [{2: 7}] + [{1: 7, 2: 8}] * 5, [MOMENT, MOMENT]),
        ([{1: 7, 2: 8}] * 15 + [{2: 7}] * 15, [FOR_GOOD]),
        ([{1: 7, 2: 7}, {1: 7}, {2: 7}, {2: 7}], [OWN]),
        ([{1: 7}] * 5 + [{2: 7}] * 5, [ENDED]),
        ([{1: 7}] * 5 + [{2: 7, 1: 8}] * 5, [TAKEN]),
    ],
)
def test_a_switch_is_named_after_whose_the_numbers_are(rows: Rows, causes: list[str]) -> None:
    frames, followed = scene(rows)
    numbers = Numbers(frames, followed)
    seven = [each for each in switches_by_box(frames, followed) if each.user_id == 7]
    assert [numbers.cause(each) for each in seven] == causes


def test_a_neighbours_box_that_the_score_takes_for_ones_own_is_told() -> None:
    frames, followed = scene([{1: 7, 2: 8}, {2: 8}])
    assert Numbers(frames, followed).cause(Switch(1, 7, 1, 2)) == NO_BOX
