"""`hanoi bench detect --device cuda`: frames a second in batches, and how many streams that is."""

import importlib
import time
from pathlib import Path

import numpy as np

from services.bench.report import Figure
from vision.detector.ultralytics import UltralyticsDetector
from vision.errors import WeightsError

BATCHES = (1, 4, 16, 32, 64)
ROUNDS = 20
STREAM_PER_S = 30
LONGEST_MS = 500.0
SIZE = (1080, 1920)
# NVIDIA's own: 50 streams of 1080p30 on one GPU, p95 901 ms (VSS 3.1, RT-DETR).
PEER_STREAMS = 50


def cuda_figures(weights: Path) -> list[Figure]:
    """Time batches of full-HD pictures in 16-bit floats on the GPU, scaling and copying included, decoding not.

    Parameters
    ----------
    weights : Path
        ``.pt`` or ``.engine``.

    Returns
    -------
    list of Figure
        Frames a second of the best batch and the streams it carries with p95 within half a second.

    Raises
    ------
    WeightsError
        If the weights, the libraries or the GPU are missing; the text says which.
    """
    require_gpu(weights)
    detector = UltralyticsDetector(weights, device="cuda", half=True)
    pictures = [np.asarray(np.random.default_rng(i).integers(0, 255, (*SIZE, 3)), np.uint8) for i in range(4)]
    best, streams = 0.0, 0
    for batch in BATCHES:
        images = [pictures[i % 4] for i in range(batch)]
        detector.whole(images)
        times = []
        for _ in range(ROUNDS):
            began = time.perf_counter()
            detector.whole(images)
            times.append(time.perf_counter() - began)
        per_s = batch / float(np.mean(times))
        # A frame waits until its batch is full, then for the batch: both count.
        waits_ms = 1000 * (batch / per_s + float(np.percentile(times, 95)))
        best = max(best, per_s)
        streams = max(streams, int(per_s / STREAM_PER_S)) if waits_ms <= LONGEST_MS else streams
    return [
        Figure("frames_per_s_fp16", "1/s", round(best, 1)),
        Figure("streams_1080p30_p95_500_ms", "1", streams, "NVIDIA VSS 3.1, p95 901 ms", PEER_STREAMS),
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
    if weights.suffix not in {".pt", ".engine"}:
        raise WeightsError(f"{weights}: OpenVINO exports run on the CPU; --device cuda needs a .pt or .engine file")
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
