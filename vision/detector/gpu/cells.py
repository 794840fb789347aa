"""A YOLO's network up to the raw numbers of its cells, and the boxes of the surest of them, in 32 bits."""

from collections.abc import Sequence
from typing import Any

import torch
from torch import nn


class Cells(nn.Module):
    """The network without its head's last steps, and of its classes only those that are kept.

    Boxes of all cells and classes are a tenth of the work for the few that are road users, and in 16 bits their
    places are rounded to half a pixel and more.

    Parameters
    ----------
    model : torch.nn.Module
        A detection model of ultralytics', fused.
    kept : sequence of int
        Class numbers.
    """

    def __init__(self, model: Any, kept: Sequence[int]) -> None:
        super().__init__()
        *body, head = model.model
        self.body, self._saved = nn.ModuleList(body), set(model.save)
        self._from, self._strides = head.f, [float(stride) for stride in head.stride]
        # A head that tells each thing once has convolutions of its own for it.
        once = getattr(head, "end2end", False) and getattr(head, "one2one_cv2", None) is not None
        self.sides, self.classes = (head.one2one_cv2, head.one2one_cv3) if once else (head.cv2, head.cv3)
        for level in self.classes:
            level[-1] = _only(level[-1], kept)

    def forward(self, pictures: Any) -> tuple[Any, Any, Any]:
        """Look at pictures.

        Parameters
        ----------
        pictures : torch.Tensor
            n × 3 × height × width, sides multiples of the largest stride.

        Returns
        -------
        sides : torch.Tensor
            n × cells × (4 × steps): how far the box's sides are from the cell's middle.
        classes : torch.Tensor
            n × cells × kept classes, logits.
        places : torch.Tensor
            cells × 3: the middle of each and its stride, pixels.
        """
        kept: list[Any] = []
        x = pictures
        for layer in self.body:
            if layer.f != -1:
                x = kept[layer.f] if isinstance(layer.f, int) else [x if j == -1 else kept[j] for j in layer.f]
            x = layer(x)
            kept.append(x if layer.i in self._saved else None)
        levels = [kept[j] for j in self._from]
        sides = [_rows(part(level)) for part, level in zip(self.sides, levels, strict=True)]
        classes = [_rows(part(level)) for part, level in zip(self.classes, levels, strict=True)]
        places = [_places(level, stride) for level, stride in zip(levels, self._strides, strict=True)]
        return torch.cat(sides, 1), torch.cat(classes, 1), torch.cat(places)


def sure_boxes(sides: Any, classes: Any, places: Any, most: int) -> tuple[Any, Any, Any]:
    """Return the boxes of the surest cells.

    Parameters
    ----------
    sides, classes, places : torch.Tensor
        As `Cells` gives them.
    most : int
        How many cells of a picture.

    Returns
    -------
    boxes : torch.Tensor
        n × most × 4 in 32 bits: left, top, right, bottom, pixels.
    scores : torch.Tensor
        n × most, best first.
    kinds : torch.Tensor
        n × most, which of the kept classes.
    """
    best, kinds = classes.float().max(2)
    scores, cells = best.sigmoid().topk(min(most, best.shape[1]), 1)
    chosen = sides.gather(1, cells[:, :, None].expand(-1, -1, sides.shape[2])).float()
    shares = chosen.unflatten(2, (4, -1))
    steps = torch.arange(shares.shape[3], device=sides.device, dtype=torch.float32)
    far = (shares.softmax(3) * steps).sum(3) if len(steps) > 1 else shares[:, :, :, 0]
    middles, stride = places[cells].split([2, 1], 2)
    boxes = torch.cat([middles - far[:, :, :2] * stride, middles + far[:, :, 2:] * stride], 2)
    return boxes, scores, kinds.gather(1, cells)


def _only(last: Any, kept: Sequence[int]) -> Any:
    """Return a last convolution of the kept classes alone."""
    cut = nn.Conv2d(last.in_channels, len(kept), 1)
    cut.weight.data, cut.bias.data = last.weight.data[list(kept)].clone(), last.bias.data[list(kept)].clone()
    return cut


def _rows(level: Any) -> Any:
    return level.permute(0, 2, 3, 1).flatten(1, 2)


def _places(level: Any, stride: float) -> Any:
    down, right = (
        (torch.arange(side, device=level.device, dtype=torch.float32) + 0.5) * stride for side in level.shape[2:]
    )
    x, y = right.repeat(len(down)), down.repeat_interleave(len(right))
    return torch.stack([x, y, torch.full_like(x, stride)], 1)
