"""Speeds by place and time, as a forecast is scored on them: a table of loop sensors, or recorded states of roads."""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import msgspec
import numpy as np
from scipy.sparse import coo_matrix, csr_matrix

from routing.forecast.neighbours import beside
from routing.network.graph import Floats, RoadNetwork
from schemas.edge import RoadStates

STEP_S = 300
DAY_MS = 86_400_000
# Speeds by local slot and edge.
Cells = dict[tuple[int, str], float]


@dataclass(frozen=True)
class SpeedTable:
    """Speeds of places, NaN where nothing was measured, shape (slots, places), and who is beside whom.

    A slot is `STEP_S` long and the first begins at ``start_ms`` of local time, on a whole slot.
    """

    start_ms: int
    speed: Floats
    neighbours: tuple[csr_matrix, ...]
    unit: str

    @property
    def slots_before(self) -> int:
        """How many slots of the first day were over when the table begins."""
        return self.start_ms % DAY_MS // (STEP_S * 1000)


def read_speeds(speeds: Path, adjacency: Path | None, start: datetime) -> SpeedTable:
    """Read a table of loop sensors.

    Parameters
    ----------
    speeds : Path
        CSV; the header names the sensors, each row is five minutes. 0, nothing and what is no number is missing.
    adjacency : Path, optional
        CSV of weights, a row and a column a sensor, without a header.
    start : datetime
        Local time of the first row.

    Returns
    -------
    SpeedTable
        In the unit of the file.

    Raises
    ------
    ValueError
        What is wrong with which file.
    """
    with speeds.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    if len(rows) < 2:
        raise ValueError(f"{speeds}: there is no row of speeds below a header of sensors")
    wide = len(rows[0])
    odd = next((number for number, row in enumerate(rows, 1) if len(row) != wide), None)
    if odd is not None:
        raise ValueError(f"{speeds}: line {odd} has {len(rows[odd - 1])} values, the header {wide}")
    table = np.array([[_number(cell) for cell in row] for row in rows[1:]])
    beside = (_self_free(_read_square(adjacency, wide)),) if adjacency else (csr_matrix((wide, wide)),)
    return SpeedTable(round(start.timestamp() * 1000), table, beside, "of the file")


def _number(cell: str) -> float:
    try:
        value = float(cell)
    except ValueError:
        return np.nan
    return value if value > 0 and np.isfinite(value) else np.nan


def _read_square(path: Path, wide: int) -> Floats:
    with path.open(encoding="utf-8", newline="") as file:
        rows = [[_number(cell) for cell in row] for row in csv.reader(file)]
    if len(rows) != wide or any(len(row) != wide for row in rows):
        raise ValueError(f"{path}: {wide} sensors want {wide} rows of {wide} weights")
    return np.asarray(np.nan_to_num(np.array(rows)))


def _self_free(weights: Floats) -> csr_matrix:
    np.fill_diagonal(weights, 0.0)
    return csr_matrix(weights / np.maximum(weights.sum(axis=1, keepdims=True), 1e-9))


def read_states(path: Path, network: RoadNetwork | None, utc_offset_s: int) -> SpeedTable:
    """Read recorded messages of `road.states`, one JSON object a line.

    Only what vehicles measured counts, never what was imputed; the newest state of an edge in a slot stands for it.

    Parameters
    ----------
    path : Path
        The recording.
    network : RoadNetwork, optional
        Whose edges follow one another; without it no edge has neighbours.
    utc_offset_s : int
        Seconds the city's clock is ahead of UTC.

    Returns
    -------
    SpeedTable
        In km/h.

    Raises
    ------
    ValueError
        If a line is no such message, or nothing was measured.
    """
    cells: Cells = {}
    for message in _messages(path):
        note(cells, message, utc_offset_s)
    if not cells:
        raise ValueError(f"{path}: no state in it was measured")
    return table_of(cells, network)


def note(cells: Cells, message: RoadStates, utc_offset_s: int) -> None:
    """Note what vehicles measured, in km/h, by local slot and edge."""
    for state in message.states:
        if state.observations and not state.imputed and state.speed_mps:
            cells[(state.time_ms + utc_offset_s * 1000) // (STEP_S * 1000), state.edge_id] = state.speed_mps * 3.6


def table_of(cells: Cells, network: RoadNetwork | None) -> SpeedTable:
    """Return the table of what was noted; its places are the edges in the order of their names."""
    edges = sorted({edge for _, edge in cells})
    row_of = {edge: row for row, edge in enumerate(edges)}
    first = min(slot for slot, _ in cells)
    table = np.full((max(slot for slot, _ in cells) - first + 1, len(edges)), np.nan)
    for (slot, edge), speed in cells.items():
        table[slot - first, row_of[edge]] = speed
    return SpeedTable(first * STEP_S * 1000, table, _beside(edges, network), "km/h")


def _messages(path: Path) -> Iterable[RoadStates]:
    decoder = msgspec.json.Decoder(RoadStates)
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            try:
                yield decoder.decode(line)
            except msgspec.MsgspecError as error:
                raise ValueError(f"{path}: line {number} is no message of road.states: {error}") from error


def _beside(edges: list[str], network: RoadNetwork | None) -> tuple[csr_matrix, ...]:
    count = len(edges)
    if network is None:
        return (csr_matrix((count, count)),)
    rows = np.array([network.edge_index_of.get(edge, -1) for edge in edges])
    place = coo_matrix(
        (np.ones((rows >= 0).sum()), (np.flatnonzero(rows >= 0), rows[rows >= 0])), shape=(count, network.edge_count)
    ).tocsr()
    return tuple(_even(csr_matrix(place @ links @ place.T)) for links in beside(network))


def _even(links: csr_matrix) -> csr_matrix:
    total = np.asarray(links.sum(axis=1)).ravel()
    scale = np.where(total > 0, 1.0 / np.maximum(total, 1e-9), 0.0)
    return csr_matrix(links.multiply(scale[:, None]))
