"""States of roads beside a recording: what `road.states` said, or the true speeds of a simulation."""

from collections.abc import Iterator
from pathlib import Path

import click
import msgspec
import polars as pl

from fleet.arrivals.ways import Ways
from routing.network import RoadNetwork
from schemas.edge import EdgeState, LevelOfService, RoadStates
from schemas.message import decode

CELL = "0/0/0"


def read_road_states(path: Path, network: RoadNetwork, ways: Ways) -> Iterator[RoadStates]:
    """Read states of roads in order of time.

    Parameters
    ----------
    path : Path
        ``edges.parquet`` of `hanoi simulate`, a speed told when its interval is over; or messages of ``road.states``,
        one a line.
    network : RoadNetwork
        The network that the file numbers its edges by.
    ways : Ways
        Of the timetable; of the simulation's edges only these are read.

    Raises
    ------
    click.ClickException
        If the file is neither.
    """
    try:
        if path.suffix == ".parquet":
            yield from _of_simulation(path, network, ways)
        else:
            told = [decode(RoadStates, line) for line in path.read_bytes().splitlines() if line]
            yield from sorted(told, key=lambda message: message.time_ms)
    except (OSError, pl.exceptions.PolarsError, msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise click.ClickException(
            f"{path}: {error}; --road-states is edges.parquet of `hanoi simulate`, or messages of road.states by line"
        ) from error


def _of_simulation(path: Path, network: RoadNetwork, ways: Ways) -> Iterator[RoadStates]:
    ids = network.edge_ids
    mine = [index for index, edge_id in enumerate(ids) if edge_id in ways.number]
    table = pl.read_parquet(path).filter(pl.col("edge_index").is_in(mine)).sort("interval_start_ms")
    starts = table["interval_start_ms"].unique().sort()
    interval_ms = int(starts[1] - starts[0]) if len(starts) > 1 else 0
    for part in table.partition_by("interval_start_ms", maintain_order=True):
        rows = part.to_dict(as_series=False)
        time_ms = int(rows["interval_start_ms"][0]) + interval_ms
        states = tuple(
            EdgeState(
                edge_id=ids[index], edge_index=index, time_ms=time_ms, level=LevelOfService.FREE, observations=1,
                age_s=interval_ms / 2000.0, speed_mps=speed,
            )
            for index, speed in zip(rows["edge_index"], rows["speed_mps"], strict=True)
        )  # fmt: skip
        yield RoadStates(cell=CELL, time_ms=time_ms, states=states)
