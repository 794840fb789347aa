"""The true speed and flow of every edge, by interval, as Parquet."""

from pathlib import Path
from types import TracebackType

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from fleet.simulation.plan import Floats
from fleet.simulation.roads import Roads
from fleet.simulation.traffic import Flow

SCHEMA = pa.schema(
    [
        ("interval_start_ms", pa.int64()),
        ("edge_index", pa.int32()),
        ("speed_mps", pa.float32()),
        ("flow_veh_h", pa.float32()),
    ]
)


class EdgeFile:
    """Collects the traffic of each minute and writes one row an edge and interval.

    Speeds are harmonic means (metres of all cars over their seconds), as observed ones should be.

    Parameters
    ----------
    path : Path
        The file.
    roads : Roads
        Whose first rows are the network's edges; made-up ones are left out.
    interval_s : int
        Length of an interval, whole minutes.
    """

    def __init__(self, path: Path, roads: Roads, interval_s: int) -> None:
        self._count = roads.network_edges
        self._length_m = roads.length_m
        self._interval_ms = interval_s * 1000
        self._writer = pq.ParquetWriter(path, SCHEMA, compression="zstd")
        self._start_ms: int | None = None
        self._slowness: Floats = np.zeros(self._count)
        self._flow: Floats = np.zeros(self._count)
        self._minutes = 0

    def __enter__(self) -> "EdgeFile":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._flush()
        self._writer.close()

    def take(self, flow: Flow, minute_ms: int) -> None:
        """Add the traffic of the minute that begins at a moment."""
        start_ms = minute_ms // self._interval_ms * self._interval_ms
        if self._start_ms != start_ms:
            self._flush()
            self._start_ms = start_ms
        self._slowness += 1.0 / flow.mean_mps(self._length_m)[: self._count]
        self._flow += flow.flow_veh_h[: self._count]
        self._minutes += 1

    def _flush(self) -> None:
        if not self._minutes or not self._count:
            return
        columns = [
            pa.array(np.full(self._count, self._start_ms, dtype=np.int64)),
            pa.array(np.arange(self._count, dtype=np.int32)),
            pa.array((self._minutes / self._slowness).astype(np.float32)),
            pa.array((self._flow / self._minutes).astype(np.float32)),
        ]
        self._writer.write_table(pa.Table.from_arrays(columns, schema=SCHEMA))
        self._slowness[:], self._flow[:], self._minutes = 0.0, 0.0, 0
