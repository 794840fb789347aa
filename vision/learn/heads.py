"""The helmet classifier: the upper part of a rider's picture to the chance that the head is bare."""

from collections.abc import Iterator
from typing import Any

import cv2
import numpy as np
import torch
from torch import nn
from torch.nn import functional as F  # noqa: N812 - as everybody calls it

from vision.frames import Image
from vision.heads.crop import TALL, WIDE, head_part
from vision.learn.layers import Block, conv
from vision.scenes.vehicle_looks import Rider

SMALLEST_PX, LARGEST_PX = 28.0, 160.0  # height of a rider in the picture


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
    """Yield head pictures and whether each is bare: other sizes, boxes, light and flaws each time."""
    ridden = [(image, rider) for image, riders in vehicles for rider in riders]
    while True:
        made: list[tuple[Image, bool]] = []
        while len(made) < size:
            image, rider = ridden[int(rng.integers(len(ridden)))]
            part = _example(image, rider, rng)
            if part is not None:
                made.append((part, not rider.has_helmet))
        pictures = np.stack([part for part, _ in made]).transpose(0, 3, 1, 2)
        yield torch.from_numpy(pictures.copy()).float(), torch.tensor([bare for _, bare in made]).float()


def _example(image: Image, rider: Rider, rng: np.random.Generator) -> Image | None:
    left, top, right, bottom = rider.box
    tall = bottom - top
    scale = min(1.0, float(np.exp(rng.uniform(np.log(SMALLEST_PX), np.log(LARGEST_PX)))) / tall)
    small = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    off = rng.normal(0, 0.05, 4) * [right - left, tall, right - left, tall]
    box = (np.array(rider.box) + off) * scale
    seen = _spoilt(np.asarray(small, np.uint8), rng)
    part = head_part(seen, (box[0], box[1], box[2], box[3]))
    return part if part is None or rng.random() < 0.5 else part[:, ::-1]


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
