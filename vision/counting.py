"""What one camera counts by the minute: crossings by class, how full each approach is, how long who stands there."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from schemas.camera import CameraCount
from vision.camera import CameraConfig
from vision.rules.base import DRIVERS
from vision.rules.crossing import Crossing, LineWatcher
from vision.standing import Standing
from vision.tracks import Look

COUNT_MS = 60_000
CELL_PX = 8


class ApproachView:
    """The part of a picture that lies before one stop line, in small cells, and who is in it.

    Parameters
    ----------
    size : tuple of int
        Width and height of the picture.
    line : LineWatcher
        The approach's stop line.
    """

    def __init__(self, size: tuple[int, int], line: LineWatcher) -> None:
        self._line = line
        columns, rows = -(-size[0] // CELL_PX), -(-size[1] // CELL_PX)
        middles = [((c + 0.5) * CELL_PX, (r + 0.5) * CELL_PX) for r in range(rows) for c in range(columns)]
        inside = [line.past_px(at) < 0.0 and line.is_abreast(at) for at in middles]
        self._cells: NDArray[np.bool_] = np.array(inside).reshape(rows, columns)
        self._count = int(self._cells.sum())
        self._standing = Standing()

    def step(self, time_ms: int, looks: Iterable[Look]) -> tuple[float | None, float]:
        """Take one frame; return the share of the view that road users cover, and the longest stand in seconds."""
        own = [look for look in looks if look.time_ms == time_ms and look.label in DRIVERS and self._is_in(look)]
        covered = np.zeros_like(self._cells)
        for left, top, right, bottom in (look.box for look in own):
            rows = slice(max(int(top // CELL_PX), 0), max(int(-(-bottom // CELL_PX)), 0))
            covered[rows, max(int(left // CELL_PX), 0) : max(int(-(-right // CELL_PX)), 0)] = True
        share = float((covered & self._cells).sum()) / self._count if self._count else None
        return share, self._standing.step(time_ms, own)

    def _is_in(self, look: Look) -> bool:
        return self._line.past_px(look.ground) < 0.0 and self._line.is_abreast(look.ground)


@dataclass
class _Minute:
    """What was seen of one approach since the minute began."""

    crossings: dict[str, int] = field(default_factory=dict)
    covered: list[float] = field(default_factory=list)
    standing_s: float = 0.0


class Counter:
    """Counts for each approach with a stop line.

    Parameters
    ----------
    camera : CameraConfig
        The camera.
    lines : mapping
        Its stop lines by approach.
    """

    def __init__(self, camera: CameraConfig, lines: Mapping[str, LineWatcher]) -> None:
        self._camera = camera
        self._views = {a.id: ApproachView(camera.frame, lines[a.id]) for a in camera.approaches if a.stop_line}
        self._begin(None)

    def _begin(self, start_ms: int | None) -> None:
        self._start_ms, self._frames = start_ms, 0
        self._minutes = {approach_id: _Minute() for approach_id in self._views}

    def step(
        self, time_ms: int, looks: Sequence[Look], crossings: Mapping[str, list[Crossing]], *, is_blind: bool
    ) -> list[CameraCount]:
        """Take one frame; return the minute that just ended.

        Parameters
        ----------
        time_ms : int
            The frame's time.
        looks : sequence of Look
            All tracks.
        crossings : mapping
            Of each approach, those that became certain.
        is_blind : bool
            Then nobody is said to stand, and nothing to be covered.
        """
        start = time_ms - time_ms % COUNT_MS
        done = self.flush() if self._start_ms is not None and start != self._start_ms else []
        self._start_ms = start
        self._frames += 1
        for approach_id, minute in self._minutes.items():
            for crossing in crossings.get(approach_id, ()):
                minute.crossings[crossing.at.label] = minute.crossings.get(crossing.at.label, 0) + 1
            if not is_blind:
                share, standing_s = self._views[approach_id].step(time_ms, looks)
                minute.standing_s = max(minute.standing_s, standing_s)
                minute.covered += [] if share is None else [share]
        return done

    def flush(self) -> list[CameraCount]:
        """Return what was counted and begin anew."""
        if self._start_ms is None:
            return []
        rows = [
            CameraCount(
                camera_id=self._camera.id, approach_id=approach_id, start_ms=self._start_ms,
                end_ms=self._start_ms + COUNT_MS, counts=dict(sorted(minute.crossings.items())), frames=self._frames,
                occupancy=round(sum(minute.covered) / len(minute.covered), 4) if minute.covered else None,
                standing_s=round(minute.standing_s, 1) if minute.covered else None,
            )
            for approach_id, minute in self._minutes.items()
        ]  # fmt: skip
        self._begin(None)
        return rows
