"""Make a city folder: read and mend each part, lay the lines on the roads, draw the map, say what was found."""

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
import polars as pl

from fleet.gtfs import GtfsError
from routing.network import (
    NetworkError,
    RoadNetwork,
    read_areas,
    read_osm,
    save_areas,
    save_network,
    write_pmtiles,
)
from routing.network.areas import MapAreas
from routing.network.graph import utm_epsg
from routing.network.tiles import ATTRIBUTION
from routing.paths import save_hierarchy
from schemas.text import Text
from services.city.drawing import map_lines, map_stops, nearest_road_names
from services.city.facts import feed_counts, part, place_part, zone, zone_of
from services.city.folder import CITY_FILE, Calendar, City, CityError, Part, write_city
from services.city.laid import LAID_FILE, key_of, load_laid, save_laid
from services.city.lines import join_directions, name_lines, name_stops, name_stops_by_road, read_stop_names
from services.city.mend import mend
from services.city.patterns import Pattern, list_patterns
from services.city.pieces import Bbox, absent_parts, read_calendar, read_cameras, read_roster, slug
from services.city.report import DOUBTFUL, Finding, Report, write_report
from services.city.shapes import Found, add_shapes, lay_patterns
from services.city.tables import Tables, read_tables
from services.city.timetable import compile_timetable

VIETNAM = "Asia/Ho_Chi_Minh"


@dataclass(frozen=True)
class Request:
    """What to make a city of; any part may be absent, but not all of them.

    With ``keeps_roads`` lines that the city in ``out`` has laid on its roads are taken over.
    """

    out: Path
    gtfs: Path | None = None
    roads: str | None = None
    cameras: tuple[Path, ...] = ()
    roster: Path | None = None
    stop_names: Path | None = None
    name: Text | None = None
    city_id: str | None = None
    origin: str = "import"
    repeat_calendar: bool = False
    workers: int = 1
    keeps_roads: bool = False


@dataclass
class Progress:
    """Where the import tells how far it is; this one tells nobody."""

    def stage(self, text: str, total: int | None = None) -> None:
        """Begin a stage of ``total`` steps, or of unknown length."""

    def advance(self) -> None:
        """One step of the stage is done."""


@dataclass
class Draft:
    """What has been read so far."""

    folder: Path
    tables: Tables | None = None
    network: RoadNetwork | None = None
    areas: MapAreas | None = None
    calendar: Calendar | None = None
    renamed: dict[str, str] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)

    def bbox(self) -> Bbox | None:
        """West, south, east, north of the stops, else of the roads, in degrees."""
        if self.tables is not None:
            lon = self.tables["stops"]["stop_lon"].cast(pl.Float64)
            lat = self.tables["stops"]["stop_lat"].cast(pl.Float64)
            return tuple(float(value) for value in (lon.min(), lat.min(), lon.max(), lat.max()))  # type: ignore[arg-type,return-value]
        return self.network.bbox if self.network is not None else None


def import_city(request: Request, *, now_ms: int, progress: Progress | None = None) -> tuple[City, Report]:
    """Make a city folder, whole or not at all.

    Parameters
    ----------
    request : Request
        The sources and where to put the city; a city folder there is replaced.
    now_ms : int
        The present, milliseconds since 1970: whether the calendar has ended depends on it.
    progress : Progress, optional
        Told how far it is.

    Returns
    -------
    city : City
        As in ``city.json``.
    report : Report
        As in ``report.json``.

    Raises
    ------
    CityError
        If a source is absent, broken or of another kind; nothing is left behind.
    """
    if not (request.gtfs or request.roads or request.cameras):
        raise CityError("nothing to import: give --gtfs, --roads or --cameras")
    # Before anything long begins.
    for path in (request.gtfs, request.stop_names, request.roster, *request.cameras):
        if path is not None and not path.is_file():
            raise CityError(f"{path}: there is no such file; check the path")
    progress = progress or Progress()
    began = time.monotonic()
    with _new_folder(request.out) as folder:
        draft = Draft(folder)
        _roads(request, draft, progress)
        take_feed(request, draft, now_ms, progress)
        _small_parts(request, draft)
        _map(request, draft, progress)
        city = _city(request, draft)
        # The sample shall be the same bytes each time it is built; a real import says when and how long.
        made = request.origin == "sample"
        report = Report(
            city_id=city.id,
            made_ms=0 if made else now_ms,
            took_s=0.0 if made else round(time.monotonic() - began, 1),
            counts=draft.counts,
            findings=tuple(draft.findings),
        )
        write_report(folder, report)
        write_city(folder, city)
    return city, report


@contextmanager
def _new_folder(out: Path) -> Iterator[Path]:
    """Give a folder beside ``out`` that takes its place when all went well, and is removed when not."""
    if out.exists() and not out.is_dir():
        raise CityError(f"{out} is a file; give a folder")
    if out.exists() and any(out.iterdir()) and not (out / CITY_FILE).exists():
        raise CityError(f"{out} holds other things than a city; give a new or empty folder")
    new, old = (out.parent / f".{out.name}.{end}" for end in ("new", "old"))
    for left in (new, old):
        shutil.rmtree(left, ignore_errors=True)
    try:
        new.mkdir(parents=True)
        yield new
        if out.exists():
            out.replace(old)
        new.replace(out)
    except OSError as error:
        raise CityError(f"{out}: cannot be written ({error.strerror or error})") from error
    finally:
        shutil.rmtree(new, ignore_errors=True)
        shutil.rmtree(old, ignore_errors=True)


def _roads(request: Request, draft: Draft, progress: Progress) -> None:
    if request.roads is None:
        return
    progress.stage("roads")
    try:
        draft.network = read_osm(request.roads)
        draft.areas = read_areas(request.roads)
    except NetworkError as error:
        raise CityError(str(error)) from error
    network = draft.network
    save_network(network, draft.folder / "network")
    save_hierarchy(network, draft.folder / "network")
    save_areas(draft.areas, draft.folder / "network")
    signals = [
        {"lon": round(lon, 7), "lat": round(lat, 7)}
        for lon, lat in zip(network.signal_lon.tolist(), network.signal_lat.tolist(), strict=True)
    ]
    (draft.folder / "signals.json").write_bytes(msgspec.json.encode(signals))
    draft.findings += [
        Finding(part="roads", code=f.code, kind=DOUBTFUL, count=f.count, text=f.text) for f in network.findings
    ]
    counts = {"nodes": network.node_count, "edges": network.edge_count, "signals": len(signals)}
    draft.counts |= counts
    source = Path(request.roads)
    draft.parts.append(part("network", source, counts) if source.is_file() else place_part(request.roads, counts))


def take_feed(request: Request, draft: Draft, now_ms: int, progress: Progress) -> None:
    """Read and mend the feed of a request, lay its lines on the draft's roads, and write it to the draft's folder."""
    if request.gtfs is None:
        return
    progress.stage("timetable")
    tables = read_tables(request.gtfs)
    timezone = zone(tables)
    try:
        draft.findings += mend(tables)
    except CityError as error:
        raise CityError(f"{request.gtfs}: {error}") from error
    found, draft.renamed = join_directions(tables)
    draft.findings += found
    better = read_stop_names(request.stop_names) if request.stop_names else {}
    draft.findings += name_stops(tables, better)
    if draft.network is not None:
        draft.findings += name_stops_by_road(tables, nearest_road_names(tables, draft.network))
    draft.findings += name_lines(tables)
    today = datetime.fromtimestamp(now_ms / 1000, ZoneInfo(timezone)).date()
    if request.origin == "sample":
        draft.calendar, found = read_calendar(tables, datetime(2026, 1, 1, tzinfo=UTC).date(), repeat=False)
    else:
        draft.calendar, found = read_calendar(tables, today, repeat=request.repeat_calendar)
    draft.findings += found
    _shapes(request, draft, tables, progress)
    progress.stage("timetable: write")
    with suppress(GtfsError):  # the services say what is wrong with it
        compile_timetable(draft.folder / "gtfs.zip", tables)
    draft.tables = tables
    counts = feed_counts(tables)
    draft.counts |= counts
    draft.parts.append(part("gtfs", request.gtfs, counts))


def _shapes(request: Request, draft: Draft, tables: Tables, progress: Progress) -> None:
    patterns, of_trip = list_patterns(tables)
    if not patterns:
        return
    progress.stage("shapes", len(patterns))
    found = _lay(request, draft, patterns, progress)
    draft.findings += add_shapes(tables, patterns, of_trip, found, on_roads=draft.network is not None)


def _lay(request: Request, draft: Draft, patterns: list[Pattern], progress: Progress) -> list[Found]:
    if draft.network is None:
        return lay_patterns(patterns, None, workers=1, advance=progress.advance)
    known = load_laid(request.out / LAID_FILE) if request.keeps_roads else {}
    fresh = [pattern for pattern in patterns if key_of(pattern) not in known]
    for _ in range(len(patterns) - len(fresh)):
        progress.advance()
    made = lay_patterns(fresh, draft.folder / "network", workers=request.workers, advance=progress.advance)
    every = dict(known) | {key_of(p): line for p, line in zip(fresh, made, strict=True)}
    found = [every[key_of(pattern)] for pattern in patterns]
    save_laid(draft.folder / LAID_FILE, patterns, found)
    return found


def _small_parts(request: Request, draft: Draft) -> None:
    if request.cameras:
        files, found = read_cameras(request.cameras, draft.bbox())
        (draft.folder / "cameras").mkdir()
        for camera_id, data in files.items():
            (draft.folder / "cameras" / f"{camera_id}.yaml").write_bytes(data)
        draft.findings += found
        draft.counts["cameras"] = len(files)
    if request.roster:
        routes = set(draft.tables["routes"]["route_id"].to_list()) if draft.tables is not None else None
        data, vehicles, found = read_roster(request.roster, routes, draft.renamed)
        (draft.folder / "roster.csv").write_bytes(data)
        draft.findings += found
        draft.counts["vehicles"] = vehicles
        draft.parts.append(part("roster", request.roster, {"vehicles": vehicles}))
    has = {
        "gtfs": draft.tables is not None,
        "network": draft.network is not None,
        "cameras": bool(request.cameras),
        "roster": request.roster is not None,
    }
    draft.findings += absent_parts(has)


def _map(request: Request, draft: Draft, progress: Progress) -> None:
    if draft.network is None and draft.tables is None:
        return
    progress.stage("map")
    lines = map_lines(draft.tables) if draft.tables is not None else []
    stops = map_stops(draft.tables) if draft.tables is not None else []
    write_pmtiles(
        draft.folder / "map.pmtiles",
        draft.network,
        lines=lines,
        stops=stops,
        areas=draft.areas,
        attribution=credit(request.origin, on_roads=draft.network is not None),
    )


def credit(origin: str, *, on_roads: bool) -> str:
    """Return whose data the map shows, as it says it."""
    return ATTRIBUTION if origin == "import" and on_roads else ""


def _city(request: Request, draft: Draft) -> City:
    bbox = draft.bbox() or _camera_bbox(request)
    agency = (
        str(draft.tables["agency"]["agency_name"][0])
        if draft.tables and "agency_name" in draft.tables["agency"]
        else ""
    )
    known = request.name or (Text(vi=agency, en=agency) if agency else Text(vi=request.out.name, en=request.out.name))
    doubts = [f.text for f in draft.findings if f.kind in {DOUBTFUL, "dropped"} and f.part != "roads"]
    timezone = zone(draft.tables) if draft.tables is not None else zone_of(bbox)
    return City(
        id=request.city_id or slug(known.en),
        name=known,
        timezone=timezone,
        bbox=bbox,
        languages=("vi", "en") if timezone == VIETNAM else ("en", "vi"),
        epsg=draft.network.epsg if draft.network else utm_epsg((bbox[0] + bbox[2]) / 2, (bbox[1] + bbox[3]) / 2),
        origin=request.origin,
        parts=tuple(draft.parts),
        calendar=draft.calendar,
        doubts=tuple(doubts),
    )


def _camera_bbox(request: Request) -> Bbox:
    from vision.camera import read_camera

    places = [read_camera(path).position for path in request.cameras]
    lon, lat = zip(*places, strict=True)
    return min(lon) - 0.01, min(lat) - 0.01, max(lon) + 0.01, max(lat) + 0.01
