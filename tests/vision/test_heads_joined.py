import numpy as np
import pytest

from vision.detector.base import Detections
from vision.riders import join_riders

WHEELS, DRIVER, PILLION = [100, 100, 140, 160], [105, 60, 135, 140], [108, 55, 138, 130]


def joined(*bare: int | None) -> int | None:
    boxes = np.array([WHEELS, DRIVER, PILLION][: 1 + len(bare)], np.float32)
    labels = ("motorcycle", "person", "person")[: 1 + len(bare)]
    found = join_riders(Detections(boxes, np.full(len(boxes), 0.9, np.float32), labels, (), (None, *bare)))
    assert found.labels == ("motorcycle",)
    return found.bare_heads[0]


@pytest.mark.parametrize(
    ("bare", "told"),
    [((1,), 1), ((0,), 0), ((None,), None), ((1, 1), 2), ((1, None), 1), ((0, None), None), ((0, 0), 0)],
)
def test_bare_heads_are_counted_over_the_riders_and_nothing_is_said_where_one_may_be_bare(
    bare: tuple[int | None, ...], told: int | None
) -> None:
    assert joined(*bare) == told
