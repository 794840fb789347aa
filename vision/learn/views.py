"""Batches of views of painted pictures: cut, turned, scaled, coloured and laid on sheets where the pictures lie."""

import math
from dataclasses import dataclass
from typing import Any

import torch
from torch.nn import functional

from vision.detector.canvas import GREY
from vision.learn.pictures import Pictures
from vision.scenes.training import CUT_SHARE, SMALLEST_PX

# So often somebody is in a view's middle, and how often each class is chosen for it.
SOMEBODY = 0.8
CHOSEN = {"person": 1.0, "bicycle": 4.0, "car": 1.0, "motorcycle": 1.0, "bus": 2.0, "truck": 2.0}
ASIDE = 0.35
FINER = 2  # each pixel is the mean of so many squared: what is shown smaller is no mere choice of pixels


@dataclass(frozen=True)
class Sheet:
    """What one input of the network is: tiles (columns, rows) of ``tile`` (width, height, pixels), and their zoom.

    ``often`` is how often it comes beside the others.
    """

    tile: tuple[int, int]
    zoom: tuple[float, float]
    tiles: tuple[int, int] = (1, 1)
    often: float = 1.0


# Whole frames as the detector is shown them (960 pixels on 640), parts of a street, the canvas of a road's strips.
SHEETS = (
    Sheet((640, 384), (2 / 3, 2 / 3), often=4.0),
    Sheet((416, 416), (0.5, 1.5), often=4.0),
    Sheet((416, 416), (0.5, 1.8), tiles=(2, 2), often=2.0),
    Sheet((960, 544), (0.8, 1.0), often=1.5),
)


def some_views(pictures: Pictures, sheet: Sheet, count: int) -> tuple[Any, Any, Any, Any]:
    """Return a batch of views.

    Parameters
    ----------
    pictures : Pictures
        At least one.
    sheet : Sheet
        How each is laid.
    count : int
        How many sheets.

    Returns
    -------
    sheets : Tensor
        count × 3 × height × width, red green blue, 0 to 1.
    owners : Tensor
        n, the sheet of each box.
    numbers : Tensor
        n × 1, what each is, in `LABELS`.
    boxes : Tensor
        n × 4, middle and size in shares of the sheet.
    """
    device, (columns, rows) = pictures.images.device, sheet.tiles
    chosen = torch.randint(pictures.count, (count * columns * rows,), device=device)
    zoom, start, turned = _places(pictures, chosen, sheet)
    tiles = _coloured(_cut(pictures.images[chosen], zoom, start, turned, sheet.tile))
    wide, high = sheet.tile
    whole = tiles.view(count, rows, columns, 3, high, wide).permute(0, 3, 1, 4, 2, 5)
    sheets = whole.reshape(count, 3, rows * high, columns * wide)
    boxes, kept = _boxes_of(pictures, chosen, zoom, start, turned, sheet.tile)
    owner, row = kept.nonzero(as_tuple=True)
    at = owner % (columns * rows)
    corner = torch.stack([at % columns * wide, at // columns * high], 1).repeat(1, 2)
    found = (boxes[owner, row] + corner) / torch.tensor([columns * wide, rows * high] * 2, device=device)
    placed = torch.cat([(found[:, :2] + found[:, 2:]) / 2, found[:, 2:] - found[:, :2]], 1)
    return sheets, owner // (columns * rows), pictures.numbers[chosen][owner, row][:, None].float(), placed


def _places(pictures: Pictures, chosen: Any, sheet: Sheet) -> tuple[Any, Any, Any]:
    """Choose zoom, left top corner in the picture, and whether it is turned left to right."""
    count, device = len(chosen), chosen.device
    high, wide = pictures.images.shape[1:3]
    low, span = math.log(sheet.zoom[0]), math.log(sheet.zoom[1] / sheet.zoom[0])
    zoom = torch.exp(low + span * torch.rand(count, 1, device=device))
    view = torch.tensor(sheet.tile, device=device) / zoom
    room = (torch.tensor([wide, high], device=device) - view).clamp(min=0)
    anywhere = torch.rand(count, 2, device=device) * room
    numbers = pictures.numbers[chosen]
    weights = torch.tensor([*CHOSEN.values(), 1e-6], device=device)[numbers]  # -1, nobody, is the last
    who = torch.multinomial(weights, 1)
    box = pictures.boxes[chosen].gather(1, who[:, :, None].expand(-1, -1, 4))[:, 0]
    aside = (torch.rand(count, 2, device=device) * 2 - 1) * ASIDE
    around = ((box[:, :2] + box[:, 2:]) / 2 - view * (0.5 + aside)).clamp(min=0).minimum(room)
    is_around = (torch.rand(count, 1, device=device) < SOMEBODY) & (numbers.gather(1, who) >= 0)
    return zoom, torch.where(is_around, around, anywhere), torch.rand(count, device=device) < 0.5


def _cut(images: Any, zoom: Any, start: Any, turned: Any, tile: tuple[int, int]) -> Any:
    high, wide = images.shape[1:3]
    size = torch.tensor([wide, high], device=images.device)
    scale = torch.tensor(tile, device=images.device) / zoom / size
    shift = scale + 2 * start / size - 1
    sign = torch.where(turned, -1.0, 1.0)
    theta = torch.zeros(len(images), 2, 3, device=images.device)
    theta[:, 0, 0], theta[:, 1, 1] = scale[:, 0] * sign, scale[:, 1]
    theta[:, 0, 2], theta[:, 1, 2] = shift[:, 0] * sign, shift[:, 1]
    grid = functional.affine_grid(theta, [len(images), 3, tile[1] * FINER, tile[0] * FINER], align_corners=False)
    # What lies outside is 0: so grey must be.
    planes = images.permute(0, 3, 1, 2).float() - GREY
    finer = functional.grid_sample(planes, grid, align_corners=False)
    return (functional.avg_pool2d(finer, FINER) + GREY)[:, [2, 1, 0]] / 255


def _boxes_of(
    pictures: Pictures, chosen: Any, zoom: Any, start: Any, turned: Any, tile: tuple[int, int]
) -> tuple[Any, Any]:
    """Return boxes in pixels of their tile, and which of them are to be found there."""
    boxes = pictures.boxes[chosen]
    wide = pictures.images.shape[2]
    mirrored = torch.stack([wide - boxes[..., 2], boxes[..., 1], wide - boxes[..., 0], boxes[..., 3]], -1)
    boxes = torch.where(turned[:, None, None], mirrored, boxes)
    boxes = (boxes - start.repeat(1, 2)[:, None]) * zoom[:, None]
    limit = torch.tensor(tile * 2, device=boxes.device, dtype=boxes.dtype)
    inside = boxes.clamp(min=0).minimum(limit)
    size, whole = inside[..., 2:] - inside[..., :2], boxes[..., 2:] - boxes[..., :2]
    kept = (pictures.numbers[chosen] >= 0) & (size.prod(-1) > CUT_SHARE * whole.prod(-1))
    return inside, kept & (size[..., 1] >= SMALLEST_PX) & (size[..., 0] >= SMALLEST_PX / 2)


def _coloured(tiles: Any) -> Any:
    """Change light, contrast and how colourful each tile is, as other cameras would."""

    def some(spread: float, *shape: int) -> Any:
        return 1 + spread * (2 * torch.rand(len(tiles), *(shape or (1, 1, 1)), device=tiles.device) - 1)

    tiles = tiles * some(0.3) * some(0.06, 3, 1, 1)
    middle = tiles.mean((1, 2, 3), keepdim=True)
    tiles = middle + (tiles - middle) * some(0.25)
    grey = tiles.mean(1, keepdim=True)
    return (grey + (tiles - grey) * some(0.5)).clamp(0, 1)
