from pathlib import Path

import pytest

from services.bench.streams_worker import Plan, Workers
from vision.errors import VisionError
from vision.scenes.recording import write_recording


@pytest.mark.train
def test_two_processes_share_streams_and_each_frame_is_looked_at(tmp_path: Path) -> None:
    pytest.importorskip("torch", reason="TORCH ABSENT: make test-train tries the networks in torch")
    ultralytics = pytest.importorskip("ultralytics")
    model = ultralytics.YOLO("yolo11n.yaml")
    model.model.names = {**model.names, 2: "car"}
    model.save(str(tmp_path / "n.pt"))
    write_recording(tmp_path / "street.mp4", 0.1)
    plan = Plan(tmp_path / "n.pt", tmp_path / "street.mp4", 3, 2, 1, decodes_on_gpu=False, device="cpu")
    with Workers(plan) as workers:
        trial = workers.run(3, 0.1)
    assert len(trial.waits_ms) + trial.dropped == 3 * 3


def test_a_process_that_cannot_open_the_weights_says_why(tmp_path: Path) -> None:
    plan = Plan(tmp_path / "none.pt", tmp_path / "none.mp4", 1, 1, 1, decodes_on_gpu=False, device="cpu")
    with pytest.raises(VisionError, match=r"none\.pt"):
        Workers(plan)
