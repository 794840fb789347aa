"""The reader's network: a picture of a plate to nine places, each asking where its sign stands and what it is."""

from typing import Any

import torch
from torch import nn
from torch.nn import functional as F  # noqa: N812 - as everybody calls it

from vision.learn.layers import Block, conv, evened
from vision.plates.slots import PLACES, SIGNS


class PlateNet(nn.Module):
    """Grey pictures (n × 1 × 48 × 128, 0 to 255) to logits of places, attention, corners and lines."""

    WIDTHS = (32, 64, 96)
    GRID = (6, 32)

    def __init__(self) -> None:
        super().__init__()
        a, b, c = self.WIDTHS
        self.body = nn.Sequential(
            conv(1, a, side=5, step=2),
            conv(a, b, step=2), Block(b),
            conv(b, c, step=(2, 1)), Block(c), Block(c),
        )  # fmt: skip
        self.whole = nn.Linear(c, c)
        self.place = nn.Parameter(torch.randn(1, c, *self.GRID) * 0.02)
        self.key = nn.Conv2d(c, 64, 1)
        self.ask = nn.Parameter(torch.randn(PLACES, 64) * 0.1)
        self.value = nn.Conv2d(c, 128, 1)
        self.sign = nn.Sequential(nn.Linear(128 + c, 160), nn.ReLU(), nn.Linear(160, len(SIGNS)))
        self.which = nn.Parameter(torch.randn(PLACES, 128 + c) * 0.02)
        self.thin = conv(c, 8, side=1)
        self.corner_head = nn.Sequential(
            nn.Linear(8 * self.GRID[0] * self.GRID[1] // 4, 64), nn.ReLU(), nn.Linear(64, 9)
        )

    def forward(self, grey: Any) -> tuple[Any, Any, Any]:
        """Return logits of signs (n × 9 × 33), of where each looks (n × 9 × cells), of corners and lines (n × 9)."""
        x = self.body(evened(grey))
        scene = F.relu(self.whole(x.mean((2, 3))))
        x = F.relu(x + scene[:, :, None, None] + self.place.to(x.dtype))
        weight = torch.einsum("pk,nkhw->nphw", self.ask, self.key(x)).flatten(2)
        share = weight.softmax(2)
        seen = torch.einsum("nps,nvs->npv", share, self.value(x).flatten(2))
        both = torch.cat([seen, scene[:, None].expand(-1, PLACES, -1)], 2) + self.which
        edge = self.corner_head(F.avg_pool2d(self.thin(x), 2).flatten(1))
        return self.sign(F.relu(both)), weight, edge


class Reading(nn.Module):
    """What is exported: probabilities of signs, corners in shares of the picture, chance of two lines."""

    def __init__(self, net: PlateNet) -> None:
        super().__init__()
        self.net = net

    def forward(self, grey: Any) -> tuple[Any, Any]:
        """Return chances of signs, and corners with the chance of two lines."""
        signs, _, edge = self.net(grey)
        return signs.softmax(2), torch.cat([edge[:, :8], edge[:, 8:].sigmoid()], 1)
