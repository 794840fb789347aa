"""Every setting of every process: read once at start, checked together, passed down.

Four settings that other tools know too have plain names (``STREAM_URL``,
``DATABASE_URL``, ``MEDIA_URL``, ``CITY_DIR``); all others begin with ``HANOI_``. An unknown
``HANOI_`` variable is refused, so that a misspelt one is not silently ignored.
"""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

PREFIX = "HANOI_"


class SettingsError(Exception):
    """Settings that cannot be used; the text lists every problem."""


class PlaceSettings(BaseSettings):
    """Where things lie: the log, the store, the media and the city."""

    model_config = SettingsConfigDict(extra="ignore")

    stream_url: str = Field("sqlite:///var/stream", description="sqlite:///FOLDER or kafka://HOST:PORT[,HOST:PORT]")
    database_url: str = Field(
        "sqlite:///var/store.sqlite", description="sqlite:///FILE or postgresql+psycopg://USER@HOST:PORT/NAME"
    )
    media_url: str = Field("file://var/media", description="file://FOLDER, or s3://BUCKET/PREFIX (also gs://, az://)")
    city_dir: Path = Field(Path("var/city"), description="the city folder made by `hanoi city import`")


class StoreSettings(BaseSettings):
    """How much the database and the media store may hold."""

    model_config = SettingsConfigDict(env_prefix="HANOI_STORE_", extra="ignore")

    sqlite_limit_gib: float = Field(20.0, gt=0, description="GiB of SQLite after which history is kept shorter")
    media_limit_gib: float = Field(50.0, gt=0, description="GiB of media after which the oldest files not on hold go")


class ApiSettings(BaseSettings):
    """The pages and their API."""

    model_config = SettingsConfigDict(env_prefix="HANOI_API_", extra="ignore")

    host: str = Field("127.0.0.1", description="address the pages listen on")
    port: int = Field(8000, ge=1, le=65535, description="port the pages listen on")
    secure_cookies: bool = Field(False, description="set where the pages are served by HTTPS")
    session_hours: float = Field(12.0, gt=0, description="hours until a log-in ends")


class IngestSettings(BaseSettings):
    """The doors that reports come through."""

    model_config = SettingsConfigDict(env_prefix="HANOI_INGEST_", extra="ignore")

    host: str = Field("127.0.0.1", description="address the doors listen on")
    port: int = Field(8010, ge=1, le=65535, description="port the doors listen on")
    tokens_file: Path = Field(Path("var/tokens.json"), description="source name → SHA-256 of its token")
    ufms_bus_points_field: int = Field(
        3, ge=3, le=1000, description="number of the repeated points in the tracker message BusWayPointBatch"
    )
    sources_file: Path | None = Field(None, description="feeds and brokers to fetch from; none: CITY_DIR/sources.yaml")
    rate_per_s: float = Field(5_000.0, gt=0, description="reports a second of a source without a rate of its own")
    max_vehicles: int = Field(20_000, ge=1, description="different vehicles one source may name in a day")
    body_timeout_s: float = Field(30.0, gt=0, description="seconds a body may take to come in")
    max_body_mib: float = Field(8.0, gt=0, description="largest body a door takes, MiB")


class VisionSettings(BaseSettings):
    """The detector and the cameras."""

    model_config = SettingsConfigDict(env_prefix="HANOI_VISION_", extra="ignore")

    weights: Path | None = Field(None, description="OpenVINO IR folder, .onnx, .pt; none: rendered scenes only")
    plate_weights: Path | None = Field(
        None, description="folder with a plate detector; none: plates of rendered scenes only"
    )
    key_file: Path = Field(Path("var/keys/evidence.pem"), description="Ed25519 key that seals evidence; made if absent")
    canvas: bool = Field(True, description="show the road on one canvas, near and far alike tall, not whole frames")
    loop: bool = Field(False, description="play camera files again and again, each time as of now")


class EvidenceSettings(BaseSettings):
    """Sealed evidence."""

    model_config = SettingsConfigDict(env_prefix="HANOI_EVIDENCE_", extra="ignore")

    tsa_url: str | None = Field(
        None, pattern=r"^https?://", description="time-stamp authority (RFC 3161) asked for every package; none: none"
    )
    tsa_ca: Path | None = Field(None, description="PEM of the authority's root; none: its signature is not checked")


class StreamSettings(BaseSettings):
    """How this process reads and writes the log."""

    model_config = SettingsConfigDict(env_prefix="HANOI_STREAM_", extra="ignore")

    instance: str | None = Field(
        None,
        pattern=r"^[A-Za-z0-9._-]{1,100}$",
        description="name of this process in its groups; back within 10 s it finds its partitions as it left them",
    )


class LogSettings(BaseSettings):
    """What the console and the log files say."""

    model_config = SettingsConfigDict(env_prefix="HANOI_LOG_", extra="ignore")

    level: str = Field("INFO", description="DEBUG, INFO, WARNING or ERROR")
    json_lines: bool = Field(False, description="one JSON object a line, for machines")


class HealthSettings(BaseSettings):
    """Where a process tells of its health: ``/healthz`` and ``/metrics``."""

    model_config = SettingsConfigDict(env_prefix="HANOI_HEALTH_", extra="ignore")

    host: str = Field("127.0.0.1", description="address /healthz and /metrics listen on")
    port: int = Field(0, ge=0, le=65535, description="port of /healthz and /metrics; 0: off (`hanoi run` chooses one)")


class TrackSettings(BaseSettings):
    """The tracker."""

    model_config = SettingsConfigDict(env_prefix="HANOI_TRACK_", extra="ignore")

    speed_limit_kmh: float = Field(
        60.0, gt=0, le=200, description="what buses may drive where no road with a limit of its own is near, km/h"
    )


class RainSettings(BaseSettings):
    """The rain gauges."""

    model_config = SettingsConfigDict(env_prefix="HANOI_RAIN_", extra="ignore")

    source: str = Field("", description="file or http(s) address of the rain gauges' table; none: rain is not known")
    every_s: float = Field(60.0, ge=1.0, le=3_600.0, description="seconds between looks at the gauges' table")


class RunSettings(BaseSettings):
    """The supervisor of `hanoi run`."""

    model_config = SettingsConfigDict(env_prefix="HANOI_RUN_", extra="ignore")

    var_dir: Path = Field(Path("var"), description="folder for logs, process ids and everything that lives")
    repeat_calendar: bool = Field(False, description="map each weekday of an ended calendar onto this week")
    simulate: bool = Field(False, description="drive simulated buses on the city's timetable")
    placement: Literal["auto", "together", "apart"] = Field(
        "auto", description="services in few processes, in one each, or as fits this machine"
    )
    workers: str = Field("", description="processes of a service that can share its work, such as detect=2,archive=2")
    hang_s: float = Field(120.0, gt=1, description="a service that made no turn for so long is started again, seconds")


class Settings:
    """All settings of one process, each concern in its own class.

    Parameters
    ----------
    environ : Mapping of str to str, optional
        Where to read from; the process's environment by default.

    Raises
    ------
    SettingsError
        If a value is wrong or a ``HANOI_`` name is unknown; all problems at once.
    """

    def __init__(self, environ: Mapping[str, str] | None = None) -> None:
        problems = unknown_names(os.environ if environ is None else environ)
        parts: dict[str, BaseSettings] = {}
        for name, kind in CLASSES.items():
            try:
                parts[name] = kind() if environ is None else kind.model_validate(_values(kind, environ))
            except ValidationError as error:
                problems += [f"{_env_name(kind, str(e['loc'][0]))}: {e['msg']}" for e in error.errors()]
        if problems:
            raise SettingsError("settings that cannot be used:\n  " + "\n  ".join(problems))
        self.place: PlaceSettings = parts["place"]  # type: ignore[assignment]
        self.store: StoreSettings = parts["store"]  # type: ignore[assignment]
        self.api: ApiSettings = parts["api"]  # type: ignore[assignment]
        self.ingest: IngestSettings = parts["ingest"]  # type: ignore[assignment]
        self.vision: VisionSettings = parts["vision"]  # type: ignore[assignment]
        self.evidence: EvidenceSettings = parts["evidence"]  # type: ignore[assignment]
        self.stream: StreamSettings = parts["stream"]  # type: ignore[assignment]
        self.log: LogSettings = parts["log"]  # type: ignore[assignment]
        self.health: HealthSettings = parts["health"]  # type: ignore[assignment]
        self.run: RunSettings = parts["run"]  # type: ignore[assignment]
        self.track: TrackSettings = parts["track"]  # type: ignore[assignment]
        self.rain: RainSettings = parts["rain"]  # type: ignore[assignment]


CLASSES: dict[str, type[BaseSettings]] = {
    "place": PlaceSettings,
    "store": StoreSettings,
    "api": ApiSettings,
    "ingest": IngestSettings,
    "vision": VisionSettings,
    "evidence": EvidenceSettings,
    "stream": StreamSettings,
    "log": LogSettings,
    "health": HealthSettings,
    "run": RunSettings,
    "track": TrackSettings,
    "rain": RainSettings,
}


def _env_name(kind: type[BaseSettings], field: str) -> str:
    return (str(kind.model_config.get("env_prefix") or "") + field).upper()


def _values(kind: type[BaseSettings], environ: Mapping[str, str]) -> dict[str, str]:
    names = {field: _env_name(kind, field) for field in kind.model_fields}
    return {field: environ[name] for field, name in names.items() if name in environ}


def known_names() -> dict[str, str]:
    """Return every setting's environment name with what it means."""
    return {
        _env_name(kind, field): info.description or ""
        for kind in CLASSES.values()
        for field, info in kind.model_fields.items()
    }


def unknown_names(environ: Mapping[str, str]) -> list[str]:
    """Return one sentence for each ``HANOI_`` name that means nothing."""
    known = known_names()
    strange = sorted(name for name in environ if name.startswith(PREFIX) and name not in known)
    return [f"{name}: no such setting (see `hanoi settings`)" for name in strange]


__all__ = ["Settings", "SettingsError", "known_names", "unknown_names"]
