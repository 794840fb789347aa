import numpy as np
import pytest

from tests.vision.builders import picture
from vision.median import COUNT, median


def test_the_median_is_the_one_that_sorting_gives() -> None:
    for seed in range(4):
        pictures = [picture(100 * seed + i) for i in range(COUNT)]
        assert np.array_equal(median(pictures), np.median(np.stack(pictures), axis=0))


def test_it_is_asked_of_sixteen_pictures_only() -> None:
    with pytest.raises(ValueError, match="16 pictures was asked of 3"):
        median([picture(i) for i in range(3)])
