"""`hanoi bench store`: the archive's writing beside raw COPY and raw executemany, in one run."""

import sqlite3
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import click

from schemas.position import BusPosition, Quality
from schemas.trip import Assignment, Phase
from services.bench.report import Figure, print_report
from services.store.engine import Store, open_store
from services.store.errors import StoreError
from services.store.offsets import advance_offsets
from services.store.positions import forget_source, record_positions
from services.store.raw import copy_raw, raw_rows

BATCH = 1000
TIME_MS = 1_795_305_600_000
SOURCE = "bench"


def make_positions(count: int) -> list[BusPosition]:
    """Return positions of 1,900 buses, one after the other; buses that no earlier run wrote."""
    run = time.time_ns()
    quality = Quality(correct=1.0, complete=1.0, clean=1.0, live=1.0)
    assignment = Assignment(
        phase=Phase.IN_SERVICE, probability=0.97, trip_id="T100", start_date="20261122", route_id="R32", direction_id=1
    )
    return [
        BusPosition(
            vehicle_id=f"bench-{run}-{number % 1900:05d}",
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


def per_s(lots: Sequence[Sequence[BusPosition]], write: Callable[[Sequence[BusPosition]], None]) -> float:
    """Return rows per second of writing batches one after the other."""
    begun_s = time.perf_counter()
    for lot in lots:
        write(lot)
    return sum(map(len, lots)) / (time.perf_counter() - begun_s)


def archive_per_s(store: Store, lots: Sequence[Sequence[BusPosition]], group: str) -> float:
    """Return rows per second as the archive writes: history, newest row, offset row, one transaction a batch."""
    after = 0

    def write(lot: Sequence[BusPosition]) -> None:
        nonlocal after
        with store.transaction() as session:
            advance_offsets(session, group, {("bus.positions", 0): (after, after + len(lot))})
            record_positions(session, lot)
        after += len(lot)

    return per_s(lots, write)


def measure_postgis(url: str, lots: Sequence[Sequence[BusPosition]]) -> list[Figure]:
    """Measure PostGIS: first writing, repeating, and raw COPY of the same rows with a point and its index."""
    with open_store(url) as store:
        store.migrate()
        group = f"bench-{time.time_ns()}"
        raw = copy_raw(store, [raw_rows(lot) for lot in lots])
        try:
            ours = archive_per_s(store, lots, group)
            again = archive_per_s(store, lots, group + "-again")
        finally:
            with store.transaction() as session:
                forget_source(session, SOURCE)
    peer = "psycopg COPY, same columns, point and GiST index"
    return [
        Figure("postgis_rows_per_s", "1/s", round(ours), peer, round(raw), goal="ratio >= 0.3"),
        Figure("postgis_replay_rows_per_s", "1/s", round(again), "first writing", round(ours)),
    ]


def measure_sqlite(lots: Sequence[Sequence[BusPosition]]) -> list[Figure]:
    """Measure SQLite beside executemany of the same rows into a table with the same key."""
    with tempfile.TemporaryDirectory(prefix="hanoi-bench-") as folder:
        with open_store(f"sqlite:///{folder}/store.sqlite") as store:
            store.migrate()
            ours = archive_per_s(store, lots, "bench")
        raw = _executemany_per_s(Path(folder) / "raw.sqlite", lots)
    peer = "sqlite3 executemany, same columns and key"
    return [Figure("sqlite_rows_per_s", "1/s", round(ours), peer, round(raw), goal="ratio >= 0.1")]


def _executemany_per_s(path: Path, lots: Sequence[Sequence[BusPosition]]) -> float:
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    first = raw_rows(lots[0][:1])[0]
    columns = ", ".join(f"c{number}" for number in range(len(first)))
    connection.execute(f"CREATE TABLE raw ({columns}, PRIMARY KEY (c0, c1))")
    marks = ", ".join("?" * len(first))
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
@click.option(
    "--postgis", metavar="URL", help="Measure this PostGIS too: postgresql+psycopg://…; what is added goes again."
)
def store(count: int, postgis: str | None) -> None:
    """Time the store beside raw COPY."""
    positions = make_positions(count)
    lots = [positions[at : at + BATCH] for at in range(0, count, BATCH)]
    try:
        figures = measure_postgis(postgis, lots) if postgis is not None else []
        figures += measure_sqlite(lots)
    except StoreError as error:
        raise click.ClickException(str(error)) from error
    print_report("store", figures)
