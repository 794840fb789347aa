"""Pictures as bytes turned into a network's input, many at once, where the network is."""

from enum import Enum
from typing import Any

import torch
from torch.nn import functional as F  # noqa: N812 - as everybody calls it

STRIDE = 32
GREY = 114


class Form(Enum):
    """How a picture's bytes lie: ``bgr`` height × width × 3; the others 3/2 height × width, brightness first.

    ``nv12`` (what graphics processors decode) has then both colours in turn, ``i420`` (what processors decode) one
    after the other, each for two by two pixels.
    """

    BGR = "bgr"
    NV12 = "nv12"
    I420 = "i420"


def size_of(shape: tuple[int, ...], form: Form) -> tuple[int, int]:
    """Return width and height of a picture whose bytes have some shape."""
    return shape[1], shape[0] if form is Form.BGR else shape[0] * 2 // 3


def to_input(stack: Any, form: Form, longest_px: int, *, dtype: Any) -> Any:
    """Scale pictures, fill them up with grey at their right and their foot, and make them numbers of 0 to 1.

    The same as `vision.detector.boxes.letterbox` and `to_input` there, but that what shrinks by no whole number is
    averaged over whole pixels.

    Parameters
    ----------
    stack : torch.Tensor
        n pictures, bytes.
    form : Form
        How they lie.
    longest_px : int
        Longer side afterwards.
    dtype : torch.dtype
        Of the input.

    Returns
    -------
    torch.Tensor
        n × 3 × height × width, red green blue.
    """
    width, height = size_of(tuple(stack.shape[1:]), form)
    scale = longest_px / max(height, width)
    size = round(height * scale), round(width * scale)
    coloured = _from_bgr(stack, size, dtype) if form is Form.BGR else _from_video(stack, form, size, dtype)
    full = tuple(-(-side // STRIDE) * STRIDE for side in size)
    padded = F.pad(coloured, (0, full[1] - size[1], 0, full[0] - size[0]), value=GREY)
    return (padded * (1 / 255)).contiguous(memory_format=torch.channels_last)


def _from_bgr(stack: Any, size: tuple[int, int], dtype: Any) -> Any:
    return _scaled(stack.permute(0, 3, 1, 2).flip(1), size, dtype)


def _from_video(stack: Any, form: Form, size: tuple[int, int], dtype: Any) -> Any:
    """Mix colours as the decoder of `vision.frames` does (BT.601, 16 to 235), after scaling: fewer pixels."""
    count, rows, width = stack.shape
    height = rows * 2 // 3
    colours = stack[:, height:].reshape(count, -1)
    if form is Form.NV12:
        halves = colours.view(count, height // 2, width // 2, 2).permute(0, 3, 1, 2)
    else:
        halves = colours.view(count, 2, height // 2, width // 2)
    bright = (_scaled(stack[:, None, :height], size, dtype)[:, 0] - 16) * 1.164
    blue, red = (_scaled(halves, size, dtype) - 128).unbind(1)
    mixed = [bright + 1.596 * red, bright - 0.392 * blue - 0.813 * red, bright + 2.017 * blue]
    return torch.stack(mixed, 1).clamp(0, 255)


def _scaled(planes: Any, size: tuple[int, int], dtype: Any) -> Any:
    """Scale to a height and a width; who shrinks is averaged, who grows drawn between."""
    numbers = planes.to(dtype)
    if tuple(planes.shape[2:]) == size:
        return numbers
    if planes.shape[2] >= size[0]:
        return F.interpolate(numbers, size, mode="area")
    return F.interpolate(numbers, size, mode="bilinear", align_corners=False)
