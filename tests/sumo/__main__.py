"""`python -m tests.sumo grid|hanoi --out DIR`: build scenarios and run them; what is there already is kept.

``python -m tests.sumo lines DIR/train-01`` scores what a bus's known line is worth to the matcher.
"""

import csv
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click
import numpy as np

from routing.network.sumo import read_sumo
from tests.sumo.buses import BusLine, grid_lines
from tests.sumo.grid import build_grid
from tests.sumo.hanoi import HOAN_KIEM, build_district, gtfs_lines
from tests.sumo.known_lines import score_lines
from tests.sumo.network import Net, read_net
from tests.sumo.scenario import Scenario, run_scenario


@click.group()
def main() -> None:
    """Scenarios of a motorbike city for SUMO."""


HOURS = (
    click.option("--out", type=click.Path(path_type=Path), required=True, help="Folder for the network and its runs."),
    click.option("--train", default=3, show_default=True, help="Clean hours to learn usual speeds from."),
    click.option("--blocked", default=13, show_default=True, help="Hours with blocked lanes."),
    click.option("--clean", default=20, show_default=True, help="Hours without."),
    click.option("--blockings", default=9, show_default=True, help="In each blocked hour, where they fit."),
    click.option("--minutes", default=60.0, show_default=True, help="Of each run, after five to fill the streets."),
    click.option("--others", default=0.1, show_default=True, help="Share of other vehicles whose places are written."),
    click.option("--seed", default=0, show_default=True, help="Added to the seed of every run: another sample."),
)
# Seconds, metres, without speed and heading, share of buses taken for another line's.
KNOWN_LINE_CASES = (
    (10.0, 5.0, False, 0.0), (10.0, 15.0, False, 0.0), (30.0, 5.0, False, 0.0), (30.0, 15.0, False, 0.0),
    (30.0, 15.0, True, 0.0), (10.0, 15.0, False, 0.1),
)  # fmt: skip
FILE = click.Path(path_type=Path, exists=True, dir_okay=False)


def with_hours(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options of the hours that are run."""
    for option in reversed(HOURS):
        command = option(command)
    return command


@main.command()
@with_hours
@click.option("--size", default=5, show_default=True, help="Junctions each way.")
@click.option("--trips", default=6_500.0, show_default=True, help="An hour, besides the buses of lines.")
@click.option("--headway", default=240.0, show_default=True, help="Seconds between buses of a line.")
def grid(out: Path, size: int, trips: float, headway: float, **hours_: Any) -> None:
    """Run hours on a grid of streets with signals, 85 of 100 trips by motorbike."""
    out.mkdir(parents=True, exist_ok=True)
    net = _net_of(out) or build_grid(out, size)
    run_hours(out, net, grid_lines(net, headway), trips, **hours_)


@main.command()
@with_hours
@click.option("--osm", type=FILE, required=True, help="Extract of OpenStreetMap, .osm or .osm.gz.")
@click.option("--gtfs", type=FILE, required=True, help="Feed whose lines drive there.")
@click.option("--bbox", type=float, nargs=4, default=HOAN_KIEM, show_default=True, help="West, south, east, north.")
@click.option("--trips", default=6_000.0, show_default=True, help="An hour, besides the buses of lines.")
def hanoi(
    out: Path, osm: Path, gtfs: Path, bbox: tuple[float, float, float, float], trips: float, **hours_: Any
) -> None:
    """Run hours in a district of Hanoi: its streets, its bus lines, 85 of 100 trips by motorbike."""
    out.mkdir(parents=True, exist_ok=True)
    net = _net_of(out) or build_district(out, osm, bbox)
    lines = gtfs_lines(net, gtfs)
    if not lines:
        raise click.ClickException(f"no line of {gtfs.name} has three stops beside the streets of {bbox}")
    click.echo(f"{len(net.edges)} edges, {len(lines)} lines, {len({s for line in lines for s in line.stops})} stops")
    run_hours(out, net, lines, trips, **hours_)


@main.command("lines")
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--gtfs", type=FILE, help="Of a district; a grid has lines of its own.")
def known_lines(folder: Path, gtfs: Path | None) -> None:
    """Match the line buses of FOLDER, a run of a scenario, with and without their line; one row of JSON a case."""
    net = read_net(folder.parent / "net.net.xml.gz")
    lines = grid_lines(net, 240.0) if gtfs is None else gtfs_lines(net, gtfs)
    for every_s, noise_m, blind, wrong in KNOWN_LINE_CASES:
        case = {"every_s": every_s, "noise_m": noise_m, "blind": blind, "wrong": wrong}
        click.echo(json.dumps({**case, **score_lines(net, lines, folder, **case)}))


def _net_of(out: Path) -> Net | None:
    file = out / "net.net.xml.gz"
    return read_net(file) if file.exists() else None


def run_hours(
    out: Path, net: Net, lines: list[BusLine], trips: float, *, train: int, blocked: int, clean: int, blockings: int,
    minutes: float, others: float, seed: int,
) -> None:  # fmt: skip
    """Run the hours that are not there yet."""
    write_stops(out / "stops.csv", net, lines)
    for name, own, count in hours(train, blocked, clean, blockings):
        if not (out / name / "scenario.json").exists():
            run_scenario(net, lines, Scenario(trips, 60.0 * minutes + 300.0, seed + own, count, others), out / name)
            click.echo(f"{name} done")


def hours(train: int, blocked: int, clean: int, blockings: int) -> Iterator[tuple[str, int, int]]:
    """Return name, seed and number of blockings of each hour; the kinds in turn, so that a part of all is a whole."""
    for number in range(max(train, blocked, clean)):
        for kind, many, base, count in (
            ("train", train, 1000, 0), ("blocked", blocked, 2000, blockings), ("clean", clean, 3000, 0),
        ):  # fmt: skip
            if number < many:
                yield f"{kind}-{number + 1:02d}", base + number, count


def write_stops(file: Path, net: Net, lines: list[BusLine]) -> None:
    """Write lon, lat of every stop, where standing is no sign of traffic."""
    sumo = read_sumo(net.file)
    row_of = {name: row for row, name in enumerate(sumo.edge_names)}
    roads = sumo.network
    with file.open("w", newline="", encoding="utf-8") as out:
        table = csv.writer(out)
        table.writerow(["edge", "lon", "lat"])
        for name, share in sorted({stop for line in lines for stop in line.stops}):
            row = row_of[name]
            points = slice(roads.point_offset[row], roads.point_offset[row + 1])
            lon, lat = roads.point_lon[points], roads.point_lat[points]
            along = np.concatenate(([0.0], np.cumsum(np.hypot(np.diff(lon), np.diff(lat)))))
            at = share * along[-1]
            table.writerow(
                [name, round(float(np.interp(at, along, lon)), 7), round(float(np.interp(at, along, lat)), 7)]
            )


if __name__ == "__main__":
    main()
