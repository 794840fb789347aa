"""The detector of road users from nothing: painted pictures, its network, its loss, its file."""

import random
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch

from vision.detector.training import described, export, require_library
from vision.learn.fitting import FitPlan, fit
from vision.learn.pictures import PaintPlan, Pictures, painting
from vision.learn.views import SHEETS, some_views
from vision.scenes.training import LABELS

# Cells near enough to each box that learn it: of the heads with and without repeats, as ultralytics chooses them.
MANY, FEW = {"tal_topk": 10}, {"tal_topk": 7, "tal_topk2": 1}


@dataclass(frozen=True)
class DetectorPlan:
    """How a detector is fitted, and on what.

    ``architecture`` is a model of ultralytics', half as deep and ``width`` wide; a batch has ``batch_px`` pixels.
    """

    fit: FitPlan
    paint: PaintPlan = field(default_factory=PaintPlan)
    architecture: str = "yolo26.yaml"
    width: float = 0.25
    batch_px: int = 40 * 416 * 416


def write_detector(plan: DetectorPlan, out: Path, tell: Callable[[str], None]) -> Path:
    """Fit a detector from nothing and write what OpenVINO runs.

    Parameters
    ----------
    plan : DetectorPlan
        See there.
    out : Path
        Folder for ``model.xml``, ``model.bin``, ``metadata.yaml``; beside it comes ``NAME.pt``.
    tell : callable
        Takes lines of progress.

    Returns
    -------
    Path
        ``out``.

    Raises
    ------
    WeightsError
        If ultralytics is absent.
    """
    require_library()
    fitted = learn_detector(new_net(plan), plan, tell)
    return export(write_pt(fitted, out.with_suffix(".pt")), out, end_to_end=True)


def new_net(plan: DetectorPlan) -> Any:
    """Return a network that knows nothing."""
    from ultralytics.nn.tasks import DetectionModel

    torch.manual_seed(plan.fit.seed)
    text = described(plan.architecture, 0.5, plan.width, len(LABELS)) | {"scale": "n"}
    net = DetectionModel(text, nc=len(LABELS), verbose=False)
    net.names = dict(enumerate(LABELS))
    return net


def learn_detector(net: Any, plan: DetectorPlan, tell: Callable[[str], None]) -> Any:
    """Fit a detector while its pictures are painted.

    Parameters
    ----------
    net : ultralytics.nn.tasks.DetectionModel
        From nothing or from an earlier run; changed in place.
    plan : DetectorPlan
        See there.
    tell : callable
        Takes lines of progress.

    Returns
    -------
    DetectionModel
        Fitted: the mean of the last states.
    """
    with painting(plan.paint, plan.fit.device, tell) as pictures:
        net = net.to(plan.fit.device)
        rng = random.Random(plan.fit.seed)  # noqa: S311 - a choice of sheets, no secret
        return fit(net, batches(pictures, plan.batch_px, rng), loss_of(net), plan.fit, tell)


def batches(pictures: Pictures, batch_px: int, rng: random.Random) -> Iterator[tuple[Any, ...]]:
    """Yield batches for ever, of more and more pictures.

    Parameters
    ----------
    pictures : Pictures
        At least one.
    batch_px : int
        Pixels of a batch, however large its sheets are.
    rng : random.Random
        Chooses the sheets.

    Yields
    ------
    tuple
        As `some_views` gives them.
    """
    while True:
        pictures.take()
        sheet = rng.choices(SHEETS, [one.often for one in SHEETS])[0]
        area = sheet.tile[0] * sheet.tile[1] * sheet.tiles[0] * sheet.tiles[1]
        yield some_views(pictures, sheet, max(1, round(batch_px / area)))


def loss_of(net: Any) -> Callable[..., tuple[Any, dict[str, Any]]]:
    """Return ultralytics' loss of a network, for `fit`: of each of its heads, if it has two."""
    from ultralytics.utils import DEFAULT_CFG
    from ultralytics.utils.loss import v8DetectionLoss

    net.args = DEFAULT_CFG
    many, few = v8DetectionLoss(net, **MANY), v8DetectionLoss(net, **FEW)

    def loss(given: dict[str, Any], owners: Any, numbers: Any, boxes: Any) -> tuple[Any, dict[str, Any]]:
        marks = {"batch_idx": owners, "cls": numbers, "bboxes": boxes}
        parts, told = many(_full(given.get("one2many", given)), marks)
        count = given.get("one2many", given)["scores"].shape[0]
        if "one2one" not in given:
            return parts.sum() / count, told
        single, more = few(_full(given["one2one"]), marks)
        return (parts.sum() + single.sum()) / count, told | {f"single_{name}": value for name, value in more.items()}

    return loss


def _full(given: dict[str, Any]) -> dict[str, Any]:
    return {"feats": given["feats"], "boxes": given["boxes"].float(), "scores": given["scores"].float()}


def write_pt(net: Any, out: Path) -> Path:
    """Write a file that ultralytics opens, numbers of 16 bits."""
    from ultralytics import __version__

    half = deepcopy(net).cpu().half().eval()
    half.args = {"task": "detect"}
    if hasattr(half, "criterion"):
        half.criterion = None
    out.parent.mkdir(parents=True, exist_ok=True)
    torch.save({"model": half, "train_args": {"task": "detect"}, "version": __version__}, out)
    return out
