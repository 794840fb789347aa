"""Calls that were told against those of a simulation: what was missed and made up, why, and how far times are off."""

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import polars as pl

from services.score.alerts import share
from services.score.truths import Call, Truths

# A call is the same at most so far off.
SAME_MS = 300_000
# A call can be seen where a report that shows the bus lies so near before and after it.
SEEABLE_MS = 300_000
Times = Mapping[Call, tuple[int, int]]
# Vehicle, trip and service date → the sequence numbers of the first and the last true call.
Ends = Mapping[tuple[str, str, str], tuple[int, int]]


def score_calls(said: pl.DataFrame, known: Truths) -> dict[str, Any]:
    """Return how many true calls of buses that reported were seen, how far their times were off, and what went wrong.

    At the first stop only the departure counts: an arrival there is when the bus was first seen.
    """
    ends = _find_ends(known.calls)
    columns = ("vehicle_id", "trip_id", "start_date", "stop_sequence", "arrival_ms", "departure_ms")
    seen = {tuple(row[:4]): row[4:] for row in said.select(columns).iter_rows()}
    due = {key: times for key, times in known.calls.items() if key[0] in known.reported}
    shown = {key: times for key, times in due.items() if _is_seeable(known.shown.get(key[0], []), *times)}
    near = _find_near(said, due, known)
    made_up = [(key, times[0]) for key, times in seen.items() if key not in known.calls]
    arrivals, departures = [], []
    for key in due.keys() & seen.keys():
        arrival_ms, departure_ms = seen[key]
        if key[3] != ends[key[:3]][0]:
            arrivals.append((arrival_ms - due[key][0]) / 1000.0)
        if departure_ms is not None:
            departures.append((departure_ms - due[key][1]) / 1000.0)
    return {
        "true_calls": len(due),
        "completeness": share(len(due.keys() & seen.keys()), len(due)),
        "completeness_any_trip": share(len(near), len(due)),
        "seeable": share(len(shown), len(due)),
        "completeness_of_seeable": share(len(shown.keys() & seen.keys()), len(shown)),
        "completeness_of_seeable_any_trip": share(len(shown.keys() & near), len(shown)),
        "missed": _why_missed(due.keys() - seen.keys(), near, shown, ends, len(due)),
        "made_up": share(len(made_up), len(seen)),
        "made_up_while": _why_made_up(made_up, known, len(seen)),
        "arrival_error": _errors(arrivals),
        "departure_error": _errors(departures),
    }


def _find_ends(calls: Iterable[Call]) -> Ends:
    ends: dict[tuple[str, str, str], tuple[int, int]] = {}
    for vehicle, trip, date, sequence in calls:
        first, last = ends.get((vehicle, trip, date), (sequence, sequence))
        ends[vehicle, trip, date] = min(first, sequence), max(last, sequence)
    return ends


def _is_seeable(shown_ms: list[int], arrival_ms: int, departure_ms: int) -> bool:
    """Return whether a bus was shown at most five minutes before it arrived and at most five after it left."""
    before, after = bisect_right(shown_ms, arrival_ms), bisect_left(shown_ms, departure_ms)
    if before == 0 or after == len(shown_ms):
        return False
    return arrival_ms - shown_ms[before - 1] <= SEEABLE_MS and shown_ms[after] - departure_ms <= SEEABLE_MS


def _find_near(said: pl.DataFrame, due: Times, known: Truths) -> set[Call]:
    """Return the true calls at which the bus was seen within five minutes, whatever trip was named."""
    rows = [(number, key[0], known.stops[key], times[0]) for number, (key, times) in enumerate(due.items())]
    schema = {"number": pl.Int64, "vehicle_id": pl.String, "stop_id": pl.String, "time_ms": pl.Int64}
    true = pl.DataFrame(rows, schema=schema, orient="row").sort("time_ms")
    seen = said.select("vehicle_id", "stop_id", time_ms="arrival_ms", found=pl.lit(1)).sort("time_ms")
    near = true.join_asof(
        seen, on="time_ms", by=["vehicle_id", "stop_id"], strategy="nearest", tolerance=SAME_MS, check_sortedness=False
    )
    calls = list(due)
    return {calls[number] for number in near.filter(pl.col("found").is_not_null())["number"]}


def _why_missed(
    missed: Iterable[Call], near: set[Call], shown: Times, ends: Ends, total: int
) -> dict[str, dict[str, float | None]]:
    """Return the shares of all true calls that were missed, by cause and by where on the trip the stop lies."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for key in missed:
        first, last = ends[key[:3]]
        place = "first" if key[3] == first else "last" if key[3] == last else "between"
        why = "told_under_another_trip" if key in near else "not_told" if key in shown else "no_report_near"
        counts[why][place] += 1
    return {why: {place: share(n, total) for place, n in sorted(by.items())} for why, by in sorted(counts.items())}


def _why_made_up(made_up: Iterable[tuple[Call, int]], known: Truths, total: int) -> dict[str, float | None]:
    """Return the shares of all calls told that were made up, by what the bus did then."""
    counts: Counter[str] = Counter()
    for key, arrival_ms in made_up:
        doing = known.doing.get(key[0], [])
        newest = bisect_right(doing, arrival_ms, key=lambda entry: entry[0]) - 1
        if newest < 0:
            counts["unknown"] += 1
            continue
        _, run, phase = doing[newest]
        counts[phase if run is None else "this_trip" if run == key[1:3] else "another_trip"] += 1
    return {name: share(number, total) for name, number in sorted(counts.items())}


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
