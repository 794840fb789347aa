"""A GTFS feed of the schedules that lie beside the Austin day files.

They hold stop times (``trip_id, arrival_time, stop_id`` and one column a weekday) and stops, but neither routes nor
calendar: the span of dates stands in the file's name, and which route a trip runs in the recording.
"""

import re
import zipfile
from pathlib import Path

import polars as pl

from services.recordings.reader import RecordingError
from services.recordings.tied_times import order_tied

NAME = re.compile(r"schedule_(\d{8})_(\d{8})\.csv(\.gz)?$")
DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
NEEDED = ["trip_id", "arrival_time", "stop_id", *DAYS]
TIMEZONE = "America/Chicago"
UNKNOWN = "unknown"


def is_day_schedule(path: Path) -> bool:
    """Tell whether a file is such a schedule, by its name."""
    return NAME.search(path.name) is not None


def write_feed_of_day_files(schedule: Path, recording: Path, out: Path) -> Path:
    """Write a GTFS zip of a schedule, its stops beside it, and the routes that a recording names.

    Parameters
    ----------
    schedule : Path
        ``schedule_FROM_TO.csv`` or ``.csv.gz``; ``stops_FROM_TO`` lies beside it.
    recording : Path
        A day file (CSV) ``YYYY-MM-DD.csv`` or a folder of them. All of the span that lie there are read: their
        ``trip_id``, ``route_id`` and ``trip_headsign`` tell which route a trip runs; other trips run ``unknown``.
    out : Path
        The zip; replaced if it exists.

    Returns
    -------
    Path
        ``out``.

    Raises
    ------
    RecordingError
        If a file is absent or lacks a column; the text says which.
    """
    span = NAME.search(schedule.name)
    if span is None:
        raise RecordingError(f"{schedule}: not named schedule_FROM_TO.csv with dates YYYYMMDD")
    planned = _read(schedule, NEEDED)
    stops = _read(
        schedule.with_name(schedule.name.replace("schedule_", "stops_", 1)),
        ["stop_id", "stop_name", "stop_lat", "stop_lon"],
    )
    times = order_tied(planned, stops)
    trips = _trips(times, _routes(recording, span[1], span[2]))
    files = {
        "agency": pl.DataFrame(
            {
                "agency_id": ["1"],
                "agency_name": ["Day files"],
                "agency_url": ["https://example.org"],
                "agency_timezone": [TIMEZONE],
            }
        ),
        "stops": stops,
        "routes": trips.select("route_id", route_short_name="route_id")
        .unique(maintain_order=True)
        .with_columns(route_type=pl.lit(3)),
        "trips": trips.select("trip_id", "route_id", "service_id", "trip_headsign"),
        "calendar": trips.select("service_id", *DAYS)
        .unique("service_id", maintain_order=True)
        .with_columns(start_date=pl.lit(span[1]), end_date=pl.lit(span[2])),
        "stop_times": times.join(trips.select("trip_id"), on="trip_id").select(
            "trip_id",
            "arrival_time",
            "stop_id",
            departure_time="arrival_time",
            stop_sequence=pl.int_range(1, pl.len() + 1).over("trip_id"),
        ),
    }
    out.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, table in files.items():
            file.writestr(f"{name}.txt", table.write_csv())
    return out


def _read(path: Path, columns: list[str]) -> pl.DataFrame:
    try:
        table = pl.read_csv(path, infer_schema=False)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise RecordingError(f"{path} cannot be read: {error}") from error
    absent = [name for name in columns if name not in table.columns]
    if absent:
        raise RecordingError(f"{path}: no column {', '.join(absent)}")
    return table.select(columns)


def _trips(times: pl.DataFrame, routes: pl.DataFrame) -> pl.DataFrame:
    """Return trips of at least two stops with days, route and headsign; those of the same days are one service."""
    days = pl.concat_str([pl.col(day) for day in DAYS])
    return (
        times.group_by("trip_id", maintain_order=True)
        .agg(*(pl.col(day).first() for day in DAYS), calls=pl.len())
        .filter(pl.col("calls") > 1)
        .with_columns(service_id=days)
        .join(routes, on="trip_id", how="left", maintain_order="left")
        .with_columns(pl.col("route_id").fill_null(UNKNOWN), pl.col("trip_headsign").fill_null(""))
    )


def _routes(recording: Path, first: str, last: str) -> pl.DataFrame:
    """Return the route and headsign of each trip named in any day file of a span: its days share one feed."""
    columns = ["trip_id", "route_id", "trip_headsign"]
    folder = recording if recording.is_dir() else recording.parent
    days = [file for file in sorted(folder.glob("*.csv*")) if first <= file.name[:10].replace("-", "") <= last]
    files = days if recording.is_dir() or recording in days else [recording]
    if not files:
        raise RecordingError(f"{recording}: no day file YYYY-MM-DD.csv between {first} and {last}")
    return (
        pl.concat([_read(file, columns) for file in files])
        .drop_nulls("trip_id")
        .unique("trip_id", keep="first", maintain_order=True)
    )
