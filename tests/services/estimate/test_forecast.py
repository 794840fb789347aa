"""The estimator's process tells what will be, by map cell, and keeps what it learnt."""

from pathlib import Path

import pytest

from routing.congestion import Estimator
from schemas.forecast import RoadForecast
from schemas.message import decode, encode
from services.estimate.forecast import ForecastDesk
from tests.routing.congestion.test_estimate import EAST, NET, START_MS, drive

OFFSET_S = 25_200


def told_after(desk: ForecastDesk, estimator: Estimator, seconds: int) -> list[RoadForecast]:
    """Let two buses crawl and return everything that was told."""
    fixes = sorted(
        [fix for bus, at in (("A", 0.0), ("B", 60.0)) for fix in drive(bus, at, 3.0)], key=lambda fix: fix.time_ms
    )
    out = []
    for end_s in range(0, seconds, 10):
        now_ms = START_MS + end_s * 1000
        due = [fix for fix in fixes if now_ms - 10_000 < fix.time_ms <= now_ms]
        estimator.step(due, now_ms)
        out += desk.look()
    return out


def test_each_new_field_brings_one_forecast_a_cell(tmp_path: Path) -> None:
    estimator = Estimator(NET)
    desk = ForecastDesk(estimator, OFFSET_S, tmp_path / "forecast.npz")
    told = told_after(desk, estimator, 600)
    assert len({(said.cell, said.time_ms) for said in told}) == len(told) >= 8
    assert all(said.time_ms % 60_000 == 0 for said in told)
    last = max(told, key=lambda said: said.time_ms)
    assert decode(RoadForecast, encode(last)) == last
    assert [round(part.ahead_s) for part in last.ahead] == [900, 1800, 3600]
    for part in last.ahead:
        columns = (part.speed_mps, part.low_mps, part.high_mps, part.usual_mps)
        assert {len(column) for column in columns} == {len(last.edge_index)}
        assert all(
            low <= mps <= high for low, mps, high in zip(part.low_mps, part.speed_mps, part.high_mps, strict=True)
        )


def test_a_crawling_street_is_foretold_to_recover_towards_what_is_usual(tmp_path: Path) -> None:
    estimator = Estimator(NET)
    told = told_after(ForecastDesk(estimator, OFFSET_S, tmp_path / "forecast.npz"), estimator, 400)
    said = next(one for one in reversed(told) if EAST[2] in one.edge_index)
    row = said.edge_index.index(EAST[2])
    assert estimator.fused is not None
    speeds = [float(estimator.fused.speed_mps[EAST[2]]), *(part.speed_mps[row] for part in said.ahead)]
    assert speeds == sorted(speeds)
    assert speeds[-1] <= said.ahead[-1].usual_mps[row] + 0.1


def test_what_was_learnt_is_kept_and_a_broken_file_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "deep" / "forecast.npz"
    estimator = Estimator(NET)
    desk = ForecastDesk(estimator, OFFSET_S, file)
    told_after(desk, estimator, 200)
    desk.save()
    assert file.exists()
    ForecastDesk(estimator, OFFSET_S, file)
    assert "begins anew" not in capsys.readouterr().out
    file.write_bytes(b"broken")
    ForecastDesk(estimator, OFFSET_S, file)
    assert "begins anew" in capsys.readouterr().out
