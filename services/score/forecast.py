"""`hanoi score forecast`: speeds 15, 30 and 60 minutes ahead, beside historical average, last value and their mix."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import numpy as np

from fleet.gtfs import GtfsError
from fleet.roster import RosterError
from routing.forecast import HORIZONS_S
from routing.network import NetworkError, load_network
from routing.network.graph import Bools, Floats
from services.city.folder import CityError, CityFolder
from services.recordings.reader import RecordingError
from services.score.forecast_run import AVERAGE, LAST, MEDIAN, OURS, Said, Told, free_speeds, run_forecast
from services.score.living import Lived, live_through
from services.score.past_days import SLOTS, PastDays
from services.score.speed_table import SpeedTable, read_speeds, read_states

MIX = "best_mix"
CONGESTED = 0.65
GRID = np.linspace(0.0, 1.0, 21)


def score_forecast(
    table: SpeedTable, train_days: int, progress: Callable[[int], object] = bool,
    telling: Callable[[PastDays], Told] | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Return the figures of the days after the first ones.

    Everything is said of a slot from what was known a horizon before, and learns from each day once it is over (ours
    from each slot once it is over); the mix is the best on the first days.

    Parameters
    ----------
    table : SpeedTable
        Speeds.
    train_days : int
        Days, by the calendar, that are only learnt from.
    progress : callable
        Told when a day begins.
    telling : callable, optional
        What a living system told of these days: that is ours then.

    Returns
    -------
    dict
        By horizon: questions, `mae`, `rmse`, `mape`, the same of free and congested truths, what share of truths lies
        in the 80 % and 90 % intervals, and the same errors of the baselines on the same questions.

    Raises
    ------
    ValueError
        If there is no day to be asked about.
    """
    past = PastDays(table)
    if not 1 <= train_days < past.count:
        raise ValueError(f"{past.count} days: between 1 and {past.count - 1} can be learnt from alone")
    first = past.kept_before(train_days)
    free = free_speeds(past, first)
    said = run_forecast(table, past, free, progress, None if telling is None else telling(past))
    truth = past.days.reshape(-1, len(free))
    out: dict[str, Any] = {
        "places": len(free), "days": past.count, "train_days": train_days, "unit": table.unit,
        "missing": round(float(np.isnan(truth).mean()), 4), "horizons": {},
    }  # fmt: skip
    for number, horizon_s in enumerate(HORIZONS_S):
        out["horizons"][str(horizon_s // 60)] = _of_horizon(said, number, truth, first * SLOTS, free)
    return out


def _of_horizon(said: Said, number: int, truth: Floats, begin: int, free: Floats) -> dict[str, Any]:
    rules = {name: rows[number] for name, rows in said.rules.items()}
    asked = ~np.isnan(truth)
    for rows in rules.values():
        asked &= ~np.isnan(rows)
    learnt_on, test = asked.copy(), asked.copy()
    learnt_on[begin:], test[:begin] = False, False
    rules[MIX], mix = _best_mix(rules, truth, learnt_on)
    flows = {"free": truth >= CONGESTED * free, "congested": truth < CONGESTED * free}
    ours = _figures(rules.pop(OURS), truth, test, flows)
    for level in said.low:
        inside = (said.low[level][number] <= truth) & (truth <= said.high[level][number])
        ours[f"inside_{level}"] = _share(inside, test)
        ours[f"inside_{level}_congested"] = _share(inside, test & flows["congested"])
        wide = (said.high[level][number] - said.low[level][number])[test]
        ours[f"width_{level}"] = round(float(wide.mean()), 2) if len(wide) else None
    return {
        "questions": int(test.sum()),
        "congested_share": _share(flows["congested"], test),
        **ours,
        "mix": mix,
        "baselines": {name: _figures(rows, truth, test, flows) for name, rows in rules.items()},
    }


def _best_mix(rules: dict[str, Floats], truth: Floats, asked: Bools) -> tuple[Floats, str]:
    """Return the mix of last value and history that was best on some questions; of the last value alone without any."""
    best = (np.inf, 1.0, MEDIAN)
    for name in (AVERAGE, MEDIAN) if asked.any() else ():
        for share in GRID:
            mixed = share * rules[LAST][asked] + (1 - share) * rules[name][asked]
            best = min(best, (float(np.abs(mixed - truth[asked]).mean()), float(share), name))
    _, share, name = best
    return share * rules[LAST] + (1 - share) * rules[name], f"{share:.2f} last value, {1 - share:.2f} {name}"


def _figures(said: Floats, truth: Floats, asked: Bools, flows: dict[str, Bools]) -> dict[str, Any]:
    if not asked.any():
        return {"mae": None, "rmse": None, "mape": None}
    error = (said - truth)[asked]
    out: dict[str, Any] = {
        "mae": round(float(np.abs(error).mean()), 3),
        "rmse": round(float(np.sqrt((error**2).mean())), 3),
        "mape": round(100 * float((np.abs(error) / truth[asked]).mean()), 2),
    }
    for name, which in flows.items():
        here = asked & which
        out[f"mae_{name}"] = round(float(np.abs((said - truth)[here]).mean()), 3) if here.any() else None
    days = [asked & (np.arange(len(truth)) // SLOTS == day)[:, None] for day in range(len(truth) // SLOTS)]
    out["mae_by_day"] = [round(float(np.abs((said - truth)[day]).mean()), 2) for day in days if day.any()]
    return out


def _share(which: Bools, asked: Bools) -> float | None:
    return round(float(which[asked].mean()), 4) if asked.any() else None


def table_of(figures: dict[str, Any]) -> str:
    """Return the figures as a table: an error each, by all, free and congested truths."""
    lines = [
        f"{figures['places']} places, {figures['days']} days of which {figures['train_days']} only learnt from,"
        f" {100 * figures['missing']:.1f} % missing; errors in the unit {figures['unit']}",
        f"{'':28}{'MAE':>8}{'RMSE':>8}{'MAPE %':>8}{'free':>8}{'jam':>8}",
    ]
    for minutes, part in figures["horizons"].items():
        lines.append(
            f"{minutes} minutes, {part['questions']} questions, {_text(part['congested_share'], 100)} % in jams"
        )
        for name, row in ({OURS: part} | part["baselines"]).items():
            keys = ("mae", "rmse", "mape", "mae_free", "mae_congested")
            label = f"{name} ({part['mix']})" if name == MIX else name
            lines.append(f"  {label:26}" + "".join(f"{_text(row.get(key)):>8}" for key in keys))
        held = ", ".join(
            f"{level} % interval holds {_text(part[f'inside_{level}'], 100)} % (in jams"
            f" {_text(part[f'inside_{level}_congested'], 100)} %), {part[f'width_{level}']} wide"
            for level in (80, 90)
            if f"inside_{level}" in part
        )
        lines.append(f"  {held}")
    return "\n".join(lines)


def _text(value: float | None, times: float = 1.0) -> str:
    return "-" if value is None else f"{value * times:.2f}"


@click.command()
@click.option(
    "--speeds",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="CSV: a column a sensor, a row five minutes, 0 is missing.",
)
@click.option(
    "--adjacency",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="CSV of weights between its sensors.",
)
@click.option(
    "--start",
    type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M"]),
    default="2012-03-01",
    show_default=True,
    help="Local time of the table's first row.",
)
@click.option(
    "--states",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Recorded messages of road.states, one a line, instead.",
)
@click.option(
    "--city",
    "city_dir",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="A city folder instead: its own tracker, estimator and forecasts see the --fixes.",
)
@click.option(
    "--fixes",
    type=click.Path(path_type=Path, exists=True),
    multiple=True,
    help="Recorded fixes of that city, a day each, in order of time.",
)
@click.option(
    "--network",
    "network_dir",
    type=click.Path(path_type=Path, file_okay=False),
    help="Whose edges the states are of: neighbours help.",
)
@click.option(
    "--utc-offset", "utc_offset_h", default=7.0, show_default=True, help="Hours the recording's city is ahead of UTC."
)
@click.option(
    "--train-days",
    default=None,
    type=click.IntRange(min=1),
    help="Days only learnt from; all but two of a table, one of a recording.",
)
@click.option("--table", is_flag=True, help="Print a table for reading instead of JSON.")
def forecast(
    speeds: Path | None, adjacency: Path | None, start: datetime, states: Path | None, network_dir: Path | None,
    utc_offset_h: float, train_days: int | None, table: bool, city_dir: Path | None, fixes: tuple[Path, ...],
) -> None:  # fmt: skip
    """Score forecasts of 15, 30 and 60 minutes on speeds of sensors or of a city, beside simple rules.

    The days in front are only learnt from; nothing is told before it was known. With --city ours is what the living
    system itself would have told while the fixes came.
    """
    if sum(of is not None for of in (speeds, states, city_dir)) != 1 or (city_dir is None) != (not fixes):
        raise click.UsageError(
            "give either --speeds, a table of sensors, or --states, recorded messages, or --city with its --fixes"
        )
    lived: Lived | None = None
    try:
        if speeds is not None:
            read = read_speeds(speeds, adjacency, start.replace(tzinfo=UTC))
        elif states is not None:
            network = load_network(network_dir) if network_dir else None
            read = read_states(states, network, round(utc_offset_h * 3600))
        else:
            assert city_dir is not None
            lived = live_through(CityFolder(city_dir), fixes, lambda path: click.echo(f"{path} …", err=True))
            read = lived.table()
        days = train_days or max(1, PastDays(read).count - (2 if speeds else 1))
        telling = None if lived is None else lived.told
        figures = score_forecast(read, days, lambda day: click.echo(f"day {day + 1} …", err=True), telling)
    except (NetworkError, GtfsError, RecordingError, CityError, RosterError, OSError, ValueError) as error:
        raise click.ClickException(str(error)) from error
    click.echo(table_of(figures) if table else json.dumps(figures, indent=1))
