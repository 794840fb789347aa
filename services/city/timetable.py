"""The timetable of a city folder, compiled once so that its services map it instead of reading the feed."""

import tempfile
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import polars as pl
import structlog

from fleet.gtfs import Timetable, read_timetable
from fleet.gtfs.compiled import find_compiled, write_compiled
from services.city.folder import CITY_FILE
from services.city.tables import unpack_tables, write_tables
from services.file_hash import hash_file

COMPILED_FILE = "timetable.bin"
_log = structlog.get_logger(__name__)


def read_city_timetable(gtfs: Path, *, repeat_calendar: bool = False) -> Timetable:
    """Return the timetable of a city; where its feed is not compiled, or was changed, compile it beside the feed.

    Parameters
    ----------
    gtfs : Path
        ``gtfs.zip`` of a city folder; beside any other feed nothing is written.
    repeat_calendar : bool
        Outside the calendar's span, run what each weekday usually ran.

    Returns
    -------
    Timetable
        Compiled, its arrays lie in memory that all processes share.

    Raises
    ------
    GtfsError
        If the feed cannot be used.
    """
    sha256 = hash_file(gtfs)
    compiled = gtfs.with_name(COMPILED_FILE)
    found = find_compiled(compiled, sha256, repeat_calendar=repeat_calendar)
    if found is not None:
        return found
    timetable = read_timetable(gtfs, repeat_calendar=repeat_calendar)
    if not gtfs.with_name(CITY_FILE).exists():
        return timetable
    try:
        _write(timetable, sha256, compiled)
    except OSError as error:
        _log.warning("the timetable could not be kept compiled; each start reads the feed", reason=str(error))
        return timetable
    return find_compiled(compiled, sha256, repeat_calendar=repeat_calendar) or timetable


def compile_timetable(gtfs: Path, tables: Mapping[str, pl.DataFrame]) -> None:
    """Write a feed and its timetable beside it, both whole or not at all; the one is packed while the other is made.

    Parameters
    ----------
    gtfs : Path
        ``gtfs.zip`` of a city folder; written even where the feed has no timetable.
    tables : mapping of str to DataFrame
        Of the feed, by file name without ``.txt``.

    Raises
    ------
    GtfsError
        If no timetable can be made of the feed.
    """
    with ThreadPoolExecutor(1) as beside, tempfile.TemporaryDirectory(dir=gtfs.parent, prefix=".feed-") as folder:
        packed = beside.submit(write_tables, gtfs, tables)
        plain = Path(folder) / gtfs.stem  # without an agency's name the feed's name is the timetable's
        try:
            unpack_tables(plain, tables)
            timetable = read_timetable(plain)
        finally:
            packed.result()
    _write(timetable, hash_file(gtfs), gtfs.with_name(COMPILED_FILE))


def _write(timetable: Timetable, sha256: str, path: Path) -> None:
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".timetable-", delete=False) as file:
        new = Path(file.name)
        try:
            write_compiled(timetable, sha256, file)
            file.flush()
            new.chmod(0o644)
            new.replace(path)
        except BaseException:
            new.unlink(missing_ok=True)
            raise
