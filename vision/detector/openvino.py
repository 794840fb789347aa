"""The default engine: an exported YOLO in OpenVINO on the CPU, a picture on each core."""

import os
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vision.detector.ahead import Found, Lanes
from vision.detector.base import GROUPS, Detections, check_frame
from vision.detector.export import Export, check_head, model_path, read_export, weights_sha256
from vision.detector.raw_head import cut_head, raw_parts
from vision.detector.views import Whole
from vision.detector.yolo import chosen, parse_output
from vision.errors import WeightsError
from vision.frames import Frame, Image

# Networks of so many sizes of input are kept ready: the canvas, and whole frames of cameras of some sizes.
MOST_SIZES = 8
MOST_LANES = 16


@dataclass
class _Network:
    """The network made ready for one size of input, which costs a fifth less than one that takes any."""

    compiled: Any
    free: list[Any] = field(default_factory=list)


@dataclass(frozen=True)
class _Ticket:
    network: _Network
    request: Any
    image: Image


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
        Threads of the CPU, each with a picture of its own; 0: as many as there are cores.

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

        self._path = model_path(weights)
        self.sha256 = weights_sha256(weights)
        self._lowest_score = lowest_score
        self._core = openvino.Core()
        self._networks: OrderedDict[tuple[int, ...], _Network] = OrderedDict()
        try:
            model = self._core.read_model(self._path)
            self._export = read_export(self._path, model)
            check_head(self._path, model, self._export.names)
            self.fixed_px = _fixed_size(model)
            self._kept = [number for number, name in self._export.names.items() if name in GROUPS]
            rows = 4 + len(self._export.names)
            cut = cut_head(model, rows - 4, self._kept) if _tells_all_cells(model, rows) else None
            self._is_cut, self._model = cut is not None, _from_bytes(cut or model)
        except RuntimeError as error:
            raise self._unreadable(error) from None
        self.lanes = min(threads or len(os.sched_getaffinity(0)), MOST_LANES)
        self.longest_px = max(self.fixed_px) if self.fixed_px else longest_px or self._export.longest_px

    @property
    def export(self) -> Export:
        """What the export says of itself."""
        return self._export

    def detect(self, frame: Frame) -> Detections:
        """Return the road users of one frame, looked at as a whole."""
        return next(self.each([frame]))[1]

    def each(self, frames: Iterable[Frame]) -> Iterator[Found]:
        """Yield each frame with its road users, in order; as many as there are lanes are looked at meanwhile."""
        with Lanes(self) as lanes:
            for frame in frames:
                check_frame(frame.image)
                if lanes.are_full:
                    yield lanes.finish()
                size = (frame.image.shape[1], frame.image.shape[0])
                lanes.begin(frame, Whole(size, self.longest_px, square=self.fixed_px is not None))
            while lanes:
                yield lanes.finish()

    def begin(self, image: Image) -> _Ticket:
        """Begin to look at a picture as it is; a fixed export wants its own size."""
        network = self._network(image.shape[:2])
        request = network.free.pop() if network.free else network.compiled.create_infer_request()
        request.start_async({0: image[None]}, share_inputs=True)
        return _Ticket(network, request, image)

    def finish(self, ticket: _Ticket) -> Detections:
        """Return the road users of a picture that was begun."""
        ticket.request.wait()
        found = self._parsed([output.data for output in ticket.request.output_tensors], ticket.image)
        ticket.network.free.append(ticket.request)
        return found

    def _parsed(self, outputs: list[NDArray[np.float32]], image: Image) -> Detections:
        size, names = (image.shape[1], image.shape[0]), self._export.names
        if not self._is_cut:
            return parse_output(outputs[0], names, scale=1.0, lowest_score=self._lowest_score, size=size)
        parts = raw_parts(outputs, self._kept, (image.shape[0], image.shape[1]), self._lowest_score)
        return chosen(parts, names, scale=1.0, size=size)

    def _network(self, shape: tuple[int, ...]) -> _Network:
        if shape not in self._networks:
            self._networks[shape] = _Network(self._compiled(shape))
            if len(self._networks) > MOST_SIZES:
                self._networks.popitem(last=False)
        self._networks.move_to_end(shape)
        return self._networks[shape]

    def _compiled(self, shape: tuple[int, ...]) -> Any:
        model = self._model.clone()
        try:
            if self.fixed_px is None:
                model.reshape([1, *shape, 3])
            return self._core.compile_model(
                model, "CPU", {"NUM_STREAMS": self.lanes, "INFERENCE_NUM_THREADS": self.lanes}
            )
        except RuntimeError as error:
            raise self._unreadable(error) from None

    def _unreadable(self, error: RuntimeError) -> WeightsError:
        return WeightsError(f"{self._path}: OpenVINO cannot read it ({str(error)[:200]}); export the weights again")


def _fixed_size(model: Any) -> tuple[int, int] | None:
    """Return the only height and width an export takes; ``None`` where it takes any multiple of 32."""
    height, width = model.inputs[0].partial_shape[2], model.inputs[0].partial_shape[3]
    return (int(height.get_length()), int(width.get_length())) if height.is_static and width.is_static else None


def _tells_all_cells(model: Any, rows: int) -> bool:
    """Return whether a network's output has so many rows and a column a cell, and is no list of finds."""
    shape = model.outputs[0].partial_shape
    is_list = shape[2].is_static and shape[2].get_length() == 6
    return shape[1].is_static and shape[1].get_length() == rows and not is_list


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
