"""The few PostGIS functions in use, registered on SQLite from Shapely.

Geometries lie in SQLite as EWKB blobs (lon, lat; SRID 4326 by default), the
same bytes that PostGIS gives out, so both columns read alike. Distances are in
the unit of the coordinates, as in PostGIS; `ST_DistanceSphere` is in metres.
"""

import math
import sqlite3
import struct
from collections.abc import Callable
from typing import Any

import shapely
import shapely.geometry

SRID = 4326
EARTH_RADIUS_M = 6_371_008.8
_POINT = struct.Struct("<BIIdd")
_POINT_TYPE = 0x20000001

Blob = bytes | None


def point_ewkb(lon: float, lat: float, srid: int = SRID) -> bytes:
    """Return the EWKB of a point (WGS 84 degrees)."""
    return _POINT.pack(1, _POINT_TYPE, srid, lon, lat)


def _load(blob: bytes) -> Any:
    return shapely.from_wkb(blob)


def _dump(shape: Any) -> bytes:
    data = shapely.to_wkb(shape, include_srid=True)
    assert isinstance(data, bytes)
    return data


def _from_text(text: str | None, srid: int | None = None) -> Blob:
    if text is None:
        return None
    head, separator, rest = text.partition(";")
    if separator:
        srid, text = int(head.removeprefix("SRID=")), rest
    return _dump(shapely.set_srid(shapely.from_wkt(text), SRID if srid is None else srid))


def _from_binary(blob: bytes | str | None) -> Blob:
    return bytes.fromhex(blob) if isinstance(blob, str) else blob


def _set_srid(blob: Blob, srid: int) -> Blob:
    if blob is None:
        return None
    if blob[0] == 1 and blob[4] & 0x20:  # little-endian with an SRID: it lies in bytes 5 to 8
        return blob[:5] + srid.to_bytes(4, "little") + blob[9:]
    return _dump(shapely.set_srid(_load(blob), srid))


def _make_point(lon: float | None, lat: float | None) -> Blob:
    return None if lon is None or lat is None else point_ewkb(lon, lat, 0)


def _make_envelope(west: float, south: float, east: float, north: float, srid: int = SRID) -> bytes:
    return _dump(shapely.set_srid(shapely.geometry.box(west, south, east, north), srid))


def _distance_sphere_m(one: Any, other: Any) -> float:
    lon_1, lat_1, lon_2, lat_2 = map(math.radians, (one.x, one.y, other.x, other.y))
    half = math.sin((lat_2 - lat_1) / 2) ** 2 + math.cos(lat_1) * math.cos(lat_2) * math.sin((lon_2 - lon_1) / 2) ** 2
    return 2 * EARTH_RADIUS_M * math.asin(math.sqrt(half))


def _of_one(function: Callable[[Any], Any]) -> Callable[[Blob], Any]:
    return lambda blob: None if blob is None else function(_load(blob))


def _of_two(function: Callable[[Any, Any], Any]) -> Callable[[Blob, Blob], Any]:
    return lambda one, other: None if one is None or other is None else function(_load(one), _load(other))


def _within_distance(one: Blob, other: Blob, distance: float) -> int | None:
    if one is None or other is None:
        return None
    return int(shapely.dwithin(_load(one), _load(other), distance))


# name, number of arguments (-1: any), function
FUNCTIONS: tuple[tuple[str, int, Callable[..., Any]], ...] = (
    ("GeomFromEWKT", 1, _from_text),
    ("ST_GeomFromText", -1, _from_text),
    ("ST_GeomFromEWKB", 1, _from_binary),
    ("AsEWKB", 1, _from_binary),
    ("AsBinary", 1, _of_one(shapely.to_wkb)),
    ("ST_AsText", 1, _of_one(shapely.to_wkt)),
    ("AsGeoJSON", 1, _of_one(shapely.to_geojson)),
    ("ST_X", 1, _of_one(lambda shape: shape.x)),
    ("ST_Y", 1, _of_one(lambda shape: shape.y)),
    ("ST_SRID", 1, _of_one(lambda shape: int(shapely.get_srid(shape)))),
    ("ST_SetSRID", 2, _set_srid),
    ("ST_MakePoint", 2, _make_point),
    ("ST_MakeEnvelope", -1, _make_envelope),
    ("ST_Distance", 2, _of_two(lambda one, other: float(shapely.distance(one, other)))),
    ("ST_DistanceSphere", 2, _of_two(_distance_sphere_m)),
    ("ST_DWithin", 3, _within_distance),
    ("ST_Intersects", 2, _of_two(lambda one, other: int(shapely.intersects(one, other)))),
    ("ST_Contains", 2, _of_two(lambda one, other: int(shapely.contains(one, other)))),
    ("ST_Within", 2, _of_two(lambda one, other: int(shapely.within(one, other)))),
    # GeoAlchemy2 calls these when it makes or drops a table on SQLite; there is nothing to do without SpatiaLite.
    ("RecoverGeometryColumn", -1, lambda *_: 1),
    ("DiscardGeometryColumn", -1, lambda *_: 1),
    ("CreateSpatialIndex", -1, lambda *_: 1),
    ("CheckSpatialIndex", -1, lambda *_: None),
    ("DisableSpatialIndex", -1, lambda *_: 1),
)


def register(connection: sqlite3.Connection) -> None:
    """Give one SQLite connection the functions of `FUNCTIONS`."""
    for name, arguments, function in FUNCTIONS:
        connection.create_function(name, arguments, function, deterministic=True)
