"""What alerts said against what happened: missing trips, and bunching with its lead time."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np

from fleet.simulation.truth import TrueCall

Run = tuple[str, str]
Pair = tuple[str, str]
Row = Mapping[str, Any]
# lon, lat
Place = tuple[float, float]
# A ghost is to be said at most so long after the missed departure.
SAID_WITHIN_S = 180.0
# Who begins a trip later than this after its time is very late; said to be missing it was nearly right.
VERY_LATE_MS = 600_000
# As one: nearer than a quarter of what is planned, at least a minute (the alert's own measure).
AS_ONE, AS_ONE_MS = 0.25, 60_000
AHEAD_MS = 300_000
# A meeting that was foreseen for so much later is not judged by what happened afterwards.
FORESEEN_MS = 1_800_000


@dataclass
class Happened:
    """What truly happened, as far as alerts tell of it; times in ms since 1970.

    ``began`` is when a bus was first seen on a run, ``lost`` why nobody ran one and when that was due, ``missed`` the
    stops that buses on a detour left out by run.
    """

    began: dict[Run, int] = field(default_factory=dict)
    runner: dict[Run, str] = field(default_factory=dict)
    reporting: set[str] = field(default_factory=set)
    lost: dict[Run, tuple[str, int]] = field(default_factory=dict)
    routes: dict[Run, str] = field(default_factory=dict)
    detours: dict[str, list[tuple[int, Run, Place]]] = field(default_factory=dict)
    missed: dict[Run, set[str]] = field(default_factory=dict)
    calls: list[TrueCall] = field(default_factory=list)
    span: tuple[int, int] = (0, 0)


def share(part: int, whole: int) -> float | None:
    """Return a share in per cent, ``None`` of nothing."""
    return round(100.0 * part / whole, 2) if whole else None


def score_missing(rows: Iterable[Row], known: Happened) -> dict[str, Any]:
    """Judge trips that were said not to come.

    Parameters
    ----------
    rows : iterable of mapping
        Alerts of the kind, as in ``alerts.csv``.
    known : Happened
        The truth; of trips that were lost those due while it lasts count, but for its last three minutes.

    Returns
    -------
    dict
        Precision with the causes of wrong ones, recall by cause of the loss, and how late they were said.
    """
    said = {(row["trip_id"], row["start_date"]): row for row in rows}
    due = find_due(known)
    right = [run for run in said if run not in known.began]
    wrong = Counter(_why_wrong(run, said[run], known) for run in said if run in known.began)
    after_s = [(said[run]["said_ms"] - said[run]["started_ms"]) / 1000.0 for run in right]
    return {
        "said": len(said),
        "precision": share(len(right), len(said)),
        "wrong_because": dict(sorted(wrong.items())),
        "dropped": len(due),
        "recall_of_dropped": share(sum(run in said for run in due), len(due)),
        "recall_by_cause": {
            why: share(sum(run in said for run in due if due[run] == why), count)
            for why, count in sorted(Counter(due.values()).items())
        },
        "median_said_after_s": round(float(np.median(after_s)), 1) if after_s else None,
        "said_within_3_min": share(sum(s <= SAID_WITHIN_S for s in after_s), len(after_s)),
    }


def find_due(known: Happened) -> dict[Run, str]:
    """Return the trips that nobody ran and that could be told of, and why."""
    first_ms, last_ms = known.span
    return {
        run: why
        for run, (why, time_ms) in known.lost.items()
        if run not in known.began and first_ms <= time_ms <= last_ms - SAID_WITHIN_S * 1000
    }


def _why_wrong(run: Run, row: Row, known: Happened) -> str:
    if known.began[run] > row["started_ms"] + VERY_LATE_MS:
        return "began over 10 min late"
    if known.began[run] > row["said_ms"]:
        return "began late"
    return "taken for another trip" if known.runner.get(run) in known.reporting else "its bus did not report"


def pair_of(one: str, other: str) -> Pair:
    """Return two buses in order of their ids."""
    return (one, other) if one < other else (other, one)


def find_bunches(calls: Sequence[TrueCall]) -> dict[Pair, list[int]]:
    """Return when one bus came so soon after another of its line that they ran as one, by pair in order of their ids.

    Which of the two is ahead does not count: of two that run as one the later trip's is often in front.

    Parameters
    ----------
    calls : sequence of TrueCall
        Every call at every stop.

    Returns
    -------
    dict
        The follower's arrivals at stops where it was nearer than a quarter of what was planned, a minute at least.
    """
    places: dict[tuple[str, str], list[TrueCall]] = defaultdict(list)
    for call in calls:
        places[call.route_id, call.stop_id].append(call)
    found: dict[Pair, list[int]] = defaultdict(list)
    for lot in places.values():
        lot.sort(key=lambda call: call.arrival_ms)
        for ahead, behind in pairwise(lot):
            planned_ms = abs(behind.scheduled_arrival_ms - ahead.scheduled_arrival_ms)
            apart_ms = behind.arrival_ms - ahead.arrival_ms
            two = ahead.vehicle_id != behind.vehicle_id and planned_ms > AS_ONE_MS
            if two and apart_ms < max(AS_ONE_MS, AS_ONE * planned_ms):
                found[pair_of(ahead.vehicle_id, behind.vehicle_id)].append(behind.arrival_ms)
    return {pair: sorted(times) for pair, times in found.items()}


def judge_pairs(known: Happened) -> tuple[dict[Pair, list[int]], dict[Pair, list[int]]]:
    """Return when pairs of reporting buses were as one, and of those the ones that somebody could act on.

    As one at a single stop is over before anybody could.
    """
    true = find_bunches([call for call in known.calls if call.vehicle_id in known.reporting])
    return true, {pair: times for pair, times in true.items() if len(times) > 1}


def meets_soon(row: Row, true: Mapping[Pair, Sequence[int]]) -> bool:
    """Return whether the two of an alert were as one within half an hour of it."""
    pair = pair_of(*str(row["alert_id"]).split("/")[1:3])
    return any(abs(time_ms - row["said_ms"]) <= FORESEEN_MS for time_ms in true.get(pair, ()))


def score_bunching(rows: Iterable[Row], known: Happened) -> dict[str, Any]:
    """Judge bunching by the true headways at stops.

    Parameters
    ----------
    rows : iterable of mapping
        Alerts of the kind; their ids name leader and follower.
    known : Happened
        The truth.

    Returns
    -------
    dict
        An alert is right if the two were as one within half an hour of it; a pair counts as found if it was said by
        then, ``ahead_5_min`` if five minutes before.
    """
    true, pairs = judge_pairs(known)
    said: dict[Pair, list[int]] = defaultdict(list)
    right = count = 0
    for row in rows:
        pair = pair_of(*str(row["alert_id"]).split("/")[1:3])
        said[pair].append(row["said_ms"])
        count += 1
        right += meets_soon(row, true)
    leads = {pair: times[0] - min(said[pair]) for pair, times in pairs.items() if pair in said}
    in_time = [lead / 60_000 for lead in leads.values() if lead >= 0]
    return {
        "said": count,
        "precision": share(right, count),
        "true_pairs": len(pairs),
        "found": share(len(leads), len(pairs)),
        "said_before": share(len(in_time), len(pairs)),
        "ahead_5_min": share(sum(lead >= AHEAD_MS for lead in leads.values()), len(pairs)),
        "median_lead_min": round(float(np.median(in_time)), 1) if in_time else None,
    }
