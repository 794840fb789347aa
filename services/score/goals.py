"""`hanoi score goals`: the arrival figures that have a goal, of several replays in one table."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import click

from services.score.arrivals import score
from services.score.questions import check_files, read_summary
from services.score.table import BINS

LEAST_EAB, LEAST_LEAD, LEAST_ANSWERED, LEAST_OF_BIN = 88.0, 4.0, 99.0, 87.0
LEAST_EAB_AFTER, LEAST_ANSWERED_HIDDEN = 91.0, 97.0
MOST_MAE_S = (30.0, 55.0, 80.0, 105.0)
MOST_BIAS_S = 10.0
MOST_EARLY = 8.0
INSIDE = (78.0, 82.0)
MOST_WIDTH = 0.8
TITLES = ("replay", "questions", "answered", "EAB", "EAB of bins", "best baseline", "lead", "p50 MAE s", "p50 bias s",
          "early-miss", "inside %", "width", "beside Kalman")  # fmt: skip
FOOT = (
    "* misses its goal. Best baseline: of all, shifted or not. Width: mean p10-p90 over that of a constant interval "
    "that learnt as it went, around our p50 and around Kalman. Inside and width by predicted time ahead."
)


@click.command()
@click.argument("folders", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--gap", "gap_s", type=click.IntRange(min=0), default=0, show_default=True,
              help="Only arrivals between two reports at most so many seconds apart; 0 for all.")  # fmt: skip
@click.option("--every", "every_s", type=click.IntRange(min=0), default=0, show_default=True,
              help="Ask a bus at most once in so many seconds.")  # fmt: skip
def goals(folders: tuple[Path, ...], gap_s: int, every_s: int) -> None:
    """Tell how the arrivals of replays (FOLDERS) stand beside their goals, a row each."""
    for folder in folders:
        check_files(folder)
    rows = []
    for folder in folders:
        options = read_options(folder)
        before = [Path(path) for path in options.get("history", ()) if Path(path).exists()]
        figures = score(folder, before=before, every_s=every_s, gap_s=gap_s)
        rows.append((folder.name, *cells_of(figures, options)))
    click.echo(lay_out([TITLES, *rows]))
    click.echo(FOOT)


def read_options(folder: Path) -> Mapping[str, Any]:
    """Return the options that a replay was run with."""
    options = read_summary(folder).get("options")
    return options if isinstance(options, Mapping) else {}


def cells_of(figures: Mapping[str, Any], options: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the cells of one replay after its name; an asterisk marks what misses its goal.

    Parameters
    ----------
    figures : Mapping
        As of `score`.
    options : Mapping
        Of the replay: with ``history`` and ``hide_trips`` other goals hold.

    Returns
    -------
    tuple of str
        As ``TITLES`` names them.
    """
    ours, answered = figures["ours"], figures["answered"]
    least_answered = LEAST_ANSWERED_HIDDEN if options.get("hide_trips") else LEAST_ANSWERED
    if ours is None:
        return (str(figures["questions"]), _mark(answered, False), *["-"] * (len(TITLES) - 3))
    known, mean = bool(options.get("history")), ours["eab"]["mean"]
    name, best = _best(figures["baselines"])
    lead = None if mean is None or best is None else round(mean - best, 1)
    bins, middle = _column(ours["eab"]["bins"], "accurate"), ours["median"]["eab"]["bins"]
    inside = _column(ours["intervals"], "inside_p10_p90")
    widths = [_width(ours["intervals"], how) for how in ("around_p50", "around_kalman")]
    return (
        str(figures["questions"]),
        _mark(answered, answered >= least_answered),
        _mark(mean, mean is None or mean >= (LEAST_EAB_AFTER if known else LEAST_EAB)),
        _marks((value, not known or value >= LEAST_OF_BIN) for value in bins),
        f"{name} {_mark(best, True)}",
        _mark(lead, lead is None or lead >= LEAST_LEAD),
        _marks((v, v <= most) for v, most in zip(_column(middle, "mae_s"), MOST_MAE_S, strict=True)),
        _marks((value, abs(value) <= MOST_BIAS_S) for value in _column(middle, "bias_s")),
        _marks((value, value <= MOST_EARLY) for value in _column(ours["eab"]["bins"], "early_miss")),
        _marks((value, INSIDE[0] <= value <= INSIDE[1]) for value in inside),
        *(_mark(value, value is None or value <= MOST_WIDTH) for value in widths),
    )


def _best(baselines: Mapping[str, Any]) -> tuple[str, float | None]:
    means = {name: row["eab"]["mean"] for name, row in baselines.items() if row["eab"]["mean"] is not None}
    best = max(means, key=lambda name: means[name], default="-")
    return best, means.get(best)


def _width(intervals: Mapping[str, Any], how: str) -> float | None:
    ours, constant = intervals["all"]["width_s"], intervals["all"]["learnt_constant"][how]["width_s"]
    return round(ours / constant, 2) if ours is not None and constant else None


def _column(bins: Mapping[str, Any], name: str) -> list[float]:
    return [float("nan") if bins[bin_][name] is None else bins[bin_][name] for bin_ in BINS]


def _marks(values: Iterable[tuple[float, bool]]) -> str:
    return " ".join(_mark(value, reached) for value, reached in values)


def _mark(value: float | None, reached: bool) -> str:
    return "-" if value is None or value != value else f"{value:g}{'' if reached else '*'}"


def lay_out(rows: Iterable[tuple[str, ...]]) -> str:
    """Return rows of cells as a table of Markdown, padded so that it reads well without."""
    rows = list(rows)
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |" for row in rows
    ]
    return "\n".join([lines[0], "|" + "|".join("-" * (width + 2) for width in widths) + "|", *lines[1:]])
