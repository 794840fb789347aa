"""Fit the plate reader on made-up plates."""

import multiprocessing
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional as F  # noqa: N812 - as everybody calls it

from vision.learn.alphabets import alphabets
from vision.learn.reader_net import PlateNet
from vision.learn.shots import SMALLEST_PX, take_shot
from vision.plates.own import TALL, WIDE
from vision.plates.slots import PLACES

# So many pictures begin large and become smaller: clear ones teach where to look.
EASY, EASY_PX = 15_000, 90.0
SPREAD = 1.2  # of the attention that a place is taught, in cells
ATTENTION, CORNERS, ROWS = 0.3, 2.0, 0.1


@dataclass(frozen=True)
class PlatePlan:
    """What is made up: a pool of pictures, renewed by another process while they are learnt."""

    batch: int = 64
    pool: int = 100_000
    bent: int = 150
    fonts: Path | None = None
    seed: int = 1


class Pool:
    """Examples in shared memory, the oldest written over."""

    def __init__(self, plan: PlatePlan) -> None:
        self._plan = plan
        self._made = multiprocessing.Value("q", 0)
        self._grey = _shared((plan.pool, TALL, WIDE), np.uint8)
        self._places = _shared((plan.pool, PLACES), np.uint8)
        self._middles = _shared((plan.pool, PLACES, 2), np.float32)
        self._corners = _shared((plan.pool, 9), np.float32)
        self._maker = multiprocessing.get_context("fork").Process(target=self._fill, daemon=True)

    def __enter__(self) -> "Pool":
        self._maker.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._maker.terminate()
        self._maker.join()

    def _fill(self) -> None:
        os.nice(5)
        cv2.setNumThreads(1)
        plan = self._plan
        rng = np.random.default_rng(plan.seed)
        shapes = alphabets(rng, plan.bent, plan.fonts)
        while True:
            at = self._made.value % plan.pool
            ease = max(0.0, 1 - self._made.value / EASY)
            shot = take_shot(shapes, rng, SMALLEST_PX * (1 - ease) + EASY_PX * ease)
            self._grey[at], self._places[at], self._middles[at] = shot.grey, shot.places, shot.middles
            self._corners[at, :8], self._corners[at, 8] = shot.corners.ravel(), shot.rows - 1
            self._made.value += 1

    def batches(self) -> Iterator[tuple[Any, ...]]:
        """Yield grey pictures, signs of the places, their middles, corners with lines."""
        rng = np.random.default_rng(self._plan.seed)
        while self._made.value < min(self._plan.pool, 20 * self._plan.batch):
            time.sleep(0.1)
        while True:
            at = rng.integers(0, min(self._plan.pool, self._made.value), self._plan.batch)
            yield (
                torch.from_numpy(self._grey[at][:, None]).float(),
                torch.from_numpy(self._places[at]).long(),
                torch.from_numpy(self._middles[at]),
                torch.from_numpy(self._corners[at]),
            )


def _shared(shape: tuple[int, ...], kind: Any) -> NDArray[Any]:
    raw = multiprocessing.RawArray("b", int(np.prod(shape)) * np.dtype(kind).itemsize)
    return np.frombuffer(raw, kind).reshape(shape)


def loss(given: tuple[Any, Any, Any], places: Any, middles: Any, corners: Any) -> tuple[Any, dict[str, float]]:
    """Return the loss of signs, of where each place looks, of corners and of lines."""
    signs, weight, edge = (part.float() for part in given)
    what = F.cross_entropy(signs.flatten(0, 1), places.flatten())
    where = -(_attention(middles) * weight.log_softmax(2)).sum(2)[middles[..., 0] >= 0].mean()
    shape = F.smooth_l1_loss(edge[:, :8], corners[:, :8], beta=0.05)
    rows = F.binary_cross_entropy_with_logits(edge[:, 8], corners[:, 8])
    right = signs.argmax(2) == places
    value = what + ATTENTION * where + CORNERS * shape + ROWS * rows
    return value, {
        "signs": float(what.detach()),
        "attention": float(where.detach()),
        "corners": float(shape.detach()),
        "sign right": float(right.float().mean()),
        "plate right": float(right.all(1).float().mean()),
    }


def _attention(middles: Any) -> Any:
    """Return how much of each cell a place should look at: a hill around its sign."""
    tall, wide = PlateNet.GRID
    y = (torch.arange(tall) + 0.5)[None, None, :, None]
    x = (torch.arange(wide) + 0.5)[None, None, None]
    off = (x - middles[..., 0, None, None] * wide) ** 2 / 2 + (y - middles[..., 1, None, None] * tall) ** 2
    return (-off / SPREAD**2).flatten(2).softmax(2)
