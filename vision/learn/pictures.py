"""Painted pictures with their boxes, kept where a network is fitted; the newest take the place of the oldest."""

import multiprocessing
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import torch

from vision.errors import VisionError
from vision.learn.painters import MOST_BOXES, Slots, paint_for_ever
from vision.scenes.made_up import SIZE

SLOTS_EACH = 12
AT_ONCE = 24  # pictures taken over between two steps, at most
TELL_PICTURES = 5000
DEAD_S = 180.0


@dataclass(frozen=True)
class PaintPlan:
    """What is painted: junctions of ``seed`` on, in ``jobs`` processes.

    ``first`` pictures are waited for; ``most`` are kept.
    """

    seed: int = 20_000
    first: int = 400
    most: int = 20_000
    jobs: int = 2


class Pictures:
    """Pictures of one size and what is to be seen there.

    Parameters
    ----------
    plan : PaintPlan
        How many there is room for.
    device : str
        Where they lie, in torch's words.
    slots : Slots
        Where new ones come from.
    tell : callable
        Takes lines of progress.
    """

    def __init__(self, plan: PaintPlan, device: str, slots: Slots, tell: Callable[[str], None]) -> None:
        width, height = SIZE
        self.images = torch.empty((plan.most, height, width, 3), dtype=torch.uint8, device=device)
        self.boxes = torch.zeros((plan.most, MOST_BOXES, 4), device=device)
        self.numbers = torch.full((plan.most, MOST_BOXES), -1, dtype=torch.int64, device=device)
        self.painted = 0
        self._slots, self._tell = slots, tell
        self._views = slots.views()

    @property
    def count(self) -> int:
        """How many there are."""
        return min(self.painted, len(self.images))

    def take(self) -> int:
        """Take over what was painted meanwhile, and return how many."""
        taken = 0
        while taken < AT_ONCE and not self._slots.full.empty():
            slot, found = self._slots.full.get()
            row = self.painted % len(self.images)
            boxes = torch.from_numpy(self._views[1][slot, :found]).to(self.boxes.device)
            self.images[row].copy_(torch.from_numpy(self._views[0][slot]))
            self.boxes[row, :found] = boxes[:, :4]
            self.numbers[row] = -1
            self.numbers[row, :found] = boxes[:, 4].long()
            self._slots.free.put(slot)
            self.painted += 1
            taken += 1
            if self.painted % TELL_PICTURES == 0:
                self._tell(f"{self.painted} pictures painted")
        return taken


@contextmanager
def painting(plan: PaintPlan, device: str, tell: Callable[[str], None]) -> Iterator[Pictures]:
    """Paint in processes of their own; give the pictures once there are enough to begin, and go on meanwhile.

    Parameters
    ----------
    plan : PaintPlan
        See there.
    device : str
        Where the pictures lie.
    tell : callable
        Takes lines of progress.

    Yields
    ------
    Pictures
        They become more with each `Pictures.take`.

    Raises
    ------
    VisionError
        If nothing is painted.
    """
    context = multiprocessing.get_context("spawn")
    slots = Slots.of(context, plan.jobs * SLOTS_EACH)
    painters = [
        context.Process(target=paint_for_ever, args=(slots, plan.seed + k, plan.jobs), daemon=True)
        for k in range(plan.jobs)
    ]
    for painter in painters:
        painter.start()
    try:
        pictures = Pictures(plan, device, slots, tell)
        late = time.monotonic() + DEAD_S
        while pictures.count < min(plan.first, plan.most):
            if pictures.take():
                late = time.monotonic() + DEAD_S
            elif time.monotonic() > late:
                raise VisionError(f"nothing was painted for {DEAD_S:.0f} s; look above for what the painters said")
            else:
                time.sleep(0.02)
        tell(f"{pictures.count} pictures to begin with")
        yield pictures
    finally:
        for painter in painters:
            painter.kill()
