"""The figures of scenes as text and as plain values, each share with its Wilson interval."""

import math
from collections.abc import Mapping

import numpy as np

from services.score.scene_judge import Tally

GOAL_MS = 40.0
# Two-sided 95 %.
Z = 1.959964


def wilson(hits: int, tries: int) -> tuple[float, float]:
    """Return the 95 % interval of a share by Wilson's score.

    Parameters
    ----------
    hits, tries : int
        How many of how many.

    Returns
    -------
    tuple of float
        Low and high end, 0 to 1; both ends of everything where nothing was tried.
    """
    if tries == 0:
        return 0.0, 1.0
    share, z2 = hits / tries, Z * Z / tries
    middle, half = share + z2 / 2, Z * math.sqrt(share * (1 - share) / tries + z2 / (4 * tries))
    return max(0.0, (middle - half) / (1 + z2)), min(1.0, (middle + half) / (1 + z2))


def report(title: str, tally: Tally, show: int) -> str:
    """Return the figures of some scenes as text.

    Parameters
    ----------
    title : str
        What was run.
    tally : Tally
        What came of it.
    show : int
        How many false and missed ones to list.
    """
    most = wilson(len(tally.false), tally.innocent)[1]
    lines = [
        f"== {title}",
        f"legal passes {tally.passes:,} ({_kinds(tally.legal)})",
        f"stood lawfully {sum(tally.stood.values()):,} ({_kinds(tally.stood)})",
        f"false {len(tally.false)} (at most {most:.3%} of the {tally.innocent:,}), "
        f"twice {len(tally.doubled)}, under its other name {len(tally.renamed)}, "
        f"for a person to excuse {len(tally.excused)} (officer, ambulance, breakdown, child)",
        *(_row(rule, tally.found.get(rule, 0), tally.due[rule], 18) for rule in sorted(tally.due)),
        *(_row(f"  red for {bucket}", row[0], row[1], 32) for bucket, row in sorted(tally.by_seconds.items())),
        f"not counted: {tally.hidden} acts hidden or out of the picture, {tally.unclear} below the rule's limits",
        *_times(tally),
        *_listed(tally, show),
    ]
    return "\n".join(lines)


def _kinds(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {kind}" for kind, count in sorted(counts.items(), key=lambda item: -item[1]))


def _row(name: str, found: int, due: int, wide: int) -> str:
    low, high = wilson(found, due)
    return f"{name:{wide}} found {found:5} of {due:5}  {found / due:7.2%}  ({low:.1%} to {high:.1%})"


def _times(tally: Tally) -> list[str]:
    if not tally.late_ms:
        return []
    off = np.abs(tally.late_ms)
    p50, p95 = np.percentile(off, [50, 95])
    return [
        f"crossing time off by p50 {p50:.0f}, p95 {p95:.0f}, max {off.max():.0f} ms; within {GOAL_MS:.0f} ms "
        f"{np.mean(off <= GOAL_MS):.1%}; mean {np.mean(tally.late_ms):+.0f} ms"
    ]


def _listed(tally: Tally, show: int) -> list[str]:
    false = [
        f"  false: seed {c.seed} at {(c.time_ms / 1000) % 1e6:.2f} {c.rule} user {c.user_id} {why} {c.measured}"
        for c, why in tally.false[:show]
    ]
    missed = [
        f"  missed: seed {seed} {act.rule} user {act.user_id} {act.kind} at {act.time_s:.2f} "
        + " ".join(f"{key} {value:.2f}" for key, value in act.measured.items())
        for seed, act in tally.missed[:show]
    ]
    return false + missed


def as_figures(tally: Tally) -> dict[str, object]:
    """Return the figures as plain values."""
    off = np.abs(tally.late_ms) if tally.late_ms else np.array([math.nan])
    return {
        "legal_passes": tally.passes,
        "stood_lawfully": tally.stood,
        "false": len(tally.false),
        "false_share_at_most": round(wilson(len(tally.false), tally.innocent)[1], 6),
        "twice": len(tally.doubled),
        "under_its_other_name": len(tally.renamed),
        "due": tally.due,
        "found": tally.found,
        "recall_95": {
            rule: [round(end, 4) for end in wilson(tally.found.get(rule, 0), due)] for rule, due in tally.due.items()
        },
        "by_seconds": tally.by_seconds,
        "crossing_ms_p50": round(float(np.percentile(off, 50)), 1),
        "crossing_ms_p95": round(float(np.percentile(off, 95)), 1),
        "crossing_ms_max": round(float(off.max()), 1),
    }
