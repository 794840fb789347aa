"""Offsets of the log and the archive's tables.

Revision ID: 0001_backbone
Revises:
"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry

revision = "0001_backbone"
down_revision = None
branch_labels = None
depends_on = None

Column = sa.Column[Any]
GEOM = "ST_SetSRID(ST_MakePoint(lon, lat), 4326)"


def is_postgis() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def text(name: str, length: int = 256, *, nullable: bool = False) -> Column:
    return sa.Column(name, sa.String(length), nullable=nullable)


def big(name: str, *, nullable: bool = False) -> Column:
    return sa.Column(name, sa.BigInteger, nullable=nullable)


def number(name: str, *, nullable: bool = False) -> Column:
    return sa.Column(name, sa.Float(53), nullable=nullable)


def whole(name: str, *, nullable: bool = False) -> Column:
    return sa.Column(name, sa.Integer, nullable=nullable)


def json(name: str, *, nullable: bool = False) -> Column:
    return sa.Column(name, sa.Text, nullable=nullable)


def geom() -> Column:
    # PostgreSQL keeps generated columns; on SQLite it is worked out when it is asked for, so writing stays fast.
    return sa.Column("geom", Geometry("POINT", srid=4326, spatial_index=False), sa.Computed(GEOM, persisted=is_postgis()))


def position() -> list[Column]:
    return [
        text("vehicle_id"), big("time_ms"), number("lon"), number("lat"), text("source"), big("received_ms"),
        number("speed_mps", nullable=True), number("heading_deg", nullable=True), text("phase", 32),
        number("probability"), text("trip_id", nullable=True), text("start_date", 8, nullable=True),
        text("route_id", nullable=True), whole("direction_id", nullable=True), number("distance_m", nullable=True),
        number("delay_s", nullable=True), text("next_stop_id", nullable=True), geom(),
    ]


def edge() -> list[Column]:
    return [
        text("edge_id"), big("edge_index"), big("time_ms"), text("level", 32), whole("observations"),
        number("age_s", nullable=True), number("speed_mps", nullable=True), number("sd_mps", nullable=True),
        number("free_flow_mps", nullable=True), number("usual_mps", nullable=True),
    ]


def table(name: str, columns: list[Column], *key: str, by_day: bool = False) -> None:
    options: dict[str, Any] = {"postgresql_partition_by": "RANGE (time_ms)"} if by_day else {}
    op.create_table(name, *columns, sa.PrimaryKeyConstraint(*key), **options)


def upgrade() -> None:
    if is_postgis():
        op.execute("CREATE EXTENSION IF NOT EXISTS postgis")
    table("stream_offset", [text("group_name"), text("topic"), whole("partition"), big("next_offset")],
          "group_name", "topic", "partition")
    table("bus_position", position(), "vehicle_id", "time_ms", by_day=True)
    op.create_index("bus_position_time", "bus_position", ["time_ms"])
    table("bus_position_latest", position(), "vehicle_id")
    if is_postgis():
        op.execute("CREATE INDEX bus_position_geom ON bus_position USING gist (geom)")
    table("stop_event", [
        text("vehicle_id"), text("trip_id"), text("start_date", 8), whole("stop_sequence"), text("stop_id"),
        text("route_id"), big("arrival_ms"), big("departure_ms", nullable=True),
        big("scheduled_arrival_ms", nullable=True), number("delay_s", nullable=True),
    ], "vehicle_id", "trip_id", "start_date", "stop_sequence")
    op.create_index("ix_stop_event_arrival_ms", "stop_event", ["arrival_ms"])
    table("prediction", [
        text("vehicle_id"), text("trip_id"), text("start_date", 8), big("made_at_ms"), text("route_id"),
        big("fix_time_ms"), number("delay_s"), text("model"), json("stops"),
    ], "vehicle_id", "trip_id", "start_date", "made_at_ms")
    op.create_index("prediction_made_at", "prediction", ["made_at_ms"])
    table("edge_state", edge(), "edge_id", "time_ms", by_day=True)
    op.create_index("edge_state_time", "edge_state", ["time_ms"])
    table("edge_state_latest", edge(), "edge_id")
    table("camera_segment", [
        text("camera_id"), big("start_ms"), big("segment"), big("end_ms"), big("received_ms"),
        sa.Column("uri", sa.Text, nullable=False), text("sha256", 64), whole("width"), whole("height"),
        text("codec", 32), text("clock", 32), number("uncertainty_s"), json("frame_ms"),
    ], "camera_id", "start_ms")
    table("camera_health", [
        text("camera_id"), big("time_ms"), text("state", 32), big("since_ms"), big("frames"), big("skipped"),
        number("live"), json("text"),
    ], "camera_id", "time_ms")
    table("camera_count", [
        text("camera_id"), text("approach_id"), big("start_ms"), big("end_ms"), big("frames"), json("counts"),
    ], "camera_id", "approach_id", "start_ms")
    table("feed_health", [
        text("source"), big("time_ms"), big("newest_fix_ms", nullable=True), big("fixes"), big("vehicles"),
        big("vehicles_live"), number("delay_p50_s"), number("correct"), number("complete"), number("clean"),
        number("live"), json("verdicts"), json("worst", nullable=True),
    ], "source", "time_ms")
    table("fleet_alert", [
        text("alert_id"), text("kind", 32), big("started_ms"), big("updated_ms"), big("ended_ms", nullable=True),
        json("text"), text("vehicle_id", nullable=True), text("trip_id", nullable=True),
        text("start_date", 8, nullable=True), text("route_id", nullable=True), number("lon", nullable=True),
        number("lat", nullable=True),
    ], "alert_id")


def downgrade() -> None:
    for name in ("fleet_alert", "feed_health", "camera_count", "camera_health", "camera_segment", "edge_state_latest",
                 "edge_state", "prediction", "stop_event", "bus_position_latest", "bus_position", "stream_offset"):
        op.drop_table(name)
