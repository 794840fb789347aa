"""More tables cut by day on PostGIS, a home for times not to be believed; on SQLite an index on each table's time.

Revision ID: 0004_by_day
Revises: 0003_brin
"""

import datetime as dt
import time

import sqlalchemy as sa
from alembic import op

revision = "0004_by_day"
down_revision = "0003_brin"
branch_labels = None
depends_on = None

DAY_MS = 86_400_000
EPOCH = dt.date(1970, 1, 1)
MOST = 500
# Table → column, days a partition, key, index on time that stood there before.
SPLIT = {
    "prediction": ("made_at_ms", 1, "vehicle_id, trip_id, start_date, made_at_ms", "prediction_made_at"),
    "camera_segment": ("start_ms", 1, "camera_id, start_ms", None),
    "camera_health": ("time_ms", 1, "camera_id, time_ms", None),
    "camera_count": ("start_ms", 30, "camera_id, approach_id, start_ms", None),
    "stop_event": ("start_date", 30, "vehicle_id, trip_id, start_date, stop_sequence", "ix_stop_event_arrival_ms"),
}
ALREADY = {"bus_position": "time_ms", "edge_state": "time_ms"}
TIME_INDEX = {
    "camera_segment": "start_ms", "camera_health": "time_ms", "camera_count": "start_ms", "feed_health": "time_ms",
    "fleet_alert": "updated_ms",
}
INDEXED = {"prediction_made_at": "made_at_ms", "ix_stop_event_arrival_ms": "arrival_ms"}


def is_postgis() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def columns(table: str) -> str:
    names = op.get_bind().execute(sa.text(
        "SELECT string_agg(column_name, ', ' ORDER BY ordinal_position) FROM information_schema.columns"
        " WHERE table_schema = current_schema() AND table_name = :t AND is_generated = 'NEVER'"
    ), {"t": table})
    return str(names.scalar_one())


def start_day(value: int | str, width: int) -> int | None:
    if isinstance(value, str):
        try:
            day = (dt.datetime.strptime(value, "%Y%m%d").date() - EPOCH).days
        except ValueError:
            return None
    else:
        day = value
    believed = (dt.date(2000, 1, 1) - EPOCH).days <= day <= time.time() * 1000 // DAY_MS + 2
    return day - day % width if believed else None


def add_partitions(table: str, column: str, width: int, source: str) -> None:
    """Make a partition for each span of days that has rows in ``source``, the youngest 500 at most."""
    value = column if column == "start_date" else f"{column} / {DAY_MS}"
    found = op.get_bind().execute(sa.text(f"SELECT DISTINCT {value} FROM {source}")).scalars().all()
    starts = {day for value in found if (day := start_day(value, width)) is not None}
    for day in sorted(starts, reverse=True)[:MOST]:
        dates = [EPOCH + dt.timedelta(days=d) for d in (day, day + width)]
        ends = [f"'{d:%Y%m%d}'" if column == "start_date" else str((d - EPOCH).days * DAY_MS) for d in dates]
        op.execute(f"CREATE TABLE {table}_d{dates[0]:%Y%m%d} PARTITION OF {table} FOR VALUES FROM ({ends[0]}) TO ({ends[1]})")


def upgrade() -> None:
    if not is_postgis():
        for table, column in TIME_INDEX.items():
            op.create_index(f"{table}_{column}", table, [column])
        return
    for table in ("feed_health", "fleet_alert"):
        op.create_index(f"{table}_{TIME_INDEX[table]}", table, [TIME_INDEX[table]])
    for table in ALREADY:
        op.execute(f"CREATE TABLE {table}_else PARTITION OF {table} DEFAULT")
    for table, (column, width, key, old_index) in SPLIT.items():
        names = columns(table)
        op.execute(f"ALTER TABLE {table} RENAME TO {table}_whole")
        op.execute(f"ALTER TABLE {table}_whole RENAME CONSTRAINT {table}_pkey TO {table}_whole_pkey")
        if old_index:
            op.execute(f"DROP INDEX {old_index}")
        op.execute(f"CREATE TABLE {table} (LIKE {table}_whole INCLUDING DEFAULTS) PARTITION BY RANGE ({column})")
        op.execute(f"ALTER TABLE {table} ADD PRIMARY KEY ({key})")
        time_column = "arrival_ms" if table == "stop_event" else column
        op.execute(f"CREATE INDEX {table}_time ON {table} USING brin ({time_column}) WITH (pages_per_range = 32)")
        op.execute(f"CREATE TABLE {table}_else PARTITION OF {table} DEFAULT")
        add_partitions(table, column, width, f"{table}_whole")
        op.execute(f"INSERT INTO {table} ({names}) SELECT {names} FROM {table}_whole")
        op.execute(f"DROP TABLE {table}_whole")


def downgrade() -> None:
    if not is_postgis():
        for table, column in TIME_INDEX.items():
            op.drop_index(f"{table}_{column}")
        return
    for table, (_, _, key, old_index) in SPLIT.items():
        names = columns(table)
        op.execute(f"ALTER TABLE {table} RENAME TO {table}_cut")
        op.execute(f"ALTER TABLE {table}_cut RENAME CONSTRAINT {table}_pkey TO {table}_cut_pkey")
        op.execute(f"CREATE TABLE {table} (LIKE {table}_cut INCLUDING DEFAULTS)")
        op.execute(f"INSERT INTO {table} ({names}) SELECT {names} FROM {table}_cut")
        op.execute(f"DROP TABLE {table}_cut")
        op.execute(f"ALTER TABLE {table} ADD PRIMARY KEY ({key})")
        if old_index:
            op.create_index(old_index, table, [INDEXED[old_index]])
    for table, column in ALREADY.items():
        names = columns(table)
        op.execute(f"ALTER TABLE {table} DETACH PARTITION {table}_else")
        # The revision before knows no home for strange times: every day has a partition there.
        for day in op.get_bind().execute(sa.text(f"SELECT DISTINCT {column} / {DAY_MS} FROM {table}_else")).scalars().all():
            date = EPOCH + dt.timedelta(days=day)
            op.execute(f"CREATE TABLE {table}_d{date:%Y%m%d} PARTITION OF {table} FOR VALUES FROM ({day * DAY_MS}) TO ({(day + 1) * DAY_MS})")
        op.execute(f"INSERT INTO {table} ({names}) SELECT {names} FROM {table}_else")
        op.execute(f"DROP TABLE {table}_else")
    for table in ("feed_health", "fleet_alert"):
        op.drop_index(f"{table}_{TIME_INDEX[table]}")
