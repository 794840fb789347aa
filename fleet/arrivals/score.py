"""How right arrival predictions were, by the schemes that others publish."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Figures = dict[str, object]
# Bins by time to the actual arrival, half open, seconds; and how far actual − predicted may lie, inclusive.
EAB_BINS_S = ((0, 180), (180, 360), (360, 600), (600, 900))
EAB_BANDS_S = ((-30, 90), (-60, 150), (-60, 210), (-90, 270))
# Bins by the predicted time ahead.
MBTA_BINS_S = ((0, 180), (180, 360), (360, 720), (720, 1800))
MBTA_BANDS_S = ((-60, 60), (-90, 120), (-150, 210), (-240, 360))
CALITP_S = 1800
BOOTSTRAP = 200
# What an 80 % interval leaves outside.
OUTSIDE = 0.2
PERCENT = 100.0


def name_of(bin_s: tuple[int, int]) -> str:
    """Return the name of a bin in minutes, for instance ``3-6``."""
    return f"{bin_s[0] // 60}-{bin_s[1] // 60}"


def share(hits: NDArray[np.bool_]) -> float | None:
    """Return the per cent that are true, ``None`` of nothing."""
    return round(PERCENT * float(hits.mean()), 1) if len(hits) else None


def seconds(values: Floats) -> float | None:
    """Return the mean to a tenth of a second, ``None`` of nothing."""
    return round(float(values.mean()), 1) if len(values) else None


def mean_of(values: list[float | None]) -> float | None:
    """Return the mean of the bins that have one."""
    known = [value for value in values if value is not None]
    return round(sum(known) / len(known), 1) if known else None


def by_bins(ahead_s: Floats, error_s: Floats) -> dict[str, Figures]:
    """Return mean absolute error, bias, early-miss, accuracy and count of each EAB bin of ``ahead_s``.

    Parameters
    ----------
    ahead_s : array
        What the bins are cut by, seconds.
    error_s : array
        Actual − predicted, seconds; a positive bias means that buses came later than was said.

    Returns
    -------
    dict
        Bin → figures; ``None`` of an empty bin.
    """
    bins: dict[str, Figures] = {}
    for (low, high), (early, late) in zip(EAB_BINS_S, EAB_BANDS_S, strict=True):
        here = error_s[(ahead_s >= low) & (ahead_s < high)]
        bins[name_of((low, high))] = {
            "accurate": share((here >= early) & (here <= late)),
            "mae_s": seconds(np.abs(here)),
            "bias_s": seconds(here),
            "early_miss": share(here < early),
            "count": len(here),
        }
    return bins


def eab(ahead_s: Floats, error_s: Floats) -> Figures:
    """Return the EAB figures: `by_bins` of the actual time ahead, and the mean accuracy of the four bins."""
    bins = by_bins(ahead_s, error_s)
    return {"bins": bins, "mean": mean_of([b["accurate"] for b in bins.values()])}  # type: ignore[misc]


def mbta(predicted_s: Floats, error_s: Floats) -> Figures:
    """Return the MBTA figures: bins by predicted time ahead."""
    bins = {
        name_of(b): share((here >= early) & (here <= late))
        for b, (early, late) in zip(MBTA_BINS_S, MBTA_BANDS_S, strict=True)
        for here in (error_s[(predicted_s >= b[0]) & (predicted_s < b[1])],)
    }
    return {"bins": bins, "mean": mean_of(list(bins.values()))}


def calitp(ahead_s: Floats, error_s: Floats) -> Figures:
    """Return the Cal-ITP accuracy: −60 ln(t+1.3) < error < 60 ln(t+1.5), t in minutes before arrival, up to 30."""
    here = ahead_s < CALITP_S
    t, error = ahead_s[here] / 60.0, error_s[here]
    good = (error > -60.0 * np.log(t + 1.3)) & (error < 60.0 * np.log(t + 1.5))
    minute = np.minimum(t.astype(np.int64), 29)
    minutes = [share(good[minute == m]) for m in range(30)]
    spread = np.percentile(error, [25, 75]) if len(error) else np.zeros(2)
    return {
        "accurate": mean_of(minutes),
        "by_minute": minutes,
        "bus_catch": share(error >= 0.0),
        "iqr_min": round(float(spread[1] - spread[0]) / 60.0, 2),
        "padding_min": round(float(error.mean()) / 60.0, 2) if len(error) else None,
    }


def wobble_min(eta_s: Floats, cell: NDArray[np.int64]) -> float | None:
    """Return by how much the shown arrival moves within a minute, minutes: Cal-ITP's wobble.

    Parameters
    ----------
    eta_s : array
        Shown arrivals, seconds since any moment.
    cell : array of int
        Which arrival in which minute before it; cells with one answer say nothing.

    Returns
    -------
    float or None
        Mean of the latest − the earliest of each cell.
    """
    order = np.lexsort((eta_s, cell))
    cells, value = cell[order], eta_s[order]
    starts = np.flatnonzero(np.diff(cells, prepend=-1))
    if not len(starts):
        return None
    ends = np.append(starts[1:], len(cells))
    several = ends - starts > 1
    spread = (value[ends - 1] - value[starts])[several]
    return round(float(spread.mean()) / 60.0, 2) if len(spread) else None


@dataclass(frozen=True, eq=False)
class Constant:
    """A point predictor with a constant interval around it: its errors, and the interval of errors it gave.

    All arrays in seconds, actual − predicted, one a question; ``low_s`` and ``high_s`` were learnt as it went.
    """

    error_s: Floats
    low_s: Floats
    high_s: Floats


def intervals(
    ahead_s: Floats, low_s: Floats, mid_s: Floats, high_s: Floats, constants: dict[str, Constant]
) -> dict[str, Figures]:
    """Return how honest and how wide the quantiles are, by bins of ``ahead_s``.

    Beside the width stand those of two constant-quantile baselines. One knows the day: the distance of two quantiles of
    a point predictor's own errors in this bin that holds as many arrivals as ours. The other learnt as it went, as ours
    does; it need not hold as many, so the interval score (Winkler 1972) of both weighs width and misses together.

    Parameters
    ----------
    ahead_s : array
        What the bins are cut by, seconds.
    low_s, mid_s, high_s : array
        Actual − 10 %, 50 % and 90 % quantile, seconds.
    constants : dict of Constant
        Point predictors, by name.

    Returns
    -------
    dict
        Bin → shares and widths.
    """
    out: dict[str, Figures] = {}
    for low, high in (*EAB_BINS_S, (0, 900)):
        here = (ahead_s >= low) & (ahead_s < high)
        inside = (low_s[here] >= 0) & (high_s[here] <= 0)
        held = float(inside.mean()) if len(inside) else 0.0
        out[name_of((low, high)) if (low, high) != (0, 900) else "all"] = {
            "before_p50": share(mid_s[here] < 0),
            **_judge_interval(low_s[here], high_s[here]),
            "constant_width_s": {name: _constant_width_s(c.error_s[here], held) for name, c in constants.items()},
            "learnt_constant": {
                name: _judge_interval((c.error_s - c.low_s)[here], (c.error_s - c.high_s)[here])
                for name, c in constants.items()
            },
        }
    return out


def _judge_interval(low_s: Floats, high_s: Floats) -> Figures:
    """Return share inside, width and interval score of actual − lower and actual − upper end."""
    missed = np.maximum(-low_s, 0.0) + np.maximum(high_s, 0.0)
    return {
        "inside_p10_p90": share((low_s >= 0) & (high_s <= 0)),
        "width_s": seconds(low_s - high_s),
        "interval_score_s": seconds(low_s - high_s + 2.0 / OUTSIDE * missed),
    }


def _constant_width_s(error_s: Floats, held: float) -> float | None:
    if not len(error_s):
        return None
    low, high = np.quantile(error_s, [(1.0 - held) / 2, (1.0 + held) / 2])
    return round(float(high - low), 1)


def bootstrap_mean(ahead_s: Floats, error_s: Floats, trip: NDArray[np.int64], seed: int = 1) -> list[float] | None:
    """Return the 95 % interval of the EAB mean, drawing whole trips again and again.

    Parameters
    ----------
    ahead_s, error_s : array
        As for ``eab``.
    trip : array of int
        Number of the trip of each question.
    seed : int
        Of the draw.

    Returns
    -------
    list of float or None
        Lower and upper per cent, ``None`` where there are fewer than two trips.
    """
    trips = int(trip.max()) + 1 if len(trip) else 0
    if trips < 2:
        return None
    hits, counts = np.zeros((4, trips)), np.zeros((4, trips))
    for i, ((low, high), (early, late)) in enumerate(zip(EAB_BINS_S, EAB_BANDS_S, strict=True)):
        here = (ahead_s >= low) & (ahead_s < high)
        good = (error_s[here] >= early) & (error_s[here] <= late)
        hits[i] = np.bincount(trip[here], weights=good, minlength=trips)
        counts[i] = np.bincount(trip[here], minlength=trips)
    draws = np.random.default_rng(seed).multinomial(trips, np.full(trips, 1.0 / trips), size=BOOTSTRAP)
    means = PERCENT * (draws @ hits.T / np.maximum(draws @ counts.T, 1.0)).mean(axis=1)
    return [round(float(v), 1) for v in np.percentile(means, [2.5, 97.5])]
