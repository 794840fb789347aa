"""The base map as one PMTiles file: vector tiles of roads, lines, stops, water and green."""

import gzip
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from routing.network import mvt
from routing.network.areas import MapAreas, MapPlace, MapRiver
from routing.network.defaults import DEFAULTS, ROAD_CLASSES
from routing.network.graph import Floats, Ints, RoadNetwork

MIN_ZOOM, MAX_ZOOM = 9, 15
LINES_ZOOM, STOPS_ZOOM, AREAS_ZOOM, RIVERS_ZOOM = 9, 13, 9, 10
BUFFER = 64 / mvt.EXTENT
SIMPLIFY_UNITS = 6.0
MIN_AREA_UNITS = 600.0
ATTRIBUTION = "© OpenStreetMap contributors"
TileKey = tuple[int, int]


@dataclass(frozen=True, slots=True)
class MapLine:
    """The shape of a bus line; ``lonlat`` has shape (n, 2)."""

    route_id: str
    short_name: str
    lonlat: Floats


@dataclass(frozen=True, slots=True)
class MapStop:
    """A place where buses stop."""

    stop_id: str
    name: str
    lon: float
    lat: float


@dataclass(frozen=True)
class _Layer:
    """One layer: shapes in the unit square of the web map, from which zoom each is drawn, and its columns."""

    name: str
    kind: int
    shapes: Any
    zoom: Ints
    columns: Mapping[str, Sequence[Any]]
    ids: Sequence[int] | None = None


def to_unit(lon: Floats, lat: Floats) -> Floats:
    """Turn degrees into the unit square of the web map, y down.

    Parameters
    ----------
    lon, lat : ndarray
        Degrees.

    Returns
    -------
    ndarray, shape (n, 2)
        0 to 1, from the north-west corner.
    """
    rad = np.radians(np.clip(lat, -85.0511, 85.0511))
    return np.column_stack(((lon + 180.0) / 360.0, (1 - np.arcsinh(np.tan(rad)) / np.pi) / 2))


def _roads(network: RoadNetwork) -> _Layer:
    unit = to_unit(network.point_lon, network.point_lat)
    owner = np.repeat(np.arange(network.edge_count), np.diff(network.point_offset))
    zoom = np.array([DEFAULTS[name].min_zoom for name in ROAD_CLASSES])[network.edge_class]
    columns = {
        "class": [ROAD_CLASSES[code] for code in network.edge_class.tolist()],
        "name": [network.names[code] for code in network.edge_name.tolist()],
        "lanes": network.edge_lanes.tolist(),
    }
    shapes = shapely.linestrings(unit, indices=owner)
    return _Layer("roads", mvt.LINE, shapes, zoom, columns, range(network.edge_count))


def _lines(lines: Sequence[MapLine]) -> _Layer:
    shapes = np.array([shapely.LineString(to_unit(line.lonlat[:, 0], line.lonlat[:, 1])) for line in lines])
    columns = {"route_id": [x.route_id for x in lines], "short_name": [x.short_name for x in lines]}
    return _Layer("lines", mvt.LINE, shapes, np.full(len(lines), LINES_ZOOM), columns)


def _stops(stops: Sequence[MapStop]) -> _Layer:
    unit = to_unit(np.array([s.lon for s in stops]), np.array([s.lat for s in stops]))
    columns = {"stop_id": [s.stop_id for s in stops], "name": [s.name for s in stops]}
    return _Layer("stops", mvt.POINT, shapely.points(unit), np.full(len(stops), STOPS_ZOOM), columns)


def _areas(name: str, polygons: Sequence[Any]) -> _Layer:
    parts = shapely.get_parts(np.array(polygons))
    parts = parts[shapely.get_type_id(parts) == shapely.GeometryType.POLYGON]
    unit = shapely.transform(parts, lambda xy: to_unit(xy[:, 0], xy[:, 1]))
    return _Layer(name, mvt.POLYGON, unit, np.full(len(unit), AREAS_ZOOM), {})


def _places(places: Sequence[MapPlace]) -> _Layer:
    unit = to_unit(np.array([p.lon for p in places]), np.array([p.lat for p in places]))
    columns = {"name": [p.name for p in places], "kind": [p.kind for p in places]}
    return _Layer("places", mvt.POINT, shapely.points(unit), np.array([p.min_zoom for p in places]), columns)


def _rivers(rivers: Sequence[MapRiver]) -> _Layer:
    lines = shapely.transform(np.array([river.line for river in rivers]), lambda xy: to_unit(xy[:, 0], xy[:, 1]))
    return _Layer("rivers", mvt.LINE, lines, np.full(len(lines), RIVERS_ZOOM), {"name": [r.name for r in rivers]})


def _pairs(shapes: Any, zoom: int) -> tuple[Ints, Ints, Ints]:
    """Return which shape falls in which tile of a zoom: rows, tile x, tile y."""
    scale = 2**zoom
    low = np.floor(shapely.bounds(shapes) * scale + [-BUFFER, -BUFFER, BUFFER, BUFFER]).astype(np.int64)
    low = np.clip(low, 0, scale - 1)
    wide, high = low[:, 2] - low[:, 0] + 1, low[:, 3] - low[:, 1] + 1
    count = wide * high
    row = np.repeat(np.arange(len(shapes)), count)
    within = np.arange(len(row)) - np.repeat(np.cumsum(count) - count, count)
    return row, low[row, 0] + within % wide[row], low[row, 1] + within // wide[row]


def _cut(shapes: Any, zoom: int) -> tuple[Any, Ints, Ints, Ints]:
    """Cut shapes (in tile units of the whole zoom) at the tiles; return parts, their row, tile x and y."""
    row, x, y = _pairs(shapes, zoom)
    lone = np.bincount(row, minlength=len(shapes))[row] == 1
    pieces = shapes[row]
    many = ~lone
    boxes = shapely.box(x[many] - BUFFER, y[many] - BUFFER, x[many] + 1 + BUFFER, y[many] + 1 + BUFFER)
    scale = 1.0 / 2**zoom
    boxes = shapely.transform(boxes, lambda xy: xy * scale)
    pieces[many] = shapely.intersection(pieces[many], boxes)
    parts, which = shapely.get_parts(pieces, return_index=True)
    return parts, row[which], x[which], y[which]


def _features(layer: _Layer, zoom: int) -> Iterator[tuple[TileKey, mvt.TileFeature]]:
    """Yield the features of a layer at a zoom, each with its tile, in the order of the rows."""
    rows = np.flatnonzero(layer.zoom <= zoom)
    shapes = layer.shapes[rows]
    unit = 1.0 / (2**zoom * mvt.EXTENT)
    if layer.kind == mvt.POLYGON:
        rows, shapes = _large(rows, shapes, unit)
    if layer.kind != mvt.POINT and zoom < MAX_ZOOM:
        shapes = shapely.simplify(shapes, SIMPLIFY_UNITS * unit)
    if len(rows) == 0:
        return
    parts, row, x, y = _cut(shapes, zoom)
    kind = {mvt.POINT: 0, mvt.LINE: 1, mvt.POLYGON: 3}[layer.kind]
    good = (shapely.get_type_id(parts) == kind) & ~shapely.is_empty(parts)
    parts, row, x, y = parts[good], rows[row[good]], x[good], y[good]
    corner = np.column_stack((x, y)) * mvt.EXTENT
    ids = layer.ids
    for number, geometry in _commands(layer.kind, parts, corner, unit):
        at = int(row[number])
        feature = mvt.TileFeature(at, None if ids is None else ids[at], layer.kind, geometry)
        yield (int(x[number]), int(y[number])), feature


def _large(rows: Ints, shapes: Any, unit: float) -> tuple[Ints, Any]:
    """Drop areas too small to be seen, and mend what simplifying may break."""
    seen = shapely.area(shapes) >= MIN_AREA_UNITS * unit * unit
    return rows[seen], shapes[seen]


def _commands(kind: int, parts: Any, corner: Ints, unit: float) -> Iterator[tuple[int, list[int]]]:
    if kind == mvt.POLYGON:
        yield from _polygon_commands(parts, corner, unit)
        return
    points, part = shapely.get_coordinates(parts, return_index=True)
    place = np.rint(points / unit).astype(np.int64) - corner[part]
    if kind == mvt.POINT:
        for number, (px, py) in enumerate(place.tolist()):
            yield number, mvt.point_commands(px, py)
        return
    commands, offset, lines = mvt.line_commands(place[:, 0], place[:, 1], part)
    flat, cuts = commands.tolist(), offset.tolist()
    for i, number in enumerate(lines.tolist()):
        yield number, flat[cuts[i] : cuts[i + 1]]


def _polygon_commands(parts: Any, corner: Ints, unit: float) -> Iterator[tuple[int, list[int]]]:
    for number, part in enumerate(shapely.orient_polygons(parts, exterior_cw=False)):
        rings = [part.exterior, *part.interiors]
        whole = [np.rint(shapely.get_coordinates(r) / unit).astype(np.int64) - corner[number] for r in rings]
        commands = mvt.polygon_commands(whole)
        if commands:
            yield number, commands


def _tiles(layers: Sequence[_Layer], zoom: int) -> dict[TileKey, bytes]:
    """Encode every tile of one zoom."""
    tiles: dict[TileKey, Any] = defaultdict(mvt.Tile)
    for layer in layers:
        by_tile: dict[TileKey, list[mvt.TileFeature]] = defaultdict(list)
        for key, feature in _features(layer, zoom):
            by_tile[key].append(feature)
        columns = list(layer.columns.values())
        for key, features in by_tile.items():
            mvt.encode_layer(tiles[key], layer.name, list(layer.columns), columns, features)
    return {key: tile.SerializeToString(deterministic=True) for key, tile in tiles.items()}


def write_pmtiles(
    path: Path,
    network: RoadNetwork | None,
    *,
    lines: Sequence[MapLine] = (),
    stops: Sequence[MapStop] = (),
    areas: MapAreas | None = None,
    name: str = "city",
    attribution: str = ATTRIBUTION,
) -> None:
    """Write the base map; layers without features are left out.

    Parameters
    ----------
    path : Path
        The file; replaced whole.
    network : RoadNetwork or None
        Layer ``roads``: feature id is the edge's row; ``class``, ``name``, ``lanes``.
    lines : sequence of MapLine
        Layer ``lines``: ``route_id``, ``short_name``.
    stops : sequence of MapStop
        Layer ``stops``: ``stop_id``, ``name``.
    areas : MapAreas, optional
        Layers ``water``, ``green``, ``rivers`` (``name``) and ``places`` (``name``, ``kind``).
    name : str
        What the map calls itself.
    attribution : str
        Whose data it is, as the map says it; empty for a map drawn by hand.

    Raises
    ------
    ValueError
        If there is nothing to draw.
    """
    areas = areas or MapAreas()
    layers = [_areas("water", areas.water)] if areas.water else []
    layers += [_areas("green", areas.green)] if areas.green else []
    layers += [_roads(network)] if network is not None else []
    layers += [_lines(lines)] if lines else []
    layers += [_stops(stops)] if stops else []
    layers += [_rivers(areas.rivers)] if areas.rivers else []
    layers += [_places(areas.places)] if areas.places else []
    if not layers:
        raise ValueError("a map needs roads, lines, stops or areas")
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(path.name + ".new")
    _write(new, layers, {"name": name} | ({"attribution": attribution} if attribution else {}))
    new.replace(path)


def _write(path: Path, layers: Sequence[_Layer], said: Mapping[str, str]) -> None:
    from pmtiles.tile import Compression, TileType, zxy_to_tileid
    from pmtiles.writer import Writer

    box = np.array([shapely.total_bounds(layer.shapes) for layer in layers])
    corners = np.array([box[:, :2].min(axis=0), box[:, 2:].max(axis=0)])
    lon = corners[:, 0] * 360.0 - 180.0
    lat = np.degrees(np.arctan(np.sinh(np.pi * (1 - 2 * corners[:, 1]))))
    with path.open("wb") as file:
        make: Any = Writer
        writer = make(file)
        for zoom in range(MIN_ZOOM, MAX_ZOOM + 1):
            tiles = {zxy_to_tileid(zoom, x, y): data for (x, y), data in _tiles(layers, zoom).items()}
            for tile_id in sorted(tiles):
                writer.write_tile(tile_id, gzip.compress(tiles[tile_id], 6, mtime=0))
        writer.finalize(
            {
                "tile_type": TileType.MVT,
                "tile_compression": Compression.GZIP,
                "min_lon_e7": int(lon[0] * 1e7),
                "min_lat_e7": int(lat[1] * 1e7),
                "max_lon_e7": int(lon[1] * 1e7),
                "max_lat_e7": int(lat[0] * 1e7),
                "center_zoom": 12,
                "center_lon_e7": int(lon.mean() * 1e7),
                "center_lat_e7": int(lat.mean() * 1e7),
            },
            {
                **said,
                "vector_layers": [_described(layer) for layer in layers],
            },
        )


def _described(layer: _Layer) -> dict[str, Any]:
    fields = {key: "Number" if key == "lanes" else "String" for key in layer.columns}
    lowest = max(MIN_ZOOM, int(layer.zoom.min()))
    return {"id": layer.name, "fields": fields, "minzoom": lowest, "maxzoom": MAX_ZOOM}
