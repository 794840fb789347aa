"""Steps of a network made into kernels of their own, which leaves out most ways to the GPU's memory and back."""

import importlib.util
import shutil
from collections.abc import Callable
from typing import Any

import torch


def compiled(step: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Return a step that is compiled when it is first used, once for any number of pictures of a size.

    Parameters
    ----------
    step : callable
        Takes a tensor whose first axis counts pictures, two or more.

    Returns
    -------
    callable
        The same step; as it is where there is no compiler for kernels (Triton) or for what calls them (C).
    """
    if not importlib.util.find_spec("triton") or not (shutil.which("cc") or shutil.which("gcc")):
        return step
    fast = torch.compile(step, dynamic=False)

    def run(pictures: Any) -> Any:
        torch._dynamo.mark_dynamic(pictures, 0)
        return fast(pictures)

    return run
