import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vision.plates.lines import in_order


def signs(rows: list[int], tilt: float = 0.0) -> np.ndarray:
    """Lay out rows of signs 8 wide and 14 high, 10 apart, lines 18 apart, tilted."""
    boxes = []
    for line, count in enumerate(rows):
        for i in range(count):
            x = 10.0 * i + (20 if len(rows) == 2 and line == 0 else 0)
            y = 18.0 * line + tilt * x
            boxes.append([x, y, x + 8, y + 14])
    return np.array(boxes, np.float32)


@given(
    st.sampled_from([[8], [4, 5], [3, 5], [4, 4], [3, 4]]),
    st.floats(-0.3, 0.3),
    st.randoms(use_true_random=False),
)
def test_one_and_two_lines_are_read_in_order_also_when_askew(rows: list[int], tilt: float, random: object) -> None:
    boxes = signs(rows, tilt)
    mixed = list(range(len(boxes)))
    random.shuffle(mixed)  # type: ignore[attr-defined]
    assert [mixed[i] for i in in_order(boxes[mixed])] == list(range(len(boxes)))


@pytest.mark.parametrize("count", [0, 1, 4])
def test_few_signs_are_read_from_the_left(count: int) -> None:
    assert in_order(signs([count]).reshape(-1, 4)[::-1]).tolist() == list(range(count))[::-1]
