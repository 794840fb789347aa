"""Forecasts are asked what was not known yet, beside simple rules that are asked the same."""

import json
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from scipy.sparse import csr_matrix

from schemas.edge import EdgeState, LevelOfService, RoadStates
from schemas.message import encode
from services.score.forecast import forecast, score_forecast
from services.score.forecast import table_of as table_text
from services.score.past_days import SLOTS, PastDays
from services.score.speed_table import DAY_MS, SpeedTable, read_speeds, read_states
from tests.data import shared_data

THURSDAY_MS = round(datetime(2012, 3, 1, tzinfo=UTC).timestamp() * 1000)


def table_of(days: int, places: int = 6, seed: int = 1) -> SpeedTable:
    """Return days with a queue at eight, of another depth each day, slower or faster as a whole, and noise."""
    rng = np.random.default_rng(seed)
    hour = np.arange(SLOTS) / 12
    rows = []
    for _ in range(days):
        depth = 1.0 + rng.normal(0, 0.3, places)
        queue = np.exp(-(((hour - 8.0) / 1.0) ** 2))[:, None] * depth
        rain = rng.normal(0.0, 5.0)
        rows.append(60.0 - rain - 40.0 * np.clip(queue, 0, 1) + rng.normal(0, 1.0, (SLOTS, places)))
    return SpeedTable(THURSDAY_MS, np.concatenate(rows), (csr_matrix((places, places)),), "mph")


def test_all_rules_answer_the_same_questions_and_ours_is_best() -> None:
    parts = score_forecast(table_of(5), 3)["horizons"].values()
    assert {part["questions"] > 3000 for part in parts} == {True}
    for name in ("historical_average", "historical_median", "last_value", "best_mix"):
        assert sum(part["mae"] for part in parts) < sum(part["baselines"][name]["mae"] for part in parts)
    assert all(0.8 <= part["inside_90"] <= 0.97 for part in parts)


def test_a_missing_reading_is_neither_asked_nor_learnt_from(tmp_path: Path) -> None:
    full = table_of(3, places=3)
    holes = full.speed.copy()
    holes[2 * SLOTS + 100 : 2 * SLOTS + 120, 0] = np.nan
    with_holes = SpeedTable(full.start_ms, holes, full.neighbours, full.unit)
    asked = [score_forecast(table, 2)["horizons"]["15"]["questions"] for table in (full, with_holes)]
    # 20 truths are gone, and three after them of which the last value was older than 15 minutes.
    assert asked[0] - asked[1] == 23


def test_nothing_is_known_before_its_time() -> None:
    """What is said of all slots up to a moment and a horizon after it does not change with what comes later."""
    from services.score.forecast_run import free_speeds, run_forecast

    plain = table_of(3)
    cut = 2 * SLOTS + 90
    changed = plain.speed.copy()
    changed[cut + 1 :] = 5.0
    other = SpeedTable(plain.start_ms, changed, plain.neighbours, plain.unit)
    said = []
    for table in (plain, other):
        past = PastDays(table)
        said.append(run_forecast(table, past, free_speeds(past, 2)))
    for name in said[0].rules:
        for number, ahead in enumerate((3, 6, 12)):
            one, two = (each.rules[name][number, : cut + ahead + 1] for each in said)
            assert np.array_equal(one, two, equal_nan=True), name


def test_a_slot_after_midnight_is_not_known_from_the_day_that_still_runs() -> None:
    table = table_of(3)
    past = PastDays(table)
    before, _ = past.usual(1, 2)  # known on day 1, about day 2
    assert np.allclose(before, table.speed[:SLOTS], equal_nan=True)


def test_weekdays_and_weekends_are_apart() -> None:
    past = PastDays(table_of(7))
    assert past.alike(6, 6) == [0, 1, 4, 5]  # Wednesday: Thursday, Friday, Monday, Tuesday
    assert past.alike(3, 3) == [2]


def test_the_table_of_sensors_is_read_and_what_is_wrong_is_named(tmp_path: Path) -> None:
    good = tmp_path / "speeds.csv"
    good.write_text("a,b\n60,0\nx,50\n")
    read = read_speeds(good, None, datetime(2012, 3, 1, tzinfo=UTC))
    assert np.array_equal(read.speed, [[60, np.nan], [np.nan, 50]], equal_nan=True)
    bad = tmp_path / "bad.csv"
    bad.write_text("a,b\n60\n")
    with pytest.raises(ValueError, match="line 2 has 1 values, the header 2"):
        read_speeds(bad, None, datetime(2012, 3, 1, tzinfo=UTC))
    with pytest.raises(ValueError, match="2 sensors want 2 rows of 2"):
        read_speeds(good, bad, datetime(2012, 3, 1, tzinfo=UTC))


def states(time_ms: int, speed_mps: float, *, imputed: bool = False) -> bytes:
    """Return one recorded line."""
    one = EdgeState(
        edge_id="1/2/3", edge_index=0, time_ms=time_ms, level=LevelOfService.FREE, observations=0 if imputed else 2,
        speed_mps=speed_mps, imputed=imputed,
    )  # fmt: skip
    return encode(RoadStates(cell="14/1/1", time_ms=time_ms, states=(one,)))


def test_a_recorded_city_is_read_and_what_was_imputed_is_no_truth(tmp_path: Path) -> None:
    file = tmp_path / "states.jsonl"
    lines = [states(THURSDAY_MS, 10.0), states(THURSDAY_MS + 60_000, 11.0, imputed=True), states(DAY_MS * 15_401, 5.0)]
    file.write_bytes(b"\n".join(lines) + b"\n")
    read = read_states(file, None, 0)
    assert read.speed[0, 0] == pytest.approx(36.0)
    assert np.isnan(read.speed[1:-1]).all()
    assert read.speed[-1, 0] == pytest.approx(18.0)
    file.write_bytes(b"{\n")
    with pytest.raises(ValueError, match="line 1 is no message"):
        read_states(file, None, 0)
    file.write_bytes(states(THURSDAY_MS, 3.0, imputed=True))
    with pytest.raises(ValueError, match="no state in it was measured"):
        read_states(file, None, 0)


def test_the_command_wants_one_input_and_prints_json_or_a_table(tmp_path: Path) -> None:
    table = table_of(2, places=2)
    file = tmp_path / "speeds.csv"
    rows = "\n".join(",".join(f"{value:.2f}" for value in row) for row in table.speed)
    file.write_text(f"a,b\n{rows}\n")
    run = CliRunner()
    assert "give either" in run.invoke(forecast, []).output
    said = run.invoke(forecast, ["--speeds", str(file), "--train-days", "1"])
    assert said.exit_code == 0, said.output
    figures = json.loads(said.stdout)
    assert figures["horizons"]["60"]["mae"] > 0
    shown = table_text(figures)
    assert "historical_average" in shown
    assert "90 % interval holds" in shown
    assert "between 1 and 1" in run.invoke(forecast, ["--speeds", str(file), "--train-days", "9"]).output


@pytest.mark.data
def test_on_the_real_week_it_beats_history_and_last_value_at_every_horizon() -> None:
    folder = shared_data("speeds")
    table = read_speeds(folder / "los_speed.csv", folder / "los_adj.csv", datetime(2012, 3, 1, tzinfo=UTC))
    for part in score_forecast(table, 5)["horizons"].values():
        for rival in ("historical_average", "last_value", "best_mix"):
            assert part["mae"] < part["baselines"][rival]["mae"]
        assert 0.87 <= part["inside_90"] <= 0.93
