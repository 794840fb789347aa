"""`hanoi score alerts`: every kind of alert against the truth of simulations, in one table with counts."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from statistics import median

import click
import polars as pl

from services.score.alert_tally import Tally, count_ahead, tally_all
from services.score.alerts import SAID_WITHIN_S
from services.score.events import KINDS
from services.score.goals import lay_out
from services.score.questions import read_summary
from services.score.simulated import read_truth
from services.score.truths import gather

TITLES = ("kind", "said", "right", "of what was true", "found", "said, median", "in time")
# What is to be in time: within so many seconds, or five minutes ahead.
WITHIN_S: Mapping[str, float] = {"not_coming": SAID_WITHIN_S, "may_not_run": SAID_WITHIN_S, "detour": 600.0}
AHEAD = "bunching"
FOOT = """\
Right and found: per cent, and how many. Said: after it began, or ahead of it; of trips, after their departure.
In time: of all that was true, trips within 3 min, detours within 10 min of the second bus, bunching 5 min ahead.
Found counts stuck together with long_stop, and not_coming together with may_not_run. Detours count by place."""


@click.command()
@click.argument("folders", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--truth", "truths", multiple=True, type=click.Path(path_type=Path, exists=True, dir_okay=False),
              help="truth.jsonl of each replay, in their order; else the one beside the reports replayed.")  # fmt: skip
def alerts(folders: tuple[Path, ...], truths: tuple[Path, ...]) -> None:
    """Score every kind of alert of replays (FOLDERS) against simulations' truth, all together in one table."""
    if truths and len(truths) != len(folders):
        raise click.UsageError(f"{len(folders)} folders but {len(truths)} --truth; give one for each folder, or none")
    table: dict[str, Tally] = {}
    for folder, truth in zip(folders, truths or [truth_beside(folder) for folder in folders], strict=True):
        for kind, tally in tally_folder(folder, truth).items():
            table[kind] = table.get(kind, Tally()) + tally
    click.echo(lay_out([TITLES, *(_cells(kind, table[kind]) for kind in sorted(table))]))
    click.echo(FOOT)


def truth_beside(folder: Path) -> Path:
    """Return the truth of the simulation whose reports were replayed."""
    truth = Path(str(read_summary(folder).get("positions", ""))).parent / "truth.jsonl"
    if not truth.exists():
        raise click.ClickException(f"{folder}: {truth} does not exist; name the simulation's truth with --truth")
    return truth


def tally_folder(folder: Path, truth: Path) -> dict[str, Tally]:
    """Count one replay's alerts by kind."""
    path = folder / "alerts.csv"
    if not path.exists():
        raise click.ClickException(f"{folder}: alerts.csv absent; make the folder with `hanoi replay --out`")
    known = gather(read_truth(truth))
    if not known.reported:
        raise click.ClickException(f"{truth}: no position of a bus that reported; keep the `position` lines")
    rows = pl.read_csv(path, schema_overrides=KINDS, infer_schema_length=None).to_dicts()
    return tally_all(rows, known.city, known.happened)


def _cells(kind: str, tally: Tally) -> tuple[str, ...]:
    said = str(tally.said)
    if tally.right is None:
        return kind, said, "the truth has no such kind", "", "", "", ""
    right = _share(tally.right, tally.said)
    if tally.true is None:
        return kind, said, right, "not told by the truth", "", "", ""
    late = list(_in_time(kind, tally))
    return (
        kind,
        said,
        right,
        str(tally.true),
        _share(tally.found, tally.true),
        _when(tally.after_s),
        late[0] if late else "",
    )


def _in_time(kind: str, tally: Tally) -> Iterator[str]:
    if kind == AHEAD:
        yield _share(count_ahead(tally), tally.true or 0)
    elif kind in WITHIN_S:
        yield _share(sum(after_s <= WITHIN_S[kind] for after_s in tally.after_s), tally.true or 0)


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.0f} % ({part})" if whole else "-"


def _when(after_s: Sequence[float]) -> str:
    if not after_s:
        return "-"
    middle = median(after_s)
    return f"{abs(middle):.0f} s {'ahead' if middle < 0 else 'after'}"
