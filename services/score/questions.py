"""The questions of a replay, whoever predicts: each report of a bus × each stop it truly reached, and our answers."""

import json
from collections.abc import Sequence
from pathlib import Path

import click
import polars as pl

from services.replay.truth import ASKED, OBSERVED
from services.replay.write import PREDICTIONS, SCHEDULE

FILES = ("asked.csv", "observed.csv", "schedule.csv", "predictions.csv", "summary.json")
COLUMNS = {"asked": ASKED, "observed": OBSERVED, "schedule": SCHEDULE, "predictions": PREDICTIONS}
RUN = ["trip_id", "start_date"]
TRIP = ["vehicle_id", *RUN]
AHEAD_S = 1800.0
# What was said last stands so long while a newer report leads to nothing.
STANDS_MS = 60_000
KINDS: dict[str, type[pl.DataType]] = dict.fromkeys(
    ("time_ms", "arrival_ms", "known_ms", "made_at_ms", "eta_ms", "p10_ms", "p50_ms", "p90_ms", "scheduled_ms",
     "gap_ms", "stop_no", "stop_sequence"), pl.Int64,
)  # fmt: skip
KINDS |= {"distance_m": pl.Float64} | dict.fromkeys(
    ("vehicle_id", "trip_id", "start_date", "stop_id", "route_id", "source"), pl.String
)


def check_files(folder: Path) -> None:
    """Raise ``click.ClickException`` if a folder is no replay."""
    absent = [name for name in FILES if not (folder / name).exists()]
    if absent:
        raise click.ClickException(f"{folder}: {', '.join(absent)} absent; make the folder with `hanoi replay --out`")


def read(folder: Path, name: str) -> pl.DataFrame:
    """Return one file of a replay with ids as texts."""
    path = folder / f"{name}.csv"
    try:
        table = pl.read_csv(path, schema_overrides=KINDS, infer_schema_length=10_000)
        return table.select(COLUMNS[name])
    except (OSError, pl.exceptions.PolarsError) as error:
        said = str(error).partition("\n")[0]
        raise click.ClickException(f"{path} cannot be read: {said}; replay the recording again") from error


def read_summary(folder: Path) -> dict[str, object]:
    """Return the summary of a replay."""
    path = folder / "summary.json"
    try:
        return dict(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise click.ClickException(f"{path} cannot be read: {error}; replay the recording again") from error


def ask(asked: pl.DataFrame, observed: pl.DataFrame, schedule: pl.DataFrame) -> pl.DataFrame:
    """Return every report × stop truly reached within 30 minutes on the same trip; the first stop is not reached.

    Parameters
    ----------
    asked, observed, schedule : DataFrame
        As `hanoi replay` writes them.

    Returns
    -------
    DataFrame
        Ordered by time, vehicle and stop, ``question`` numbers the rows.
    """
    return (
        asked.lazy()
        .rename({"time_ms": "made_ms"})
        .join(observed.lazy().filter(pl.col("stop_no") > 0), on=TRIP)
        .pipe(_within_reach, schedule)
    )


def _within_reach(reached: pl.LazyFrame, schedule: pl.DataFrame) -> pl.DataFrame:
    """Number what was reached soon enough, in the order in which it is asked."""
    return (
        reached.with_columns(ahead_s=(pl.col("arrival_ms") - pl.col("made_ms")) / 1000.0)
        .filter((pl.col("ahead_s") > 0) & (pl.col("ahead_s") <= AHEAD_S))
        .join(schedule.lazy().rename({"distance_m": "stop_m"}), on=[*RUN, "stop_no"])
        .sort("made_ms", "vehicle_id", "stop_no")
        .with_row_index("question")
        .collect()
    )


def ask_next(asked: pl.DataFrame, observed: pl.DataFrame, schedule: pl.DataFrame) -> pl.DataFrame:
    """Return every report of a bus × stop it truly reached within 30 minutes on its next trip."""
    later = observed.lazy().filter(pl.col("stop_no") > 0)
    starts = later.group_by(TRIP).agg(begins_ms=pl.col("arrival_ms").min())
    return (
        asked.lazy()
        .rename({"time_ms": "made_ms", "trip_id": "now_trip", "start_date": "now_date"})
        .join(starts, on="vehicle_id")
        .filter(pl.col("begins_ms").is_between(pl.col("made_ms"), pl.col("made_ms") + int(AHEAD_S * 1000)))
        .filter((pl.col("now_trip") != pl.col("trip_id")) | (pl.col("now_date") != pl.col("start_date")))
        .join(later, on=TRIP)
        .pipe(_within_reach, schedule)
    )


def answer(questions: pl.DataFrame, predictions: pl.DataFrame) -> pl.DataFrame:
    """Return questions with what was said: of this bus at this stop, by whichever trip.

    What a bus's newest report led to counts; where it led to nothing, what was said at most a minute before. A trip of
    the same name goes first, then the same place in the trip, then the earliest arrival.

    Parameters
    ----------
    questions : DataFrame
        As of `ask`.
    predictions : DataFrame
        As `hanoi replay` writes them.

    Returns
    -------
    DataFrame
        One row a question; ``eta_ms``, ``p10_ms``, ``p50_ms`` and ``p90_ms`` are null where nothing was said.
    """
    said = predictions.lazy().drop("reason", strict=False)
    messages = said.select("vehicle_id", said_ms="made_at_ms").unique().sort("said_ms")
    newest = (
        questions.lazy()
        .select("vehicle_id", "made_ms")
        .unique()
        .sort("made_ms")
        .join_asof(
            messages,
            left_on="made_ms",
            right_on="said_ms",
            by="vehicle_id",
            tolerance=STANDS_MS,
            check_sortedness=False,
        )
    )
    words = said.rename({"made_at_ms": "said_ms", "trip_id": "t", "start_date": "d", "stop_sequence": "s"})
    found = (
        questions.lazy()
        .join(newest, on=["vehicle_id", "made_ms"])
        .join(words, on=["vehicle_id", "said_ms", "stop_id"])
        .with_columns(
            other_trip=(pl.col("t") != pl.col("trip_id")) | (pl.col("d") != pl.col("start_date")),
            other_call=pl.col("s") != pl.col("stop_sequence"),
        )
        .sort("question", "other_trip", "other_call", "eta_ms")
        .unique("question", keep="first", maintain_order=True)
        .select("question", "eta_ms", "p10_ms", "p50_ms", "p90_ms")
    )
    return questions.lazy().join(found, on="question", how="left").sort("question").collect()


def of_routes(table: pl.DataFrame, schedule: pl.DataFrame, routes: Sequence[str]) -> pl.DataFrame:
    """Return the rows whose trip runs one of some routes; all where none is named."""
    if not routes:
        return table
    return table.join(schedule.filter(pl.col("route_id").is_in(list(routes))).select(RUN).unique(), on=RUN, how="semi")


def sure(observed: pl.DataFrame, gap_s: int) -> pl.DataFrame:
    """Return the arrivals between two reports at most so many seconds apart; all of them for 0."""
    return observed.filter(pl.col("gap_ms") <= 1000 * gap_s) if gap_s else observed


def thin(asked: pl.DataFrame, every_s: int) -> pl.DataFrame:
    """Return the first report of each bus and trip in each so many seconds; all of them for 0."""
    if not every_s:
        return asked
    kept = asked.with_columns(slot=pl.col("time_ms") // (1000 * every_s))
    return kept.unique([*TRIP, "slot"], keep="first", maintain_order=True).drop("slot")
