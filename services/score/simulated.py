"""What truly happened in a simulation, in the form of a replay's own truth."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import click
import msgspec
import polars as pl

from fleet.gtfs.timetable import Timetable
from fleet.simulation.truth import TrueCall, TruePosition, Truth
from services.replay.truth import ASKED, OBSERVED
from services.replay.write import SCHEDULE, list_schedule
from services.score.questions import KINDS

# A tracker's clock that is so near the true one is right.
RIGHT_MS = 1500


def read_truth(path: Path) -> Iterator[Truth]:
    """Yield the entries of a ``truth.jsonl``.

    Raises
    ------
    click.ClickException
        With file and line where one cannot be read.
    """
    decoder = msgspec.json.Decoder(Truth)
    try:
        with path.open("rb") as file:
            for number, line in enumerate(file, 1):
                try:
                    yield decoder.decode(line)
                except msgspec.MsgspecError as error:
                    raise click.ClickException(f"{path}, line {number}: {error}") from error
    except OSError as error:
        raise click.ClickException(f"{path}: {error}") from error


def truth_tables(path: Path, timetable: Timetable) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Return true reports, arrivals and planned calls, as `hanoi replay` writes ``asked``, ``observed``, ``schedule``.

    A report asks at the moment it was really made; one whose clock is right bears the clock's time.
    """
    asked, calls = [], []
    for entry in read_truth(path):
        if isinstance(entry, TruePosition) and entry.reported and entry.trip_id in timetable.trip_number:
            said_ms = entry.reported_ms
            right = said_ms is not None and abs(said_ms - entry.time_ms) <= RIGHT_MS
            at_ms = said_ms if right else entry.time_ms
            asked.append(
                (entry.vehicle_id, at_ms, entry.trip_id, entry.start_date, entry.distance_m or 0.0, "simulation")
            )
        elif isinstance(entry, TrueCall) and entry.trip_id in timetable.trip_number:
            calls.append(entry)
    trips = {(row[2], row[3]) for row in asked if row[3]} | {(c.trip_id, c.start_date) for c in calls}
    plan = _table(list_schedule(timetable, trips), SCHEDULE)
    number = {(trip, date, sequence): n for trip, date, n, sequence in plan.select(*SCHEDULE[:4]).iter_rows()}
    observed = []
    for call in calls:
        stop_no = number.get((call.trip_id, call.start_date, call.stop_sequence))
        if stop_no is not None:
            at_ms = call.arrival_ms if stop_no else call.departure_ms
            observed.append((call.vehicle_id, call.trip_id, call.start_date, stop_no, at_ms, at_ms, 0))
    return _table(asked, ASKED).unique(["vehicle_id", "time_ms"], maintain_order=True), _table(observed, OBSERVED), plan


def _table(rows: Sequence[tuple[object, ...]], columns: tuple[str, ...]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema={name: KINDS[name] for name in columns}, orient="row")
