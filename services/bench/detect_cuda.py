"""`hanoi bench detect --device cuda`: pictures a second in batches, and streams of full-HD video in real time."""

import importlib
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from services.bench.detect_speeds import batch_speeds, library_speeds
from services.bench.report import Figure
from services.bench.streams import Trial, most_streams
from services.bench.streams_worker import Plan, Workers
from vision.detector.ultralytics import UltralyticsDetector
from vision.errors import VisionError, WeightsError
from vision.scenes.recording import write_recording

# A painted junction is filmed for so long and played again and again, by each stream from somewhere else.
RECORDED_S = 20.0
COUNTED_S = 6.0
MOST_STREAMS = 256
# NVIDIA's own: 50 streams of 1080p30 on one GPU, p95 901 ms (VSS 3.1, RT-DETR).
PEER, PEER_STREAMS = "NVIDIA VSS 3.1, p95 901 ms", 50
LIBRARY = "ultralytics' predict, pictures on the processor"
Say = Callable[[str], None]


def cuda_figures(weights: Path, video: Path | None, workers: int, say: Say) -> list[Figure]:
    """Time one network in 16-bit floats on a GPU.

    Parameters
    ----------
    weights : Path
        A ``.pt``.
    video : Path, optional
        H.264 of full HD, thirty frames a second, to be played by every stream; a painted junction by default.
    workers : int
        Processes that share the streams.
    say : callable
        Takes one line for each trial.

    Returns
    -------
    list of Figure
        Pictures a second by batch, and streams carried with p95 within half a second and no frame left out, decoded
        by the GPU and by the processor.

    Raises
    ------
    VisionError
        If the weights, the libraries, the GPU or the recording are missing; the text says which.
    """
    require_gpu(weights)
    speeds = batch_speeds(UltralyticsDetector(weights, device="cuda"))
    naive = library_speeds(weights)
    best = max(speeds, key=lambda batch: speeds[batch][1])
    figures = [
        Figure("frames_per_s_fp16", "1/s", round(speeds[best][1], 1), LIBRARY, round(max(naive.values()), 1)),
        *(Figure(f"network_per_s_batch_{batch}", "1/s", round(alone, 1)) for batch, (alone, _) in speeds.items()),
        *(Figure(f"frames_per_s_batch_{batch}", "1/s", round(whole, 1)) for batch, (_, whole) in speeds.items()),
        *(Figure(f"library_per_s_batch_{batch}", "1/s", round(per_s, 1)) for batch, per_s in naive.items()),
    ]
    with tempfile.TemporaryDirectory() as folder:
        if video is None:
            video = Path(folder) / "street.mp4"
            say(f"painting {RECORDED_S:.0f} s of a junction")
            write_recording(video, RECORDED_S)
        for by_gpu in (True, False):
            figures += _streams(Plan(weights, video, MOST_STREAMS, workers, _threads(workers, by_gpu), by_gpu), say)
    return figures


def _threads(workers: int, by_gpu: bool) -> int:
    """Return decoding threads of a process: of NVDEC's they wait most of the time."""
    return 32 if by_gpu else max(1, (os.cpu_count() or 1) // workers)


def _streams(plan: Plan, say: Say) -> list[Figure]:
    who = "gpu" if plan.decodes_on_gpu else "processor"

    def run(streams: int) -> Trial:
        trial = opened.run(streams, COUNTED_S)
        say(f"decoded by the {who}, {streams} streams: p95 {trial.p95_ms:.0f} ms, {trial.dropped} frames dropped")
        return trial

    try:
        with Workers(plan) as opened:
            best, _ = most_streams(run, plan.most)
    except VisionError as error:
        say(f"decoded by the {who}: {error}")
        return []
    name = f"streams_1080p30_decoded_by_{who}"
    return [
        Figure(name, "1", best.streams, PEER, PEER_STREAMS),
        Figure(f"{name}_p95_ms", "ms", round(best.p95_ms, 1) if best.streams else 0.0, goal="ours <= 500"),
    ]


def require_gpu(weights: Path) -> None:
    """Say what is missing for a run on a GPU.

    Parameters
    ----------
    weights : Path
        The weights asked for.

    Raises
    ------
    WeightsError
        If anything is.
    """
    if weights.suffix != ".pt":
        raise WeightsError(f"{weights}: OpenVINO exports run on the CPU; --device cuda needs a .pt file")
    try:
        torch = importlib.import_module("torch")
    except ImportError:
        raise WeightsError(
            "--device cuda needs the libraries torch and ultralytics (pip install 'hanoi-traffic[train]'); "
            "they are not installed here, and nothing was measured"
        ) from None
    if not torch.cuda.is_available():
        raise WeightsError(
            "--device cuda needs an NVIDIA GPU with its driver; torch sees none here (torch.cuda.is_available()), "
            "and nothing was measured"
        )
