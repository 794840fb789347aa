"""Raw COPY of positions, the peer that `hanoi bench store` measures the archive against."""

from collections.abc import Sequence

import psycopg

from schemas.position import BusPosition
from services.store.bulk import column_names, copy_target
from services.store.copy_in import Row, copy_binary
from services.store.engine import Store
from services.store.models import BusPositionRow
from services.store.partitions import DAY_MS
from services.store.positions import position_getter

TABLE = "bench_raw"


def raw_rows(positions: Sequence[BusPosition]) -> list[Row]:
    """Return the values of positions in the order of the table's columns."""
    return list(map(position_getter(*column_names(BusPositionRow)), positions))


class RawCopy:
    """A table like ``bus_position`` and plain COPY into it: no offset row, no savepoint, no other table.

    The table has the same columns with the generated point, the same primary key, the same BRIN
    index and a partition a day; rows are ready as tuples; COPY is binary, the faster of the two forms,
    names the partition itself, and commits after each batch.

    Parameters
    ----------
    store : Store
        The PostGIS that the archive is measured on.
    first_ms, last_ms : int
        The times of the rows, milliseconds since 1970.
    """

    def __init__(self, store: Store, first_ms: int, last_ms: int) -> None:
        self._connection = store.engine.connect()
        raw = self._connection.connection.driver_connection
        assert isinstance(raw, psycopg.Connection)
        self._raw = raw
        self._target = copy_target(BusPositionRow)
        raw.execute(f"DROP TABLE IF EXISTS {TABLE}")
        raw.execute(f"CREATE TABLE {TABLE} (LIKE bus_position INCLUDING ALL) PARTITION BY RANGE (time_ms)")
        for day in range(first_ms // DAY_MS, last_ms // DAY_MS + 1):
            span = f"FROM ({day * DAY_MS}) TO ({(day + 1) * DAY_MS})"
            raw.execute(f"CREATE TABLE {TABLE}_{day} PARTITION OF {TABLE} FOR VALUES {span}")
        raw.commit()

    def write(self, rows: Sequence[Row], day: int) -> None:
        """COPY one batch of one day and commit it."""
        copy_binary(self._raw, f"{TABLE}_{day}", self._target, rows)
        self._raw.commit()

    def close(self) -> None:
        """Remove the table."""
        self._raw.rollback()
        self._raw.execute(f"DROP TABLE {TABLE}")
        self._raw.commit()
        self._connection.close()
