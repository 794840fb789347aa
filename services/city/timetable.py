"""The timetable of a city folder, compiled once so that its services map it instead of reading the feed."""

import hashlib
import tempfile
from pathlib import Path

import structlog

from fleet.gtfs import Timetable, read_timetable
from fleet.gtfs.compiled import find_compiled, write_compiled
from services.city.folder import CITY_FILE

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
    sha256 = _sha256(gtfs)
    compiled = gtfs.with_name(COMPILED_FILE)
    found = find_compiled(compiled, sha256, repeat_calendar=repeat_calendar)
    if found is not None:
        return found
    if not gtfs.with_name(CITY_FILE).exists():
        return read_timetable(gtfs, repeat_calendar=repeat_calendar)
    try:
        timetable = compile_timetable(gtfs)
    except OSError as error:
        _log.warning("the timetable could not be kept compiled; each start reads the feed", reason=str(error))
        return read_timetable(gtfs, repeat_calendar=repeat_calendar)
    return find_compiled(compiled, sha256, repeat_calendar=repeat_calendar) or timetable


def compile_timetable(gtfs: Path) -> Timetable:
    """Read a feed and write its timetable beside it, whole or not at all.

    Parameters
    ----------
    gtfs : Path
        ``gtfs.zip`` of a city folder.

    Returns
    -------
    Timetable
        As it was read.
    """
    sha256, timetable = _sha256(gtfs), read_timetable(gtfs)
    with tempfile.NamedTemporaryFile(dir=gtfs.parent, prefix=".timetable-", delete=False) as file:
        new = Path(file.name)
        try:
            write_compiled(timetable, sha256, file)
            file.flush()
            new.chmod(0o644)
            new.replace(gtfs.with_name(COMPILED_FILE))
        except BaseException:
            new.unlink(missing_ok=True)
            raise
    return timetable


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
