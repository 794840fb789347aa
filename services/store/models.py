"""Tables of the log's offsets and of everything the archive keeps.

Times are integer milliseconds since 1970 (UTC); places are lon, lat in WGS 84.
``geom`` is made by the database from lon and lat. Tables of accounts, incidents and
cases are in `services.store.desk_models`.
"""

from geoalchemy2 import Geometry
from sqlalchemy import BigInteger, Computed, Float, String, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

GEOM_OF_LON_LAT = "ST_SetSRID(ST_MakePoint(lon, lat), 4326)"


class Base(DeclarativeBase):
    """The base of every model."""


def _geom() -> Mapped[object]:
    return mapped_column(Geometry("POINT", srid=4326, spatial_index=False), Computed(GEOM_OF_LON_LAT))


class StreamOffset(Base):
    """How far one group has written the effects of one partition; ``next_offset`` only grows."""

    __tablename__ = "stream_offset"
    group_name: Mapped[str] = mapped_column(String(256), primary_key=True)
    topic: Mapped[str] = mapped_column(String(256), primary_key=True)
    partition: Mapped[int] = mapped_column(primary_key=True)
    next_offset: Mapped[int] = mapped_column(BigInteger)


class _Position:
    vehicle_id: Mapped[str] = mapped_column(String(256), primary_key=True)
    lon: Mapped[float] = mapped_column(Float(53))
    lat: Mapped[float] = mapped_column(Float(53))
    source: Mapped[str] = mapped_column(String(256))
    received_ms: Mapped[int] = mapped_column(BigInteger)
    speed_mps: Mapped[float | None] = mapped_column(Float(53))
    heading_deg: Mapped[float | None] = mapped_column(Float(53))
    phase: Mapped[str] = mapped_column(String(32))
    probability: Mapped[float] = mapped_column(Float(53))
    trip_id: Mapped[str | None] = mapped_column(String(256))
    start_date: Mapped[str | None] = mapped_column(String(8))
    route_id: Mapped[str | None] = mapped_column(String(256))
    direction_id: Mapped[int | None]
    distance_m: Mapped[float | None] = mapped_column(Float(53))
    delay_s: Mapped[float | None] = mapped_column(Float(53))
    next_stop_id: Mapped[str | None] = mapped_column(String(256))


class BusPositionRow(_Position, Base):
    """Every cleaned position; on PostGIS one partition a day."""

    __tablename__ = "bus_position"
    time_ms: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    geom: Mapped[object] = _geom()


class BusLatestRow(_Position, Base):
    """The newest position of each vehicle."""

    __tablename__ = "bus_position_latest"
    time_ms: Mapped[int] = mapped_column(BigInteger)
    geom: Mapped[object] = _geom()


class StopEventRow(Base):
    """An observed call at a stop; a later message may add its departure."""

    __tablename__ = "stop_event"
    vehicle_id: Mapped[str] = mapped_column(String(256), primary_key=True)
    trip_id: Mapped[str] = mapped_column(String(256), primary_key=True)
    start_date: Mapped[str] = mapped_column(String(8), primary_key=True)
    stop_sequence: Mapped[int] = mapped_column(primary_key=True)
    stop_id: Mapped[str] = mapped_column(String(256))
    route_id: Mapped[str] = mapped_column(String(256))
    arrival_ms: Mapped[int] = mapped_column(BigInteger, index=True)
    departure_ms: Mapped[int | None] = mapped_column(BigInteger)
    scheduled_arrival_ms: Mapped[int | None] = mapped_column(BigInteger)
    delay_s: Mapped[float | None] = mapped_column(Float(53))
    stopped: Mapped[bool | None]
    error_s: Mapped[float | None] = mapped_column(Float(53))


class PredictionRow(Base):
    """One prediction of one trip, compact: ``stops`` is the JSON of its stops as sent."""

    __tablename__ = "prediction"
    vehicle_id: Mapped[str] = mapped_column(String(256), primary_key=True)
    trip_id: Mapped[str] = mapped_column(String(256), primary_key=True)
    start_date: Mapped[str] = mapped_column(String(8), primary_key=True)
    made_at_ms: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    route_id: Mapped[str] = mapped_column(String(256))
    fix_time_ms: Mapped[int] = mapped_column(BigInteger)
    delay_s: Mapped[float] = mapped_column(Float(53))
    model: Mapped[str] = mapped_column(String(256))
    stops: Mapped[bytes] = mapped_column(Text)


class _Edge:
    edge_id: Mapped[str] = mapped_column(String(256), primary_key=True)
    edge_index: Mapped[int] = mapped_column(BigInteger)
    level: Mapped[str] = mapped_column(String(32))
    observations: Mapped[int]
    age_s: Mapped[float | None] = mapped_column(Float(53))
    speed_mps: Mapped[float | None] = mapped_column(Float(53))
    sd_mps: Mapped[float | None] = mapped_column(Float(53))
    free_flow_mps: Mapped[float | None] = mapped_column(Float(53))
    usual_mps: Mapped[float | None] = mapped_column(Float(53))


class EdgeStateRow(_Edge, Base):
    """Every change of an edge's state; on PostGIS one partition a day."""

    __tablename__ = "edge_state"
    time_ms: Mapped[int] = mapped_column(BigInteger, primary_key=True)


class EdgeLatestRow(_Edge, Base):
    """The newest state of each edge."""

    __tablename__ = "edge_state_latest"
    time_ms: Mapped[int] = mapped_column(BigInteger)


class CameraSegmentRow(Base):
    """A recorded piece of video, by reference; ``frame_ms`` is the JSON list of frame times."""

    __tablename__ = "camera_segment"
    camera_id: Mapped[str] = mapped_column(String(256), primary_key=True)
    start_ms: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    segment: Mapped[int] = mapped_column(BigInteger)
    end_ms: Mapped[int] = mapped_column(BigInteger)
    received_ms: Mapped[int] = mapped_column(BigInteger)
    uri: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(String(64))
    width: Mapped[int]
    height: Mapped[int]
    codec: Mapped[str] = mapped_column(String(32))
    clock: Mapped[str] = mapped_column(String(32))
    uncertainty_s: Mapped[float] = mapped_column(Float(53))
    frame_ms: Mapped[bytes] = mapped_column(Text)


class CameraHealthRow(Base):
    """How well one camera saw at one time."""

    __tablename__ = "camera_health"
    camera_id: Mapped[str] = mapped_column(String(256), primary_key=True)
    time_ms: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    state: Mapped[str] = mapped_column(String(32))
    since_ms: Mapped[int] = mapped_column(BigInteger)
    frames: Mapped[int] = mapped_column(BigInteger)
    skipped: Mapped[int] = mapped_column(BigInteger)
    live: Mapped[float] = mapped_column(Float(53))
    text: Mapped[bytes] = mapped_column(Text)
    model_sha256: Mapped[str | None] = mapped_column(String(64))


class CameraCountRow(Base):
    """Road users that crossed one approach in one interval; ``counts`` is JSON, class → number."""

    __tablename__ = "camera_count"
    camera_id: Mapped[str] = mapped_column(String(256), primary_key=True)
    approach_id: Mapped[str] = mapped_column(String(256), primary_key=True)
    start_ms: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    end_ms: Mapped[int] = mapped_column(BigInteger)
    frames: Mapped[int] = mapped_column(BigInteger)
    counts: Mapped[bytes] = mapped_column(Text)
    watched_s: Mapped[float | None] = mapped_column(Float(53))
    model_sha256: Mapped[str | None] = mapped_column(String(64))


class FeedHealthRow(Base):
    """The four scores of one source at one time; ``verdicts`` and ``worst`` are JSON."""

    __tablename__ = "feed_health"
    source: Mapped[str] = mapped_column(String(256), primary_key=True)
    time_ms: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    newest_fix_ms: Mapped[int | None] = mapped_column(BigInteger)
    fixes: Mapped[int] = mapped_column(BigInteger)
    vehicles: Mapped[int] = mapped_column(BigInteger)
    vehicles_live: Mapped[int] = mapped_column(BigInteger)
    delay_p50_s: Mapped[float] = mapped_column(Float(53))
    correct: Mapped[float] = mapped_column(Float(53))
    complete: Mapped[float] = mapped_column(Float(53))
    clean: Mapped[float] = mapped_column(Float(53))
    live: Mapped[float] = mapped_column(Float(53))
    verdicts: Mapped[bytes] = mapped_column(Text)
    worst: Mapped[bytes | None] = mapped_column(Text)


class FleetAlertRow(Base):
    """The newest state of one alert; ``text`` is the JSON of its two languages."""

    __tablename__ = "fleet_alert"
    alert_id: Mapped[str] = mapped_column(String(256), primary_key=True)
    kind: Mapped[str] = mapped_column(String(32))
    started_ms: Mapped[int] = mapped_column(BigInteger)
    updated_ms: Mapped[int] = mapped_column(BigInteger)
    ended_ms: Mapped[int | None] = mapped_column(BigInteger)
    text: Mapped[bytes] = mapped_column(Text)
    vehicle_id: Mapped[str | None] = mapped_column(String(256))
    trip_id: Mapped[str | None] = mapped_column(String(256))
    start_date: Mapped[str | None] = mapped_column(String(8))
    route_id: Mapped[str | None] = mapped_column(String(256))
    lon: Mapped[float | None] = mapped_column(Float(53))
    lat: Mapped[float | None] = mapped_column(Float(53))
