from pathlib import Path

import pytest

from vision.detector.small import open_network
from vision.errors import WeightsError
from vision.heads.teller import SHIPPED as HEADS
from vision.heads.teller import HeadTeller
from vision.plates.open import SHIPPED as PLATES


def test_weights_of_another_network_are_refused_and_the_text_says_what_is_needed() -> None:
    with pytest.raises(WeightsError, match=r"takes \(1, 160, 160\).*\(3, 32, 48\) and \(1,\) are needed"):
        HeadTeller(PLATES / "finder")


def test_weights_that_are_absent_are_named(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match=r"model\.xml: cannot be read as a network"):
        open_network(tmp_path, (3, 32, 48), (1,))


def test_the_hash_is_of_the_files_alone() -> None:
    assert open_network(HEADS, (3, 32, 48), (1,))[1] == HeadTeller().sha256
