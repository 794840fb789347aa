"""Read a GTFS feed into typed tables."""

from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import polars as pl

from fleet.gtfs.calendar import Service, ServiceCalendar
from fleet.gtfs.clock import parse_date
from fleet.gtfs.errors import GtfsError
from fleet.gtfs.tables import Tables, require, seconds_of

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
NO_TIME = -1


@dataclass(frozen=True)
class Feed:
    """A feed's tables, checked and typed.

    ``stops``: stop_id, stop_name, lat, lon. ``routes``: route_id, short_name, long_name, color, route_type.
    ``trips``: trip_id, route_id, service_id, direction_id, headsign, block_id, shape_id. ``stop_times``: trip_id,
    stop_id, stop_sequence, arrival_s, departure_s, timepoint, in the order of trips and stops. ``shapes``: shape_id,
    lat, lon, in order. ``frequencies``: trip_id, start_s, end_s, headway_s, exact. ``doubts``: what was left
    out, in words.
    """

    name: str
    timezone: str
    calendar: ServiceCalendar
    stops: pl.DataFrame
    routes: pl.DataFrame
    trips: pl.DataFrame
    stop_times: pl.DataFrame
    shapes: pl.DataFrame
    frequencies: pl.DataFrame
    doubts: tuple[str, ...] = ()


def read_feed(path: Path) -> Feed:
    """Read a GTFS feed.

    Parameters
    ----------
    path : Path
        A zip or a folder.

    Returns
    -------
    Feed
        Checked tables; optional files may be absent.

    Raises
    ------
    GtfsError
        If the feed cannot be used; the text names file, line, field and how to mend it.
    """
    tables = Tables(path)
    doubts: list[str] = []
    stops, routes = _read_stops(tables), _read_routes(tables)
    trips = _read_trips(tables, routes)
    stop_times = _read_stop_times(tables, trips, stops, doubts)
    trips = trips.filter(pl.col("trip_id").is_in(stop_times["trip_id"].unique().implode()))
    return Feed(
        name=_agency_name(tables),
        timezone=_timezone(tables),
        calendar=_read_calendar(tables),
        stops=stops,
        routes=routes,
        trips=trips,
        stop_times=stop_times,
        shapes=_read_shapes(tables, doubts),
        frequencies=_read_frequencies(tables),
        doubts=tuple(doubts),
    )


def _seconds_of(column: str) -> pl.Expr:
    """Return an expression that reads ``H:MM:SS`` as seconds; -1 where empty, null where unreadable."""
    return pl.when(pl.col(column).is_null()).then(NO_TIME).otherwise(seconds_of(column).cast(pl.Int32)).alias(column)


def _agency_name(tables: Tables) -> str:
    names = tables.read("agency.txt", ("agency_timezone",), ("agency_name",))["agency_name"]
    return str(names[0]) if len(names) and names[0] else tables.path.stem


def _timezone(tables: Tables) -> str:
    zones = tables.read("agency.txt", ("agency_timezone",))["agency_timezone"].drop_nulls()
    zone = str(zones[0]) if len(zones) else ""
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError):
        raise GtfsError(
            "agency.txt, line 2", f"agency_timezone is {zone!r}", "name a tz zone such as Asia/Ho_Chi_Minh"
        ) from None
    return zone


def _read_stops(tables: Tables) -> pl.DataFrame:
    table = tables.read("stops.txt", ("stop_id", "stop_lat", "stop_lon"), ("stop_name", "location_type"))
    table = table.filter(pl.col("location_type").is_null() | pl.col("location_type").is_in(["0", ""]))
    require(table, pl.col("stop_id").is_null(), "stops.txt", "stop_id", "give every stop an id")
    require(table, pl.col("stop_id").is_duplicated(), "stops.txt", "stop_id", "use each id once")
    for column, limit in (("stop_lat", 90), ("stop_lon", 180)):
        value = pl.col(column).cast(pl.Float64, strict=False)
        bad = value.is_null() | value.is_nan() | (value.abs() > limit)
        require(table, bad, "stops.txt", column, "give degrees, WGS 84")
    return table.select(
        "stop_id",
        pl.col("stop_name").fill_null(pl.col("stop_id")),
        pl.col("stop_lat").cast(pl.Float64).alias("lat"),
        pl.col("stop_lon").cast(pl.Float64).alias("lon"),
    )


def _read_routes(tables: Tables) -> pl.DataFrame:
    optional = ("route_short_name", "route_long_name", "route_color", "route_type", "agency_id")
    table = tables.read("routes.txt", ("route_id",), optional)
    require(
        table,
        pl.col("route_id").is_null() | pl.col("route_id").is_duplicated(),
        "routes.txt",
        "route_id",
        "use each id once",
    )
    short = pl.coalesce("route_short_name", "route_long_name", "route_id")
    return table.select(
        "route_id",
        short.alias("short_name"),
        pl.coalesce("route_long_name", "route_short_name", "route_id").alias("long_name"),
        pl.col("route_color").fill_null("").alias("color"),
        pl.col("route_type").fill_null("3"),
        _operators(tables, table["agency_id"]),
    )


def _operators(tables: Tables, agency_ids: pl.Series) -> pl.Series:
    """Return the name of the agency of each route; a route that names none, or a strange one, is of the first."""
    agencies = tables.read("agency.txt", ("agency_timezone",), ("agency_id", "agency_name"))
    first = _agency_name(tables)
    names = {key: name or key for key, name in agencies.select("agency_id", "agency_name").iter_rows() if key}
    return pl.Series("operator", [names.get(key, first) for key in agency_ids], dtype=pl.String)


def _read_trips(tables: Tables, routes: pl.DataFrame) -> pl.DataFrame:
    optional = ("direction_id", "trip_headsign", "block_id", "shape_id")
    table = tables.read("trips.txt", ("route_id", "service_id", "trip_id"), optional)
    require(
        table,
        pl.col("trip_id").is_null() | pl.col("trip_id").is_duplicated(),
        "trips.txt",
        "trip_id",
        "use each id once",
    )
    known = pl.col("route_id").is_in(routes["route_id"].implode())
    require(table, ~known.fill_null(value=False), "trips.txt", "route_id", "list this route in routes.txt")
    return table.select(
        "trip_id",
        "route_id",
        "service_id",
        pl.col("direction_id").cast(pl.Int8, strict=False),
        pl.col("trip_headsign").alias("headsign"),
        "block_id",
        "shape_id",
    )


def _read_stop_times(tables: Tables, trips: pl.DataFrame, stops: pl.DataFrame, doubts: list[str]) -> pl.DataFrame:
    needed = ("trip_id", "arrival_time", "departure_time", "stop_id", "stop_sequence")
    table = tables.read("stop_times.txt", needed, ("timepoint",))
    strange = ~pl.col("trip_id").is_in(trips["trip_id"].implode())
    if (count := table.select(strange.sum()).item()) > 0:
        doubts.append(f"stop_times.txt: {count} rows of trips that trips.txt does not list were left out")
        table = table.filter(~strange)
    unknown = ~pl.col("stop_id").is_in(stops["stop_id"].implode()).fill_null(value=False)
    require(table, unknown, "stop_times.txt", "stop_id", "list this stop in stops.txt")
    order = pl.col("stop_sequence").cast(pl.Int32, strict=False)
    require(table, order.is_null(), "stop_times.txt", "stop_sequence", "give a whole number")
    for column in ("arrival_time", "departure_time"):
        require(
            table, _seconds_of(column).is_null(), "stop_times.txt", column, "write H:MM:SS, 24:00:00 and later allowed"
        )
    table = table.select(
        "trip_id",
        "stop_id",
        order.alias("stop_sequence"),
        _seconds_of("arrival_time").alias("arrival_s"),
        _seconds_of("departure_time").alias("departure_s"),
        (pl.col("timepoint") == "1").fill_null(value=False).alias("timepoint"),
    ).sort("trip_id", "stop_sequence", maintain_order=True)
    table = table.with_columns(
        arrival_s=pl.when(pl.col("arrival_s") < 0).then("departure_s").otherwise("arrival_s"),
        departure_s=pl.when(pl.col("departure_s") < 0).then("arrival_s").otherwise("departure_s"),
    )
    usable = (pl.len().over("trip_id") >= 2) & (pl.col("arrival_s").first().over("trip_id") >= 0)
    usable &= pl.col("arrival_s").last().over("trip_id") >= 0
    count = table.filter(~usable)["trip_id"].n_unique()
    if count:
        doubts.append(f"stop_times.txt: {count} trips with fewer than two timed stops were left out")
    if table.filter(usable).is_empty():
        raise GtfsError("stop_times.txt", "no trip with two timed stops", "give a feed with stop times")
    return table.filter(usable)


def _read_shapes(tables: Tables, doubts: list[str]) -> pl.DataFrame:
    empty = pl.DataFrame(schema={"shape_id": pl.String, "lat": pl.Float64, "lon": pl.Float64})
    if not tables.has("shapes.txt"):
        return empty
    table = tables.read("shapes.txt", ("shape_id", "shape_pt_lat", "shape_pt_lon", "shape_pt_sequence"))
    table = table.select(
        "shape_id",
        pl.col("shape_pt_lat").cast(pl.Float64, strict=False).alias("lat"),
        pl.col("shape_pt_lon").cast(pl.Float64, strict=False).alias("lon"),
        pl.col("shape_pt_sequence").cast(pl.Float64, strict=False).alias("sequence"),
    )
    good = table.drop_nulls().filter(pl.col("lat").is_finite() & pl.col("lon").is_finite())
    if good.height < table.height:
        doubts.append(f"shapes.txt: {table.height - good.height} unreadable points were left out")
    return good.sort("shape_id", "sequence", maintain_order=True).select("shape_id", "lat", "lon")


def _read_frequencies(tables: Tables) -> pl.DataFrame:
    empty = pl.DataFrame(
        schema={
            "trip_id": pl.String,
            "start_s": pl.Int32,
            "end_s": pl.Int32,
            "headway_s": pl.Int32,
            "exact": pl.Boolean,
        }
    )
    if not tables.has("frequencies.txt"):
        return empty
    table = tables.read("frequencies.txt", ("trip_id", "start_time", "end_time", "headway_secs"), ("exact_times",))
    headway = pl.col("headway_secs").cast(pl.Int32, strict=False)
    require(table, headway.is_null() | (headway <= 0), "frequencies.txt", "headway_secs", "give seconds above 0")
    for column in ("start_time", "end_time"):
        require(table, _seconds_of(column).is_null(), "frequencies.txt", column, "write H:MM:SS")
    return table.select(
        "trip_id",
        _seconds_of("start_time").alias("start_s"),
        _seconds_of("end_time").alias("end_s"),
        headway.alias("headway_s"),
        (pl.col("exact_times") == "1").fill_null(value=False).alias("exact"),
    )


def _read_calendar(tables: Tables) -> ServiceCalendar:
    services: dict[str, Service] = {}
    if tables.has("calendar.txt"):
        for row in tables.read("calendar.txt", ("service_id", *DAYS, "start_date", "end_date")).iter_rows(named=True):
            where = f"calendar.txt, line {row['line']}"
            try:
                first, last = parse_date(row["start_date"] or ""), parse_date(row["end_date"] or "")
            except ValueError as error:
                raise GtfsError(where, str(error), "write dates as YYYYMMDD") from None
            services[row["service_id"]] = Service(tuple(row[day] == "1" for day in DAYS), first, last)
    changes: tuple[dict[object, set[str]], dict[object, set[str]]] = ({}, {})
    if tables.has("calendar_dates.txt"):
        for row in tables.read("calendar_dates.txt", ("service_id", "date", "exception_type")).iter_rows(named=True):
            try:
                day = parse_date(row["date"] or "")
            except ValueError as error:
                raise GtfsError(
                    f"calendar_dates.txt, line {row['line']}", str(error), "write dates as YYYYMMDD"
                ) from None
            changes[row["exception_type"] != "1"].setdefault(day, set()).add(row["service_id"])
    return ServiceCalendar(services, changes[0], changes[1])  # type: ignore[arg-type]
