"""Put another timetable into a city folder while its services run, and take that back.

The new feed goes through the same steps as at an import, beside the old one. Only when all of it is ready do the files
change names, ``city.json`` last: that is what the services look at. What was there before stays as ``before/``.
"""

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import polars as pl

from fleet.gtfs.clock import is_same_clock
from routing.network import NetworkError, load_areas, load_network, write_pmtiles
from services.city.drawing import map_lines, map_stops
from services.city.facts import zone
from services.city.folder import CITY_FILE, City, CityError, CityFolder, write_city
from services.city.importer import Draft, Progress, Request, credit, take_feed
from services.city.laid import LAID_FILE
from services.city.report import DOUBTFUL, Finding, Report, read_report, write_report
from services.city.tables import Tables, read_tables
from services.city.timetable import COMPILED_FILE

BEFORE = "before"
FEED = ("gtfs.zip", COMPILED_FILE, LAID_FILE)
FAR_DEG = 0.5


@dataclass(frozen=True)
class Difference:
    """What a new timetable has that the old one had not, and the other way round; ids, sorted."""

    new_lines: tuple[str, ...]
    gone_lines: tuple[str, ...]
    stops: tuple[int, int]
    trips: tuple[int, int]
    kept_trips: int


def swap_timetable(root: Path, gtfs: Path, *, now_ms: int, progress: Progress | None = None) -> Report:
    """Give a city another timetable.

    Parameters
    ----------
    root : Path
        The city folder; its services may run.
    gtfs : Path
        The new feed.
    now_ms : int
        The present: whether the calendar has ended depends on it.
    progress : Progress, optional
        Told how far it is.

    Returns
    -------
    Report
        What was found in the new feed.

    Raises
    ------
    CityError
        If the feed cannot be used here: broken, of another city or zone, or its calendar has ended. Nothing changed.
    """
    progress = progress or Progress()
    folder = CityFolder(root)
    if not gtfs.is_file():
        raise CityError(f"{gtfs}: there is no such file; check the path")
    with _alone(root), _beside(root) as new:
        draft = _read(folder, gtfs, new, now_ms, progress)
        city = _city_of(folder.city, draft)
        report = _report_of(root, draft, now_ms)
        _keep_before(root)
        for name in FEED:
            if (new / name).exists():
                (new / name).replace(root / name)
        write_report(root, report)
        write_city(root, city)
        _draw_map(root, city, draft.tables, progress)
    return report


def undo_swap(root: Path, progress: Progress | None = None) -> City:
    """Take the timetable back that was there before the last swap; a second time brings the newer one again.

    Parameters
    ----------
    root : Path
        The city folder; its services may run.
    progress : Progress, optional
        Told how far it is.

    Returns
    -------
    City
        As it is now.

    Raises
    ------
    CityError
        If there was no swap.
    """
    before = root / BEFORE
    if not (before / "gtfs.zip").exists():
        raise CityError(f"{before} holds no timetable: there was no swap to take back")
    with _alone(root), _beside(root) as new:
        for name in (*FEED, CITY_FILE, "report.json"):
            if (before / name).exists():
                shutil.copy2(before / name, new / name)
        city = msgspec.json.decode((new / CITY_FILE).read_bytes(), type=City)
        _keep_before(root)
        for name in (*FEED, "report.json"):
            if (new / name).exists():
                (new / name).replace(root / name)
        write_city(root, city)
        _draw_map(root, city, read_tables(root / "gtfs.zip"), progress or Progress())
    return city


def compare(before: Path, after: Path) -> Difference:
    """Compare two feeds by their ids.

    Parameters
    ----------
    before, after : Path
        GTFS zips.

    Returns
    -------
    Difference
        Lines by short name where they have one.
    """
    old, new = read_tables(before), read_tables(after)
    lines = [set(_names(tables["routes"])) for tables in (old, new)]
    trips = [set(tables["trips"]["trip_id"].to_list()) for tables in (old, new)]
    return Difference(
        new_lines=tuple(sorted(lines[1] - lines[0])),
        gone_lines=tuple(sorted(lines[0] - lines[1])),
        stops=(old["stops"].height, new["stops"].height),
        trips=(len(trips[0]), len(trips[1])),
        kept_trips=len(trips[0] & trips[1]),
    )


def _names(routes: pl.DataFrame) -> list[str]:
    short = routes["route_short_name"].to_list() if "route_short_name" in routes.columns else [""] * routes.height
    return [name or route_id for name, route_id in zip(short, routes["route_id"].to_list(), strict=True)]


def _read(folder: CityFolder, gtfs: Path, new: Path, now_ms: int, progress: Progress) -> Draft:
    draft = Draft(new)
    if folder.network is not None:
        try:
            draft.network = load_network(folder.network)
        except NetworkError as error:
            raise CityError(f"{folder.network} cannot be read, and lines are laid on it: {error}") from error
        (new / "network").symlink_to(folder.network.resolve(), target_is_directory=True)
    repeat = folder.city.calendar is not None and folder.city.calendar.repeat
    request = Request(
        out=folder.root, gtfs=gtfs, origin=folder.city.origin, repeat_calendar=repeat, workers=2, keeps_roads=True
    )
    take_feed(request, draft, now_ms, progress)
    _refuse_foreign(folder.city, gtfs, draft, now_ms)
    return draft


def _refuse_foreign(city: City, gtfs: Path, draft: Draft, now_ms: int) -> None:
    box, old = draft.bbox(), city.bbox
    assert box is not None
    if box[2] < old[0] - FAR_DEG or box[0] > old[2] + FAR_DEG or box[3] < old[1] - FAR_DEG or box[1] > old[3] + FAR_DEG:
        raise CityError(
            f"{gtfs}: its stops lie between {box[0]:.3f} {box[1]:.3f} and {box[2]:.3f} {box[3]:.3f}, the city between "
            f"{old[0]:.3f} {old[1]:.3f} and {old[2]:.3f} {old[3]:.3f}: a feed of another city; "
            "`hanoi city import` makes one"
        )
    assert draft.tables is not None
    feed_zone, year = zone(draft.tables), datetime.fromtimestamp(now_ms / 1000, UTC).year
    if not is_same_clock(feed_zone, city.timezone, year):
        raise CityError(
            f"{gtfs}: its times are of {feed_zone}, the city's of {city.timezone}; mend agency_timezone in agency.txt"
        )
    calendar = draft.calendar
    if calendar is not None and calendar.ended and not calendar.repeat:
        raise CityError(
            f"{gtfs}: its calendar ended on {calendar.last_date}; ask for a newer feed, or make the city with "
            "`hanoi city import --repeat-calendar`"
        )
    if not (draft.folder / COMPILED_FILE).exists():
        raise CityError(f"{gtfs}: it has no trip that can be followed; `hanoi gtfs validate` says why")


def _city_of(city: City, draft: Draft) -> City:
    box = draft.bbox()
    assert box is not None
    old = city.bbox
    wide = (min(box[0], old[0]), min(box[1], old[1]), max(box[2], old[2]), max(box[3], old[3]))
    doubts = [f.text for f in draft.findings if f.kind in {DOUBTFUL, "dropped"}]
    return msgspec.structs.replace(
        city,
        bbox=wide,
        parts=(*(p for p in city.parts if p.name != "gtfs"), *draft.parts),
        calendar=draft.calendar,
        doubts=tuple(doubts),
    )


def _report_of(root: Path, draft: Draft, now_ms: int) -> Report:
    old = read_report(root)
    counts = (old.counts if old is not None else {}) | draft.counts
    others: tuple[Finding, ...] = () if old is None else tuple(f for f in old.findings if f.part != "gtfs")
    city_id = "" if old is None else old.city_id
    return Report(city_id=city_id, made_ms=now_ms, took_s=0.0, counts=counts, findings=(*others, *draft.findings))


def _keep_before(root: Path) -> None:
    before = root / BEFORE
    shutil.rmtree(before, ignore_errors=True)
    before.mkdir()
    for name in (*FEED, CITY_FILE, "report.json"):
        if (root / name).exists():
            shutil.copy2(root / name, before / name)


def _draw_map(root: Path, city: City, tables: Tables | None, progress: Progress) -> None:
    assert tables is not None
    progress.stage("map")
    network = load_network(root / "network") if (root / "network").exists() else None
    write_pmtiles(
        root / "map.pmtiles",
        network,
        lines=map_lines(tables),
        stops=map_stops(tables),
        areas=load_areas(root / "network"),
        attribution=credit(city.origin, on_roads=network is not None),
    )


@contextmanager
def _alone(root: Path) -> Iterator[None]:
    with (root / ".swap.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise CityError(f"{root}: another swap is at work; wait until it is done") from None
        yield


@contextmanager
def _beside(root: Path) -> Iterator[Path]:
    new = root / ".timetable.new"
    shutil.rmtree(new, ignore_errors=True)
    try:
        new.mkdir()
        yield new
    except OSError as error:
        raise CityError(f"{root}: cannot be written ({error.strerror or error})") from error
    finally:
        shutil.rmtree(new, ignore_errors=True)
