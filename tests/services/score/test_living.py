"""What the living system told of its roads is asked like the simple rules: the same slots, nothing before its time."""

import json
from pathlib import Path

import msgspec
import numpy as np
import pytest
from click.testing import CliRunner

from routing.forecast.city import CityForecast
from schemas.fix import Fix
from schemas.message import decode, encode
from services.score.forecast import forecast
from services.score.living import Lived
from services.score.past_days import SLOTS, PastDays
from services.score.speed_table import DAY_MS, STEP_S
from tests.routing.builders import grid

NET = grid(3, 3, 200.0)
FIRST_SLOT = 20_000 * SLOTS  # midnight of a local day


def test_a_forecast_is_asked_in_the_slot_that_it_is_about_and_only_of_edges_it_speaks_of() -> None:
    lived = Lived(NET)
    for slot in (FIRST_SLOT + 100, FIRST_SLOT + 6 * SLOTS + 100):
        lived.measured |= {(slot + n, NET.edge_ids[edge]): 18.0 for edge in (2, 5) for n in range(13)}
    rows = np.arange(3 * NET.edge_count, dtype=float).reshape(3, -1)
    time_ms = (FIRST_SLOT + 6 * SLOTS + 100) * STEP_S * 1000
    lived.made[FIRST_SLOT + 6 * SLOTS + 100] = CityForecast(time_ms, np.array([5]), rows, rows - 1, rows + 1, rows)
    past = PastDays(lived.table())
    assert (past.count, past.calendar.tolist()) == (7, [0, 1, 6])
    told = lived.told(past).speed
    second = 2 * SLOTS
    assert sorted(told) == [(0, second + 103), (1, second + 106), (2, second + 112)]
    column = {name: place for place, name in enumerate(sorted(NET.edge_ids[edge] for edge in (2, 5)))}
    speed, low, high = told[1, second + 106]
    mine, other = column[NET.edge_ids[5]], column[NET.edge_ids[2]]
    assert (speed[mine], low[mine], high[mine]) == pytest.approx(
        (3.6 * rows[1, 5], 3.6 * rows[1, 5] - 3.6, 3.6 * rows[1, 5] + 3.6)
    )
    assert np.isnan(speed[other])


def test_days_without_a_record_take_no_room_and_keep_their_weekdays() -> None:
    lived = Lived(NET, {(FIRST_SLOT + day * SLOTS + 5, NET.edge_ids[0]): 9.0 for day in (0, 6, 7)})
    past = PastDays(lived.table())
    assert past.calendar.tolist() == [0, 1, 6, 7]
    assert [past.is_next(day) for day in range(4)] == [False, True, False, True]
    assert (past.kept_before(6), past.day_ms(2) - past.day_ms(0), past.day_ms(4) - past.day_ms(3)) == (
        2,
        6 * DAY_MS,
        DAY_MS,
    )
    assert past.slot_of(past.day_ms(2) + STEP_S * 1000) == 2 * SLOTS + 1
    assert past.slot_of(past.day_ms(0) + 3 * DAY_MS) is None


def write(path: Path, fixes: list[Fix], later_ms: int) -> Path:
    """Write fixes as if they had been made later."""
    moved = (
        msgspec.structs.replace(fix, time_ms=fix.time_ms + later_ms, received_ms=fix.received_ms + later_ms)
        for fix in fixes
    )
    path.write_bytes(b"".join(encode(fix) + b"\n" for fix in moved))
    return path


def test_a_city_is_scored_by_what_its_own_services_told(small_city: Path, simulated: Path, tmp_path: Path) -> None:
    fixes = [decode(Fix, line) for line in (simulated / "fixes.jsonl").read_bytes().splitlines()]
    first_ms = fixes[0].time_ms
    early = [fix for fix in fixes if fix.time_ms < first_ms + 5 * 60_000]
    before = write(tmp_path / "before.jsonl", early, 0)
    later = write(tmp_path / "later.jsonl", [f for f in fixes if f.time_ms < first_ms + 21 * 60_000], 7 * DAY_MS)
    run, days = CliRunner(), ["--fixes", str(before), "--fixes", str(later)]
    done = run.invoke(forecast, ["--city", str(small_city), *days])
    assert done.exit_code == 0, done.output
    figures = json.loads(done.stdout)
    part = figures["horizons"]["15"]
    assert (figures["days"], figures["train_days"], figures["unit"]) == (8, 7, "km/h")
    assert part["questions"] > 20
    assert 0 < part["mae"] < 30
    assert 0.5 <= part["inside_90"] <= 1.0
    assert "inside_80" not in part
    assert figures["horizons"]["60"]["questions"] == 0, "21 minutes hold no forecast of an hour that came due"
    last = write(tmp_path / "last.jsonl", early[:3], 9 * DAY_MS)
    wrong = run.invoke(forecast, ["--city", str(small_city), "--fixes", str(last), *days[:2]])
    assert "give them in order of time" in wrong.output
    assert "or --city with its --fixes" in run.invoke(forecast, ["--city", str(small_city)]).output
