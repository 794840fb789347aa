"""`hanoi score holds`: what the advice to let buses wait changed, by the same simulation with drivers who obey it."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from statistics import mean

import click
import numpy as np

from fleet.simulation.holds import Hold, list_orders
from fleet.simulation.truth import TrueCall
from services.city.folder import CityError
from services.score.alerts import FORESEEN_MS, Pair, find_bunches, pair_of
from services.score.goals import lay_out
from services.score.simulated import read_truth
from services.simulate.holds_file import read_holds

FOOT = """\
Wait: of who comes to a stop at any moment, over all stops and lines. Trip: from the first to the last call, where
these are at the same stops in both.
Both simulations draw the same riders, traffic and incidents; buses differ only by what the holds led to."""


@click.command()
@click.argument("without", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.argument("obeyed", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--alerts", type=click.Path(path_type=Path, exists=True, dir_okay=False), required=True,
              help="alerts.csv of the replay of WITHOUT, whose holds OBEYED was simulated with.")  # fmt: skip
def holds(without: Path, obeyed: Path, alerts: Path) -> None:
    """Compare the truth of a simulation WITHOUT holds with that of the same one where they were OBEYED.

    The second is made by the command of the first with `--holds ALERTS`.
    """
    try:
        orders = list_orders(read_holds(alerts))
    except CityError as error:
        raise click.ClickException(str(error)) from error
    if not orders:
        raise click.ClickException(f"{alerts}: no alert in it advises a hold")
    before, after = ([entry for entry in read_truth(path) if isinstance(entry, TrueCall)] for path in (without, obeyed))
    click.echo(lay_out(compare(before, after, orders)))
    click.echo(FOOT)


def compare(
    before: Sequence[TrueCall], after: Sequence[TrueCall], orders: Sequence[Hold]
) -> list[tuple[str, str, str]]:
    """Return the rows of the table: what of it, without the holds, and with them.

    Parameters
    ----------
    before, after : sequence of TrueCall
        All calls of the two simulations.
    orders : sequence of Hold
        What was ordered.

    Returns
    -------
    list of tuple of str
        With titles.
    """
    bunches = [find_bunches(calls) for calls in (before, after)]
    rows = [("", "without", "obeyed")]
    for title, figures in (
        (f"met within half an hour, of {len(orders)} holds", [count_met(orders, found) for found in bunches]),
        ("pairs as one at two stops or more", [sum(len(times) > 1 for times in found.values()) for found in bunches]),
        ("calls as one", [sum(len(times) for times in found.values()) for found in bunches]),
        ("wait, s", [round(wait_s(calls), 1) for calls in (before, after)]),
        ("trip, s", [round(one, 1) for one in trip_s(before, after)]),
    ):
        rows.append((title, str(figures[0]), str(figures[1])))
    return rows


def count_met(orders: Iterable[Hold], found: dict[Pair, list[int]]) -> int:
    """Return how many of the held buses ran as one with their leader within half an hour of the order."""
    return sum(
        any(
            0 <= time_ms - hold.said_ms <= FORESEEN_MS
            for time_ms in found.get(pair_of(hold.leader_id, hold.vehicle_id), ())
        )
        for hold in orders
    )


def wait_s(calls: Iterable[TrueCall]) -> float:
    """Return how long who comes to a stop at any moment waits for the next bus of a line, seconds."""
    places: dict[tuple[str, str], list[int]] = defaultdict(list)
    for call in calls:
        places[call.route_id, call.stop_id].append(call.arrival_ms)
    gaps = [np.diff(np.sort(times)) / 1000.0 for times in places.values() if len(times) > 1]
    both = np.concatenate(gaps) if gaps else np.zeros(1)
    return float(np.sum(both**2) / max(2.0 * np.sum(both), 1e-9))


def trip_s(before: Iterable[TrueCall], after: Iterable[TrueCall]) -> tuple[float, float]:
    """Return how long trips took on average that called at the same first and last stops in both."""
    took = [_took(calls) for calls in (before, after)]
    both = [key for key in took[0] if key in took[1]]
    return (mean(took[0][key] for key in both), mean(took[1][key] for key in both)) if both else (0.0, 0.0)


def _took(calls: Iterable[TrueCall]) -> dict[tuple[str, str, int, int], float]:
    trips: dict[tuple[str, str], list[TrueCall]] = defaultdict(list)
    for call in calls:
        trips[call.trip_id, call.start_date].append(call)
    out = {}
    for run, lot in trips.items():
        lot.sort(key=lambda call: call.stop_sequence)
        out[*run, lot[0].stop_sequence, lot[-1].stop_sequence] = (lot[-1].arrival_ms - lot[0].departure_ms) / 1000.0
    return out
