from pathlib import Path

import pytest
from rich.console import Console

from services.score import fault_weeks
from services.score.fault_free import Alarm, Free


def test_days_that_are_kept_are_not_watched_again_and_all_are_added_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    watched: list[tuple[int, int]] = []

    def watch(week: fault_weeks.CameraWeek, day: int) -> Free:
        watched.append((week.seed, day))
        return Free(10, 24.0, [Alarm("here", "moved", 3.0)] if day == 1 else [], 2)

    monkeypatch.setattr(fault_weeks, "_watch", watch)
    quiet = Console(quiet=True)
    fault_weeks.watch_weeks([4], [0], tmp_path, quiet)
    free = fault_weeks.watch_weeks([4], [0, 1], tmp_path, quiet)
    assert watched == [(4, 0), (4, 1)]
    assert (free.looks, free.shown_h, free.doubts) == (20, 48.0, 4)
    assert free.figures()["alarms"] == ["here: moved for 3 s"]
    assert free.figures()["alarms_a_week"] == 3.5
