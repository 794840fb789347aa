"""The baselines' answers to the questions of a replay."""

from collections.abc import Iterable

import numpy as np
import polars as pl

from fleet.arrivals.baselines import (
    Ahead,
    Drives,
    arrive,
    kalman,
    last_bus,
    make_drives,
    quarter_hour,
    schedule,
    schedule_and_delay,
    with_learnt_shift,
)
from fleet.arrivals.baselines.links import Floats, Ints
from services.score.questions import RUN, TRIP

LINE_M = 20.0
WAITS_M = 50.0
FASTEST_MPS = 16.7
SHORTEST_S = 5.0
LINK = ["from_stop", "stop_id"]


def list_rivals(questions: pl.DataFrame, calls: pl.DataFrame, drives: pl.DataFrame) -> dict[str, Ints]:
    """Return what each baseline says, as it is and ``_shifted`` by the constant it could have learnt.

    Parameters
    ----------
    questions : DataFrame
        As of `ask`, in its order.
    calls : DataFrame
        ``schedule.csv`` of the replay.
    drives : DataFrame
        As of `list_drives`, of this replay and of those before.

    Returns
    -------
    dict
        Name → shown times, milliseconds, one a question.
    """
    made, actual, due = (questions[name].to_numpy() for name in ("made_ms", "arrival_ms", "scheduled_ms"))
    ahead, row_of = _look_ahead(questions, calls, drives)
    known = _known(drives)
    links = {"last_bus": last_bus, "history_15min": quarter_hour, "kalman": kalman}
    said = {
        "schedule": schedule(due, made),
        "schedule_delay": schedule_and_delay(due, made, delay_s(questions, calls)),
    } | {name: np.maximum(arrive(ahead, rule(known, ahead))[row_of], made) for name, rule in links.items()}
    return said | {f"{name}_shifted": with_learnt_shift(eta, made, actual) for name, eta in said.items()}


def list_drives(replays: Iterable[tuple[pl.DataFrame, pl.DataFrame]]) -> pl.DataFrame:
    """Return every drive from one stop to the next that was seen, of replays as (observed, schedule)."""
    tables = []
    for observed, calls in replays:
        stops = observed.join(calls.select(*RUN, "stop_no", "stop_id"), on=[*RUN, "stop_no"])
        tables.append(
            stops.sort(*TRIP, "stop_no")
            .with_columns(
                from_stop=pl.col("stop_id").shift().over(TRIP),
                from_ms=pl.col("arrival_ms").shift().over(TRIP),
                from_no=pl.col("stop_no").shift().over(TRIP),
            )
            .filter(pl.col("from_no") == pl.col("stop_no") - 1)
            .select(*LINK, "known_ms", took_s=(pl.col("arrival_ms") - pl.col("from_ms")) / 1000.0)
        )
    return pl.concat(tables).with_columns(link=pl.struct(LINK).rank("dense").cast(pl.Int64))


def delay_s(questions: pl.DataFrame, calls: pl.DataFrame) -> Floats:
    """Return how late each question's bus is, by its place on the shape; one that waits to begin is not early."""
    place = _places(questions, calls)
    out = np.empty(len(place.offset))
    due, along = calls["scheduled_ms"].to_numpy() / 1000.0, calls["distance_m"].to_numpy()
    now, where = questions["made_ms"].to_numpy() / 1000.0, questions["distance_m"].to_numpy()
    for offset in np.unique(place.offset):
        here = place.offset == offset
        rows = slice(offset, offset + int(place.count[np.argmax(here)]))
        late = now[here] - np.interp(where[here], along[rows], due[rows])
        waits = where[here] <= along[offset] + WAITS_M
        out[here] = np.where(waits, np.maximum(late, 0.0), late)
    return out


class _Places:
    """Where each question's trip begins in the calls, how many it has, and which of them is the next."""

    def __init__(self, offset: Ints, count: Ints, following: Ints) -> None:
        self.offset, self.count, self.following = offset, count, following


def _places(questions: pl.DataFrame, calls: pl.DataFrame) -> _Places:
    trips = calls.with_row_index("row").group_by(RUN).agg(offset=pl.col("row").min(), count=pl.len())
    found = questions.select(RUN).join(trips, on=RUN, how="left", maintain_order="left")
    offset, count = (found[name].to_numpy().astype(np.int64) for name in ("offset", "count"))
    number = np.cumsum(np.diff(calls["stop_no"].to_numpy(), prepend=1) < 0)
    # One rising axis for all trips: each its own stretch, longer than any line.
    axis = number * 1e7 + np.maximum.accumulate(calls["distance_m"].to_numpy() + number * 1e7) - number * 1e7 - LINE_M
    where = number[offset] * 1e7 + questions["distance_m"].to_numpy()
    following = np.clip(np.searchsorted(axis, where, side="right") - offset, 1, count - 1)
    return _Places(offset, count, following.astype(np.int64))


def _look_ahead(questions: pl.DataFrame, calls: pl.DataFrame, drives: pl.DataFrame) -> tuple[Ahead, Ints]:
    """Return the links before each report, and which of them ends at each question's stop."""
    place = _places(questions, calls)
    stop = np.maximum(questions["stop_no"].to_numpy(), place.following)
    report = questions.select(pl.struct("vehicle_id", "made_ms").rank("dense")).to_series().to_numpy().astype(np.int64)
    order = np.lexsort((stop, report))
    last = np.flatnonzero(np.diff(report[order], append=-1))
    ask = order[last]  # of each report the question about its farthest stop
    counts = stop[ask] - place.following[ask] + 1
    begin = np.cumsum(counts) - counts
    asked = np.repeat(np.arange(len(ask)), counts)
    number = np.arange(len(asked)) - begin[asked]
    call = place.offset[ask][asked] + place.following[ask][asked] + number
    made = questions["made_ms"].to_numpy()[ask]
    where = questions["distance_m"].to_numpy()[ask]
    due, along = calls["scheduled_ms"].to_numpy(), calls["distance_m"].to_numpy()
    first = place.offset[ask]
    waits = (where <= along[first] + WAITS_M) & (made < due[first])
    length = np.maximum(along[call] - along[call - 1], 1.0)
    left = np.where(number == 0, np.clip((along[call] - LINE_M - where[asked]) / length, 0.0, 1.0), 1.0)
    ahead = Ahead(
        asked=asked,
        link=_links_of(calls, drives)[call],
        at_ms=made[asked],
        leaves_ms=np.where(waits, due[first], made)[asked],
        part=np.where(waits[asked], 1.0, left),
        planned_s=np.maximum((due[call] - due[call - 1]) / 1000.0, np.maximum(length / FASTEST_MPS, SHORTEST_S)),
    )
    return ahead, begin[np.searchsorted(report[ask], report)] + stop - place.following


def _links_of(calls: pl.DataFrame, drives: pl.DataFrame) -> Ints:
    known = drives.select(*LINK, "link").unique()
    pairs = calls.select("stop_id", from_stop=pl.col("stop_id").shift())
    found = pairs.join(known, on=LINK, how="left", maintain_order="left")
    return found["link"].fill_null(0).to_numpy().astype(np.int64)


def _known(drives: pl.DataFrame) -> Drives:
    return make_drives(*(drives[name].to_numpy() for name in ("link", "known_ms", "took_s")))
