"""The plate finder: a vehicle's grey picture to a map of where a plate's middle is and how large it is there."""

from collections.abc import Iterator
from typing import Any

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn import functional as F  # noqa: N812 - as everybody calls it

from vision.frames import Image
from vision.learn.layers import Block, conv, evened
from vision.learn.shots import spoilt
from vision.plates.own import FINDER_PX, FINDER_STRIDE

GRID = FINDER_PX // FINDER_STRIDE
SIZES = 1.0


class FinderNet(nn.Module):
    """Grey pictures (n × 1 × 160 × 160) to n × 5 × 20 × 20: chance (logit), middle in cells, log of size in cells."""

    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Sequential(
            conv(1, 16, side=5, step=2), conv(16, 32, step=2), conv(32, 64, step=2), Block(64), Block(64)
        )
        self.out = nn.Conv2d(64, 5, 1)
        nn.init.constant_(self.out.bias, -3.0)

    def forward(self, grey: Any) -> Any:
        """Return the map."""
        return self.out(self.body(evened(grey)))


class Finding(nn.Module):
    """What is exported: the chance between 0 and 1."""

    def __init__(self, net: FinderNet) -> None:
        super().__init__()
        self.net = net

    def forward(self, grey: Any) -> Any:
        """Return n × 5 × 20 × 20."""
        x = self.net(grey)
        return torch.cat([x[:, :1].sigmoid(), x[:, 1:]], 1)


Marked = tuple[Image, NDArray[np.float64] | None]  # a vehicle's grey picture, the corners of its plate


def batches(vehicles: list[Marked], size: int, rng: np.random.Generator) -> Iterator[tuple[Any, ...]]:
    """Yield pictures with their maps: other rooms around the vehicle, scales, light and flaws each time."""
    while True:
        pairs = [_example(*vehicles[int(rng.integers(len(vehicles)))], rng) for _ in range(size)]
        yield (
            torch.from_numpy(np.stack([grey for grey, _ in pairs])[:, None]).float(),
            torch.from_numpy(np.stack([target for _, target in pairs])),
        )


def _example(
    image: Image, corners: NDArray[np.float64] | None, rng: np.random.Generator
) -> tuple[Image, NDArray[np.float32]]:
    tall, wide = image.shape[:2]
    side = max(tall, wide)
    edges = rng.normal(0.0, 0.05, 4) * side
    scale = FINDER_PX / max(wide + edges[0] + edges[2], tall + edges[1] + edges[3])
    mirror = rng.random() < 0.5
    turn = np.array([[scale, 0, edges[0] * scale], [0, scale, edges[1] * scale]])
    if mirror:
        turn[0] = [-scale, 0, (wide + edges[0]) * scale]
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    small = cv2.resize(image, None, fx=min(1.0, scale * 1.5), fy=min(1.0, scale * 1.5), interpolation=way)
    shrunk = small.shape[1] / wide
    inner = turn.copy()
    inner[:, :2] /= shrunk
    placed = cv2.warpAffine(small, inner, (FINDER_PX, FINDER_PX), borderMode=cv2.BORDER_CONSTANT, borderValue=(114,))
    grey = spoilt(np.asarray(placed, np.uint8), 40.0, rng)
    target = np.zeros((6, GRID, GRID), np.float32)
    if corners is not None:
        points = corners @ turn[:, :2].T + turn[:, 2]
        _mark(target, points.min(0) / FINDER_STRIDE, points.max(0) / FINDER_STRIDE)
    return grey, target


def _mark(target: NDArray[np.float32], low: NDArray[np.float64], high: NDArray[np.float64]) -> None:
    """Mark the plate: a hill in the first sheet, place and size in the cells around its middle."""
    middle, size = (low + high) / 2, high - low
    if not (0 <= middle[0] < GRID and 0 <= middle[1] < GRID) or size[0] * FINDER_STRIDE < 5:
        return
    y, x = np.mgrid[:GRID, :GRID] + 0.5
    far = ((x - middle[0]) / max(0.7, size[0] / 5)) ** 2 + ((y - middle[1]) / max(0.7, size[1] / 5)) ** 2
    target[0] = np.exp(-far)
    near = (np.abs(x - middle[0]) < 1.2) & (np.abs(y - middle[1]) < 1.2)
    target[0, int(middle[1]), int(middle[0])] = 1.0
    target[1], target[2] = middle[0] - x, middle[1] - y
    target[3], target[4] = np.log(size[0]), np.log(size[1])
    target[5] = near


def loss(given: Any, target: Any) -> tuple[Any, dict[str, float]]:
    """Return the loss of maps: a focal one for the chance, distances for place and size."""
    given = given.float()
    chance = given[:, 0].sigmoid().clamp(1e-4, 1 - 1e-4)
    hill, near = target[:, 0], target[:, 5]
    is_top = hill >= 1
    hit = -(torch.log(chance) * (1 - chance) ** 2)[is_top].sum()
    miss = -(torch.log(1 - chance) * chance**2 * (1 - hill) ** 4)[~is_top].sum()
    count = is_top.sum().clamp(min=1)
    shape = (F.smooth_l1_loss(given[:, 1:], target[:, 1:5], beta=0.1, reduction="none").sum(1) * near).sum()
    shape = shape / near.sum().clamp(min=1)
    found = chance.flatten(1).argmax(1)
    right = (near.flatten(1).gather(1, found[:, None])[:, 0] > 0)[near.flatten(1).amax(1) > 0].float().mean()
    value = (hit + miss) / count + SIZES * shape
    return value, {
        "chance": float(((hit + miss) / count).detach()),
        "size": float(shape.detach()),
        "middle right": float(right),
    }
