from pathlib import Path
from typing import Self

import pytest

from services.bench import detect_cuda as bench
from services.bench.streams import Trial
from services.bench.streams_worker import Plan
from vision.errors import VideoError


class Carrying:
    """Processes that carry 40 streams, each with its boxes after 90 ms; only the processor decodes here."""

    def __init__(self, plan: Plan) -> None:
        if plan.decodes_on_gpu and plan.workers == 1:
            raise VideoError("street.mp4: cannot be decoded on the GPU (NVDEC)")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        pass

    def run(self, streams: int, seconds: float) -> Trial:
        return Trial(streams, [90.0] * 20, 0 if streams <= 40 else 7, 20)


@pytest.fixture
def _card(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench, "require_gpu", lambda weights: None)
    monkeypatch.setattr(bench, "UltralyticsDetector", lambda weights, device: None)
    monkeypatch.setattr(bench, "batch_speeds", lambda detector: {2: (900.0, 800.0), 64: (9000.0, 8000.0)})
    monkeypatch.setattr(bench, "library_speeds", lambda weights: {16: 200.0, 64: 250.0})
    monkeypatch.setattr(bench, "Workers", Carrying)


@pytest.mark.usefixtures("_card")
def test_streams_are_told_beside_their_peer_and_batches_beside_the_library() -> None:
    said: list[str] = []
    figures = {each.name: each for each in bench.cuda_figures(Path("s.pt"), Path("street.mp4"), 2, said.append)}
    assert figures["frames_per_s_fp16"].ratio == 32.0
    assert figures["frames_per_s_batch_2"].ours == 800.0
    for who in ("gpu", "processor"):
        streams = figures[f"streams_1080p30_decoded_by_{who}"]
        assert 38 <= streams.ours <= 40
        assert streams.peer_value == 50
        assert figures[f"{streams.name}_p95_ms"].ours == 90.0
    assert any("64 streams: p95 90 ms, 7 frames dropped" in line for line in said)


@pytest.mark.usefixtures("_card")
def test_where_the_card_does_not_decode_it_is_said_and_the_processor_is_measured_alone() -> None:
    said: list[str] = []
    names = [figure.name for figure in bench.cuda_figures(Path("s.pt"), Path("street.mp4"), 1, said.append)]
    assert "streams_1080p30_decoded_by_processor" in names
    assert "streams_1080p30_decoded_by_gpu" not in names
    assert any("NVDEC" in line for line in said)
