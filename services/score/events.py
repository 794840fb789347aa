"""`hanoi score events`: calls at stops and alerts against the truth of a simulation."""

import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import click
import polars as pl

from services.score.alert_kinds import score_kinds
from services.score.alerts import score_bunching, score_missing
from services.score.calls import score_calls
from services.score.detours import score_detours
from services.score.simulated import read_truth
from services.score.truths import Truths, gather

KINDS: dict[str, Any] = dict.fromkeys(
    ("vehicle_id", "trip_id", "start_date", "stop_id", "route_id", "kind", "alert_id"), pl.String
)
NUMBERS = ("stop_sequence", "arrival_ms", "departure_ms", "said_ms", "started_ms", "ended_ms")
KINDS |= dict.fromkeys(NUMBERS, pl.Int64)


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--truth", type=click.Path(path_type=Path, exists=True, dir_okay=False), required=True,
              help="truth.jsonl of the simulation that was replayed.")  # fmt: skip
def events(folder: Path, truth: Path) -> None:
    """Score the stop events and alerts of a replay (FOLDER) against a simulation's truth.

    Of calls that were missed, and of those that were made up, shares by cause are told: `told_under_another_trip`,
    `no_report_near` (none shows the bus within five minutes), `not_told`, each by where on the trip the stop lies; and
    what the bus did while a call was made up.
    """
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
