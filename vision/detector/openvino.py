"""The default engine: an exported YOLO in OpenVINO on the CPU, several pictures at a time."""

from collections import deque
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vision.detector.ahead import Found
from vision.detector.base import Detections, check_frame
from vision.detector.boxes import letterbox
from vision.detector.export import Export, check_head, model_path, read_export, weights_sha256
from vision.detector.yolo import parse_output
from vision.errors import WeightsError
from vision.frames import Frame, Image


class OpenVinoDetector:
    """A YOLO exported as OpenVINO IR (folder with .xml, .bin, metadata.yaml) or as ONNX; INT8, FP16 or FP32.

    Parameters
    ----------
    weights : Path
        The folder, the ``.xml`` or the ``.onnx``.
    longest_px : int, optional
        Longer side of the network's input for whole frames; what the export names by default.
    lowest_score : float
        What is less sure is left out.
    threads : int
        Threads of the CPU; 0 lets OpenVINO choose.

    Raises
    ------
    WeightsError
        If the weights are absent, broken, of another task, or know no road users.
    """

    name = "openvino"

    def __init__(
        self, weights: Path, *, longest_px: int | None = None, lowest_score: float = 0.1, threads: int = 0
    ) -> None:
        import openvino

        path = model_path(weights)
        self.sha256 = weights_sha256(weights)
        self._lowest_score = lowest_score
        try:
            core = openvino.Core()
            model = core.read_model(path)
            self._export = read_export(path, model)
            check_head(path, model, self._export.names)
            self.fixed_px = _fixed_size(model)
            options: dict[str, Any] = {"PERFORMANCE_HINT": "THROUGHPUT"}
            if threads:
                options["INFERENCE_NUM_THREADS"] = threads
            compiled = core.compile_model(_from_bytes(model), "CPU", options)
            self._queue = openvino.AsyncInferQueue(compiled)
            self._requests = [compiled.create_infer_request() for _ in range(len(self._queue))]
        except RuntimeError as error:
            raise WeightsError(
                f"{path}: OpenVINO cannot read it ({str(error)[:200]}); export the weights again"
            ) from None
        self._outputs: dict[int, NDArray[np.float32]] = {}
        self._queue.set_callback(self._keep)
        self.longest_px = max(self.fixed_px) if self.fixed_px else longest_px or self._export.longest_px

    @property
    def export(self) -> Export:
        """What the export says of itself."""
        return self._export

    def detect(self, frame: Frame) -> Detections:
        """Return the road users of one frame, looked at as a whole."""
        check_frame(frame.image)
        padded, scale = letterbox(frame.image, self.longest_px, square=self.fixed_px is not None)
        height, width = frame.image.shape[:2]
        output = self._run([padded])[0]
        return self._parse(output, scale, (width, height))

    def each(self, frames: Iterable[Frame]) -> Iterator[Found]:
        """Yield each frame with its road users, in order; as many as there are streams are looked at meanwhile."""
        free, waiting = deque(self._requests), deque[tuple[Frame, float, Any]]()
        try:
            for frame in frames:
                check_frame(frame.image)
                padded, scale = letterbox(frame.image, self.longest_px, square=self.fixed_px is not None)
                request = free.popleft()
                request.start_async({0: padded[None]})
                waiting.append((frame, scale, request))
                if not free:
                    free.append(waiting[0][2])
                    yield self._finish(*waiting.popleft())
            while waiting:
                yield self._finish(*waiting.popleft())
        finally:
            for _, _, request in waiting:  # whoever asked went away
                request.wait()

    def _finish(self, frame: Frame, scale: float, request: Any) -> Found:
        request.wait()
        output = np.array(request.get_output_tensor(0).data, np.float32)
        return frame, self._parse(output, scale, (frame.image.shape[1], frame.image.shape[0]))

    def look(self, images: Iterable[Image]) -> list[Detections]:
        """Return the road users of several pictures, each looked at as it is; a fixed export wants its own size."""
        sizes: list[tuple[int, int]] = []

        def counted() -> Iterable[Image]:
            for image in images:
                sizes.append((image.shape[1], image.shape[0]))
                yield image

        outputs = self._run(counted())
        return [self._parse(output, 1.0, size) for output, size in zip(outputs, sizes, strict=True)]

    def _run(self, images: Iterable[Image]) -> list[NDArray[np.float32]]:
        """Run all pictures, as many at once as there are streams; the next is prepared while others run."""
        self._outputs.clear()
        for number, image in enumerate(images):
            self._queue.start_async({0: image[None]}, number)
        self._queue.wait_all()
        return [self._outputs[number] for number in range(len(self._outputs))]

    def _keep(self, request: Any, number: int) -> None:
        self._outputs[number] = np.array(request.get_output_tensor(0).data, np.float32)

    def _parse(self, output: NDArray[np.float32], scale: float, size: tuple[int, int]) -> Detections:
        return parse_output(output, self._export.names, scale=scale, lowest_score=self._lowest_score, size=size)


def _fixed_size(model: Any) -> tuple[int, int] | None:
    """Return the only height and width an export takes; ``None`` where it takes any multiple of 32."""
    height, width = model.inputs[0].partial_shape[2], model.inputs[0].partial_shape[3]
    return (int(height.get_length()), int(width.get_length())) if height.is_static and width.is_static else None


def _from_bytes(model: Any) -> Any:
    """Let the network take a picture's own bytes: what numpy would do to each in floats it does itself, for less."""
    import openvino
    from openvino.preprocess import ColorFormat, PrePostProcessor

    steps = PrePostProcessor(model)
    picture = steps.input()
    picture.tensor().set_element_type(openvino.Type.u8).set_layout(openvino.Layout("NHWC"))
    picture.tensor().set_color_format(ColorFormat.BGR)
    picture.model().set_layout(openvino.Layout("NCHW"))
    picture.preprocess().convert_element_type(openvino.Type.f32).convert_color(ColorFormat.RGB).scale(255.0)
    return steps.build()
