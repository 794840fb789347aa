"""One loop that fits any small network, and its export for OpenVINO; needs torch (extra `train`)."""

import math
import time
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

WARM_STEPS, TELL_STEPS, SETTLE_STEPS = 200, 50, 40
KEPT = 0.998


@dataclass(frozen=True)
class FitPlan:
    """How long, how fast and where.

    It ends after ``steps`` or ``minutes``, whichever is first, and the rate falls until then; ``device`` is in torch's
    words.
    """

    steps: int
    minutes: float = 60.0
    highest_rate: float = 2e-3
    threads: int = 1
    seed: int = 1
    device: str = "cpu"


def fit(
    net: Any, batches: Iterator[tuple[Any, ...]], loss: Callable[..., tuple[Any, dict[str, Any]]], plan: FitPlan,
    tell: Callable[[str], None],
) -> Any:  # fmt: skip
    """Fit a network and return the mean of its last states, which is better than the last.

    Parameters
    ----------
    net : torch.nn.Module
        Takes the first tensor of a batch.
    batches : iterator
        Tuples of tensors.
    loss : callable
        Takes what the network gave and the other tensors; gives the loss and figures to tell.
    plan : FitPlan
        See there.
    tell : callable
        Takes a line of progress.

    Returns
    -------
    torch.nn.Module
        Ready for use.
    """
    torch.set_num_threads(plan.threads)
    torch.backends.cudnn.benchmark = False
    net = net.to(plan.device, memory_format=torch.channels_last)
    mean = deepcopy(net)
    best = torch.optim.AdamW(net.parameters(), plan.highest_rate, weight_decay=0.02, fused=plan.device != "cpu")
    began, sums = time.monotonic(), dict[str, Any]()
    for step in range(1, plan.steps + 1):
        done = max(step / plan.steps, (time.monotonic() - began) / (60 * plan.minutes))
        for group in best.param_groups:
            group["lr"] = plan.highest_rate * _rate(step, min(1.0, done))
        figures = _step(net, best, next(batches), loss, plan.device)
        _blend(mean, net, step)
        sums = {name: sums.get(name, 0.0) + value for name, value in figures.items()}
        if step % TELL_STEPS == 0:
            shown = " ".join(f"{name} {value / TELL_STEPS:.4f}" for name, value in sums.items())
            tell(f"{step} of {plan.steps}: {shown} ({time.monotonic() - began:.0f} s)")
            sums = {}
        if done >= 1:
            break
    return settled(mean, batches)


def settled(net: Any, batches: Iterator[tuple[Any, ...]]) -> Any:
    """Work the norms of a mean network out anew: those of its parts are not those of their mean."""
    norms = [part for part in net.modules() if isinstance(part, torch.nn.BatchNorm2d)]
    for norm in norms:
        norm.reset_running_stats()
        norm.momentum = None  # the plain mean over all that is seen
    net.train()
    with torch.no_grad():
        for _ in range(SETTLE_STEPS):
            net(next(batches)[0])
    return net.eval()


def _blend(mean: Any, net: Any, step: int) -> None:
    """Bring a running mean, short at first, up to date."""
    share = min(KEPT, (step - 1) / (step + 8))
    with torch.no_grad():
        torch._foreach_lerp_(list(mean.parameters()), list(net.parameters()), 1 - share)


def _step(
    net: Any, best: Any, batch: tuple[Any, ...], loss: Callable[..., tuple[Any, dict[str, Any]]], device: str
) -> dict[str, Any]:
    # A processor that multiplies 16-bit numbers does so.
    kind = torch.device(device).type
    with torch.autocast(kind, torch.bfloat16, enabled=kind != "cpu" or torch.ops.mkldnn._is_mkldnn_bf16_supported()):
        given = net(batch[0].contiguous(memory_format=torch.channels_last))
    value, figures = loss(given, *batch[1:])
    best.zero_grad(set_to_none=True)
    value.backward()
    torch.nn.utils.clip_grad_norm_(net.parameters(), 2.0)
    best.step()
    return figures


def _rate(step: int, done: float) -> float:
    return min(1.0, step / WARM_STEPS) * (0.02 + 0.98 * (1 + math.cos(math.pi * done)) / 2)


def write_openvino(net: Any, size: tuple[int, int], channels: int, out: Path) -> Path:
    """Write a network that OpenVINO runs, numbers of 16 bits, any number of pictures at once.

    Parameters
    ----------
    net : torch.nn.Module
        Fitted.
    size : tuple of int
        Width and height of its pictures.
    channels : int
        1 grey, 3 coloured.
    out : Path
        Folder for ``model.xml`` and ``model.bin``.

    Returns
    -------
    Path
        ``out``.
    """
    import openvino

    example = torch.zeros(2, channels, size[1], size[0])
    model = openvino.convert_model(net.eval(), example_input=example)
    model.reshape({0: openvino.PartialShape([-1, channels, size[1], size[0]])})
    out.mkdir(parents=True, exist_ok=True)
    openvino.save_model(model, out / "model.xml", compress_to_fp16=True)
    return out
