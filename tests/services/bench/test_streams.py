from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import pytest

from services.bench import streams as bench
from services.bench.streams import PER_S, Streams, Trial, most_streams
from vision.detector.base import NOTHING, Detections
from vision.errors import VideoError

ONE = Detections(np.ones((1, 4), np.float32), np.ones(1, np.float32), ("car",))
SECONDS = 0.2


def look_at(pictures: Sequence[Any], _ready: Sequence[Any]) -> Callable[[], list[Detections]]:
    """Find a car in each picture that is true."""
    return lambda: [ONE if picture else NOTHING for picture in pictures]


def film() -> Iterator[tuple[Any, Any]]:
    while True:
        yield True, None
        yield False, None


def test_each_frame_that_is_due_is_looked_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench, "SETTLE_S", 0.0)
    monkeypatch.setattr(bench, "LATE_S", 1e9)
    trial = Streams(look_at, [film() for _ in range(5)], 2).run(4, bench.time.monotonic(), SECONDS)
    assert len(trial.waits_ms) == 4 * round(SECONDS * PER_S)
    assert trial.boxes == len(trial.waits_ms) / 2
    assert min(trial.waits_ms) >= 0
    assert trial.dropped == 0


def test_the_first_seconds_are_not_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench, "SETTLE_S", SECONDS / 2)
    monkeypatch.setattr(bench, "LATE_S", 1e9)
    trial = Streams(look_at, [film()], 1).run(1, bench.time.monotonic(), SECONDS)
    assert len(trial.waits_ms) == round(SECONDS * PER_S / 2)


def test_frames_that_come_too_late_are_counted_as_dropped_and_make_a_trial_bad(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench, "SETTLE_S", 0.0)
    monkeypatch.setattr(bench, "LATE_S", -1.0)
    trial = Streams(look_at, [film()], 1).run(1, bench.time.monotonic(), SECONDS)
    assert trial.dropped == round(SECONDS * PER_S)
    assert not trial.waits_ms
    assert not trial.is_good


def test_a_recording_that_cannot_be_decoded_ends_the_trial() -> None:
    def broken() -> Iterator[tuple[Any, Any]]:
        yield True, None
        raise VideoError("street.mp4: cannot be decoded")

    with pytest.raises(VideoError, match="cannot be decoded"):
        Streams(look_at, [broken()], 1).run(1, bench.time.monotonic(), SECONDS)


@pytest.mark.parametrize(("carried", "most"), [(0, 256), (1, 256), (17, 256), (173, 256), (256, 256), (300, 256)])
def test_the_most_streams_are_found_to_a_twentieth(carried: int, most: int) -> None:
    def run(streams: int) -> Trial:
        return Trial(streams, [100.0 if streams <= carried else 900.0] * 10, 0, 0)

    best, tried = most_streams(run, most)
    truth = min(carried, most)
    assert best.streams <= truth <= max(best.streams * 1.05, best.streams + 1)
    assert len(tried) <= 12


def test_one_late_trial_does_not_end_the_search() -> None:
    late = {128}

    def run(streams: int) -> Trial:
        dropped = 1 if streams in late or streams > 160 else 0
        late.discard(streams)
        return Trial(streams, [20.0], dropped, 0)

    best, tried = most_streams(run, 256)
    assert 152 <= best.streams <= 160
    assert [trial.streams for trial in tried].count(128) == 2
