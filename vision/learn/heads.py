"""The helmet classifier: the upper part of a rider's picture to the chance that the head is bare."""

from collections.abc import Iterator
from typing import Any

import cv2
import numpy as np
import torch
from torch import nn
from torch.nn import functional as F  # noqa: N812 - as everybody calls it

from vision.frames import Image
from vision.heads.crop import TALL, WIDE, Box, head_part
from vision.learn.layers import Block, conv
from vision.scenes.vehicle_looks import Rider

SMALLEST_PX, LARGEST_PX = 28.0, 160.0  # height of a rider in the picture
POOL = 12_000


class HeadNet(nn.Module):
    """Pictures (n × 3 × 32 × 48) to logits of a bare head (n)."""

    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Sequential(conv(3, 24, step=2), Block(24), conv(24, 48, step=2), Block(48), conv(48, 64, step=2))
        self.out = nn.Sequential(nn.Linear(64 * (TALL // 8) * (WIDE // 8), 48), nn.ReLU(), nn.Linear(48, 1))

    def forward(self, picture: Any) -> Any:
        """Return n logits."""
        x = picture.float()
        mean = x.mean((1, 2, 3), keepdim=True)
        x = (x - mean) / ((x - mean).square().mean((1, 2, 3), keepdim=True).sqrt() + 6.0)
        return self.out(self.body(x).flatten(1))[:, 0]


class Bareness(nn.Module):
    """What is exported: the chance that the head is bare."""

    def __init__(self, net: HeadNet) -> None:
        super().__init__()
        self.net = net

    def forward(self, picture: Any) -> Any:
        """Return n × 1."""
        return self.net(picture).sigmoid()[:, None]


Ridden = tuple[Image, tuple[Rider, ...]]


def batches(vehicles: list[Ridden], size: int, rng: np.random.Generator) -> Iterator[tuple[Any, ...]]:
    """Yield head pictures and whether each is bare: a quarter new ones, the others met before."""
    ridden = [(_around(image, rider), not rider.has_helmet) for image, riders in vehicles for rider in riders]
    pool: list[tuple[Image, bool]] = []
    while True:
        fresh = [_shown(*ridden[int(rng.integers(len(ridden)))], rng) for _ in range(size if not pool else size // 4)]
        pool = (pool + fresh)[-POOL:]
        made = fresh + [pool[int(rng.integers(len(pool)))] for _ in range(size - len(fresh))]
        pictures = np.stack([part for part, _ in made]).transpose(0, 3, 1, 2)
        yield torch.from_numpy(pictures.copy()).float(), torch.tensor([bare for _, bare in made]).float()


def _around(image: Image, rider: Rider) -> tuple[Image, Box]:
    """Cut a rider's upper half out with room for boxes that are off; return it with the rider's box there."""
    left, top, right, bottom = rider.box
    wide, tall = right - left, bottom - top
    x, y = max(0, int(left - 0.4 * wide)), max(0, int(top - 0.3 * tall))
    part = image[y : int(top + 0.7 * tall) + 1, x : int(right + 0.4 * wide) + 1]
    return np.ascontiguousarray(part), (left - x, top - y, right - x, bottom - y)


def _shown(cut: tuple[Image, Box], is_bare: bool, rng: np.random.Generator) -> tuple[Image, bool]:
    image, (left, top, right, bottom) = cut
    wide, tall = right - left, bottom - top
    scale = min(1.0, float(np.exp(rng.uniform(np.log(SMALLEST_PX), np.log(LARGEST_PX)))) / tall)
    small = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    box = (np.array([left, top, right, bottom]) + rng.normal(0, 0.04, 4) * [wide, tall, wide, tall]) * scale
    part = head_part(_spoilt(np.asarray(small, np.uint8), rng), (box[0], box[1], box[2], box[3]))
    if part is None:
        return _shown(cut, is_bare, rng)
    return part if rng.random() < 0.5 else part[:, ::-1], is_bare


def _spoilt(image: Image, rng: np.random.Generator) -> Image:
    x = image.astype(np.float32)
    if rng.random() < 0.5:
        x = np.asarray(cv2.GaussianBlur(x, (0, 0), rng.uniform(0.3, 1.1)), np.float32)
    light = rng.uniform(0.5, 1.6)
    x = x * light * rng.uniform(0.9, 1.1, 3).astype(np.float32) + rng.normal(0, 8)
    x += rng.standard_normal(x.shape, np.float32) * np.float32(rng.uniform(0.5, 6.0))
    packed = np.clip(x, 0, 255).astype(np.uint8)
    quality = [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(45, 96))]
    return np.asarray(cv2.imdecode(cv2.imencode(".jpg", packed, quality)[1], cv2.IMREAD_COLOR), np.uint8)


def loss(given: Any, bare: Any) -> tuple[Any, dict[str, float]]:
    """Return the loss and how many are told right."""
    given = given.float()
    value = F.binary_cross_entropy_with_logits(given, bare)
    return value, {"loss": float(value.detach()), "right": float(((given > 0) == (bare > 0.5)).float().mean())}
