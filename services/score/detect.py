"""`hanoi score detect`: two-wheelers found in frames labelled by eye, beside the bare model on whole frames."""

import json
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

import click
import numpy as np

from services.score.sight import Labels, Tally, read_labels, tally
from services.settings import Settings
from vision.detector.base import Detector
from vision.detector.open import with_canvas
from vision.detector.openvino import OpenVinoDetector
from vision.errors import VisionError
from vision.frames import read_frames

# The tracker takes what is at least so sure; a track begins with what is surer.
WEAK, SURE = 0.1, 0.35
PEERS_PX = (640, 960)


@click.command()
@click.option("--labels", "labels_file", required=True, type=click.Path(path_type=Path), help="Labelled frames, JSON.")
@click.option("--clips", required=True, type=click.Path(path_type=Path), help="Folder of the clips they name.")
@click.option("--weights", type=click.Path(path_type=Path), help="OpenVINO folder; HANOI_VISION_WEIGHTS by default.")
def detect(labels_file: Path, clips: Path, weights: Path | None) -> None:
    """Score what is seen of labelled two-wheelers."""
    chosen = weights or Settings().vision.weights
    if chosen is None:
        raise click.ClickException("no weights; give --weights FOLDER or set HANOI_VISION_WEIGHTS")
    try:
        labels = read_labels(labels_file)
        rows = {name: score(labels, clips, make) for name, make in detectors(chosen).items()}
    except (VisionError, ValueError) as error:
        raise click.ClickException(str(error)) from error
    click.echo(
        json.dumps({"score": "detect", "labelled": sum(len(f.riders) for f in labels.frames), "by": rows}, indent=1)
    )


def detectors(weights: Path) -> Mapping[str, Callable[[], Detector]]:
    """Return who is scored: each makes a fresh detector for each clip.

    Parameters
    ----------
    weights : Path
        An OpenVINO folder or .onnx.

    Returns
    -------
    Mapping of str to callable
        By name.
    """
    peers = {f"whole_{px}": partial(OpenVinoDetector, weights, longest_px=px) for px in PEERS_PX}
    return {"canvas": lambda: with_canvas(OpenVinoDetector(weights)), **peers}


def score(labels: Labels, clips: Path, make: Callable[[], Detector]) -> dict[str, object]:
    """Watch each clip from its beginning and compare its labelled frames.

    Parameters
    ----------
    labels : Labels
        Labelled frames.
    clips : Path
        Where the clips are.
    make : callable
        Makes the detector of one clip.

    Returns
    -------
    dict
        Recall and precision of all weak and all sure boxes, by clip too, and milliseconds a frame.
    """
    weak: dict[str, Tally] = {}
    sure: dict[str, Tally] = {}
    times: list[tuple[float, float]] = []
    for clip in sorted({frame.clip for frame in labels.frames}):
        wanted = {frame.frame: frame for frame in labels.frames if frame.clip == clip}
        detector = make()
        for frame in read_frames(str(clips / clip)):
            began = time.perf_counter(), time.process_time()
            found = detector.detect(frame)
            times.append((time.perf_counter() - began[0], time.process_time() - began[1]))
            if frame.index in wanted:
                weak[clip] = weak.get(clip, Tally()) + tally(wanted[frame.index], found, WEAK)
                sure[clip] = sure.get(clip, Tally()) + tally(wanted[frame.index], found, SURE)
            if frame.index >= max(wanted):
                break
    wall_ms, cpu_ms = np.mean(times, axis=0) * 1000
    return {
        **_figures(sum(weak.values(), Tally()), sum(sure.values(), Tally())),
        "ms_per_frame": round(wall_ms, 2),
        "cpu_ms_per_frame": round(cpu_ms, 2),
        "clips": {clip: _figures(weak[clip], sure[clip]) for clip in weak},
    }


def _figures(weak: Tally, sure: Tally) -> dict[str, float]:
    return {
        "recall": weak.recall,
        "precision": weak.precision,
        "recall_sure": sure.recall,
        "precision_sure": sure.precision,
    }
