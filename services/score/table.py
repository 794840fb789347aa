"""The figures of a score as a table for people."""

from collections.abc import Iterable, Mapping
from typing import Any

BINS = ("0-3", "3-6", "6-10", "10-15")


def write_table(figures: Mapping[str, Any]) -> str:
    """Return the figures of `score` as text.

    Parameters
    ----------
    figures : Mapping
        What `hanoi score arrivals` prints as JSON.

    Returns
    -------
    str
        Lines; see docs/accuracy.md for how to read them.
    """
    lines = [
        f"{figures['questions']} questions within 15 min, {figures['answered']} % answered"
        f" ({_join(figures['answered_by_bin'].values())}); {figures['arrivals']} arrivals of {figures['trips']} trips",
        f"minutes with a prediction {_text(figures['minutes_with_prediction'])} %, with two"
        f" {_text(figures['minutes_with_two'])} %; truth by {figures['truth']}",
        "",
        f"{'':24}{'EAB 0-3/3-6/6-10/10-15':27}{'mean (95 %)':20}{'MAE s':21}{'bias s':21}{'early-miss %':22}"
        f"{'MBTA':7}{'Cal-ITP':9}{'catch':7}{'wobble':7}",
    ]
    ours = figures["ours"]
    if ours is None:
        return "\n".join([*lines, "nothing was answered"])
    rows = {"shown time": ours, "median (p50)": ours["median"]} | dict(figures["baselines"])
    lines += [_row(name, row) for name, row in rows.items()]
    lines += ["", *_intervals("by predicted time", ours["intervals"])]
    lines += ["", *_intervals("by actual time", ours["intervals_by_actual"])]
    lines += ["", *_next_trip(figures["next_trip"])]
    return "\n".join(lines)


def _row(name: str, row: Mapping[str, Any]) -> str:
    eab, calitp = row["eab"], row["calitp"]
    column = {key: _join(eab["bins"][b][key] for b in BINS) for key in ("accurate", "mae_s", "bias_s", "early_miss")}
    mean = f"{_text(eab['mean'])} ({_join(eab['interval95'] or ())})"
    return (
        f"{name:24}{column['accurate']:27}{mean:20}{column['mae_s']:21}{column['bias_s']:21}{column['early_miss']:22}"
        f"{_text(row['mbta']['mean']):7}{_text(calitp['accurate']):9}{_text(calitp['bus_catch']):7}"
        f"{_text(calitp['wobble_min']):7}"
    )


def _intervals(title: str, bins: Mapping[str, Any]) -> list[str]:
    lines = [
        f"{'p10-p90 ' + title:32}{'inside %':10}{'before p50 %':14}{'width s':10}{'score s':10}"
        "constant: width of the day at the same share; as learnt, inside %, width, score"
    ]
    for name, bin_ in bins.items():
        inside, width, score = _interval(bin_)
        known = bin_["constant_width_s"]
        constant = "; ".join(
            f"{how} {_text(known[how])}, learnt {'/'.join(_interval(c))}" for how, c in bin_["learnt_constant"].items()
        )
        before = _text(bin_["before_p50"])
        lines.append(f"{'  ' + name + ' min':32}{inside:10}{before:14}{width:10}{score:10}{constant}")
    return lines


def _interval(figures: Mapping[str, Any]) -> tuple[str, str, str]:
    inside, width, score = (_text(figures[key]) for key in ("inside_p10_p90", "width_s", "interval_score_s"))
    return inside, width, score


def _next_trip(figures: Mapping[str, Any] | None) -> list[str]:
    if figures is None:
        return ["next trip across the layover: nothing to ask"]
    bins = figures["bins"]
    told = {key: _join(bins[b][key] for b in BINS) for key in ("accurate", "mae_s", "bias_s")}
    return [
        f"next trip across the layover: {figures['questions']} questions, {_text(figures['answered'])} % answered;"
        f" EAB {told['accurate']} mean {_text(figures['mean'])}; MAE {told['mae_s']} s; bias {told['bias_s']} s"
    ]


def _join(values: Iterable[Any]) -> str:
    return "/".join(_text(value) for value in values)


def _text(value: object) -> str:
    return "-" if value is None else f"{value:g}" if isinstance(value, int | float) else str(value)
