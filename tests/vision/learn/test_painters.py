"""Painters beside a fit: what they leave in shared room is what they painted."""

import multiprocessing

import numpy as np

from vision.learn.painters import Slots, paint_for_ever, painted


def test_a_painter_fills_free_slots_with_its_junctions_and_waits_for_room() -> None:
    context = multiprocessing.get_context("spawn")
    slots = Slots.of(context, 2)
    painter = context.Process(target=paint_for_ever, args=(slots, 7, 3), daemon=True)
    painter.start()
    pictures, boxes = slots.views()
    alone = painted(iter([7]), 20_000_000)
    for _ in range(3):
        slot, count = slots.full.get()
        image, found, numbers = next(alone)
        assert (pictures[slot] == image).all()
        assert count == len(numbers)
        assert np.allclose(boxes[slot, :count, :4], found)
        assert boxes[slot, :count, 4].tolist() == numbers.tolist()
        slots.free.put(slot)
    painter.kill()
    painter.join()
