"""Figures of speeds of edges beside the true ones: errors, congestion found, intervals that hold."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from routing.congestion.fuse import LEAST_INFORMED, Fused
from routing.congestion.levels import SLOW_SHARE
from routing.network.graph import Floats, RoadNetwork
from services.score.road_rules import Answers, by_rules

SURE_90 = 1.645
KMH = 3.6
ROUNDING_MPS = 0.05
THRESHOLDS = (0.2, 0.3, 0.4, 0.5, 0.6, 0.7)
Keys = list[tuple[int, int]]


@dataclass(frozen=True)
class Estimated:
    """What was said: measured speed and deviation by (interval, edge), and the field by interval."""

    speed_mps: Answers
    sd_mps: Answers
    fields: dict[int, Fused] = field(default_factory=dict)


def figures_of(
    network: RoadNetwork, true: Answers, said: Estimated, naive: dict[str, Answers], yesterday: Answers
) -> dict[str, Any]:
    """Return the figures of what was said and of simple rules, on the same edges and intervals.

    Parameters
    ----------
    network : RoadNetwork
        The roads.
    true : dict
        True speeds by (interval, edge).
    said : Estimated
        The estimator's.
    naive : dict
        Those of rules that are told the true edge of each report, by name.
    yesterday : dict
        What was measured in an earlier run.

    Returns
    -------
    dict
        `mae_kmh`, `bias_kmh`, congested precision and recall (below 40 % of the limit), share of truth inside the 90 %
        interval, how many edge-intervals were scored and what share of the true ones that is; the same of the field on
        edges that were measured, on those that nobody measured but it speaks of (`held_out`), and on all.
    """
    limit = network.edge_speed_limit_mps
    keys = sorted(true.keys() & said.speed_mps.keys())
    inside = [abs(true[k] - said.speed_mps[k]) <= SURE_90 * said.sd_mps[k] for k in keys]
    rules = by_rules(network, said.speed_mps, yesterday, sorted(true))
    parts = {
        "measured": keys,
        "held_out": [k for k in sorted(true) if k not in said.speed_mps and _told(k, said.fields)],
        "all": sorted(true),
    }
    return {
        **errors(keys, true, said.speed_mps, limit),
        "interval90_coverage": _mean(inside),
        "field": {name: of_field(those, true, said.fields, limit, rules) for name, those in parts.items()},
        "edges_scored": len(keys),
        "share_of_edges": round(len(keys) / max(len(true), 1), 4),
        "baselines": _of_rules(keys, true, {"free_flow": rules["free_flow"], **naive}, limit),
    }


def of_field(
    keys: Keys, true: Answers, fields: Mapping[int, Fused], limit: Floats, rules: Mapping[str, Answers]
) -> dict[str, Any]:
    """Return the figures of the field on some edges, beside those of what it expected and of simple rules."""
    keys = [key for key in keys if key[0] in fields]
    said = {(n, e): float(fields[n].speed_mps[e]) for n, e in keys}
    usual = {(n, e): float(fields[n].usual_mps[e]) for n, e in keys}
    inside = [fields[n].low_mps[e] <= true[n, e] <= fields[n].high_mps[e] + ROUNDING_MPS for n, e in keys]
    beside = _of_rules(keys, true, {**rules, "usual": usual}, limit)
    whole = [of["mae_kmh"] for name, of in beside.items() if name != "usual" and keys and of["scored"] == len(keys)]
    own = errors(keys, true, said, limit)
    return {
        **own,
        "interval90_coverage": _mean(inside),
        "of_best_rule": round(own["mae_kmh"] / min(whole), 3) if whole else None,
        "rules_mae_kmh": {name: of["mae_kmh"] for name, of in beside.items()},
        "by_probability": _by_probability(keys, true, fields, limit),
    }


def errors(keys: Keys, true: Answers, said: Answers, limit: Floats) -> dict[str, Any]:
    """Return mean error, bias, and how much congestion was found by the speed alone."""
    if not keys:
        return {"mae_kmh": None, "scored": 0}
    error = np.array([said[k] - true[k] for k in keys]) * KMH
    jam = np.array([true[k] < SLOW_SHARE * limit[k[1]] for k in keys])
    called = np.array([said[k] < SLOW_SHARE * limit[k[1]] for k in keys])
    return {
        "mae_kmh": round(float(np.abs(error).mean()), 2),
        "bias_kmh": round(float(error.mean()), 2),
        **_found(jam, called),
        "scored": len(keys),
    }


def _by_probability(keys: Keys, true: Answers, fields: Mapping[int, Fused], limit: Floats) -> dict[str, Any]:
    """Return how much congestion is found where it is called from a probability on."""
    jam = np.array([true[k] < SLOW_SHARE * limit[k[1]] for k in keys])
    chance = np.array([float(fields[n].congested(limit[e], e)) for n, e in keys])
    return {str(least): _found(jam, chance >= least) for least in THRESHOLDS} if keys else {}


def _found(jam: Any, called: Any) -> dict[str, Any]:
    right = int((jam & called).sum())
    return {
        "congested_precision": round(right / int(called.sum()), 4) if called.any() else None,
        "congested_recall": round(right / int(jam.sum()), 4) if jam.any() else None,
    }


def _of_rules(keys: Keys, true: Answers, rules: Mapping[str, Answers], limit: Floats) -> dict[str, Any]:
    return {name: errors([k for k in keys if k in said], true, said, limit) for name, said in rules.items()}


def _told(key: tuple[int, int], fields: Mapping[int, Fused]) -> bool:
    return key[0] in fields and bool(fields[key[0]].informed[key[1]] >= LEAST_INFORMED)


def _mean(values: list[Any]) -> float | None:
    return round(float(np.mean(values)), 4) if values else None
