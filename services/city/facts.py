"""Small facts about a city's sources: its zone, its counts, which file a part came from."""

import hashlib
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import polars as pl

from services.city.folder import CityError, Part
from services.city.pieces import Bbox
from services.city.tables import Tables
from services.file_hash import hash_file

PLACE_DIGITS = 5


def zone(tables: Tables) -> str:
    """Return the time zone of a feed; one that does not exist is a `CityError`."""
    name = str(tables["agency"]["agency_timezone"][0])
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise CityError(
            f"agency.txt: agency_timezone {name!r} is no time zone; write for instance Asia/Ho_Chi_Minh"
        ) from None
    return name


def feed_counts(tables: Tables) -> dict[str, int]:
    """Count lines, stops, places (distinct points), trips and stop times of a feed."""
    stops = tables["stops"]
    places = stops.select(pl.col("stop_lat", "stop_lon").cast(pl.Float64).round(PLACE_DIGITS)).n_unique()
    routes = tables["routes"]
    short = [name or i for i, name in routes.select("route_id", _short_name(routes)).iter_rows()]
    return {
        "lines": len(set(short)),
        "stops": stops.height,
        "places": places,
        "trips": tables["trips"].height,
        "stop_times": tables["stop_times"].height,
    }


def _short_name(routes: pl.DataFrame) -> pl.Expr:
    return (pl.col("route_short_name") if "route_short_name" in routes.columns else pl.lit("")).alias("short")


def zone_of(bbox: Bbox) -> str:
    """Guess the zone of a city without a timetable: Vietnam's inside its bounds, else whole hours by longitude."""
    lon, lat = (bbox[0] + bbox[2]) / 2, (bbox[1] + bbox[3]) / 2
    if 102.0 <= lon <= 110.0 and 8.0 <= lat <= 23.5:
        return "Asia/Ho_Chi_Minh"
    return f"Etc/GMT{-round(lon / 15):+d}" if round(lon / 15) else "Etc/UTC"


def part(name: str, path: Path, counts: dict[str, int]) -> Part:
    """Describe a source file with its SHA-256."""
    return Part(name=name, file=path.name, sha256=hash_file(path), count=counts)


def place_part(place: str, counts: dict[str, int]) -> Part:
    """Describe roads that were downloaded by the name of a place."""
    return Part(name="network", file=place, sha256=hashlib.sha256(place.encode()).hexdigest(), count=counts)
