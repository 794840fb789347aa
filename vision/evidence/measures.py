"""The measured values of an act with their errors, as far as they are known."""

from schemas.violation import Candidate

# A value → what bounds it, where its rule gives both ends of an interval.
ENDS = {"speed_mps": ("speed_low_mps", "speed_high_mps")}
# A value → the errors that it is made of; at worst they add up.
ERRORS = {
    "after_red_s": ("crossing_error_s", "lamp_error_s"),
    "crossed_after_red_s": ("crossing_error_s", "lamp_error_s"),
}


def measures(candidate: Candidate) -> list[dict[str, object]]:
    """Return each measured value with what is known of its error.

    Parameters
    ----------
    candidate : Candidate
        The claim.

    Returns
    -------
    list of dict
        ``name`` (its unit in it), ``value``, and where known ``low`` and ``high`` (90 % of cases) or ``error`` (±, at
        worst). The time of the act comes first; its error is that of the clock and of the crossing together.
    """
    told = candidate.measured
    used = {end for ends in ENDS.values() for end in ends} | {name for name in told if "_error" in name}
    clock_ms = candidate.uncertainty_s * 1000 + told.get("crossing_error_s", 0.0) * 1000
    rows: list[dict[str, object]] = [{"name": "time_ms", "value": candidate.time_ms, "error": round(clock_ms)}]
    return rows + [_row(name, told) for name in sorted(told) if name not in used]


def _row(name: str, told: dict[str, float]) -> dict[str, object]:
    row: dict[str, object] = {"name": name, "value": told[name]}
    low, high = (told.get(end) for end in ENDS.get(name, ("", "")))
    if low is not None and high is not None:
        return row | {"low": low, "high": high}
    parts = [told[error] for error in ERRORS.get(name, (f"{name}_error",)) if error in told]
    return row | {"error": round(sum(parts), 3)} if parts else row
