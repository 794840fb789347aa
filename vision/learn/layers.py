"""Layers of the small networks: convolutions with norms, blocks beside a shortcut."""

from typing import Any

from torch import nn
from torch.nn import functional as F  # noqa: N812 - as everybody calls it


class Block(nn.Module):
    """Two convolutions beside a shortcut."""

    def __init__(self, wide: int) -> None:
        super().__init__()
        self.first, self.second = conv(wide, wide), conv(wide, wide, cut=False)

    def forward(self, x: Any) -> Any:
        """Return as many channels as were given."""
        return F.relu(x + self.second(self.first(x)), inplace=True)


def conv(inside: int, outside: int, *, side: int = 3, step: Any = 1, cut: bool = True) -> nn.Sequential:
    """Return a convolution, its norm and, unless told otherwise, what cuts off below zero."""
    layers = [nn.Conv2d(inside, outside, side, step, side // 2, bias=False), nn.BatchNorm2d(outside)]
    return nn.Sequential(*layers, *([nn.ReLU(inplace=True)] if cut else []))


def evened(picture: Any) -> Any:
    """Return pictures (0 to 255) with mean 0 and spread about 1."""
    x = picture.float()
    mean = x.mean((1, 2, 3), keepdim=True)
    return (x - mean) / ((x - mean).square().mean((1, 2, 3), keepdim=True).sqrt() + 4.0)
