"""Lines and names as riders know them: one line with two directions, readable stops and end points."""

import re
from pathlib import Path

import polars as pl

from schemas.text import Text
from services.city.folder import CityError
from services.city.report import DOUBTFUL, REPAIRED, Finding, finding
from services.city.tables import Tables, column, list_calls

PLACEHOLDER_STOP = r"(?i)^(stop|station)?[_-]?[0-9]*[0-9A-Z_-]*_S?\d+$|^(stop|station)? ?\d+$"
PLACEHOLDER_LINE = r"(?i)^(route|line|tuyen)?[_ -]*[0-9]+[A-Z]*([_-]\d+)?$"


def join_directions(tables: Tables) -> tuple[list[Finding], dict[str, str]]:
    """Make one route of two that share agency and number and run one direction each.

    Parameters
    ----------
    tables : dict of str to DataFrame
        The feed; changed in place.

    Returns
    -------
    findings : list of Finding
        How many lines were joined.
    renamed : dict of str to str
        New route id of each old one that changed.
    """
    routes, trips = tables["routes"], tables["trips"]
    if "direction_id" not in trips.columns or "route_short_name" not in routes.columns:
        return [], {}
    ways = trips.group_by("route_id").agg(pl.col("direction_id").unique().sort().str.join(",").alias("ways"))
    pairs = (
        routes.join(ways, on="route_id")
        .filter(pl.col("route_short_name") != "")
        .with_columns(column(routes, "agency_id").alias("agency"))
        .group_by("agency", "route_short_name", "route_type", maintain_order=True)
        .agg(pl.col("route_id"), pl.col("ways"))
        .filter(pl.col("route_id").list.len() == 2)
    )
    taken = set(routes["route_id"].to_list())
    renamed: dict[str, str] = {}
    for _, short_name, _, ids, directions in pairs.iter_rows():
        if sorted(directions) != ["0", "1"]:
            continue
        first = ids[directions.index("0")]
        new = short_name if short_name not in taken else first
        renamed.update(dict.fromkeys(ids, new))
    if not renamed:
        return [], {}
    swap = pl.col("route_id").replace(renamed)
    tables["routes"] = routes.with_columns(swap).unique("route_id", keep="first", maintain_order=True)
    for name in ("trips", "fare_rules", "attributions"):
        if name in tables and "route_id" in tables[name].columns:
            tables[name] = tables[name].with_columns(swap)
    count = len(set(renamed.values()))
    text = Text(
        vi=f"{count} tuyến được ghi thành hai tuyến một chiều; đã gộp thành một tuyến hai chiều",
        en=f"{count} lines were stated as two routes of one direction each; each is now one line with two directions",
    )
    return finding("gtfs", "joined_directions", REPAIRED, count, text), {k: v for k, v in renamed.items() if k != v}


def read_stop_names(path: Path) -> dict[str, str]:
    """Read better stop names from a CSV with ``stop_id`` and ``stop_name``.

    Parameters
    ----------
    path : Path
        The file, UTF-8.

    Returns
    -------
    dict of str to str
        Name by stop id; empty names are left out.

    Raises
    ------
    CityError
        If the file is absent, unreadable or lacks a column.
    """
    try:
        table = pl.read_csv(path, infer_schema=False)
        return {i: n for i, n in table.select("stop_id", "stop_name").iter_rows() if i and n and n.strip()}
    except FileNotFoundError:
        raise CityError(f"{path}: there is no such file; give a CSV with stop_id and stop_name") from None
    except (pl.exceptions.PolarsError, OSError) as error:
        first = str(error).splitlines()[0]
        raise CityError(f"{path}: no CSV with stop_id and stop_name ({first})") from error


def name_stops(tables: Tables, better: dict[str, str]) -> list[Finding]:
    """Give stops their better names, and count those that are left with a placeholder.

    Stops at one place share a name where only one of them has a real one.

    Parameters
    ----------
    tables : dict of str to DataFrame
        The feed; changed in place.
    better : dict of str to str
        Name by stop id.

    Returns
    -------
    list of Finding
        How many got a name, how many still lack one.
    """
    stops = tables["stops"]
    names = column(stops, "stop_name")
    fresh = pl.col("stop_id").replace_strict(better, default=names, return_dtype=pl.String)
    stops = stops.with_columns(fresh.alias("new_name")).with_columns(
        is_placeholder("new_name", PLACEHOLDER_STOP).alias("poor")
    )
    real = stops.filter(~pl.col("poor")).unique(["stop_lat", "stop_lon"], keep="first", maintain_order=True)
    beside = real.select("stop_lat", "stop_lon", pl.col("new_name").alias("beside"))
    stops = stops.join(beside, on=["stop_lat", "stop_lon"], how="left", maintain_order="left").with_columns(
        pl.when(pl.col("poor")).then(pl.coalesce("beside", "new_name")).otherwise("new_name").alias("new_name")
    )
    stops = stops.with_columns(is_placeholder("new_name", PLACEHOLDER_STOP).alias("poor"))
    changed = stops.filter(pl.col("new_name") != names).height
    poor = stops.filter("poor")
    tables["stops"] = stops.with_columns(pl.col("new_name").alias("stop_name")).drop("new_name", "poor", "beside")
    return finding(
        "gtfs",
        "stop_names",
        REPAIRED,
        changed,
        Text(vi=f"{changed} điểm dừng được đặt tên dễ đọc", en=f"{changed} stops were given readable names"),
    ) + finding(
        "gtfs",
        "placeholder_stop_names",
        DOUBTFUL,
        poor.height,
        Text(
            vi=f"{poor.height} điểm dừng chưa có tên thật (dùng --stop-names FILE)",
            en=f"{poor.height} stops have no real name (--stop-names FILE gives them)",
        ),
        tuple(poor["new_name"].head(5).to_list()),
    )


def name_stops_by_road(tables: Tables, road_names: dict[str, str]) -> list[Finding]:
    """Name the stops that still have a placeholder after the road beside them.

    Parameters
    ----------
    tables : dict of str to DataFrame
        The feed; changed in place.
    road_names : dict of str to str
        Name of the nearest named road by stop id.

    Returns
    -------
    list of Finding
        How many were named so.
    """
    stops = tables["stops"]
    poor = is_placeholder("stop_name", PLACEHOLDER_STOP) & pl.col("stop_id").is_in(list(road_names))
    count = stops.filter(poor).height
    road = pl.col("stop_id").replace_strict(road_names, default="", return_dtype=pl.String)
    tables["stops"] = stops.with_columns(pl.when(poor).then(road).otherwise(pl.col("stop_name")).alias("stop_name"))
    text = Text(
        vi=f"{count} điểm dừng không có tên được gọi theo tên đường bên cạnh",
        en=f"{count} stops without a name are called after the road beside them",
    )
    return finding("gtfs", "stops_named_by_road", DOUBTFUL, count, text)


def name_lines(tables: Tables) -> list[Finding]:
    """Call lines without a real name after their end points, and trips without a headsign after their last stop.

    Parameters
    ----------
    tables : dict of str to DataFrame
        The feed; changed in place.

    Returns
    -------
    list of Finding
        How many lines and trips were named so.
    """
    stops = tables["stops"].select("stop_id", "stop_name")
    ordered = list_calls(tables)
    ends = (
        ordered.group_by("trip_id", maintain_order=True)
        .agg(pl.col("stop_id").first().alias("from_id"), pl.col("stop_id").last().alias("to_id"))
        .join(stops.rename({"stop_id": "from_id", "stop_name": "from_name"}), on="from_id", maintain_order="left")
        .join(stops.rename({"stop_id": "to_id", "stop_name": "to_name"}), on="to_id", maintain_order="left")
    )
    trips = tables["trips"].join(ends, on="trip_id", how="left", maintain_order="left")
    direction = column(trips, "direction_id")
    usual = (
        trips.with_columns(direction.alias("way"))
        .group_by("route_id", "way", "from_name", "to_name")
        .len()
        .sort("route_id", "way", "len", "from_name", "to_name", descending=[False, False, True, False, False])
        .unique("route_id", keep="first", maintain_order=True)
    )
    name = {
        route: f"{_short(start)} – {_short(end)}"
        for route, start, end in usual.select("route_id", "from_name", "to_name").iter_rows()
        if start and end
    }
    routes = tables["routes"]
    long_name, short_name = column(routes, "route_long_name"), column(routes, "route_short_name")
    poor = (long_name == "") | long_name.str.contains(PLACEHOLDER_LINE) | (long_name == short_name)
    new = pl.col("route_id").replace_strict(name, default=long_name, return_dtype=pl.String)
    named = routes.filter(poor).height
    tables["routes"] = routes.with_columns(pl.when(poor).then(new).otherwise(long_name).alias("route_long_name"))
    headsign = column(tables["trips"], "trip_headsign")
    short_end = pl.col("to_name").map_elements(_short, return_dtype=pl.String)
    signed = trips.filter(headsign == "").height
    tables["trips"] = trips.with_columns(
        pl.when(headsign == "").then(short_end.fill_null("")).otherwise(headsign).alias("trip_headsign")
    ).select(*tables["trips"].columns, *(() if "trip_headsign" in tables["trips"].columns else ("trip_headsign",)))
    return finding(
        "gtfs",
        "line_names",
        REPAIRED,
        named,
        Text(
            vi=f"{named} tuyến được gọi theo hai điểm đầu cuối", en=f"{named} lines are called after their end points"
        ),
    ) + finding(
        "gtfs",
        "headsigns",
        REPAIRED,
        signed,
        Text(
            vi=f"{signed} chuyến không có bảng hướng; dùng điểm cuối",
            en=f"{signed} trips had no headsign; it is their last stop",
        ),
    )


def is_placeholder(name: str, pattern: str) -> pl.Expr:
    """Return whether a column's text is a number in disguise rather than a name."""
    return pl.col(name).str.contains(pattern) | (pl.col(name) == "")


def _short(name: str | None) -> str:
    """Return the part riders say: what stands in brackets if it is a station, without a leading “Bến”."""
    if not name:
        return ""
    inside = re.search(r"\(((?:Bến xe|Ga|Bến)\b[^)]*)\)", name)
    if inside:
        return inside.group(1).strip()
    return re.sub(r"^Bến (?=(?:Đường|Phố|Ngõ|Quốc lộ|Đại lộ|Đê)\b)", "", name).strip()
