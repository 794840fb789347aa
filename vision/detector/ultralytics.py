"""Weights of the ultralytics library (`.pt`) run in torch, many pictures at once; needs the extra `train`."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vision.detector.ahead import Found, Lanes
from vision.detector.base import GROUPS, Detections, check_frame
from vision.detector.export import check_names, weights_sha256
from vision.detector.library import open_model, our_name
from vision.errors import WeightsError
from vision.frames import Frame, Image

# Pictures of one batch, of which one is looked at while the next comes together.
GPU_BATCH = 16


@dataclass(eq=False)
class Ticket:
    """A picture that waits for its batch, or is the so-manieth of one."""

    picture: Any
    look: Any
    batch: "_Batch | None" = None
    place: int = 0


class _Batch:
    """A batch that is begun; its boxes are fetched once."""

    def __init__(self, batches: Any, begun: Any) -> None:
        self._batches, self._begun = batches, begun
        self._found: list[Detections] | None = None

    def found(self, place: int) -> Detections:
        if self._found is None:
            self._found = self._batches.finish(self._begun)
        return self._found[place]


class UltralyticsDetector:
    """A ``.pt`` file of ultralytics' whose network is run by us (`vision.detector.gpu`).

    Pictures that are begun wait for each other: a batch is looked at when it is full, or when somebody asks for one of
    its pictures.

    Parameters
    ----------
    weights : Path
        The file.
    longest_px : int
        Longer side of the network's input for whole frames.
    lowest_score : float
        What is less sure is left out.
    device : str, optional
        Of torch, for instance ``cuda``; a GPU if there is one by default.
    half : bool, optional
        Whether to reckon in 16-bit floats, boxes aside; on a GPU by default.

    Raises
    ------
    WeightsError
        If the library or the file is absent, or the weights are of another task or know no road users.
    """

    name = "ultralytics"
    fixed_px = None

    def __init__(
        self,
        weights: Path,
        *,
        longest_px: int = 640,
        lowest_score: float = 0.1,
        device: str | None = None,
        half: bool | None = None,
    ) -> None:
        model = open_model(weights)
        names = {int(number): our_name(name) for number, name in model.names.items()}
        check_names(weights, names)
        from vision.detector.gpu.batches import Batches
        from vision.detector.gpu.cells import Cells

        kept = [number for number, name in names.items() if name in GROUPS]
        try:
            cells = Cells(model.model.fuse(verbose=False), kept)
        except AttributeError:
            raise WeightsError(f"{weights}: its head is not that of a YOLO detector (YOLOv8, 11, 26)") from None
        labels = [names[number] for number in kept]
        self.batches = Batches(cells, labels, device=device, half=half, lowest_score=lowest_score)
        self.sha256, self.longest_px = weights_sha256(weights), longest_px
        self.batch = GPU_BATCH if self.batches.is_on_gpu else 1
        self.lanes = 2 * self.batch
        self._waiting: list[Ticket] = []

    def detect(self, frame: Frame) -> Detections:
        """Return the road users of one frame, looked at as a whole."""
        return next(self.each([frame]))[1]

    def each(self, frames: Iterable[Frame]) -> Iterator[Found]:
        """Yield each frame with its road users, in order; frames are scaled where the network is."""
        with Lanes(_Whole(self)) as lanes:
            for frame in frames:
                check_frame(frame.image)
                if lanes.are_full:
                    yield lanes.finish()
                lanes.begin(frame, _AsItIs())
            while lanes:
                yield lanes.finish()

    def begin(self, image: Image, longest_px: int | None = None) -> Ticket:
        """Begin to look at a picture, as it is or scaled until its longer side is so long."""
        from vision.detector.gpu.batches import Look
        from vision.detector.gpu.pictures import Form

        look = Look(Form.BGR, longest_px or max(image.shape[:2]))
        ticket = Ticket(image, look)
        self._waiting.append(ticket)
        if len(self._waiting) >= self.batch:
            self._begin_waiting()
        return ticket

    def finish(self, ticket: Ticket) -> Detections:
        """Return the road users of a picture that was begun, in its own pixels."""
        if ticket.batch is None:
            self._begin_waiting()
        assert ticket.batch is not None
        return ticket.batch.found(ticket.place)

    def _begin_waiting(self) -> None:
        """Begin a batch of each kind of picture that waits."""
        waiting, self._waiting = self._waiting, []
        kinds: dict[Any, list[Ticket]] = {}
        for ticket in waiting:
            kinds.setdefault((ticket.picture.shape, ticket.look), []).append(ticket)
        for (_, look), tickets in kinds.items():
            batch = _Batch(self.batches, self.batches.begin([ticket.picture for ticket in tickets], look))
            for place, ticket in enumerate(tickets):
                ticket.batch, ticket.place = batch, place


class _Whole:
    """The same network, shown whole frames."""

    def __init__(self, detector: UltralyticsDetector) -> None:
        self._detector = detector
        self.name, self.sha256, self.fixed_px = detector.name, detector.sha256, None
        self.longest_px, self.lanes, self.finish = detector.longest_px, detector.lanes, detector.finish

    def detect(self, frame: Frame) -> Detections:
        return self._detector.detect(frame)

    def begin(self, image: Image) -> Ticket:
        return self._detector.begin(image, self.longest_px)


class _AsItIs:
    """A picture shown as it is."""

    def drawn(self, image: Image) -> Image:
        return image

    def placed(self, found: Detections) -> Detections:
        return found
