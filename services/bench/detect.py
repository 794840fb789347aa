"""`hanoi bench detect`: the whole way of a frame beside the bare model and a naive pipeline, in turn in one run."""

import itertools
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click
import numpy as np
from rich.console import Console

from services.bench.detect_cuda import cuda_figures
from services.bench.detect_rest import rest_figures
from services.bench.report import Figure, print_report
from services.collect import collect_seldom
from services.settings import Settings
from vision.camera import CameraConfig, parse_camera, read_camera
from vision.detector.base import Detections
from vision.detector.boxes import letterbox, to_input
from vision.detector.export import model_path, read_export
from vision.detector.open import with_canvas
from vision.detector.openvino import OpenVinoDetector
from vision.detector.yolo import parse_output
from vision.errors import VisionError
from vision.frames import Frame, read_frames
from vision.pipeline import Watcher
from vision.scenes.street import open_street, street_camera_yaml

START_MS = 1_700_000_000_000
SCENE = "scene://street?seed=1"
GOAL_FRAMES = "ours >= 40"
# The first frames are looked at whole, until it is known how tall riders stand; then the canvas is laid a few times.
WARM_UP = 40
# So many frames of one way, then as many of the next: all meet the same load of the machine.
CHUNK = 20


@click.command()
@click.option("--weights", type=click.Path(path_type=Path), help="OpenVINO folder; HANOI_VISION_WEIGHTS by default.")
@click.option("--video", help="A recording; a rendered scene by default.")
@click.option("--camera", "camera_file", type=click.Path(path_type=Path), help="Its camera file.")
@click.option("--frames", default=200, show_default=True, type=click.IntRange(min=10), help="How many to time.")
@click.option(
    "--device", default="cpu", show_default=True, type=click.Choice(["cpu", "cuda"]), help="cuda: .pt weights."
)
@click.option("--workers", default=3, show_default=True, type=click.IntRange(min=1), help="cuda: processes.")
def detect(
    weights: Path | None, video: str | None, camera_file: Path | None, frames: int, device: str, workers: int
) -> None:
    """Time detection beside the bare model; on a GPU, streams of full-HD video (--video is played again and again)."""
    chosen = weights or Settings().vision.weights
    if chosen is None:
        raise click.ClickException("no weights; give --weights FOLDER or set HANOI_VISION_WEIGHTS")
    if device == "cpu" and (video is None) != (camera_file is None):
        raise click.ClickException("--video and --camera belong together; give both or none")
    collect_seldom()  # as the process does that watches
    try:
        if device == "cuda":
            console = Console(stderr=True)
            print_report("detect", cuda_figures(chosen, Path(video) if video else None, workers, console.print))
            return
        camera = read_camera(camera_file) if camera_file else _scene_camera()

        def pictures() -> Iterator[Frame]:
            every = read_frames(video, start_ms=START_MS) if video else _scene_frames()
            return itertools.islice(every, frames + WARM_UP)

        print_report("detect", [*_compare(camera, chosen, pictures), *rest_figures(camera, pictures())])
    except VisionError as error:
        raise click.ClickException(str(error)) from error


class BareModel:
    """The network alone, as its makers time it: a whole frame, prepared beforehand in 32-bit floats."""

    name = "bare"

    def __init__(self, weights: Path) -> None:
        import openvino

        core, path = openvino.Core(), model_path(weights)
        model = core.read_model(path)
        self._export = read_export(path, model)
        self._is_fixed = bool(model.inputs[0].partial_shape.is_static)
        self._request = core.compile_model(model, "CPU", {"PERFORMANCE_HINT": "LATENCY"}).create_infer_request()
        self.sha256, self.spent = "0" * 64, Spent()

    def detect(self, frame: Frame) -> Detections:
        """Return the road users of one frame, timing the network apart."""
        padded, scale = letterbox(frame.image, self._export.longest_px, square=self._is_fixed)
        prepared = to_input(padded)
        output: Any = self.spent.time(lambda: np.asarray(self._request.infer({0: prepared})[0]))
        size = (frame.image.shape[1], frame.image.shape[0])
        return parse_output(output, self._export.names, scale=scale, lowest_score=0.1, size=size)


class Spent:
    """Wall and processor seconds of each call."""

    def __init__(self) -> None:
        self._rows: list[tuple[float, float]] = []

    def time(self, call: Callable[[], Any]) -> Any:
        """Call something and note how long it took."""
        wall, cpu = time.perf_counter(), time.process_time()
        result = call()
        self._rows.append((time.perf_counter() - wall, time.process_time() - cpu))
        return result

    @property
    def ms(self) -> tuple[float, float]:
        """Mean wall and processor milliseconds of a call after the warm-up."""
        rows = self._rows[WARM_UP:]
        if not rows:
            raise VisionError(f"too few frames to time; give a recording of more than {WARM_UP}")
        wall, cpu = np.mean(rows, axis=0) * 1000
        return float(wall), float(cpu)


def _compare(camera: CameraConfig, weights: Path, pictures: Callable[[], Iterator[Frame]]) -> list[Figure]:
    """Send the same frames through each way in turn, a second or so at a time, each decoding for itself."""
    bare, engine = BareModel(weights), OpenVinoDetector(weights)
    ways = {
        "canvas": _Way(Watcher(camera, with_canvas(engine)), pictures()),
        "whole": _Way(Watcher(camera, engine), pictures()),
        "naive": _Way(Watcher(camera, bare), pictures()),
    }
    for count in itertools.chain([WARM_UP], itertools.repeat(CHUNK)):
        full = [way.go(count) for way in ways.values()]  # a list: each way goes, whether or not the last was full
        if not all(full):
            break
    per_s = {name: round(1000 / way.ms[0], 2) for name, way in ways.items()}
    cpu = {name: round(way.ms[1], 2) for name, way in ways.items()}
    bare_ms, bare_cpu = bare.spent.ms
    bare_per_s = round(1000 / bare_ms, 2)
    return [
        Figure("frames_per_s", "1/s", per_s["whole"], "bare model", bare_per_s),
        Figure("frames_per_s_beside_naive", "1/s", per_s["whole"], "whole frames one after another", per_s["naive"]),
        Figure("frames_per_s_canvas", "1/s", per_s["canvas"], "bare model", bare_per_s, GOAL_FRAMES),
        Figure("cpu_ms_per_frame", "ms", cpu["whole"], "bare model", round(bare_cpu, 2)),
        Figure("cpu_ms_per_frame_beside_naive", "ms", cpu["whole"], "whole frames one after another", cpu["naive"]),
        Figure("cpu_ms_per_frame_canvas", "ms", cpu["canvas"], "bare model", round(bare_cpu, 2)),
    ]


class _Way:
    """One way of watching a recording, its wall and processor time after the first frames."""

    def __init__(self, watcher: Watcher, frames: Iterator[Frame]) -> None:
        self._watcher, self._frames = watcher, frames
        self._rows: list[tuple[float, float, int]] = []

    def go(self, count: int) -> bool:
        """Watch some frames; return whether there were as many."""
        wall, cpu = time.perf_counter(), time.process_time()
        done = self._watcher.step(itertools.islice(self._frames, count)).frames
        self._rows.append((time.perf_counter() - wall, time.process_time() - cpu, done))
        return done == count

    @property
    def ms(self) -> tuple[float, float]:
        """Mean wall and processor milliseconds of a frame after the warm-up."""
        wall, cpu, count = np.sum(self._rows[1:] or [(0.0, 0.0, 0)], axis=0)
        if not count:
            raise VisionError(f"too few frames to time; give a recording of more than {WARM_UP}")
        return float(wall / count * 1000), float(cpu / count * 1000)


def _scene_camera() -> CameraConfig:
    return parse_camera(street_camera_yaml("BENCH", ("Đo", "Bench"), (105.8, 21.0)).encode())


def _scene_frames() -> Iterator[Frame]:
    for index, (time_s, image) in enumerate(open_street(SCENE).frames()):
        yield Frame(index, START_MS + round(time_s * 1000), image)
