"""`hanoi score arrivals`: our predictions and the baselines on the same questions."""

import json
from collections.abc import Sequence
from pathlib import Path

import click
import numpy as np
import polars as pl
from numpy.typing import NDArray

from fleet.arrivals.baselines import learnt_interval
from fleet.arrivals.score import (
    EAB_BINS_S,
    Constant,
    bootstrap_mean,
    by_bins,
    calitp,
    eab,
    intervals,
    mbta,
    name_of,
    share,
    wobble_min,
)
from services.score.feed import read_feed
from services.score.questions import TRIP, answer, ask, ask_next, check_files, of_routes, read, read_summary, sure, thin
from services.score.rivals import list_drives, list_rivals
from services.score.simulated import truth_tables
from services.score.table import write_table

ASKED_S = 900.0
Ints = NDArray[np.int64]
PROTOCOL = (
    "every report of a bus asks for each stop it truly reached within 15 min (30 for MBTA and Cal-ITP); truth by the "
    "data's own trips, 20 m before the stop; errors are actual - predicted; baselines answer the same questions"
)


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--route", "routes", multiple=True, help="Only trips of this route_id; may be given several times.")
@click.option("--history", "before", multiple=True, type=click.Path(path_type=Path),
              help="Replay of an earlier day, for the baselines' history; may be given several times.")  # fmt: skip
@click.option("--truth", type=click.Path(path_type=Path, exists=True, dir_okay=False),
              help="truth.jsonl of the simulation that was replayed: the true reports and arrivals.")  # fmt: skip
@click.option("--gtfs", type=click.Path(path_type=Path), help="The feed of the replay, where it was moved (--truth).")
@click.option("--every", "every_s", type=click.IntRange(min=0), default=0, show_default=True,
              help="Ask a bus at most once in so many seconds; for recordings of millions of reports.")  # fmt: skip
@click.option("--gap", "gap_s", type=click.IntRange(min=0), default=0, show_default=True,
              help="Ask only for arrivals between two reports at most so many seconds apart; 0 for all.")  # fmt: skip
@click.option("--table", "as_table", is_flag=True, help="A table for people instead of JSON.")
def arrivals(
    folder: Path,
    routes: tuple[str, ...],
    before: tuple[Path, ...],
    truth: Path | None,
    gtfs: Path | None,
    every_s: int,
    gap_s: int,
    as_table: bool,
) -> None:
    """Score the predicted arrivals of a replay (FOLDER) beside simple baselines on the same questions."""
    for one in (folder, *before):
        check_files(one)
    tables = truth_tables(truth, read_feed(folder, gtfs)) if truth is not None else None
    figures = score(folder, routes=routes, before=before, tables=tables, every_s=every_s, gap_s=gap_s)
    click.echo(write_table(figures) if as_table else json.dumps(figures, indent=2))


def score(
    folder: Path,
    *,
    routes: Sequence[str] = (),
    before: Sequence[Path] = (),
    tables: tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame] | None = None,
    every_s: int = 0,
    gap_s: int = 0,
) -> dict[str, object]:
    """Score the files of a replay.

    Parameters
    ----------
    folder : Path
        What `hanoi replay` wrote.
    routes : sequence of str
        Route ids; none for all.
    before : sequence of Path
        Replays of earlier days; what the baselines know of the past.
    tables : tuple of DataFrame, optional
        Asked, observed and schedule, where something else than the replay knows the truth.
    every_s : int
        A bus asks at most once in so many seconds.
    gap_s : int
        Only arrivals between two reports at most so many seconds apart are asked for; 0 for all.

    Returns
    -------
    dict
        Questions, share answered, and the figures of each predictor.

    Raises
    ------
    click.ClickException
        If nothing can be asked.
    """
    everyone, observed, calls = tables or (read(folder, name) for name in ("asked", "observed", "schedule"))
    asked = thin(of_routes(everyone, calls, routes), every_s)
    said = read(folder, "predictions")
    sure_ones = sure(observed, gap_s)
    questions = answer(ask(asked, sure_ones, calls), said)
    if questions.is_empty():
        raise click.ClickException(f"{folder}: no bus was seen to reach a stop after a report on the same trip")
    drives = list_drives([(observed, calls), *((read(old, "observed"), read(old, "schedule")) for old in before)])
    answered = questions["eta_ms"].is_not_null().to_numpy()
    known = questions.filter(answered)
    rivals = {name: eta[answered] for name, eta in list_rivals(questions, calls, drives).items()}
    return {
        **_count(questions, answered),
        "arrivals": questions.select(*TRIP, "stop_no").unique().height,
        "trips": questions.select(TRIP).unique().height,
        "truth": dict(asked["source"].value_counts().sort("source").iter_rows()),
        "ours": _ours(known, rivals) if known.height else None,
        "baselines": {name: _figures(known, eta) for name, eta in rivals.items()} if known.height else {},
        "next_trip": _next_trip(asked, sure_ones, calls, said),
        "replay": read_summary(folder).get("options"),
        "protocol": PROTOCOL,
    }


def _count(questions: pl.DataFrame, answered: NDArray[np.bool_]) -> dict[str, object]:
    ahead = questions["ahead_s"].to_numpy()
    bins = {name_of(b): share(answered[(ahead >= b[0]) & (ahead < b[1])]) for b in EAB_BINS_S}
    near = ahead <= ASKED_S
    return {"questions": int(near.sum()), "answered": share(answered[near]), "answered_by_bin": bins} | _minutes(
        questions, answered
    )


def _minutes(questions: pl.DataFrame, answered: NDArray[np.bool_]) -> dict[str, object]:
    """Return the share of minutes before arrivals in which something was said at least once, and twice."""
    cells = np.bincount(_cells(questions)[answered], minlength=int(_cells(questions).max()) + 1)
    return {"minutes_with_prediction": share(cells >= 1), "minutes_with_two": share(cells >= 2)}


def _cells(table: pl.DataFrame) -> Ints:
    """Number the minutes before each arrival."""
    minute = table.select(*TRIP, "stop_no", minute=(pl.col("ahead_s") // 60))
    ranked = minute.select(pl.struct(pl.all()).rank("dense")).to_series()
    return ranked.to_numpy().astype(np.int64) - 1


def _figures(table: pl.DataFrame, eta_ms: Ints) -> dict[str, object]:
    """Return every figure of one predictor on the answered questions."""
    actual, made = table["arrival_ms"].to_numpy(), table["made_ms"].to_numpy()
    ahead, error, said_s = table["ahead_s"].to_numpy(), (actual - eta_ms) / 1000.0, (eta_ms - made) / 1000.0
    trip = table.select(pl.struct(TRIP).rank("dense")).to_series().to_numpy().astype(np.int64) - 1
    wobble = wobble_min((eta_ms - int(made.min())) / 1000.0, _cells(table))
    return {
        "eab": eab(ahead, error) | {"interval95": bootstrap_mean(ahead, error, trip)},
        "by_predicted": by_bins(said_s, error),
        "mbta": mbta(said_s, error),
        "calitp": calitp(ahead, error) | {"wobble_min": wobble},
    }


def _ours(table: pl.DataFrame, rivals: dict[str, Ints]) -> dict[str, object]:
    """Return the figures of our shown time, of our median, and how honest and wide the quantiles are.

    Honesty is judged by the predicted time ahead: asked by the actual one, quick buses are over-represented.
    """
    actual, made, mid = (table[name].to_numpy() for name in ("arrival_ms", "made_ms", "p50_ms"))
    low, middle, high = ((actual - table[name].to_numpy()) / 1000.0 for name in ("p10_ms", "p50_ms", "p90_ms"))
    points = {"around_p50": mid, "around_kalman": rivals["kalman"], "around_schedule_delay": rivals["schedule_delay"]}
    constants = {name: _constant(said, made, actual) for name, said in points.items()}
    return _figures(table, table["eta_ms"].to_numpy()) | {
        "median": _figures(table, mid),
        "intervals": intervals((mid - made) / 1000.0, low, middle, high, constants),
        "intervals_by_actual": intervals(table["ahead_s"].to_numpy(), low, middle, high, constants),
    }


def _constant(said_ms: Ints, made_ms: Ints, actual_ms: Ints) -> Constant:
    return Constant((actual_ms - said_ms) / 1000.0, *learnt_interval(said_ms, made_ms, actual_ms))


def _next_trip(
    asked: pl.DataFrame, observed: pl.DataFrame, calls: pl.DataFrame, said: pl.DataFrame
) -> dict[str, object] | None:
    """Return how right we were about the trip after the one a bus runs, ``None`` where nothing could be asked."""
    questions = answer(ask_next(asked, observed, calls), said)
    near = questions.filter(pl.col("ahead_s") <= ASKED_S)
    if near.is_empty():
        return None
    known = near.filter(pl.col("eta_ms").is_not_null())
    error = (known["arrival_ms"] - known["eta_ms"]).to_numpy() / 1000.0
    answered = share(near["eta_ms"].is_not_null().to_numpy())
    return {"questions": near.height, "answered": answered} | eab(known["ahead_s"].to_numpy(), error)
