"""How the kernel's functions are compiled."""

from collections.abc import Callable
from typing import TypeVar

import numba

F = TypeVar("F", bound=Callable[..., object])


def compiled(function: F) -> F:
    """Compile a function that allocates nothing, once for all processes and without reference counts.

    Each field of the tables that a counted function touches costs two atomic additions; with them a step took six
    times as long.

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
