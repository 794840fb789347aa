"""`hanoi bench detect`: the whole way of a frame beside the bare model, turn by turn in the same run."""

import itertools
import time
from collections.abc import Iterator
from pathlib import Path

import click
import numpy as np

from services.bench.report import Figure, print_report
from services.settings import Settings
from vision.camera import CameraConfig, parse_camera, read_camera
from vision.detector.boxes import letterbox, to_input
from vision.detector.openvino import OpenVinoDetector
from vision.errors import VisionError
from vision.frames import Frame, read_frames
from vision.pipeline import Watcher
from vision.scenes.junction import open_scene, scene_camera_yaml

START_MS = 1_700_000_000_000
SCENE = "scene://junction?seed=1"
GOAL_REST = "ours <= 5"


@click.command()
@click.option("--weights", type=click.Path(path_type=Path), help="OpenVINO folder; HANOI_VISION_WEIGHTS by default.")
@click.option("--video", help="A recording; a rendered scene by default.")
@click.option("--camera", "camera_file", type=click.Path(path_type=Path), help="Its camera file.")
@click.option("--frames", default=200, show_default=True, type=click.IntRange(min=10), help="How many to time.")
def detect(weights: Path | None, video: str | None, camera_file: Path | None, frames: int) -> None:
    """Time detection beside the bare model."""
    chosen = weights or Settings().vision.weights
    if chosen is None:
        raise click.ClickException("no weights; give --weights FOLDER or set HANOI_VISION_WEIGHTS")
    if (video is None) != (camera_file is None):
        raise click.ClickException("--video and --camera belong together; give both or none")
    try:
        camera = read_camera(camera_file) if camera_file else _scene_camera()
        pictures = read_frames(video, start_ms=START_MS) if video else _scene_frames()
        whole_ms, bare_ms = measure(camera, chosen, itertools.islice(pictures, frames))
    except VisionError as error:
        raise click.ClickException(str(error)) from error
    rest = round(whole_ms - bare_ms, 3)
    print_report(
        "detect",
        [
            Figure("frames_per_s", "1/s", round(1000 / whole_ms, 2), "bare model", round(1000 / bare_ms, 2)),
            Figure("rest_ms_per_frame", "ms", rest, "bare model", round(bare_ms, 3), GOAL_REST),
        ],
    )


def measure(camera: CameraConfig, weights: Path, frames: Iterator[Frame]) -> tuple[float, float]:
    """Time each frame through everything, decoding included, and through the bare model, in turn.

    Parameters
    ----------
    camera : CameraConfig
        The camera.
    weights : Path
        An OpenVINO folder.
    frames : iterator of Frame
        What to time; the first five warm up.

    Returns
    -------
    whole_ms, bare_ms : float
        Mean milliseconds a frame.
    """
    import openvino

    detector = OpenVinoDetector(weights)
    watcher = Watcher(camera, detector)
    path = next(iter(sorted(weights.glob("*.xml"))), weights) if weights.is_dir() else weights
    model = openvino.Core().compile_model(path, "CPU", {"PERFORMANCE_HINT": "LATENCY"})
    request = model.create_infer_request()
    whole: list[float] = []
    bare: list[float] = []
    while True:
        began = time.perf_counter()
        frame = next(frames, None)
        if frame is None:
            break
        watcher.step([frame])
        whole.append(time.perf_counter() - began)
        padded = to_input(letterbox(frame.image, detector.longest_px, square=detector.fixed_px is not None)[0])
        began = time.perf_counter()
        request.infer({0: padded})
        bare.append(time.perf_counter() - began)
    if len(whole) <= 5:
        raise VisionError("too few frames to time; give a longer recording")
    return float(np.mean(whole[5:])) * 1000, float(np.mean(bare[5:])) * 1000


def _scene_camera() -> CameraConfig:
    return parse_camera(scene_camera_yaml("BENCH", ("Đo", "Bench"), (105.8, 21.0)).encode())


def _scene_frames() -> Iterator[Frame]:
    for index, (time_s, image) in enumerate(open_scene(SCENE).frames()):
        yield Frame(index, START_MS + round(time_s * 1000), image)
