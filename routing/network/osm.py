"""The door of OpenStreetMap: files through osmium, place names and saved graphs through osmnx."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from routing.network.areas import PLACE_KINDS, MapAreas, MapPlace, MapRiver, area_zoom
from routing.network.build import Way, finish, join_ways
from routing.network.errors import NetworkError
from routing.network.exchange import from_networkx
from routing.network.graph import RoadNetwork
from routing.network.restrictions import Restriction, is_restriction, read_restrictions
from routing.network.tags import Tally, is_road, make_way
from routing.network.turns import place_turns

OSM_ENDINGS = (".osm", ".osm.gz", ".osm.bz2", ".osm.pbf", ".pbf")
GRAPH_ENDINGS = (".graphml", ".graphml.gz")
WATER = {
    "natural": {"water", "bay"},
    "waterway": {"riverbank", "dock"},
    "water": None,
    "landuse": {"reservoir", "basin"},
}
GREEN = {
    "leisure": {"park", "garden", "pitch", "golf_course", "nature_reserve"},
    "landuse": {"grass", "forest", "recreation_ground", "village_green", "cemetery", "meadow"},
    "natural": {"wood", "grassland", "scrub", "wetland"},
}
RIVER = {"waterway": {"river", "canal"}}
SQUARE_KM_PER_DEGREE = 12_364.0
# A river's name stands along its line; one at the middle of its area would be anywhere.
LONGEST_NAMED_DEGREES = 0.1


def read_osm(source: Path | str) -> RoadNetwork:
    """Read the roads that motorbikes, cars or buses may drive.

    Parameters
    ----------
    source : Path or str
        A file (``.osm``, ``.osm.gz``, ``.osm.pbf``, or ``.graphml[.gz]`` as saved by
        osmnx), or else the name of a place, which osmnx downloads.

    Returns
    -------
    RoadNetwork
        Its largest part in which every place reaches every other.

    Raises
    ------
    NetworkError
        If the file is absent, broken, of another kind, or holds no connected roads.
    """
    text = str(source)
    path = Path(source)
    if text.lower().endswith(GRAPH_ENDINGS):
        return from_networkx(_load_graphml(_existing(path)), text)
    if text.lower().endswith(OSM_ENDINGS):
        return _read_file(_existing(path))
    if path.exists() or path.suffix.lower() in {".zip", ".xml", ".json", ".geojson", ".shp", ".csv", ".gpkg", ".gz"}:
        raise NetworkError(f"{path}: not a road file we can read; give one of {', '.join(OSM_ENDINGS + GRAPH_ENDINGS)}")
    return from_networkx(_download(text), text)


def _existing(path: Path) -> Path:
    if not path.is_file():
        raise NetworkError(f"{path}: there is no such file; give an OpenStreetMap extract")
    if path.stat().st_size == 0:
        raise NetworkError(f"{path}: the file is empty; download it again")
    return path


def _objects(path: Path, keys: tuple[str, ...], *, areas: bool = False) -> Iterator[Any]:
    """Yield the objects of a file that carry one of some keys; a broken file is a `NetworkError`."""
    import osmium

    try:
        processor = osmium.FileProcessor(str(path)).with_locations()
        if areas:
            processor = processor.with_areas(osmium.filter.KeyFilter(*keys))
        yield from processor.with_filter(osmium.filter.KeyFilter(*keys))
    except (RuntimeError, ValueError, OSError, UnicodeDecodeError) as error:
        raise NetworkError(f"{path}: cannot be read as OpenStreetMap data ({error}); download it again") from error


def _read_file(path: Path) -> RoadNetwork:
    tally = Tally()
    ways: list[Way] = []
    places: dict[int, tuple[float, float]] = {}
    signals: list[tuple[float, float]] = []
    relations: list[list[Restriction] | None] = []
    for thing in _objects(path, ("highway", "type")):
        if thing.is_node():
            if thing.tags.get("highway") == "traffic_signals" and thing.location.valid():
                signals.append((thing.lon, thing.lat))
        elif thing.is_way():
            tags = dict(thing.tags)
            if is_road(tags):
                nodes = _nodes_of(thing, places, tally)
                if len(nodes) > 1:
                    ways.append(make_way(thing.id, nodes, tags, tally))
        elif thing.is_relation() and is_restriction(dict(thing.tags)):
            members = [(member.role, member.type, member.ref) for member in thing.members]
            relations.append(read_restrictions(dict(thing.tags), members))
    if not ways:
        raise NetworkError(f"{path}: holds no road that vehicles may drive; give an extract with highways")
    raw, names = join_ways(ways, places)
    network = finish(raw, names, signals, tally.findings(len(ways)), str(path))
    turns = [one for found in relations if found is not None for one in found]
    return place_turns(network, turns, unclear=relations.count(None))


def _nodes_of(way: Any, places: dict[int, tuple[float, float]], tally: Tally) -> tuple[int, ...]:
    nodes = []
    whole = True
    for node in way.nodes:
        if node.location.valid():
            places[node.ref] = (node.location.lon, node.location.lat)
            nodes.append(node.ref)
        elif nodes:
            whole = False
            break
        else:
            whole = False
    tally.unplaced += not whole
    return tuple(nodes)


def _load_graphml(path: Path) -> Any:
    import osmnx

    try:
        return osmnx.load_graphml(path)
    except Exception as error:
        raise NetworkError(
            f"{path}: cannot be read as a graph saved by osmnx ({type(error).__name__}: {error}); "
            "save it with osmnx.save_graphml"
        ) from error


def _download(place: str) -> Any:
    import osmnx

    try:
        return osmnx.graph_from_place(place, network_type="drive")
    except Exception as error:
        raise NetworkError(
            f"{place!r} is no file, and no place whose roads could be downloaded "
            f"({type(error).__name__}: {str(error)[:200]}); check the name and the network, or give a file"
        ) from error


def read_areas(source: Path | str) -> MapAreas:
    """Read water, green and names for the base map.

    Parameters
    ----------
    source : Path or str
        An OpenStreetMap file; anything else has no areas.

    Returns
    -------
    MapAreas
        Polygons and names in lon, lat; parts are empty where the file has none.

    Raises
    ------
    NetworkError
        If the file cannot be read.
    """
    if not str(source).lower().endswith(OSM_ENDINGS):
        return MapAreas()
    import osmium

    factory = osmium.geom.WKBFactory()
    shapes: dict[str, list[tuple[str, str]]] = {"water": [], "green": [], "river": []}
    places: list[MapPlace] = []
    for thing in _objects(_existing(Path(source)), ("place", *{*WATER, *GREEN}), areas=True):
        tags = dict(thing.tags)
        if thing.is_node():
            places += _place(tags, thing.location)
            continue
        kind = _kind(tags, area=thing.is_area(), way=thing.is_way())
        if kind is None:
            continue
        make = factory.create_linestring if kind == "river" else factory.create_multipolygon
        with suppress(RuntimeError):
            shapes[kind].append((tags.get("name", ""), make(thing)))
    water, green = (_polygons([wkb for _, wkb in shapes[kind]]) for kind in ("water", "green"))
    named = [place for kind in ("water", "green") for place in _area_names(kind, shapes[kind])]
    rivers = tuple(MapRiver(name, shapely.from_wkb(bytes.fromhex(wkb))) for name, wkb in shapes["river"])
    return MapAreas(water=water, green=green, places=(*places, *named), rivers=rivers)


def _kind(tags: Mapping[str, str], *, area: bool, way: bool) -> str | None:
    if area:
        return "water" if _says(tags, WATER) else "green" if _says(tags, GREEN) else None
    return "river" if way and tags.get("name") and _says(tags, RIVER) else None


def _place(tags: Mapping[str, str], location: Any) -> list[MapPlace]:
    kind = PLACE_KINDS.get(tags.get("place", ""))
    if kind is None or not tags.get("name") or not location.valid():
        return []
    return [MapPlace(tags["name"], kind[0], location.lon, location.lat, kind[1])]


def _area_names(kind: str, shapes: list[tuple[str, str]]) -> Iterator[MapPlace]:
    """Name each area at a point inside it."""
    for name, wkb in shapes:
        area = shapely.from_wkb(bytes.fromhex(wkb))
        west, south, east, north = area.bounds
        if not name or max(east - west, north - south) > LONGEST_NAMED_DEGREES:
            continue
        inside = shapely.centroid(area) if area.contains(shapely.centroid(area)) else area.representative_point()
        square_km = area.area * SQUARE_KM_PER_DEGREE * float(np.cos(np.radians(north)))
        yield MapPlace(name, kind, inside.x, inside.y, area_zoom(square_km))


def _says(tags: Mapping[str, str], wanted: Mapping[str, set[str] | None]) -> bool:
    return any(key in tags and (values is None or tags[key] in values) for key, values in wanted.items())


def _polygons(wkb: list[str]) -> tuple[Any, ...]:
    if not wkb:
        return ()
    shapes = shapely.make_valid(shapely.from_wkb(np.array([bytes.fromhex(text) for text in wkb])))
    return tuple(shape for shape in shapes if not shape.is_empty)


__all__ = ["read_areas", "read_osm"]
