"""How often each kind of alert was said, right, and found of what was true, and how early: counts that add up."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from schemas.fleet_alert import AlertKind
from services.score.alert_kinds import JUDGES, City
from services.score.alert_truth import Episode, list_true
from services.score.alerts import AHEAD_MS, Happened, Pair, Run, find_due, judge_pairs, meets_soon, pair_of
from services.score.detours import find_arounds, late_min, match

Row = Mapping[str, Any]
# An alert belongs to what lasts from so long after it until so long before it.
NEAR_MS = 300_000
# What is told of a stand is told as one of these.
ALSO = {"stuck": ("stuck", "long_stop"), "not_coming": ("not_coming", "may_not_run")}


@dataclass
class Tally:
    """One kind: how many were said and right, how many true and found; ``None`` where the truth does not know.

    ``after_s`` is how long after it began, or was due, each one found was said; below 0 before it happened.
    """

    said: int = 0
    right: int | None = None
    true: int | None = None
    found: int = 0
    after_s: list[float] = field(default_factory=list)

    def __add__(self, other: "Tally") -> "Tally":
        """Return both together."""
        return Tally(
            self.said + other.said,
            _sum(self.right, other.right),
            _sum(self.true, other.true),
            self.found + other.found,
            self.after_s + other.after_s,
        )


def _sum(one: int | None, other: int | None) -> int | None:
    return other if one is None else one if other is None else one + other


def tally_all(rows: Iterable[Row], city: City, happened: Happened) -> dict[str, Tally]:
    """Count the alerts of a replay against the truth, every kind that there is.

    Parameters
    ----------
    rows : iterable of mapping
        Alerts as in ``alerts.csv``.
    city, happened : City and Happened
        The truth.

    Returns
    -------
    dict
        By kind.
    """
    by_kind: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_kind[row["kind"]].append(row)
    table = {kind.value: _tally_buses(kind.value, by_kind, city) for kind in AlertKind}
    for kind in ("not_coming", "may_not_run"):
        told = [row for also in ALSO.get(kind, (kind,)) for row in by_kind[also]]
        table[kind] = _tally_missing(by_kind[kind], told, happened)
    return table | {
        "detour": _tally_detours(by_kind["detour"], happened),
        "bunching": _tally_bunching(by_kind["bunching"], happened),
    }


def _tally_buses(kind: str, by_kind: Mapping[str, Sequence[Row]], city: City) -> Tally:
    said, judge, true = by_kind.get(kind, ()), JUDGES.get(kind), list_true(kind, city)
    tally = Tally(len(said), None if judge is None else sum(judge(row, city) for row in said))
    if true is None:
        return tally
    told: dict[str, list[int]] = defaultdict(list)
    for row in (row for also in ALSO.get(kind, (kind,)) for row in by_kind.get(also, ())):
        told[row["vehicle_id"]].append(row["said_ms"])
    tally.true = len(true)
    tally.after_s = [after_s for after_s in (_said_after(one, told) for one in true) if after_s is not None]
    tally.found = len(tally.after_s)
    return tally


def _said_after(one: Episode, told: Mapping[str, Sequence[int]]) -> float | None:
    name, begin_ms, end_ms = one
    near = [at_ms for at_ms in told.get(name, ()) if begin_ms - NEAR_MS <= at_ms <= end_ms + NEAR_MS]
    return (min(near) - begin_ms) / 1000.0 if near else None


def _tally_missing(rows: Sequence[Row], told: Sequence[Row], known: Happened) -> Tally:
    said: dict[Run, Row] = {(row["trip_id"], row["start_date"]): row for row in rows}
    first: dict[Run, float] = {}
    for row in told:
        run, after_s = (row["trip_id"], row["start_date"]), (row["said_ms"] - row["started_ms"]) / 1000.0
        first[run] = min(after_s, first.get(run, after_s))
    found = [first[run] for run in find_due(known) if run in first]
    right = sum(run not in known.began for run in said)
    return Tally(len(said), right, len(find_due(known)), len(found), found)


def _tally_detours(rows: Sequence[Row], known: Happened) -> Tally:
    arounds = find_arounds(known)
    told, false = match(rows, arounds)
    second = {n: one.second_ms for n, one in enumerate(arounds) if one.second_ms is not None}
    after_s = [60.0 * minutes for minutes in late_min(told, second)]
    said = len({row["alert_id"] for row in rows})
    return Tally(said, said - false, len(second), len(after_s), after_s)


def _tally_bunching(rows: Sequence[Row], known: Happened) -> Tally:
    true, pairs = judge_pairs(known)
    said: dict[Pair, int] = {}
    for row in rows:
        pair = pair_of(*str(row["alert_id"]).split("/")[1:3])
        said[pair] = min(row["said_ms"], said.get(pair, row["said_ms"]))
    after_s = [(said[pair] - times[0]) / 1000.0 for pair, times in pairs.items() if pair in said]
    return Tally(len(rows), sum(meets_soon(row, true) for row in rows), len(pairs), len(after_s), after_s)


def count_ahead(tally: Tally) -> int:
    """Return how many of those found were said five minutes ahead."""
    return sum(after_s <= -AHEAD_MS / 1000.0 for after_s in tally.after_s)
