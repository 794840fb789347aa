"""Batches of pictures through one network: on a GPU all steps of a batch are recorded once and then played."""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from vision.detector.base import GROUPS, NOTHING, Detections
from vision.detector.boxes import keep_best
from vision.detector.gpu.cells import Cells, sure_boxes
from vision.detector.gpu.kernels import compiled
from vision.detector.gpu.pictures import Form, size_of, to_input
from vision.detector.gpu.repeats import unrepeated
from vision.detector.yolo import GROUP_NUMBER, SAME_OVERLAP

# A batch is filled up to one of these: each is recorded for itself.
COUNTS = (2, 4, 8, 16, 32, 64)
# So many kinds of batch (size of picture, how many) are kept.
MOST_RECORDED = 32
# The surest cells of a picture that are looked at: an eighth of all, as many as a dense street has.
SHARE, MOST_CELLS = 8, 1024
WARM_UP = 3


@dataclass(frozen=True)
class Look:
    """How pictures are shown to the network: how their bytes lie, and how long their longer side becomes."""

    form: Form
    longest_px: int


@dataclass(frozen=True)
class Batch:
    """Pictures that are looked at: ``found`` n × k × 7 on the processor, there when ``done`` (an event) is."""

    found: Any
    done: Any
    size: tuple[int, int]
    scale: float


@dataclass(frozen=True)
class _Recorded:
    """A batch's steps, where its pictures go and where its boxes come out."""

    play: Callable[[], None]
    pictures: Any
    found: Any


class Batches:
    """One network on one device.

    Parameters
    ----------
    cells : Cells
        The network.
    labels : sequence of str
        Of its classes, keys of `GROUPS`.
    device : str, optional
        Of torch; a GPU if there is one by default.
    half : bool, optional
        Whether to reckon in 16 bits, boxes aside; on a GPU by default.
    lowest_score : float
        What is less sure is left out.
    """

    def __init__(
        self,
        cells: Cells,
        labels: Sequence[str],
        *,
        device: str | None = None,
        half: bool | None = None,
        lowest_score: float = 0.1,
    ) -> None:
        self._device = torch.device(device or ("cuda" if torch.cuda.is_available() else "cpu"))
        self.is_on_gpu = self._device.type == "cuda"
        self._dtype = torch.float16 if (self.is_on_gpu if half is None else half) else torch.float32
        self.cells = cells.eval().to(self._device, self._dtype, memory_format=torch.channels_last)
        self.labels, self._lowest = tuple(labels), lowest_score
        numbers = [GROUP_NUMBER[GROUPS[label]] for label in labels]
        self._groups = torch.tensor(numbers, device=self._device)
        self._recorded: OrderedDict[tuple[Any, ...], _Recorded] = OrderedDict()
        self._shown: dict[Look, Callable[[Any], Any]] = {}
        self._find: Callable[[Any], Any] = self._found
        if self.is_on_gpu:
            self._find = compiled(self._found)
            self.stream, self._pool = torch.cuda.Stream(self._device), torch.cuda.graph_pool_handle()

    def begin(self, pictures: Sequence[Any], look: Look, after: Sequence[Any] = ()) -> Batch:
        """Begin to look at some pictures of one size.

        Parameters
        ----------
        pictures : sequence of torch.Tensor or ndarray
            Bytes, on the device or not; at most as many as the last of `COUNTS`.
        look : Look
            How they are shown.
        after : sequence of torch.cuda.Event
            What must have happened before they are there.

        Returns
        -------
        Batch
            To be finished.
        """
        stack = [torch.as_tensor(picture) for picture in pictures]
        size = size_of(tuple(stack[0].shape), look.form)
        scale = look.longest_px / max(size)
        with torch.inference_mode():
            if not self.is_on_gpu:
                return Batch(self._steps(torch.stack(stack), look), None, size, scale)
            return Batch(*self._played(stack, look, after), size, scale)

    def _played(self, stack: list[Any], look: Look, after: Sequence[Any]) -> tuple[Any, Any]:
        """Play the steps; return where the answer comes to lie on the processor, and the event when it does."""
        count = next(count for count in COUNTS if count >= len(stack))
        recorded = self._record(tuple(stack[0].shape), look, count)
        with torch.cuda.stream(self.stream):
            for event in after:
                self.stream.wait_event(event)
            if stack[0].is_cuda:
                torch.stack(stack, out=recorded.pictures[: len(stack)])
            else:
                for slot, picture in zip(recorded.pictures, stack, strict=False):
                    slot.copy_(picture, non_blocking=True)
            recorded.play()
            found = torch.empty_like(recorded.found[: len(stack)], device="cpu", pin_memory=True)
            found.copy_(recorded.found[: len(stack)], non_blocking=True)
            done = torch.cuda.Event()
            done.record(self.stream)
        return found, done

    def finish(self, batch: Batch) -> list[Detections]:
        """Wait for a batch and return the road users of each picture, in its own pixels."""
        if batch.done is not None:
            batch.done.synchronize()
        return [self._of_one(rows, batch) for rows in batch.found.numpy()]

    def placed(self, picture: Any) -> Any:
        """Return a picture's bytes where the network is."""
        return torch.as_tensor(picture).to(self._device)

    def _of_one(self, rows: NDArray[np.float32], batch: Batch) -> Detections:
        rows = rows[rows[:, 6] > 0]
        if not len(rows):
            return NOTHING
        numbers = rows[:, 5].astype(np.int64)
        if rows[0, 6] < 1.5:  # not settled on the device: all of them came, and are struck out in order
            groups = np.array([GROUP_NUMBER[GROUPS[label]] for label in self.labels])[numbers]
            stay = keep_best(np.ascontiguousarray(rows[:, :4]), rows[:, 4], groups, SAME_OVERLAP)
            rows, numbers = rows[stay], numbers[stay]
        limit = np.array([*batch.size, *batch.size], np.float32)
        boxes = np.clip(rows[:, :4] / np.float32(batch.scale), 0, limit).astype(np.float32)
        return Detections(boxes, rows[:, 4].copy(), tuple(self.labels[number] for number in numbers))

    def _steps(self, stack: Any, look: Look) -> Any:
        if look not in self._shown:
            show = partial(to_input, form=look.form, longest_px=look.longest_px, dtype=self._dtype)
            self._shown[look] = compiled(show) if self.is_on_gpu else show
        return self._find(self._shown[look](stack))

    def _found(self, shown: Any) -> Any:
        """Return n × k × 7: box, score, class, and 2 if it stays, 1 if that is still to be found out, else 0."""
        sides, classes, places = self.cells(shown)
        boxes, scores, kinds = sure_boxes(sides, classes, places, min(MOST_CELLS, len(places) // SHARE))
        alive = scores >= self._lowest
        stays, is_settled = unrepeated(boxes, self._groups[kinds], alive, SAME_OVERLAP)
        told = stays.where(is_settled[:, None], alive) * (1 + is_settled[:, None].float())
        return torch.cat([boxes, scores[:, :, None], kinds[:, :, None].float(), told[:, :, None]], 2)

    def _record(self, shape: tuple[int, ...], look: Look, count: int) -> _Recorded:
        key = (shape, look, count)
        if key not in self._recorded:
            self._recorded[key] = self._new(shape, look, count)
            if len(self._recorded) > MOST_RECORDED:
                self._recorded.popitem(last=False)
        self._recorded.move_to_end(key)
        return self._recorded[key]

    def _new(self, shape: tuple[int, ...], look: Look, count: int) -> _Recorded:
        pictures = torch.zeros((count, *shape), dtype=torch.uint8, device=self._device)
        torch.cuda.synchronize(self._device)
        with torch.cuda.stream(self.stream):
            for _ in range(WARM_UP):
                self._steps(pictures, look)
            self.stream.synchronize()
            graph = torch.cuda.CUDAGraph()
            with torch.cuda.graph(graph, pool=self._pool, stream=self.stream, capture_error_mode="thread_local"):
                found = self._steps(pictures, look)
        return _Recorded(graph.replay, pictures, found)
