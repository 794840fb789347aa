"""Rows come out in one order, and what is said again replaces what was said before."""

from pathlib import Path

from services.replay.sorted_csv import HOLD_MS, SortedCsv


def lines(path: Path) -> list[str]:
    return path.read_text().split()[1:]


def test_rows_come_out_by_time_vehicle_and_key_and_are_counted(tmp_path: Path) -> None:
    file = SortedCsv(tmp_path / "a.csv", ["x"])
    for time_ms, vehicle, key in ((2, "A", 1), (1, "B", 1), (1, "A", 2), (1, "A", 1)):
        file.add(time_ms, vehicle, (key,), [(f"{time_ms}{vehicle}{key}",)])
    file.close()
    assert lines(tmp_path / "a.csv") == ["1A1", "1A2", "1B1", "2A1"]
    assert file.rows == 4


def test_what_is_said_again_replaces_and_what_is_taken_back_goes(tmp_path: Path) -> None:
    file = SortedCsv(tmp_path / "a.csv", ["x"])
    file.add(1, "A", ("t",), [("old",), ("older",)])
    file.add(1, "A", ("t",), [("new",)])
    file.add(2, "A", ("t",), [("gone",)])
    file.forget(2, "A")
    file.close()
    assert lines(tmp_path / "a.csv") == ["new"]


def test_rows_are_written_when_no_earlier_one_can_come(tmp_path: Path) -> None:
    file = SortedCsv(tmp_path / "a.csv", ["x"])
    for minute in range(120):
        file.add(minute * 60_000, "A", (), [(minute,)])
    assert len(file._held) <= 2 * HOLD_MS // 60_000 + 1
    file.close()
    assert lines(tmp_path / "a.csv") == [str(minute) for minute in range(120)]
