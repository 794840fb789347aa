"""Each small network from nothing to the folder that is shipped."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from vision.heads.crop import TALL as HEAD_TALL
from vision.heads.crop import WIDE as HEAD_WIDE
from vision.learn import finder, heads, reader
from vision.learn.fitting import FitPlan, fit, write_openvino
from vision.learn.reader_net import PlateNet, Reading
from vision.plates.own import FINDER_PX, TALL, WIDE
from vision.scenes.vehicle_looks import VehicleLook, vehicle_looks

Batches = Iterator[tuple[Any, ...]]
FINDER_BATCH, HEADS_BATCH = 32, 64


@dataclass(frozen=True)
class LearnPlan:
    """How it is fitted, and on what.

    ``vehicles`` are painted (finder, helmets), alphabets of ``fonts`` bend the reader's signs; ``start`` is the
    ``net.pt`` of an earlier run to go on from.
    """

    fit: FitPlan
    vehicles: int = 6000
    fonts: Path | None = None
    start: Path | None = None


def learn(what: str, plan: LearnPlan, out: Path, tell: Callable[[str], None]) -> Path:
    """Fit a network from nothing and write what OpenVINO runs.

    Parameters
    ----------
    what : str
        ``reader``, ``finder`` or ``helmets``.
    plan : LearnPlan
        See there.
    out : Path
        Folder for ``model.xml``, ``model.bin`` and ``net.pt``, from which a later run can go on.
    tell : callable
        Takes lines of progress.

    Returns
    -------
    Path
        ``out``.
    """
    torch.manual_seed(plan.fit.seed)
    cv2.setNumThreads(plan.fit.threads)
    kind = KINDS[what]
    net = kind.net()
    if plan.start:
        net.load_state_dict(torch.load(plan.start, weights_only=True))
    with kind.batches(plan, tell) as batches:
        fitted = fit(net, batches, kind.loss, plan.fit, tell)
    out.mkdir(parents=True, exist_ok=True)
    torch.save(fitted.state_dict(), out / "net.pt")
    return write_openvino(kind.shipped(fitted), kind.size, kind.channels, out)


@contextmanager
def _plates(plan: LearnPlan, _tell: Callable[[str], None]) -> Iterator[Batches]:
    with reader.Pool(reader.PlatePlan(fonts=plan.fonts, seed=plan.fit.seed)) as pool:
        yield pool.batches()


@contextmanager
def _marked(plan: LearnPlan, tell: Callable[[str], None]) -> Iterator[Batches]:
    vehicles = [_cut(look) for look in _painted(plan, tell)]
    yield finder.batches(vehicles, FINDER_BATCH, np.random.default_rng(plan.fit.seed))


@contextmanager
def _ridden(plan: LearnPlan, tell: Callable[[str], None]) -> Iterator[Batches]:
    ridden = [(look.image, look.riders) for look in _painted(plan, tell) if look.riders]
    yield heads.batches(ridden, HEADS_BATCH, np.random.default_rng(plan.fit.seed))


def _painted(plan: LearnPlan, tell: Callable[[str], None]) -> Iterator[VehicleLook]:
    for number, look in enumerate(vehicle_looks(plan.fit.seed, plan.vehicles), 1):
        if number % 500 == 0:
            tell(f"{number} of {plan.vehicles} vehicles painted")
        yield look


def _cut(look: VehicleLook) -> tuple[NDArray[np.uint8], NDArray[np.float64] | None]:
    """Return a vehicle's grey picture without what is around it, and its plate's corners there."""
    left, top = (max(0, round(v)) for v in look.box[:2])
    right, bottom = (round(v) for v in look.box[2:])
    grey = cv2.cvtColor(look.image[top:bottom, left:right], cv2.COLOR_BGR2GRAY)
    return np.asarray(grey, np.uint8), None if look.corners is None else look.corners - np.array([left, top])


@dataclass(frozen=True)
class Kind:
    """A network, what of it is shipped, its pictures, its loss and where its batches come from."""

    net: Callable[[], Any]
    shipped: Callable[[Any], Any]
    size: tuple[int, int]
    channels: int
    loss: Callable[..., tuple[Any, dict[str, float]]]
    batches: Callable[[LearnPlan, Callable[[str], None]], AbstractContextManager[Batches]]


KINDS = {
    "reader": Kind(PlateNet, Reading, (WIDE, TALL), 1, reader.loss, _plates),
    "finder": Kind(finder.FinderNet, finder.Finding, (FINDER_PX, FINDER_PX), 1, finder.loss, _marked),
    "helmets": Kind(heads.HeadNet, heads.Bareness, (HEAD_WIDE, HEAD_TALL), 3, heads.loss, _ridden),
}
