"""What holds changed: two truths of the same day, one of them with buses that waited."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from fleet.simulation.holds import Hold
from fleet.simulation.truth import TrueCall
from schemas.message import encode
from services.city.folder import CityError
from services.cli import main
from services.replay.write import ALERTS
from services.score.holds import compare, count_met, wait_s
from services.simulate.holds_file import read_holds
from tests.services.score.test_alert_kinds import at, call

ORDER = Hold(at(100), "B", "S1", 120.0, "A")


def day(gap_s: int) -> list[TrueCall]:
    """Return two buses that are planned ten minutes apart and come so far apart to each stop."""
    ahead = [call("A", stop, 300 + stop * 100, stop * 100, "T") for stop in range(3)]
    return ahead + [call("B", stop, 300 + gap_s + stop * 100, 600 + stop * 100, "U") for stop in range(3)]


def test_a_pair_that_no_longer_meets_was_prevented_and_riders_wait_for_the_gaps_between_buses() -> None:
    rows = {title: figures for title, *figures in compare(day(60), day(400), [ORDER])}
    assert rows["met within half an hour, of 1 holds"] == ["1", "0"]
    assert rows["pairs as one at two stops or more"] == ["1", "0"]
    assert rows["calls as one"] == ["3", "0"]
    assert rows["trip, s"] == ["200.0", "200.0"]


def test_who_met_before_or_long_after_the_order_did_not_meet_for_want_of_it() -> None:
    found = {("A", "B"): [at(50), at(100 + 1_801)]}
    assert count_met([ORDER], found) == 0
    assert count_met([ORDER], {("A", "B"): [at(100 + 1_800)]}) == 1


def test_even_gaps_are_half_waited_and_uneven_ones_longer() -> None:
    even = [call("A", 1, second, second, str(second)) for second in (0, 600, 1_200)]
    uneven = [call("A", 1, second, second, str(second)) for second in (0, 60, 1_200)]
    assert wait_s(even) == 300.0
    assert wait_s(uneven) > 500.0


def alerts_csv(folder: Path, *rows: str) -> Path:
    path = folder / "alerts.csv"
    path.write_text("\n".join([",".join(ALERTS), *rows]) + "\n")
    return path


ADVICE = f"bunching/A/B/{at(90)},bunching,{at(100)},{at(90)},,B,U,20251123,R,,,text,,S1,120.0"


def test_the_advice_of_a_replay_is_read_as_orders_and_other_alerts_are_none(tmp_path: Path) -> None:
    other = f"late/C,late,{at(100)},{at(90)},,C,U,20251123,R,,,text,,,"
    assert read_holds(alerts_csv(tmp_path, ADVICE, other)) == (ORDER,)


@pytest.mark.parametrize("text", ["vehicle_id,stop_id\nB,S1\n", "", "\x00\xff"])
def test_what_is_no_advice_is_refused_with_what_should_be_there(tmp_path: Path, text: str) -> None:
    path = tmp_path / "alerts.csv"
    path.write_text(text)
    with pytest.raises(CityError, match="said_ms, vehicle_id, stop_id, hold_s"):
        read_holds(path)


def test_the_command_lays_both_truths_beside_each_other_and_wants_advice(tmp_path: Path) -> None:
    for name, calls in (("without", day(60)), ("with", day(400))):
        (tmp_path / name).write_bytes(b"\n".join(encode(one) for one in calls))
    words = ["score", "holds", str(tmp_path / "without"), str(tmp_path / "with"), "--alerts"]
    done = CliRunner().invoke(main, [*words, str(alerts_csv(tmp_path, ADVICE))])
    assert done.exit_code == 0, done.output
    assert "| met within half an hour, of 1 holds | 1       | 0      |" in done.output
    none = CliRunner().invoke(main, [*words, str(alerts_csv(tmp_path))])
    assert none.exit_code == 1
    assert "advises a hold" in none.output
