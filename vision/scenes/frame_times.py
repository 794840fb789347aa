"""When a camera takes its frames: a rate, jitter around it, and frames that never arrive."""

from collections.abc import Iterator

import numpy as np


def frame_times_s(
    fps: float, *, seed: int, from_s: float = 0.0, jitter: float = 0.0, drops: float = 0.0
) -> Iterator[float]:
    """Yield the seconds of the frames that arrive, each later than the last, for ever.

    Parameters
    ----------
    fps : float
        Frames a second.
    seed : int
        The seed of jitter and drops.
    from_s : float, optional
        When the first is due.
    jitter : float, optional
        How far a frame may be off, as a share of the time between two; up to 0.45.
    drops : float, optional
        Share of frames that do not arrive.
    """
    rng = np.random.default_rng(seed)
    number = 0
    while True:
        off = rng.uniform(-jitter, jitter) if jitter else 0.0
        if not drops or rng.random() >= drops:
            yield max(from_s, from_s + (number + off) / fps)
        number += 1
