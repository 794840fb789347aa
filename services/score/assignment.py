"""`hanoi score assignment`: which trip the tracker said against which trip was driven, and which faults misled it."""

import json
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import msgspec
import polars as pl

from fleet.simulation.truth import TruePosition, Truth
from schemas.trip import Phase

OFF_TRIP = frozenset({"layover", "deadhead", "at_depot"})
SETTLED_MS = 120_000


@dataclass(frozen=True)
class Said:
    """What the tracker said of one report."""

    phase: str
    trip_id: str | None
    start_date: str | None


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--labels", type=click.Path(path_type=Path, exists=True, dir_okay=False), required=True,
              help="truth.jsonl of `hanoi simulate`.")  # fmt: skip
def assignment(folder: Path, labels: Path) -> None:
    """Score the trips that `hanoi replay` assigned against the truth of a simulation.

    FOLDER holds assignments.csv. A report counts once; reports of the first two minutes of a trip are also left out
    in `settled`, because nobody can know a trip before the bus has moved.
    """
    try:
        said = read_assignments(folder / "assignments.csv")
        truth = read_truth(labels)
    except (OSError, pl.exceptions.PolarsError, msgspec.MsgspecError, KeyError) as error:
        raise click.ClickException(f"{type(error).__name__}: {error}") from error
    figures = score(said, truth)
    if not figures["reports"]:
        raise click.ClickException(f"no report of {folder} is one of {labels}: are they of the same simulation?")
    click.echo(json.dumps(figures, indent=1))


def read_assignments(path: Path) -> dict[tuple[str, int], Said]:
    """Read what the tracker said, by vehicle and time of the report.

    Parameters
    ----------
    path : Path
        ``assignments.csv`` of `hanoi replay`.

    Returns
    -------
    dict
        (vehicle id, milliseconds) → what was said last of it.
    """
    columns = ["vehicle_id", "time_ms", "phase", "trip_id", "start_date"]
    table = pl.read_csv(path, columns=columns, schema_overrides=dict.fromkeys(columns, pl.String))
    return {
        (vehicle, int(time_ms)): Said(phase, trip, date) for vehicle, time_ms, phase, trip, date in table.iter_rows()
    }


def read_truth(path: Path) -> list[TruePosition]:
    """Read the true positions of reports that were sent.

    Parameters
    ----------
    path : Path
        ``truth.jsonl``.

    Returns
    -------
    list of TruePosition
        In order of time.
    """
    decoder = msgspec.json.Decoder(Truth)
    with path.open("rb") as file:
        entries = (decoder.decode(line) for line in file)
        return [entry for entry in entries if isinstance(entry, TruePosition) and entry.reported]


def score(said: dict[tuple[str, int], Said], truth: list[TruePosition]) -> dict[str, Any]:
    """Compare what was said with what was true.

    Parameters
    ----------
    said : dict
        As of `read_assignments`.
    truth : list of TruePosition
        As of `read_truth`.

    Returns
    -------
    dict
        Shares: right, wrong and no trip of reports on a trip (all, and settled), no trip of those on none, and right
        ones by fault.
    """
    began: dict[tuple[str, str | None], int] = {}
    on_trip: Counter[str] = Counter()
    settled: Counter[str] = Counter()
    off_trip: Counter[str] = Counter()
    faults: dict[str, Counter[str]] = defaultdict(Counter)
    for true in truth:
        given = said.get((true.vehicle_id, true.reported_ms or 0))
        first_ms = began.setdefault((true.vehicle_id, true.trip_id), true.time_ms)
        if given is None:
            if true.trip_id is not None:
                on_trip["unsaid"] += 1
            continue
        if true.trip_id is None:
            off_trip["right" if given.phase != Phase.IN_SERVICE else "wrong"] += true.phase in OFF_TRIP
            continue
        verdict = _verdict(given, true)
        on_trip[verdict] += 1
        settled[verdict] += true.time_ms - first_ms >= SETTLED_MS
        for fault in true.faults or ("none",):
            faults[fault][verdict] += 1
    return {
        "reports": sum(on_trip.values()) - on_trip["unsaid"] + sum(off_trip.values()),
        "on_trip": _shares(on_trip),
        "on_trip_settled": _shares(settled),
        "off_trip": _shares(off_trip),
        "by_fault": {name: _shares(counts) for name, counts in sorted(faults.items())},
    }


def _verdict(given: Said, true: TruePosition) -> str:
    if given.trip_id is None:
        return "none"
    return "right" if (given.trip_id, given.start_date) == (true.trip_id, true.start_date) else "wrong"


def _shares(counts: Counter[str]) -> dict[str, float]:
    total = sum(counts.values())
    return {"count": total} | {name: round(number / total, 4) for name, number in sorted(counts.items()) if number}
