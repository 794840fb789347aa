from pathlib import Path

from fleet.gtfs import read_timetable
from fleet.outputs import TrackOutputs
from services.replay.truth import TruthKeeper
from services.replay.write import ReplayFiles
from tests.contract.messages import NOON_MS, position
from tests.fleet.small_feed import write_feed


def test_a_position_that_was_taken_back_is_not_written(tmp_path: Path) -> None:
    files = ReplayFiles(tmp_path / "out")
    files.take(TrackOutputs(positions=[position("a", NOON_MS), position("b", NOON_MS), position("c", NOON_MS)]))
    files.take(TrackOutputs(dropped=[("a", NOON_MS), ("b", NOON_MS)], positions=[position("b", NOON_MS)]))
    files.close(TruthKeeper(read_timetable(write_feed(tmp_path / "feed"))))
    rows = (tmp_path / "out" / "assignments.csv").read_text().splitlines()[1:]
    assert [row.split(",")[1 if row.startswith(str(NOON_MS)) else 0] for row in rows] == ["b", "c"]
