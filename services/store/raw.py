"""Raw COPY of positions, the peer that `hanoi bench store` measures the archive against."""

import time
from collections.abc import Sequence
from operator import itemgetter

import psycopg

from schemas.position import BusPosition
from services.store.bulk import Row, column_names
from services.store.engine import Store
from services.store.models import BusPositionRow
from services.store.positions import values_of


def raw_rows(positions: Sequence[BusPosition]) -> list[Row]:
    """Return the values of positions, key first, as they lie in the table."""
    names = sorted(column_names(BusPositionRow), key=lambda name: name not in {"vehicle_id", "time_ms"})
    return list(map(itemgetter(*names), map(values_of, positions)))


def copy_raw(store: Store, lots: Sequence[Sequence[Row]]) -> float:
    """COPY batches into a table of their own like ``bus_position``; return rows per second."""
    names = sorted(column_names(BusPositionRow), key=lambda name: name not in {"vehicle_id", "time_ms"})
    with store.engine.connect() as connection:
        raw = connection.connection.driver_connection
        assert isinstance(raw, psycopg.Connection)
        with raw.cursor() as cursor:
            cursor.execute("CREATE TABLE bench_raw (LIKE bus_position INCLUDING GENERATED)")
            cursor.execute("ALTER TABLE bench_raw ADD PRIMARY KEY (vehicle_id, time_ms)")
            cursor.execute("CREATE INDEX ON bench_raw (time_ms)")
            cursor.execute("CREATE INDEX ON bench_raw USING gist (geom)")
            raw.commit()
            begun_s = time.perf_counter()
            for lot in lots:
                with cursor.copy(f"COPY bench_raw ({', '.join(names)}) FROM STDIN") as copy:
                    for row in lot:
                        copy.write_row(row)
                raw.commit()
            seconds = time.perf_counter() - begun_s
            cursor.execute("DROP TABLE bench_raw")
            raw.commit()
    return sum(map(len, lots)) / seconds
