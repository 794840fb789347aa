"""Streams shared by processes, each with a network of its own on the one GPU: threads of one share a lock."""

import multiprocessing
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Self

from services.bench.streams import BATCH, SETTLE_S, Streams, Trial
from vision.detector.base import Detections
from vision.detector.ultralytics import UltralyticsDetector
from vision.errors import VisionError

# Until every process has heard what is asked of it.
AHEAD_S = 0.3
# Threads decode for a millisecond or less and then want the lock.
SWITCH_S = 0.001


@dataclass(frozen=True)
class Plan:
    """What is opened: weights, recording, how many streams in how many processes and threads, and who decodes."""

    weights: Path
    video: Path
    most: int
    workers: int
    threads: int
    decodes_on_gpu: bool
    device: str = "cuda"


class Workers:
    """Processes that carry streams.

    Parameters
    ----------
    plan : Plan
        See there.

    Raises
    ------
    VisionError
        If one of them cannot open the weights or the recording.
    """

    def __init__(self, plan: Plan) -> None:
        spawn = multiprocessing.get_context("spawn")  # a forked process could not use the GPU
        self._plan, self._pipes, self._processes = plan, [], []
        for number in range(plan.workers):
            ours, theirs = spawn.Pipe()
            process = spawn.Process(target=_work, args=(plan, number, theirs), daemon=True)
            process.start()
            theirs.close()
            self._pipes.append(ours)
            self._processes.append(process)
        try:
            for pipe in self._pipes:
                self._hear(pipe)
        except VisionError:
            self.close()
            raise

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *error: object) -> None:
        """End the processes."""
        self.close()

    def run(self, streams: int, seconds: float) -> Trial:
        """Let so many streams run for some seconds that count, shared by all processes."""
        begin_s = time.monotonic() + AHEAD_S
        for number, pipe in enumerate(self._pipes):
            share = len(range(number, streams, len(self._pipes)))
            pipe.send((share, begin_s, seconds + SETTLE_S))
        parts = [self._hear(pipe) for pipe in self._pipes]
        waits = [wait for part in parts for wait in part.waits_ms]
        return Trial(streams, waits, sum(part.dropped for part in parts), sum(part.boxes for part in parts))

    def close(self) -> None:
        """End the processes."""
        for pipe in self._pipes:
            pipe.close()
        for process in self._processes:
            process.terminate()
            process.join()

    def _hear(self, pipe: Any) -> Any:
        try:
            told = pipe.recv()
        except EOFError:
            raise VisionError("a process that carried streams ended; what it wrote says why") from None
        if isinstance(told, str):
            raise VisionError(told)
        return told


def _work(plan: Plan, number: int, pipe: Any) -> None:
    """Open a share of the streams, say so, and run what is asked until nobody asks any more."""
    sys.setswitchinterval(SWITCH_S)
    try:
        streams = _opened(plan, number)
        pipe.send(None)
        while True:
            share, begin_s, seconds = pipe.recv()
            pipe.send(streams.run(share, begin_s, seconds))
    except VisionError as error:
        pipe.send(str(error))
    except EOFError:
        return


def _opened(plan: Plan, number: int) -> Streams:
    detector = UltralyticsDetector(plan.weights, device=plan.device)  # says it where torch is missing
    from vision.detector.gpu.batches import COUNTS, Look
    from vision.detector.gpu.video import LoopedVideo, read_packets

    packets = read_packets(plan.video)
    firsts = [one * len(packets) // plan.most for one in range(number, plan.most, plan.workers)]
    videos = [LoopedVideo(plan.video, packets, first, is_on_gpu=plan.decodes_on_gpu) for first in firsts]
    batches, look = detector.batches, Look(videos[0].form, detector.longest_px)

    def look_at(pictures: Sequence[Any], ready: Sequence[Any]) -> Callable[[], Sequence[Detections]]:
        return partial(batches.finish, batches.begin(pictures, look, ready))

    frames = [video.frames() for video in videos]
    picture, there = next(frames[0])
    for count in COUNTS if batches.is_on_gpu else []:  # each number of pictures is made ready
        if count <= BATCH:
            look_at([picture] * count, [there])()
    return Streams(look_at, frames, plan.threads)
