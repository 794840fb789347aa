import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from services.bench import detect as bench
from tests.vision.builders import START_MS
from tests.vision.detector.networks import write_network
from vision.detector.base import GROUPS
from vision.frames import Frame

ONE = np.array([[[320, 300, 60, 80, 0.0, 0.9, 0.0]]], np.float32).transpose(0, 2, 1)


def test_the_bench_times_all_parts_beside_the_bare_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench, "WARM_UP", 2)
    answer = CliRunner().invoke(bench.detect, ["--weights", str(write_network(tmp_path, ONE)), "--frames", "12"])
    assert answer.exit_code == 0, answer.output
    figures = {figure["name"]: figure for figure in json.loads(answer.output)["figures"]}
    assert figures["frames_per_s"]["peer"] == "bare model"
    assert figures["frames_per_s"]["ours"] > 0
    assert figures["rest_cpu_ms_with_50_tracks"]["goal"] == "ours <= 2.5"
    assert {"health_cpu_ms", "tracker_cpu_ms", "lamps_cpu_ms", "rules_cpu_ms", "counts_cpu_ms"} <= figures.keys()


def test_fifty_road_users_are_fifty_riders_on_motorcycles_in_the_picture() -> None:
    from services.bench.detect_rest import Fifty
    from vision.riders import join_riders

    frame = Frame(0, START_MS, np.zeros((480, 640, 3), np.uint8))
    found = Fifty((640, 480)).detect(frame)
    assert len(found) == 100
    assert set(found.labels) <= GROUPS.keys()
    assert 40 <= len(join_riders(found)) <= 60


def test_a_gpu_is_asked_for_with_weights_it_can_run(tmp_path: Path) -> None:
    answer = CliRunner().invoke(bench.detect, ["--weights", str(write_network(tmp_path, ONE)), "--device", "cuda"])
    assert answer.exit_code == 1
    assert "--device cuda needs a .pt file" in answer.output


def test_without_a_gpu_the_bench_says_what_is_missing_and_measures_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import sys

    weights = tmp_path / "s.pt"
    weights.write_bytes(b"")
    monkeypatch.setitem(sys.modules, "torch", None)
    answer = CliRunner().invoke(bench.detect, ["--weights", str(weights), "--device", "cuda"])
    assert answer.exit_code == 1
    assert "hanoi-traffic[train]" in answer.output
    assert "nothing was measured" in answer.output
