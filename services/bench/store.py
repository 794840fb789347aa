"""`hanoi bench store`: the archive's writing beside raw COPY and raw executemany, in one run."""

import sqlite3
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import click

from schemas.position import BusPosition, Quality
from schemas.trip import Assignment, Phase
from services.archive.pipeline import MAX_RECORDS
from services.bench.report import Figure, print_report
from services.store.engine import Session, Store, open_store
from services.store.errors import StoreError
from services.store.offsets import advance_offsets
from services.store.partitions import DAY_MS
from services.store.positions import count_source, forget_source, record_history, record_positions
from services.store.raw import RawCopy, raw_rows
from services.store.retention import used_bytes

TIME_MS = 1_795_305_600_000
SOURCE = "bench"
BUSES, REPORT_EVERY_S = 1900, 10
RAW_PEER = "psycopg binary COPY of ready rows into a like partition (same key, BRIN, generated point), a commit a batch"
Lots = Sequence[Sequence[BusPosition]]


def make_positions(count: int) -> list[BusPosition]:
    """Return positions of 1,900 buses, one after the other; buses that no earlier run wrote."""
    run = time.time_ns()
    quality = Quality(correct=1.0, complete=1.0, clean=1.0, live=1.0)
    assignment = Assignment(
        phase=Phase.IN_SERVICE, probability=0.97, trip_id="T100", start_date="20261122", route_id="R32", direction_id=1
    )
    return [
        BusPosition(
            vehicle_id=f"bench-{run}-{number % BUSES:05d}",
            time_ms=TIME_MS + number,
            lon=105.8 + number % 997 / 10_000,
            lat=21.0 + number % 991 / 10_000,
            source=SOURCE,
            received_ms=TIME_MS + number,
            assignment=assignment,
            quality=quality,
            speed_mps=number % 20 * 1.0,
        )
        for number in range(count)
    ]


class Writer:
    """Writes batches as the archive does: effects and offset row, one transaction a batch.

    Parameters
    ----------
    store : Store
        Where.
    record : Callable
        What is written of a batch.
    """

    def __init__(self, store: Store, record: Callable[[Session, Sequence[BusPosition]], None]) -> None:
        self._store, self._record = store, record
        self._group, self._after = f"bench-{time.time_ns()}", 0

    def __call__(self, lot: Sequence[BusPosition]) -> None:
        """Write one batch."""
        first, self._after = self._after, self._after + len(lot)
        with self._store.transaction() as session:
            advance_offsets(session, self._group, {("bus.positions", 0): (first, self._after)})
            self._record(session, lot)


def seconds_of(write: Callable[[Sequence[BusPosition]], None], lots: Lots) -> float:
    """Return the seconds of writing batches one after the other."""
    begun_s = time.perf_counter()
    for lot in lots:
        write(lot)
    return time.perf_counter() - begun_s


def raw_seconds(raw: RawCopy, lots: Lots) -> float:
    """Return the seconds of raw COPY; making the rows does not count."""
    ready = [(raw_rows(lot), lot[0].time_ms // DAY_MS) for lot in lots]
    begun_s = time.perf_counter()
    for rows, day in ready:
        raw.write(rows, day)
    return time.perf_counter() - begun_s


def measure_postgis(url: str, lots: Lots) -> list[Figure]:
    """Measure PostGIS: raw COPY and history with its offset row batch by batch in turn, then repeating, then all."""
    with open_store(url) as store:
        store.migrate()
        raw = RawCopy(store, lots[0][0].time_ms, lots[-1][-1].time_ms)
        try:
            seconds = _postgis_seconds(store, raw, lots)
        finally:
            raw.close()
            with store.transaction() as session:
                forget_source(session, SOURCE)
    per_s = {name: round(sum(map(len, lots)) / spent) for name, spent in seconds.items()}
    return [
        Figure("postgis_rows_per_s", "1/s", per_s["history"], RAW_PEER, per_s["raw"], goal=">= 70000, ratio >= 0.9"),
        Figure("postgis_with_newest_rows_per_s", "1/s", per_s["archive"], RAW_PEER, per_s["raw"], goal=">= 70000"),
        Figure("postgis_replay_rows_per_s", "1/s", per_s["again"], "first writing", per_s["history"]),
    ]


def _postgis_seconds(store: Store, raw: RawCopy, lots: Lots) -> dict[str, float]:
    seconds = dict.fromkeys(("raw", "history"), 0.0)
    history = Writer(store, record_history)
    assert _count(store) == 0  # and a connection of ours is open, as one of the peer is
    for lot in lots:
        seconds["raw"] += raw_seconds(raw, [lot])
        seconds["history"] += seconds_of(history, lots=[lot])
    before = _count(store)
    seconds["again"] = seconds_of(Writer(store, record_history), lots)
    if not before == _count(store) == sum(map(len, lots)):
        raise StoreError(f"replaying changed the rows: {before} before, {_count(store)} after")
    with store.transaction() as session:
        forget_source(session, SOURCE)
    seconds["archive"] = seconds_of(Writer(store, record_positions), lots)
    return seconds


def _count(store: Store) -> int:
    with store.reading() as session:
        return count_source(session, SOURCE)


def measure_sqlite(lots: Lots) -> list[Figure]:
    """Measure SQLite beside executemany of the same rows into a table with the same key."""
    with tempfile.TemporaryDirectory(prefix="hanoi-bench-") as folder:
        with open_store(f"sqlite:///{folder}/store.sqlite") as store:
            store.migrate()
            ours = sum(map(len, lots)) / seconds_of(Writer(store, record_positions), lots)
            row_bytes = used_bytes(store) / sum(map(len, lots))
        raw = _executemany_per_s(Path(folder) / "raw.sqlite", lots)
    peer = "sqlite3 executemany, same columns and key"
    a_day = row_bytes * BUSES * 86_400 / REPORT_EVERY_S / 2**30
    return [
        Figure("sqlite_rows_per_s", "1/s", round(ours), peer, round(raw), goal="ratio >= 0.1"),
        Figure("sqlite_bytes_per_position", "B", round(row_bytes, 1)),
        Figure("sqlite_gib_per_day_of_1900_buses", "GiB", round(a_day, 2)),
    ]


def _executemany_per_s(path: Path, lots: Lots) -> float:
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    columns = ", ".join(f"c{number}" for number in range(len(raw_rows(lots[0][:1])[0])))
    connection.execute(f"CREATE TABLE raw ({columns}, PRIMARY KEY (c1, c0))")
    marks = ", ".join("?" * len(columns.split()))
    rows = [raw_rows(lot) for lot in lots]
    begun_s = time.perf_counter()
    for lot in rows:
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany(f"INSERT INTO raw VALUES ({marks})", lot)  # noqa: S608 - marks only
        connection.execute("COMMIT")
    seconds = time.perf_counter() - begun_s
    connection.close()
    return sum(map(len, rows)) / seconds


@click.command()
@click.option("--count", default=60_000, show_default=True, help="Positions to write.")
@click.option("--batch", default=MAX_RECORDS, show_default=True, help="Positions a transaction.")
@click.option(
    "--postgis", metavar="URL", help="Measure this PostGIS too: postgresql+psycopg://…; what is added goes again."
)
def store(count: int, batch: int, postgis: str | None) -> None:
    """Time the store beside raw COPY."""
    positions = make_positions(count)
    lots = [positions[at : at + batch] for at in range(0, count, batch)]
    try:
        figures = measure_postgis(postgis, lots) if postgis is not None else []
        figures += measure_sqlite(lots)
    except StoreError as error:
        raise click.ClickException(str(error)) from error
    print_report("store", figures)
