"""`hanoi score alerts`: counts of several replays add up to one table that says what the truth does not know."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from fleet.simulation.truth import TrueCall
from services.cli import main
from services.replay.write import ALERTS
from services.score.alert_tally import Tally, tally_all
from services.score.alert_truth import list_true
from services.score.alerts import Happened
from tests.services.score.test_alert_kinds import BEGAN, DRIVES, STANDS, at, call, city, row, seen
from tests.services.score.test_events import dropped, position


def frozen(seconds: range, metres_a_second: float = 5.0) -> list[object]:
    return [seen(s, 105.8 + s * metres_a_second * 1e-5, "in_service", "frozen") for s in seconds]


@pytest.mark.parametrize(
    ("kind", "truth", "spans"),
    [
        ("stuck", STANDS, [(0, 670)]),
        ("stuck", DRIVES, []),
        ("gps_frozen", frozen(range(0, 400, 20)), [(0, 380)]),
        ("gps_frozen", frozen(range(0, 400, 20), 0.0), []),  # its bus stood too
        ("off_route", [seen(s, 105.8, "detour") for s in [*range(0, 200, 20), 900]], [(0, 180)]),
        ("lost", [seen(0, 105.8), *[seen(s, 105.8, "in_service", "lost") for s in (20, 200)], seen(400, 105.8)],
         [(0, 400)]),
        ("lost", [seen(0, 105.8), seen(100, 105.8, "layover"), seen(400, 105.8)], []),
        ("late", [*DRIVES, call("A", 1, 700, 100), call("A", 2, 900, 200)], [(700, 900)]),
        ("running_early", [*DRIVES, call("A", 1, 100, 300)], [(100, 100)]),
        ("early_departure", [*DRIVES, BEGAN, call("A", 1, 0, 180), call("A", 2, 100, 280)], [(0, 0)]),
        ("early_departure", [*DRIVES, call("A", 1, 0, 180), call("A", 2, 100, 280)], []),
        ("big_gap", [*DRIVES, call("B", 1, -1_500, -1_500, "U"), call("A", 1, 300, -900), call("C", 1, 500, -300, "W")],
         [(300, 300)]),
    ],
)  # fmt: skip
def test_what_should_be_told_begins_and_ends_where_the_truth_says(kind: str, truth: list, spans: list) -> None:
    true = list_true(kind, city(*truth))
    assert true is not None
    assert [(begin_ms, end_ms) for _, begin_ms, end_ms in true if _ == "A"] == [(at(a), at(b)) for a, b in spans]


def test_a_bus_that_never_reported_need_not_be_told_of_and_a_kind_without_truth_says_so() -> None:
    silent = [call("A", 1, 700, 100)]
    assert list_true("late", city(*silent)) == []
    assert list_true("speeding", city(*STANDS)) is None


def test_said_right_true_and_found_are_counted_with_when_it_was_said() -> None:
    rows = [row(400) | {"kind": "stuck"}, row(350) | {"kind": "long_stop"}, row(300) | {"kind": "speeding"}]
    table = tally_all(rows, city(*STANDS), Happened())
    assert table["stuck"] == Tally(said=1, right=1, true=1, found=1, after_s=[350.0])  # long_stop told it before
    assert table["speeding"] == Tally(said=1)
    both = table["stuck"] + table["speeding"]
    assert (both.said, both.right, both.true) == (2, 1, 1)


def write(folder: Path, truth: list[bytes], alerts: list[str]) -> Path:
    out = folder / "replay"
    out.mkdir(parents=True)
    (folder / "truth.jsonl").write_bytes(b"\n".join(truth))
    (out / "alerts.csv").write_text("\n".join([",".join(ALERTS), *alerts]) + "\n")
    (out / "summary.json").write_text(f'{{"positions": "{folder / "fixes.jsonl"}"}}')
    return out


def test_two_replays_are_one_table_with_counts_and_each_finds_its_truth(tmp_path: Path) -> None:
    truth = [position("V", second, None) for second in (-60, 1000)] + [dropped("T")]
    told = f"not_coming/T,not_coming,{at(170)},{at(0)},,,T,20251123,R,,,text,"
    folders = [write(tmp_path / "a", truth, [told]), write(tmp_path / "b", truth, [])]
    done = CliRunner().invoke(main, ["score", "alerts", *map(str, folders)])
    assert done.exit_code == 0, done.output
    cells = {line.split("|")[1].strip(): [c.strip() for c in line.split("|")[2:-1]] for line in done.output.splitlines()
             if line.startswith("| ")}  # fmt: skip
    assert cells["not_coming"] == ["1", "100 % (1)", "2", "50 % (1)", "170 s after", "50 % (1)"]
    assert cells["speeding"][:2] == ["0", "the truth has no such kind"]


def test_without_a_truth_or_with_too_few_it_says_what_to_give(tmp_path: Path) -> None:
    folder = write(tmp_path / "a", [], [])
    (tmp_path / "a" / "truth.jsonl").rename(tmp_path / "else.jsonl")
    done = CliRunner().invoke(main, ["score", "alerts", str(folder)])
    assert done.exit_code == 1
    assert "name the simulation's truth with --truth" in done.output
    both = ["score", "alerts", str(folder), str(folder), "--truth", str(tmp_path / "else.jsonl")]
    assert "give one for each folder" in CliRunner().invoke(main, both).output


def test_a_call_that_is_the_first_of_its_stop_is_no_gap() -> None:
    only: TrueCall = call("A", 1, 300, -900)
    assert list_true("big_gap", city(*DRIVES, only)) == []
