"""`hanoi score events`: calls at stops and alerts against the truth of a simulation."""

import json
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click
import numpy as np
import polars as pl

from fleet.simulation.cancel import ABSENT, CANCELLED
from fleet.simulation.truth import TrueCall, TrueMissed, TruePosition, TrueTrip
from services.score.alert_kinds import City, score_kinds
from services.score.alerts import Happened, score_bunching, score_detours, score_missing, share
from services.score.simulated import read_truth

Call = tuple[str, str, str, int]
NEVER_RUN = frozenset({"dropped", ABSENT, CANCELLED})
DETOUR = "detour"
SAME_MS = 300_000
# A call can be seen where a report that shows the bus lies so near before and after it; these faults hide the bus.
SEEABLE_MS = 300_000
HIDING = frozenset({"lost", "frozen", "jump", "null_island", "swapped_axes"})
KINDS: dict[str, Any] = dict.fromkeys(
    ("vehicle_id", "trip_id", "start_date", "stop_id", "route_id", "kind", "alert_id"), pl.String
)
NUMBERS = ("stop_sequence", "arrival_ms", "departure_ms", "said_ms", "started_ms", "ended_ms")
KINDS |= dict.fromkeys(NUMBERS, pl.Int64)


@dataclass
class Truths:
    """What a truth log says of calls, and of what alerts tell of."""

    calls: dict[Call, tuple[int, int]] = field(default_factory=dict)
    stops: dict[Call, str] = field(default_factory=dict)
    shown: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    happened: Happened = field(default_factory=Happened)
    city: City = field(default_factory=City)

    @property
    def reported(self) -> set[str]:
        """The buses whose reports came through."""
        return self.happened.reporting


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
        known.city.take(entry)
        if isinstance(entry, TrueCall):
            key = (entry.vehicle_id, entry.trip_id, entry.start_date, entry.stop_sequence)
            known.calls[key] = (entry.arrival_ms, entry.departure_ms)
            known.stops[key] = entry.stop_id
            known.happened.routes[entry.trip_id, entry.start_date] = entry.route_id
            known.happened.calls.append(entry)
        elif isinstance(entry, TruePosition):
            _see(entry, known.happened)
            if entry.reported and not HIDING & set(entry.faults):
                known.shown[entry.vehicle_id].append(entry.time_ms)
        elif isinstance(entry, TrueTrip) and entry.event in NEVER_RUN:
            known.happened.lost[entry.trip_id, entry.start_date] = (entry.event, entry.time_ms)
        elif isinstance(entry, TrueMissed) and entry.reason == DETOUR:
            known.happened.missed.setdefault((entry.trip_id, entry.start_date), set()).add(entry.stop_id)
    for times in known.shown.values():
        times.sort()
    known.city.settle()
    return known


def _see(entry: TruePosition, known: Happened) -> None:
    known.span = (min(known.span[0] or entry.time_ms, entry.time_ms), max(known.span[1], entry.time_ms))
    if entry.reported:
        known.reporting.add(entry.vehicle_id)
    if entry.trip_id is None or entry.start_date is None:
        return
    run = (entry.trip_id, entry.start_date)
    known.began.setdefault(run, entry.time_ms)
    known.runner.setdefault(run, entry.vehicle_id)
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
    shown = {key: times for key, times in due.items() if _is_seeable(known.shown.get(key[0], []), *times)}
    return {
        "true_calls": len(due),
        "completeness": share(hits, len(due)),
        "completeness_any_trip": _any_trip(said, due, known),
        "seeable": share(len(shown), len(due)),
        "completeness_of_seeable": share(sum(key in seen for key in shown), len(shown)),
        "completeness_of_seeable_any_trip": _any_trip(said, shown, known),
        "made_up": share(sum(key not in known.calls for key in seen), len(seen)),
        "arrival_error": _errors(arrivals),
        "departure_error": _errors(departures),
    }


def _is_seeable(shown_ms: list[int], arrival_ms: int, departure_ms: int) -> bool:
    """Return whether a bus was shown at most five minutes before it arrived and at most five after it left."""
    before, after = bisect_right(shown_ms, arrival_ms), bisect_left(shown_ms, departure_ms)
    if before == 0 or after == len(shown_ms):
        return False
    return arrival_ms - shown_ms[before - 1] <= SEEABLE_MS and shown_ms[after] - departure_ms <= SEEABLE_MS


def _any_trip(said: pl.DataFrame, due: Iterable[Call], known: Truths) -> float | None:
    """Return the share of true calls at which the bus was seen within five minutes, whatever trip was named."""
    rows = [(key[0], known.stops[key], known.calls[key][0]) for key in due]
    schema = {"vehicle_id": pl.String, "stop_id": pl.String, "time_ms": pl.Int64}
    true = pl.DataFrame(rows, schema=schema, orient="row").sort("time_ms")
    seen = said.select("vehicle_id", "stop_id", time_ms="arrival_ms", found=pl.lit(1)).sort("time_ms")
    near = true.join_asof(
        seen, on="time_ms", by=["vehicle_id", "stop_id"], strategy="nearest", tolerance=SAME_MS, check_sortedness=False
    )
    return share(near["found"].count(), true.height)


def score_alerts(alerts: pl.DataFrame, known: Truths) -> dict[str, Any]:
    """Return how right and how early trips said not to come, detours and bunching were."""
    by_kind: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in alerts.to_dicts():
        by_kind[row["kind"]].append(row)
    return {
        "counts": {kind: len(rows) for kind, rows in sorted(by_kind.items())},
        "not_coming": score_missing(by_kind["not_coming"], known.happened),
        "may_not_run": score_missing(by_kind["may_not_run"], known.happened),
        "either": score_missing([*by_kind["may_not_run"], *by_kind["not_coming"]], known.happened),
        "detours": score_detours(by_kind["detour"], known.happened),
        "bunching": score_bunching(by_kind["bunching"], known.happened),
        "kinds": score_kinds(by_kind, known.city),
    }


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
