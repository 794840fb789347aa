"""How the kernels' functions are compiled."""

from collections.abc import Callable
from typing import TypeVar

import numba

F = TypeVar("F", bound=Callable[..., object])


def compiled(function: F) -> F:
    """Compile a function that allocates nothing, once for all processes and without reference counts.

    Each array that a counted function hands on costs two atomic additions: with them a step of the simulation took six
    times as long, and a fix of the filter three times.

    Parameters
    ----------
    function : callable
        Must neither make nor return an array.

    Returns
    -------
    callable
        The same, compiled when first called.
    """
    decorate: Callable[[F], F] = numba.njit(cache=True, _nrt=False)  # type: ignore[call-overload]
    return decorate(function)
