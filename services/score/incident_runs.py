"""Hours of a simulated network with and without blocked lanes, as `python -m tests.sumo` leaves them."""

import csv
import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click
import numpy as np

from routing.incidents.camera import Count
from routing.network.graph import Floats
from routing.network.sumo import SumoNetwork
from services.score.aid import Reading
from services.score.sumo_run import parse_probes, share_of

CAMERAS = "cameras"
MISSED = 0.15
COUNT_SD = 0.08


@dataclass(frozen=True, slots=True)
class Blocking:
    """Lanes of an edge that were blocked from a second to another."""

    name: str
    edge: int
    lanes: int
    of_lanes: int
    begin_s: float
    end_s: float


@dataclass(frozen=True)
class Hour:
    """One run: ``kind`` is train, blocked or clean; ``long_h`` is how long it was measured."""

    kind: str
    folder: Path
    blockings: tuple[Blocking, ...]
    long_h: float


def split_probes(text: str) -> tuple[dict[str, float], float]:
    """Read who reports: as `parse_probes`, and ``cameras=30%``, the share of edges that a camera watches.

    Raises
    ------
    ValueError
        If it says anything else.
    """
    parts = [part.strip() for part in text.split(",")]
    seen = [part for part in parts if part.split("=")[0] == CAMERAS]
    rest = ",".join(part for part in parts if part not in seen)
    share = parse_probes(seen[0].replace(CAMERAS, "cars"))["cars"] if seen else 0.0
    return parse_probes(rest) if rest else {"bus": 0.0, "cars": 0.0}, share


def list_hours(folder: Path, row_of: dict[str, int]) -> list[Hour]:
    """List the finished runs: those to learn from, then blocked ones, then clean ones.

    Raises
    ------
    click.ClickException
        If there is none of a kind.
    """
    hours = []
    for kind in ("train", "blocked", "clean"):
        found = [path.parent for path in sorted(folder.glob(f"{kind}-*/scenario.json"))]
        if not found:
            raise click.ClickException(f"{folder} holds no {kind}-NN; make them with python -m tests.sumo grid --out")
        hours += [_read_hour(kind, path, row_of) for path in found]
    return hours


def _read_hour(kind: str, folder: Path, row_of: dict[str, int]) -> Hour:
    about = json.loads((folder / "scenario.json").read_text(encoding="utf-8"))
    blockings = tuple(_read_blockings(folder / "blockings.csv", row_of))
    return Hour(kind, folder, blockings, (about["until_s"] - about["warm_up_s"]) / 3600.0)


def _read_blockings(path: Path, row_of: dict[str, int]) -> Iterator[Blocking]:
    with path.open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            yield Blocking(
                row["blocking"], row_of[row["edge"]], int(row["lanes"]), int(row["of_lanes"]), float(row["begin_s"]),
                float(row["end_s"]),
            )  # fmt: skip


def read_stops(path: Path) -> Floats:
    """Read lon, lat of stops."""
    with path.open(newline="", encoding="utf-8") as file:
        return np.array([(float(row["lon"]), float(row["lat"])) for row in csv.DictReader(file)]).reshape(-1, 2)


def read_counts(
    path: Path, sumo: SumoNetwork, share: float, start_ms: int, rng: np.random.Generator
) -> tuple[dict[int, list[Count]], list[Reading]]:
    """Read what the cameras of a share of the edges saw, with their errors: counts off by 8 %, one stand in six missed.

    Returns
    -------
    dict
        By the second at which their interval ends.
    list of Reading
        The same for the classic rules.
    """
    by_end: dict[int, list[Count]] = {}
    readings = []
    row_of = {name: row for row, name in enumerate(sumo.edge_names)}
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["edge"] not in row_of or share_of("camera/" + row["edge"]) >= share:
                continue
            edge, end_s = row_of[row["edge"]], float(row["end_s"])
            flow = max(round(float(row["flow"]) * (1.0 + COUNT_SD * rng.normal())), 0)
            occupancy = min(max(float(row["occupancy"]) * (1.0 + COUNT_SD * rng.normal()), 0.0), 1.0)
            standing = 0.0 if rng.random() < MISSED else float(row["standing_s"])
            count = Count(
                edge, f"{row['edge']}/{row['view']}", start_ms + round(end_s * 1000), flow, occupancy, standing
            )
            by_end.setdefault(round(end_s), []).append(count)
            if row["view"] == "in":
                readings.append(Reading(row["edge"], end_s, flow, occupancy))
    return by_end, readings
