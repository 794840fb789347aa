from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from routing.congestion.history import ALL_WEEK, EdgeHistory, bucket_of
from routing.congestion.levels import level_of
from schemas.edge import LevelOfService

FREE = np.full(3, 10.0)
HANOI = ZoneInfo("Asia/Ho_Chi_Minh")


@pytest.mark.parametrize(
    ("local", "expected"),
    [
        (datetime(2026, 11, 20, 8, 30, tzinfo=HANOI), 8),
        (datetime(2026, 11, 21, 0, 5, tzinfo=HANOI), 24),
        (datetime(2026, 11, 22, 23, 59, tzinfo=HANOI), 71),
        (datetime(2026, 11, 23, 0, 0, tzinfo=HANOI), 0),
    ],
)
def test_the_time_of_week_is_local(local: datetime, expected: int) -> None:
    assert bucket_of(round(local.timestamp() * 1000), 7 * 3600) == expected


def test_an_edge_without_history_speaks_for_its_class() -> None:
    usual = EdgeHistory(FREE).usual(1, 8)
    assert (usual.own, usual.passes) == (False, 0)
    assert 0 < usual.speed_mps < 10


def test_history_of_the_hour_comes_before_history_of_the_week() -> None:
    history = EdgeHistory(FREE)
    for _ in range(20):
        history.learn(1, 8, 4.0)
        history.learn(1, 20, 9.0)
    assert history.usual(1, 8).speed_mps == pytest.approx(4.0)
    assert history.usual(1, 20).speed_mps == pytest.approx(9.0)
    assert history.usual(1, 3).speed_mps == pytest.approx(6.0, rel=0.05)
    assert history.usual(1, ALL_WEEK).own
    assert not history.usual(0, 8).own


def test_one_wild_pass_moves_the_usual_speed_little() -> None:
    history = EdgeHistory(FREE)
    for _ in range(20):
        history.learn(1, 8, 8.0)
    history.learn(1, 8, 0.3)
    assert history.usual(1, 8).speed_mps > 7.5


def test_history_comes_back_from_its_file_and_a_foreign_one_is_refused(tmp_path: Path) -> None:
    history = EdgeHistory(FREE)
    for _ in range(6):
        history.learn(1, 8, 4.0)
    history.save(tmp_path / "sub" / "history.npz")
    again = EdgeHistory(FREE)
    assert again.load(tmp_path / "sub" / "history.npz")
    assert again.usual(1, 8) == history.usual(1, 8)
    assert not EdgeHistory(np.full(4, 10.0)).load(tmp_path / "sub" / "history.npz")
    assert not EdgeHistory(FREE).load(tmp_path / "absent.npz")
    (tmp_path / "broken.npz").write_bytes(b"PK broken")
    assert not EdgeHistory(FREE).load(tmp_path / "broken.npz")


@pytest.mark.parametrize(
    ("speed", "level"),
    [(10.0, "free"), (6.5, "free"), (5.0, "slow"), (2.0, "congested"), (1.0, "blocked"), (0.0, "blocked")],
)
def test_the_level_of_service_is_a_share_of_the_free_speed(speed: float, level: str) -> None:
    assert level_of(speed, 10.0) is LevelOfService(level)
