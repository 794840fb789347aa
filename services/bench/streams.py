"""Streams of full-HD video in real time through one network: how many, until boxes come too late."""

import itertools
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from vision.detector.base import Detections
from vision.errors import VisionError

PER_S = 30
LONGEST_MS = 500.0
# A batch is begun when it is full or its first frame has waited so long.
BATCH, WAIT_S = 32, 0.02
# A frame that is so late is not looked at.
LATE_S = 1.0
# The first seconds, until everything runs, are not counted.
SETTLE_S = 2.0
IDLE_S = 0.0005


@dataclass(frozen=True)
class Trial:
    """What some streams gave: milliseconds from each frame's due time to its boxes, frames never looked at, boxes."""

    streams: int
    waits_ms: Sequence[float]
    dropped: int
    boxes: int

    @property
    def p95_ms(self) -> float:
        """Milliseconds within which 95 of 100 frames had their boxes."""
        return float(np.percentile(self.waits_ms, 95)) if len(self.waits_ms) else float("inf")

    @property
    def is_good(self) -> bool:
        """Whether all frames had their boxes, and in time."""
        return not self.dropped and self.p95_ms <= LONGEST_MS


_Frame = tuple[float, Any, Any]  # when it was due, its bytes, what must have happened before they are there
_Answer = tuple[float, float, int]  # when the frame was due, how long until its boxes were there, how many


@dataclass
class _Arrivals:
    """Decoded frames that wait, each with its due time; what came too late; what went wrong."""

    waiting: deque[_Frame] = field(default_factory=deque)
    late: list[float] = field(default_factory=list)
    errors: list[VisionError] = field(default_factory=list)


LookAt = Callable[[Sequence[Any], Sequence[Any]], Callable[[], Sequence[Detections]]]


class Streams:
    """Videos decoded by threads of this process, each frame when it is due, and looked at in batches.

    Parameters
    ----------
    look_at : callable
        Begins to look at pictures, as soon as some events have happened; what it returns waits for their road users.
    videos : sequence of iterator
        Each gives its next frame, decoded when it is asked for, and an event after which it is there (or ``None``).
    threads : int
        Decode.
    """

    def __init__(self, look_at: LookAt, videos: Sequence[Iterator[tuple[Any, Any]]], threads: int) -> None:
        self._look_at, self._videos, self._threads = look_at, videos, threads

    def run(self, streams: int, begin_s: float, seconds: float) -> Trial:
        """Let some of the streams run.

        Parameters
        ----------
        streams : int
            The first so many.
        begin_s : float
            When the first frame is due (``time.monotonic``).
        seconds : float
            How long, `SETTLE_S` more than is counted.

        Returns
        -------
        Trial
            Of the frames that were due after `SETTLE_S`.

        Raises
        ------
        VisionError
            If a recording cannot be decoded on the way.
        """
        arrivals, frames = _Arrivals(), round(seconds * PER_S)
        shares = [range(number, streams, self._threads) for number in range(min(self._threads, streams))]
        serving = [
            threading.Thread(target=self._serve, args=(share, begin_s, frames, streams, arrivals)) for share in shares
        ]
        for thread in serving:
            thread.start()
        answers: list[_Answer] = []
        under_way: deque[Callable[[], list[_Answer]]] = deque()
        while arrivals.waiting or under_way or any(thread.is_alive() for thread in serving):
            batch = self._batch(arrivals)
            if batch:
                under_way.append(self._begin(batch))
            if under_way and (len(under_way) > 1 or not batch):
                answers += under_way.popleft()()
            elif not batch:
                time.sleep(IDLE_S)
        if arrivals.errors:
            raise arrivals.errors[0]
        settled_s = begin_s + SETTLE_S - 0.001 / PER_S  # a frame due then counts, however its time was rounded
        counted = [(wait_s, boxes) for due_s, wait_s, boxes in answers if due_s >= settled_s]
        dropped = sum(due_s >= settled_s for due_s in arrivals.late)
        return Trial(streams, [1000 * wait_s for wait_s, _ in counted], dropped, sum(boxes for _, boxes in counted))

    def _serve(self, share: Sequence[int], begin_s: float, frames: int, streams: int, to: _Arrivals) -> None:
        """Decode some streams, each frame when it is due; streams begin one after the other within a frame's time."""
        for frame, number in itertools.product(range(frames), share):
            due_s = begin_s + (frame + number / streams) / PER_S
            time.sleep(max(0.0, due_s - time.monotonic()))
            try:
                picture, ready = next(self._videos[number])
            except VisionError as error:
                to.errors.append(error)
                return
            if time.monotonic() - due_s > LATE_S:
                to.late.append(due_s)
            else:
                to.waiting.append((due_s, picture, ready))

    def _batch(self, arrivals: _Arrivals) -> list[_Frame]:
        waiting, now_s = arrivals.waiting, time.monotonic()
        while waiting and now_s - waiting[0][0] > LATE_S:
            arrivals.late.append(waiting.popleft()[0])
        if len(waiting) < BATCH and not (waiting and now_s - waiting[0][0] > WAIT_S):
            return []
        return [waiting.popleft() for _ in range(min(BATCH, len(waiting)))]

    def _begin(self, batch: list[_Frame]) -> Callable[[], list[_Answer]]:
        """Begin a batch; what is returned waits for it."""
        finish = self._look_at([frame[1] for frame in batch], [frame[2] for frame in batch if frame[2] is not None])

        def answers() -> list[_Answer]:
            found, now_s = finish(), time.monotonic()
            return [(due_s, now_s - due_s, len(one)) for (due_s, *_), one in zip(batch, found, strict=True)]

        return answers


def most_streams(
    run: Callable[[int], Trial], most: int, *, first: int = 16, within: float = 0.05
) -> tuple[Trial, list[Trial]]:
    """Find how many streams are carried: doubled until it is too many, then halved in between.

    What fails is tried once more, since decoders that were opened just before can be all that was late.

    Parameters
    ----------
    run : callable
        Runs so many streams.
    most : int
        No more are tried.
    first : int
        Tried first.
    within : float
        It is looked for until the two ends differ by this share.

    Returns
    -------
    best : Trial
        The most streams that were carried; none (0 streams) if even the first were too many.
    tried : list of Trial
        All, in order.
    """
    tried: list[Trial] = []
    best, too_many, now = Trial(0, [], 0, 0), most + 1, min(first, most)
    while best.streams < now < too_many:
        tried.append(run(now))
        if not tried[-1].is_good:
            tried.append(run(now))
        if tried[-1].is_good:
            best = tried[-1]
        else:
            too_many = now
        if too_many - best.streams <= max(1, within * best.streams):
            break
        now = min(2 * now, most) if too_many > most else (best.streams + too_many) // 2
    return best, tried
