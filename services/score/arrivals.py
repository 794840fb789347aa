"""`hanoi score arrivals`: our predictions and the baselines on the same questions."""

import json
from pathlib import Path

import click
import numpy as np
import polars as pl
from numpy.typing import NDArray

from fleet.arrivals.baselines import schedule, schedule_and_delay, with_learnt_shift
from fleet.arrivals.score import bootstrap_mean, calitp, eab, honesty, mbta

FILES = ("assignments.csv", "stop_events.csv", "predictions.csv", "delays.csv", "schedule.csv")
TRIP = ["vehicle_id", "trip_id", "start_date"]
AHEAD_MS = 1_800_000
ASKED_S = 900.0
TEXTS = {"vehicle_id": pl.String, "trip_id": pl.String, "start_date": pl.String, "stop_id": pl.String}

Ints = NDArray[np.int64]


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
def arrivals(folder: Path) -> None:
    """Score predicted arrivals beside the baselines."""
    click.echo(json.dumps(score(folder), indent=2))


def score(folder: Path) -> dict[str, object]:
    """Score the files of a replay.

    Every fix of a bus on a trip asks when that bus comes to each stop it reached within the next 15 minutes (30 for
    MBTA and Cal-ITP). Arrivals are those seen in the fixes, never predicted ones.

    Parameters
    ----------
    folder : Path
        What `hanoi replay` wrote.

    Returns
    -------
    dict
        Questions, share answered, and the figures of each predictor.

    Raises
    ------
    click.ClickException
        If a file is absent or nothing can be asked.
    """
    absent = [name for name in FILES if not (folder / name).exists()]
    if absent:
        raise click.ClickException(f"{folder}: {', '.join(absent)} absent; make the folder with `hanoi replay --out`")
    asked = questions(folder)
    if asked.is_empty():
        raise click.ClickException(f"{folder}: no arrival was seen after a fix on the same trip; nothing to ask")
    near = asked.filter(pl.col("ahead_s") <= ASKED_S)
    answered = asked.filter(pl.col("eta_ms").is_not_null() & pl.col("scheduled_ms").is_not_null())
    return {
        "questions": near.height,
        "answered": round(100.0 * near["eta_ms"].count() / max(1, near.height), 2),
        "arrivals": asked.select(*TRIP, "stop_sequence").unique().height,
        "trips": asked.select(TRIP).unique().height,
        "ours": ours(answered),
        "baselines": baselines(answered),
        "next_trip": next_trip(folder),
        "protocol": "every fix asks for each stop reached within 15 min; cold start; arrival 20 m before the stop",
    }


def read(folder: Path, name: str) -> pl.DataFrame:
    """Return one file of a replay with ids as texts."""
    return pl.read_csv(folder / f"{name}.csv", schema_overrides=TEXTS, infer_schema_length=10_000)


def seen_arrivals(folder: Path) -> pl.DataFrame:
    """Return the arrivals seen, the first stop of each trip left out: a bus is there, it does not arrive."""
    first = read(folder, "schedule").group_by("trip_id", "start_date").agg(first=pl.col("stop_sequence").min())
    events = read(folder, "stop_events").select(*TRIP, "stop_sequence", "arrival_ms")
    return (
        events.join(first, on=["trip_id", "start_date"])
        .filter(pl.col("stop_sequence") >= pl.col("first"))
        .drop("first")
    )


def questions(folder: Path) -> pl.DataFrame:
    """Return every fix × stop reached within 30 minutes, with what was predicted and what the timetable says."""
    fixes = read(folder, "assignments").filter(pl.col("trip_id").is_not_null()).select(*TRIP, made_ms="time_ms")
    asked = (
        fixes.lazy()
        .join(seen_arrivals(folder).lazy(), on=TRIP)
        .with_columns(ahead_s=(pl.col("arrival_ms") - pl.col("made_ms")) / 1000.0)
        .filter((pl.col("ahead_s") > 0) & (pl.col("ahead_s") <= AHEAD_MS / 1000))
    )
    said = read(folder, "predictions").lazy().rename({"made_at_ms": "made_ms"}).drop("stop_id", "reason")
    delays = read(folder, "delays").lazy().rename({"time_ms": "made_ms"})
    due = read(folder, "schedule").lazy()
    return (
        asked.join(said, on=["made_ms", *TRIP, "stop_sequence"], how="left")
        .join(delays, on=["made_ms", *TRIP], how="left")
        .join(due, on=["trip_id", "start_date", "stop_sequence"], how="left")
        .sort("made_ms", "vehicle_id", "stop_sequence")
        .collect()
    )


def figures(table: pl.DataFrame, eta_ms: Ints) -> dict[str, object]:
    """Return every figure of one predictor on the answered questions."""
    actual, made = table["arrival_ms"].to_numpy(), table["made_ms"].to_numpy()
    ahead, error = table["ahead_s"].to_numpy(), (actual - eta_ms) / 1000.0
    trip = table.select(pl.struct(TRIP).rank("dense")).to_series().to_numpy().astype(np.int64) - 1
    return {
        "eab": eab(ahead, error) | {"interval95": bootstrap_mean(ahead, error, trip)},
        "mbta": mbta((eta_ms - made) / 1000.0, error),
        "calitp": calitp(ahead, error),
    }


def ours(table: pl.DataFrame) -> dict[str, object]:
    """Return the figures of our shown time, of our median, and how honest the quantiles are.

    Honesty is judged by the predicted time ahead: asked by the actual one, quick buses are over-represented.
    """
    actual = table["arrival_ms"].to_numpy()
    low, mid, high = ((actual - table[name].to_numpy()) / 1000.0 for name in ("p10_ms", "p50_ms", "p90_ms"))
    shown = figures(table, table["eta_ms"].to_numpy())
    median = figures(table, table["p50_ms"].to_numpy())
    said_s = (table["p50_ms"] - table["made_ms"]).to_numpy() / 1000.0
    ahead_s = table["ahead_s"].to_numpy()
    return shown | {
        "median": median,
        "honesty": honesty(said_s, low, mid, high),
        "honesty_by_actual": honesty(ahead_s, low, mid, high),
    }


def baselines(table: pl.DataFrame) -> dict[str, object]:
    """Return the figures of each baseline, as it is and with the constant shift it could have learnt."""
    made, actual = table["made_ms"].to_numpy(), table["arrival_ms"].to_numpy()
    due = table["scheduled_ms"].to_numpy()
    said = {
        "schedule": schedule(due, made),
        "schedule_delay": schedule_and_delay(due, made, table["delay_s"].fill_null(0.0).to_numpy()),
    }
    out: dict[str, object] = {}
    for name, eta in said.items():
        out[name] = figures(table, eta)
        out[f"{name}_shifted"] = figures(table, with_learnt_shift(eta, made, actual))
    return out


def next_trip(folder: Path) -> dict[str, object] | None:
    """Return the EAB figures of predictions made while the bus still ran the trip before, ``None`` without any."""
    now = read(folder, "assignments").select("vehicle_id", made_at_ms="time_ms", now_trip="trip_id")
    table = (
        read(folder, "predictions")
        .join(now, on=["vehicle_id", "made_at_ms"])
        .filter(pl.col("now_trip") != pl.col("trip_id"))
        .join(seen_arrivals(folder), on=[*TRIP, "stop_sequence"])
        .with_columns(ahead_s=(pl.col("arrival_ms") - pl.col("made_at_ms")) / 1000.0)
        .filter((pl.col("ahead_s") > 0) & (pl.col("ahead_s") <= ASKED_S))
    )
    if table.is_empty():
        return None
    error = (table["arrival_ms"] - table["eta_ms"]).to_numpy() / 1000.0
    return {"questions": table.height} | eab(table["ahead_s"].to_numpy(), error)
