"""`hanoi score assignment`: which trip and phase the tracker said of each report against what was true of it."""

import json
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import polars as pl

from schemas.trip import Phase
from services.score.confusion import Confusion, write_table
from services.score.feed import read_feed
from services.score.labels import OFF_TRIP, Label, read_labels

CONFIDENT = 0.9
# What is shown of a bus that was heard so long ago is still believed by who looks.
SHOWN_MS = 300_000
# A clock that is off by so much can be set right; its reports are then told at the time they were made, so nearly.
WRONG_MS, RIGHT_MS = 1_200_000, 1_500


@dataclass(frozen=True)
class Said:
    """What the tracker said of one report."""

    phase: str
    trip_id: str | None
    start_date: str | None
    route_id: str | None = None
    direction_id: int | None = None
    probability: float = 0.0
    block_id: str | None = None


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--labels", "files", type=click.Path(path_type=Path, exists=True, dir_okay=False), required=True,
              multiple=True, help="truth.jsonl of `hanoi simulate`, or a labelled trace; several add up.")  # fmt: skip
@click.option("--gtfs", type=click.Path(path_type=Path), help="The feed of the replay, where it was moved.")
@click.option("--table", is_flag=True, help="For people: what was taken for what, instead of JSON.")
def assignment(folder: Path, files: tuple[Path, ...], gtfs: Path | None, table: bool) -> None:
    """Score the trips and phases that `hanoi replay` assigned (FOLDER) against labels.

    A report counts once, at the time its clock said or, where cleaning set the clock right, when it was made; one that
    cleaning left out is unsaid in `on_trip`, while `on_trip_shown` takes what was shown
    of its bus then, the newest answer of the last five minutes. Of a simulation, reports of the first two minutes of a
    trip are also left out in `settled`,
    because nobody can know a trip before the bus has moved. The New York labels: phases may be alternatives; layover
    and deadhead count as each other where the run is not formal; the sign code's label is the route and direction.
    """
    timetable = read_feed(folder, gtfs)
    try:
        said = read_assignments(
            folder / "assignments.csv", dict(zip(timetable.trip_ids, timetable.trip_block, strict=True))
        )
    except (OSError, pl.exceptions.PolarsError) as error:
        raise click.ClickException(f"{type(error).__name__}: {error}") from error
    figures = score(said, [label for path in files for label in read_labels(path, timetable)])
    if not figures["reports"]:
        names = ", ".join(map(str, files))
        raise click.ClickException(f"no report of {folder} is one of {names}: are they of the same recording?")
    click.echo(write_table(figures) if table else json.dumps(figures, indent=1))


def read_assignments(path: Path, blocks: dict[str, str | None]) -> dict[tuple[str, int], Said]:
    """Read what the tracker said, by vehicle and time of the report.

    Parameters
    ----------
    path : Path
        ``assignments.csv`` of `hanoi replay`.
    blocks : dict
        Trip id → block id.

    Returns
    -------
    dict
        (vehicle id, milliseconds) → what was said last of it.
    """
    columns = ["vehicle_id", "time_ms", "phase", "trip_id", "start_date", "route_id", "direction_id", "probability"]
    kinds = dict.fromkeys(columns, pl.String) | {"direction_id": pl.Int64, "probability": pl.Float64}
    table = pl.read_csv(path, columns=columns, schema_overrides=kinds)
    return {
        (row[0], int(row[1])): Said(row[2], row[3], row[4], row[5], row[6], row[7] or 0.0, blocks.get(row[3] or ""))
        for row in table.select(columns).iter_rows()
    }


def score(said: dict[tuple[str, int], Said], labels: Iterable[Label]) -> dict[str, Any]:
    """Compare what was said with what was true.

    Parameters
    ----------
    said : dict
        As of `read_assignments`.
    labels : iterable of Label
        As of `read_labels`.

    Returns
    -------
    dict
        Shares of right, wrong and nothing said: of trips (all, and settled), of route and direction, of blocks, of
        phases, of buses on no trip, by fault; of all reports those wrong and confident; and what was taken for what.
    """
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    confusion = Confusion()
    faults: dict[str, Counter[str]] = defaultdict(Counter)
    confident: Counter[str] = Counter()
    shown = Shown(said)
    reports = 0
    for label in labels:
        given = said.get((label.vehicle_id, label.time_ms)) or shown.set_right(label)
        if label.trip_id is not None:
            seen = given or shown.at(label.vehicle_id, label.made_ms or label.time_ms)
            counts["on_trip_shown"]["unsaid" if seen is None else _judge(seen, label)["on_trip"]] += 1
        if given is None:
            if label.trip_id is not None:
                counts["on_trip"]["unsaid"] += 1
                confusion.take_trip(label.vehicle_id, "left_out")
            continue
        reports += 1
        verdicts = _judge(given, label)
        for what, verdict in verdicts.items():
            counts[what][verdict] += 1
            if given.probability > CONFIDENT and verdict == "wrong":
                confident[what] += 1
        confident["any"] += given.probability > CONFIDENT and "wrong" in verdicts.values()
        if "phase" in verdicts:
            confusion.take_phase(label.phases, given.phase)
        if "on_trip" in verdicts:
            confusion.take_trip(label.vehicle_id, None if verdicts["on_trip"] == "right" else _why(given, label))
            counts["on_trip_settled"][verdicts["on_trip"]] += label.settled
            for fault in label.faults or ("none",):
                faults[fault][verdicts["on_trip"]] += 1
    names = ("on_trip", "on_trip_shown", "on_trip_settled", "route_direction", "block", "phase", "off_trip")
    return {
        "reports": reports,
        **{name: _shares(counts[name]) for name in names},
        "wrong_and_confident": {name: round(found / max(1, reports), 4) for name, found in sorted(confident.items())},
        "by_fault": {name: _shares(found) for name, found in sorted(faults.items())},
        **confusion.figures(),
    }


class Shown:
    """What who looks at a bus sees of it at a moment: what was said of its newest report.

    Parameters
    ----------
    said : dict
        As of `read_assignments`.
    """

    def __init__(self, said: dict[tuple[str, int], Said]) -> None:
        self._said = said
        self._times: dict[str, list[int]] = defaultdict(list)
        for vehicle_id, time_ms in sorted(said):
            self._times[vehicle_id].append(time_ms)

    def set_right(self, label: Label) -> Said | None:
        """Return what was said of a report whose clock was wrong and set right, ``None`` where it was not."""
        made_ms = label.made_ms
        if made_ms is None or abs(label.time_ms - made_ms) < WRONG_MS:
            return None
        times = self._times.get(label.vehicle_id, [])
        near = bisect_left(times, made_ms - RIGHT_MS)
        if near == len(times) or times[near] > made_ms:
            return None
        return self._said[label.vehicle_id, times[near]]

    def at(self, vehicle_id: str, time_ms: int) -> Said | None:
        """Return what was shown of a bus at a moment, ``None`` where it was not heard for five minutes."""
        times = self._times.get(vehicle_id, [])
        newest = bisect_right(times, time_ms) - 1
        if newest < 0 or time_ms - times[newest] > SHOWN_MS:
            return None
        return self._said[vehicle_id, times[newest]]


def _judge(given: Said, label: Label) -> dict[str, str]:
    """Return right, wrong or none of each thing that was labelled."""
    out: dict[str, str] = {}
    if label.trip_id is not None:
        same_day = label.start_date is None or given.start_date == label.start_date
        out["on_trip"] = _verdict(given.trip_id, given.trip_id == label.trip_id and same_day)
    if label.block_id is not None and label.on_trip:
        out["block"] = _verdict(given.block_id, given.block_id == label.block_id)
    if label.way is not None and label.on_trip is not False:
        out["route_direction"] = _verdict(given.route_id, (given.route_id, given.direction_id) == label.way)
    if label.phases:
        out["phase"] = "right" if given.phase in label.phases else "wrong"
        if label.phases <= OFF_TRIP:
            out["off_trip"] = "wrong" if given.phase == Phase.IN_SERVICE else "right"
    return out


def _why(given: Said, label: Label) -> str:
    """Return what is wrong with the trip said of a report."""
    if given.trip_id is None:
        return "no_trip"
    if given.trip_id == label.trip_id:
        return "another_day"
    if label.block_id is not None and given.block_id == label.block_id:
        return "same_block"
    if label.way is None or given.route_id != label.way[0]:
        return "another_line"
    return "another_departure" if given.direction_id == label.way[1] else "other_direction"


def _verdict(given: object, right: bool) -> str:
    return "none" if given is None else "right" if right else "wrong"


def _shares(counts: Counter[str]) -> dict[str, float]:
    total = sum(counts.values())
    return {"count": total} | {name: round(number / total, 4) for name, number in sorted(counts.items()) if number}
