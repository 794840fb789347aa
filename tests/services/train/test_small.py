from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from services.train.small import learn
from tests.vision.builders import frame
from vision.detector.openvino import OpenVinoDetector
from vision.heads.teller import HeadTeller
from vision.plates.own import OwnFinder, OwnSigns


@pytest.mark.train
@pytest.mark.parametrize(
    ("what", "steps", "opened"), [("reader", 60, OwnSigns), ("finder", 60, OwnFinder), ("helmets", 60, HeadTeller)]
)
def test_a_short_fit_learns_something_and_writes_what_the_default_engine_runs(
    what: str, steps: int, opened: type, tmp_path: Path
) -> None:
    pytest.importorskip("torch")
    told = CliRunner().invoke(learn, [what, "--steps", str(steps), "--vehicles", "80", "--out", str(tmp_path / "net")])
    assert told.exit_code == 0, told.output
    assert opened(tmp_path / "net").sha256
    assert f"50 of {steps}" in told.output


@pytest.mark.train
@pytest.mark.timeout(600)
def test_a_detector_is_fitted_on_what_is_painted_meanwhile_and_tells_each_thing_once(tmp_path: Path) -> None:
    pytest.importorskip("ultralytics", reason="ULTRALYTICS ABSENT: make test-train tries this door")
    words = ["detector", "--steps", "2", "--batch", "0.25", "--pictures", "10", "--jobs", "1"]
    told = CliRunner().invoke(learn, [*words, "--out", str(tmp_path / "net")])
    assert told.exit_code == 0, told.output
    found = OpenVinoDetector(tmp_path / "net", longest_px=320, lowest_score=0.0)
    assert 0 < len(found.detect(frame(0, np.zeros((180, 320, 3), np.uint8)))) <= 300
    assert (tmp_path / "net.pt").is_file()


def test_weights_that_lie_there_are_not_written_over(tmp_path: Path) -> None:
    pytest.importorskip("torch")
    (tmp_path / "model.xml").write_text("<net/>")
    told = CliRunner().invoke(learn, ["reader", "--out", str(tmp_path)])
    assert told.exit_code == 1
    assert "give another --out" in told.output


def test_without_torch_it_is_said_what_is_missing(tmp_path: Path) -> None:
    try:
        import torch  # noqa: F401
    except ImportError:
        told = CliRunner().invoke(learn, ["reader", "--out", str(tmp_path)])
        assert told.exit_code == 1
        assert "hanoi-traffic[train]" in told.output


def test_nothing_but_a_network_of_its_kind_is_opened(tmp_path: Path) -> None:
    from vision.errors import WeightsError

    (tmp_path / "model.xml").write_text("<net/>")
    for kind in (OwnSigns, OwnFinder, HeadTeller):
        with pytest.raises(WeightsError, match="cannot be read"):
            kind(tmp_path)
