"""The shipped helmet classifier: who rides without a helmet, who with, of whom it cannot be told."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from vision.detector.base import Detections
from vision.detector.small import open_network
from vision.frames import Image
from vision.heads.crop import TALL, WIDE, Box, head_part

SHIPPED = Path(__file__).parents[1] / "weights" / "heads"
# A rider lower than this is not judged; a head is bare or not where the network is so sure, else nothing is said.
LEAST_PX = 28.0
BARE, COVERED = 0.97, 0.10


class HeadTeller:
    """Tells bare heads; it was shown painted riders only.

    Parameters
    ----------
    folder : Path
        Holds ``model.xml`` and ``model.bin``.

    Raises
    ------
    WeightsError
        If they cannot be read or are another network.
    """

    def __init__(self, folder: Path = SHIPPED) -> None:
        self._run, self.sha256 = open_network(folder, (3, TALL, WIDE), (1,))

    def tell(self, image: Image, found: Detections) -> Detections:
        """Add what each person's head is: 1 bare, 0 under a helmet, ``None`` where it cannot be told.

        Parameters
        ----------
        image : ndarray
            The frame.
        found : Detections
            Before riders and two-wheelers are joined.

        Returns
        -------
        Detections
            The same where the detector itself tells helmets or nobody is large enough.
        """
        if found.bare_heads:
            return found
        boxes = ((b[0], b[1], b[2], b[3]) for b in found.boxes.tolist())
        people = [box if label == "person" else None for box, label in zip(boxes, found.labels, strict=True)]
        chances = self.chances(image, people)
        heads = tuple(None if c is None or COVERED < c < BARE else int(c >= BARE) for c in chances)
        return Detections(found.boxes, found.scores, found.labels, found.heads, heads)

    def chances(self, image: Image, boxes: Sequence[Box | None]) -> list[float | None]:
        """Return how likely each rider's head is bare; ``None`` for ``None`` and for those too small."""
        parts = {i: head_part(image, box) for i, box in enumerate(boxes) if box and box[3] - box[1] >= LEAST_PX}
        whole = {i: part for i, part in parts.items() if part is not None}
        told: list[float | None] = [None] * len(boxes)
        if whole:
            pictures = np.stack(list(whole.values())).transpose(0, 3, 1, 2).astype(np.float32)
            for i, chance in zip(whole, np.asarray(self._run.infer({0: pictures})[0])[:, 0].tolist(), strict=True):
                told[i] = chance
        return told
