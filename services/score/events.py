"""`hanoi score events`: calls at stops and alerts against the truth of a simulation."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click
import numpy as np
import polars as pl

from fleet.simulation.truth import TrueCall, TrueMissed, TruePosition, TrueTrip
from services.score.simulated import read_truth

Run = tuple[str, str]
Call = tuple[str, str, str, int]
# A ghost is to be said at most so long after the missed departure.
SAID_WITHIN_S = 180.0
NEVER_RUN = frozenset({"dropped"})
DETOUR = "detour"
SAME_MS = 300_000
KINDS: dict[str, Any] = dict.fromkeys(
    ("vehicle_id", "trip_id", "start_date", "stop_id", "route_id", "kind", "alert_id"), pl.String
)
NUMBERS = ("stop_sequence", "arrival_ms", "departure_ms", "said_ms", "started_ms", "ended_ms")
KINDS |= dict.fromkeys(NUMBERS, pl.Int64)


@dataclass
class Truths:
    """What a truth log says of calls, trips and detours."""

    calls: dict[Call, tuple[int, int]] = field(default_factory=dict)
    stops: dict[Call, str] = field(default_factory=dict)
    reported: set[str] = field(default_factory=set)
    ran: set[Run] = field(default_factory=set)
    dropped: set[Run] = field(default_factory=set)
    detours: dict[str, list[tuple[int, Run]]] = field(default_factory=dict)
    routes: dict[Run, str] = field(default_factory=dict)


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--truth", type=click.Path(path_type=Path, exists=True, dir_okay=False), required=True,
              help="truth.jsonl of the simulation that was replayed.")  # fmt: skip
def events(folder: Path, truth: Path) -> None:
    """Score the stop events and alerts of a replay (FOLDER) against a simulation's truth."""
    absent = [name for name in ("stop_events.csv", "alerts.csv") if not (folder / name).exists()]
    if absent:
        raise click.ClickException(f"{folder}: {', '.join(absent)} absent; make the folder with `hanoi replay --out`")
    known = gather(read_truth(truth))
    if not known.calls:
        raise click.ClickException(f"{truth}: no call in it; is it the truth of a simulation?")
    if not known.reported:
        raise click.ClickException(f"{truth}: no position of a bus that reported; keep the `position` lines")
    said, alerts = (pl.read_csv(folder / f"{n}.csv", schema_overrides=KINDS, infer_schema_length=None) for n in
                    ("stop_events", "alerts"))  # fmt: skip
    click.echo(json.dumps({"stop_events": score_calls(said, known), **score_alerts(alerts, known)}, indent=1))


def gather(entries: Iterable[object]) -> Truths:
    """Sort the entries of a truth log by what they tell."""
    known = Truths()
    for entry in entries:
        if isinstance(entry, TrueCall):
            key = (entry.vehicle_id, entry.trip_id, entry.start_date, entry.stop_sequence)
            known.calls[key] = (entry.arrival_ms, entry.departure_ms)
            known.stops[key] = entry.stop_id
            known.routes[entry.trip_id, entry.start_date] = entry.route_id
        elif isinstance(entry, TruePosition):
            _see(entry, known)
        elif isinstance(entry, TrueTrip | TrueMissed) and _what(entry) in NEVER_RUN:
            known.dropped.add((entry.trip_id, entry.start_date))
    return known


def _what(entry: TrueTrip | TrueMissed) -> str:
    return entry.event if isinstance(entry, TrueTrip) else entry.reason


def _see(entry: TruePosition, known: Truths) -> None:
    known.reported |= {entry.vehicle_id} if entry.reported else set()
    if entry.trip_id is None or entry.start_date is None:
        return
    run = (entry.trip_id, entry.start_date)
    known.ran.add(run)
    if entry.phase == DETOUR:
        known.detours.setdefault(entry.vehicle_id, []).append((entry.time_ms, run))


def score_calls(said: pl.DataFrame, known: Truths) -> dict[str, Any]:
    """Return how many true calls of reporting buses were seen, how far their times were off, and how many were made up.

    The first stop counts by its departure: a bus is there, it does not arrive. A call of a bus on another trip than the
    true one is missed here and made up there.
    """
    firsts: dict[tuple[str, str, str], int] = {}
    for vehicle, trip, date, sequence in known.calls:
        firsts[vehicle, trip, date] = min(sequence, firsts.get((vehicle, trip, date), sequence))
    columns = ("vehicle_id", "trip_id", "start_date", "stop_sequence", "arrival_ms", "departure_ms")
    seen = {tuple(row[:4]): row[4:] for row in said.select(columns).iter_rows()}
    due = {key: times for key, times in known.calls.items() if key[0] in known.reported}
    arrivals, departures = [], []
    for key, (arrival_ms, departure_ms) in due.items():
        found = seen.get(key)
        if found is None:
            continue
        if key[3] != firsts[key[:3]]:
            arrivals.append((found[0] - arrival_ms) / 1000.0)
        if found[1] is not None:
            departures.append((found[1] - departure_ms) / 1000.0)
    hits = sum(key in seen for key in due)
    return {
        "true_calls": len(due),
        "completeness": _share(hits, len(due)),
        "completeness_any_trip": _any_trip(said, due, known),
        "made_up": _share(sum(key not in known.calls for key in seen), len(seen)),
        "arrival_error": _errors(arrivals),
        "departure_error": _errors(departures),
    }


def _any_trip(said: pl.DataFrame, due: Iterable[Call], known: Truths) -> float | None:
    """Return the share of true calls at which the bus was seen within five minutes, whatever trip was named."""
    rows = [(key[0], known.stops[key], known.calls[key][0]) for key in due]
    schema = {"vehicle_id": pl.String, "stop_id": pl.String, "time_ms": pl.Int64}
    true = pl.DataFrame(rows, schema=schema, orient="row").sort("time_ms")
    seen = said.select("vehicle_id", "stop_id", time_ms="arrival_ms", found=pl.lit(1)).sort("time_ms")
    near = true.join_asof(
        seen, on="time_ms", by=["vehicle_id", "stop_id"], strategy="nearest", tolerance=SAME_MS, check_sortedness=False
    )
    return _share(near["found"].count(), true.height)


def score_alerts(alerts: pl.DataFrame, known: Truths) -> dict[str, Any]:
    """Return precision and recall of trips said not to come, and of detours, and how late they were said."""
    rows = alerts.to_dicts()
    return {
        "counts": dict(alerts["kind"].value_counts().sort("kind").iter_rows()),
        "not_coming": _score_ghosts([row for row in rows if row["kind"] == "not_coming"], known),
        "detours": _score_detours([row for row in rows if "detour" in row["kind"]], known),
    }


def _score_ghosts(rows: list[dict[str, Any]], known: Truths) -> dict[str, Any]:
    """Judge by trips: a ghost is true where no bus of the simulation ran the trip."""
    said = {(row["trip_id"], row["start_date"]): row for row in rows}
    true = {run for run in said if run not in known.ran}
    dropped = known.dropped - known.ran
    after_s = [(row["said_ms"] - row["started_ms"]) / 1000.0 for run, row in said.items() if run in true]
    return {
        "said": len(said),
        "precision": _share(len(true), len(said)),
        "dropped": len(dropped),
        "recall_of_dropped": _share(len(dropped & set(said)), len(dropped)),
        "median_said_after_s": round(float(np.median(after_s)), 1) if after_s else None,
        "said_within_3_min": _share(sum(s <= SAID_WITHIN_S for s in after_s), len(after_s)),
    }


def _score_detours(rows: list[dict[str, Any]], known: Truths) -> dict[str, Any]:
    """Judge by routes: a detour can be known once two buses of a route left it."""
    first: dict[str, dict[str, int]] = {}
    for vehicle, times in known.detours.items():
        for time_ms, run in times:
            seen = first.setdefault(known.routes.get(run, "?"), {})
            seen[vehicle] = min(time_ms, seen.get(vehicle, time_ms))
    second = {route: sorted(buses.values())[1] for route, buses in first.items() if len(buses) > 1}
    said: dict[str, int] = {}
    for row in rows:
        said[row["route_id"]] = min(row["said_ms"], said.get(row["route_id"], row["said_ms"]))
    found = [route for route in second if route in said]
    late = [(said[route] - second[route]) / 60_000 for route in found]
    return {
        "true_routes": len(second),
        "found": len(found),
        "false": len([route for route in said if route not in first]),
        "median_min_after_second_bus": round(float(np.median(late)), 1) if late else None,
        "within_10_min": _share(sum(minutes <= 10.0 for minutes in late), len(second)),
    }


def _share(part: int, whole: int) -> float | None:
    return round(100.0 * part / whole, 2) if whole else None


def _errors(seconds: list[float]) -> dict[str, float | None]:
    if not seconds:
        return {"median_abs_s": None, "p90_abs_s": None, "bias_s": None}
    values = np.array(seconds)
    middle, high = np.percentile(np.abs(values), [50, 90])
    return {
        "median_abs_s": round(float(middle), 1),
        "p90_abs_s": round(float(high), 1),
        "bias_s": round(float(np.median(values)), 1),
    }
