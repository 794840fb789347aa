"""What one camera counts by the minute: crossings by class and way out, how full, how long a queue stands there."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numba
import numpy as np
from numpy.typing import NDArray

from schemas.camera_watch import CameraMinute
from vision.camera import CameraConfig
from vision.passing import Passing
from vision.queue import Queue, QueueWatcher
from vision.rules.approach import ApproachView
from vision.rules.base import DRIVERS
from vision.rules.line import DirectedLine
from vision.standing import Standing
from vision.tracks import Box, Look, TrackLimits
from vision.trails import Trail, Trails

COUNT_MS = 60_000
CELL_PX = 8
# Who has stood for so long counts as stopped.
STOPPED_S = 2.0
# Who appears is followed if seen again so soon; of pictures farther apart hardly anybody is counted, so the time
# between them was not watched (on two scenes 38 and 41 of 40 and 46 are counted at 0.33 s, 30 and 28 at 0.5 s, none at
# 0.67 s).
MOST_MISSED_MS = round(1000 * TrackLimits().young_s)


class LaneView:
    """The part of a picture that lies before one stop line, in small cells, and who is in it.

    Parameters
    ----------
    size : tuple of int
        Width and height of the picture.
    view : ApproachView
        The approach; it has a stop line.
    """

    def __init__(self, size: tuple[int, int], view: ApproachView) -> None:
        self.view, self.queue, self.passing = view, QueueWatcher(view), Passing(view)
        assert view.approach.stop_line is not None
        line = DirectedLine(view.approach.stop_line, view.approach.travel_px)
        columns, rows = -(-size[0] // CELL_PX), -(-size[1] // CELL_PX)
        middles = [((c + 0.5) * CELL_PX, (r + 0.5) * CELL_PX) for r in range(rows) for c in range(columns)]
        inside = [line.past(*at) < 0.0 and line.is_abreast(*at) for at in middles]
        self._cells: NDArray[np.bool_] = np.array(inside).reshape(rows, columns)
        self._count = int(self._cells.sum())
        self._standing = Standing()

    def own(self, seen: Iterable[Trail]) -> list[Trail]:
        """Return those of some trails that are on the lanes before the line."""
        return [t for t in seen if t.label in DRIVERS and self.view.line.is_before(t.last, t.place, 0.0)]

    def stand(self, time_ms: int, looks: Iterable[Look]) -> float:
        """Take one frame; return for how long the longest has been standing, seconds."""
        return self._standing.step(time_ms, looks)

    def share(self, boxes: Iterable[Box]) -> float | None:
        """Return the share of the view that boxes cover; ``None`` where no part of the picture is before it."""
        return _covered(np.array(list(boxes)).reshape(-1, 4), self._cells) / self._count if self._count else None


@numba.njit(cache=True)
def _covered(boxes: NDArray[np.float64], cells: NDArray[np.bool_]) -> int:
    """Return how many of some cells any of the boxes reaches into."""
    covered = np.zeros_like(cells)
    for left, top, right, bottom in boxes:
        for row in range(max(int(top // CELL_PX), 0), min(int(-(-bottom // CELL_PX)), len(cells))):
            for column in range(max(int(left // CELL_PX), 0), min(int(-(-right // CELL_PX)), cells.shape[1])):
                covered[row, column] = cells[row, column]
    return int(covered.sum())


@dataclass
class _Minute:
    """What was seen of one approach since the minute began."""

    crossings: dict[str, int] = field(default_factory=dict)
    turns: dict[str, dict[str, int]] = field(default_factory=dict)
    covered: list[float] = field(default_factory=list)
    standing_s: float = 0.0
    stopped: int = 0
    longest: Queue | None = None
    queued: int = 0
    looks: int = 0

    def count(self, passed: Iterable[str], view: ApproachView) -> None:
        """Count who crossed the line and who took which way out in the last frame."""
        for label in passed:
            self.crossings[label] = self.crossings.get(label, 0) + 1
        for turn, label in view.leaving:
            row = self.turns.setdefault(turn, {})
            row[label] = row.get(label, 0) + 1

    def look(self, lanes: LaneView, time_ms: int, seen: Iterable[Trail], trails: Trails) -> None:
        """Look at who is before the line in one frame."""
        own = lanes.own(seen)
        self.looks += 1
        self.standing_s = max(self.standing_s, lanes.stand(time_ms, [trail.last for trail in own]))
        self.stopped = max(self.stopped, sum(trail.still_s() >= STOPPED_S for trail in own))
        share = lanes.share(trail.last.box for trail in own)
        self.covered += [] if share is None else [share]
        queue = lanes.queue.step(time_ms, trails.by_id.values())
        if queue is None:
            return
        self.queued = max(self.queued, queue.vehicles)
        if self.longest is None or queue.metres > self.longest.metres:
            self.longest = queue


class Counter:
    """Counts for each approach with a stop line.

    Parameters
    ----------
    camera : CameraConfig
        The camera.
    views : sequence of ApproachView
        Its approaches.
    """

    def __init__(self, camera: CameraConfig, views: Sequence[ApproachView]) -> None:
        self._camera = camera
        self._lanes = [LaneView(camera.frame, view) for view in views if view.approach.stop_line]
        self._seen_ms: int | None = None
        self._begin(None)

    def _begin(self, start_ms: int | None) -> None:
        self._start_ms, self._frames, self._watched_ms, self._has_news = start_ms, 0, 0, False
        self._minutes = [_Minute() for _ in self._lanes]

    def step(self, time_ms: int, trails: Trails, *, is_blind: bool) -> list[CameraMinute]:
        """Take one frame, its trails and views stepped before; return the minute that just ended.

        Parameters
        ----------
        time_ms : int
            The frame's time.
        trails : Trails
            Who was seen.
        is_blind : bool
            Then nobody is said to stand, nothing to be covered, and the frame does not count as seen.
        """
        start, done = time_ms - time_ms % COUNT_MS, []
        watched_from = time_ms if is_blind else self._watched_from(time_ms)
        if start != self._start_ms:
            self._watched_ms += max(0, start - watched_from)
            done = self.flush()
            self._begin(start)
        self._watched_ms += time_ms - max(watched_from, start)
        self._seen_ms = None if is_blind else time_ms
        self._frames, self._has_news = self._frames + (not is_blind), True
        seen = [trail for trail in trails.by_id.values() if trail.last.time_ms == time_ms and trail.label in DRIVERS]
        for lanes, minute in zip(self._lanes, self._minutes, strict=True):
            minute.count(lanes.passing.step(time_ms, seen), lanes.view)
            if not is_blind:
                minute.look(lanes, time_ms, seen, trails)
        return done

    def _watched_from(self, time_ms: int) -> int:
        """Return since when nothing was missed before a frame in which the camera sees."""
        if self._seen_ms is None or time_ms - self._seen_ms > MOST_MISSED_MS:
            return time_ms
        return self._seen_ms

    def flush(self) -> list[CameraMinute]:
        """Return what was counted of this minute so far, once; what still comes of it is added and told with it."""
        if not self._has_news:
            return []
        self._has_news = False
        return [self._row(lanes, minute) for lanes, minute in zip(self._lanes, self._minutes, strict=True)]

    def _row(self, lanes: LaneView, minute: _Minute) -> CameraMinute:
        assert self._start_ms is not None
        has_looks, queue = bool(minute.looks), minute.longest
        return CameraMinute(
            camera_id=self._camera.id,
            approach_id=lanes.view.id,
            start_ms=self._start_ms,
            end_ms=self._start_ms + COUNT_MS,
            counts=dict(sorted(minute.crossings.items())),
            frames=self._frames,
            occupancy=round(sum(minute.covered) / len(minute.covered), 4) if minute.covered else None,
            standing_s=round(minute.standing_s, 1) if has_looks else None,
            turns={turn: dict(sorted(row.items())) for turn, row in sorted(minute.turns.items())} or None,
            stopped=minute.stopped if has_looks else None,
            queue_m=round(queue.metres, 1) if queue else 0.0 if has_looks else None,
            queue_vehicles=minute.queued if has_looks else None,
            queue_since_ms=queue.since_ms if queue else None,
            watched_s=round(self._watched_ms / 1000, 1),
        )
