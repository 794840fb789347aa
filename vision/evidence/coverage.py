"""How much of what happened around an act a clip shows, and what it lacks."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

BEFORE_S, AFTER_S = 6.0, 6.0
# Cameras of six frames a second exist, and a frame may be lost; what lies further apart is a gap.
GAP_MS = 1_000
# A piece begins at a key frame and ends before the next; half a frame too few is none.
EDGE_MS = 200


@dataclass(frozen=True)
class Coverage:
    """Milliseconds shown before and after an act, and stretches without a picture (event time, from and to)."""

    before_ms: int
    after_ms: int
    gaps_ms: tuple[tuple[int, int], ...]

    @property
    def lacks(self) -> tuple[str, ...]:
        """What makes it incomplete: ``begins_late``, ``ends_early``, ``gap``; empty where it is whole."""
        lacks = []
        if self.before_ms < BEFORE_S * 1000 - EDGE_MS:
            lacks.append("begins_late")
        if self.after_ms < AFTER_S * 1000 - EDGE_MS:
            lacks.append("ends_early")
        return (*lacks, "gap") if self.gaps_ms else tuple(lacks)


def cover(frame_ms: Sequence[int], moment_ms: int) -> Coverage:
    """Tell how a clip lies around an act.

    Parameters
    ----------
    frame_ms : sequence of int
        Event time of each frame, rising, at least one.
    moment_ms : int
        The act.

    Returns
    -------
    Coverage
        Gaps are told from six seconds before the act to six after it.
    """
    from_ms, to_ms = moment_ms - BEFORE_S * 1000, moment_ms + AFTER_S * 1000
    gaps = tuple((a, b) for a, b in pairwise(frame_ms) if b - a > GAP_MS and b > from_ms and a < to_ms)
    return Coverage(max(0, moment_ms - frame_ms[0]), max(0, frame_ms[-1] - moment_ms), gaps)
