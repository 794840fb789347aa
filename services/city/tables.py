"""The files of a GTFS feed as tables of text: read with clear errors, written the same bytes each time."""

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

import polars as pl

from services.city.folder import CityError

Tables = dict[str, pl.DataFrame]

NEEDED = {
    "agency": ("agency_timezone",),
    "stops": ("stop_id", "stop_lat", "stop_lon"),
    "routes": ("route_id", "route_type"),
    "trips": ("route_id", "service_id", "trip_id"),
    "stop_times": ("trip_id", "arrival_time", "departure_time", "stop_id", "stop_sequence"),
}
CALENDARS = ("calendar", "calendar_dates")
KEYS = {
    "calendar": ("service_id", "start_date", "end_date"),
    "calendar_dates": ("service_id", "date", "exception_type"),
    "shapes": ("shape_id", "shape_pt_lat", "shape_pt_lon", "shape_pt_sequence"),
}
LARGEST_FILE_BYTES = 2 << 30
SEE = "a GTFS feed is a zip of text files, see gtfs.org"


def read_tables(path: Path) -> Tables:
    """Read every text file of a feed.

    Parameters
    ----------
    path : Path
        A GTFS zip, its files may lie in one folder inside; or a folder.

    Returns
    -------
    dict of str to DataFrame
        By file name without ``.txt``; every value is text, trimmed, and ``""`` where absent.

    Raises
    ------
    CityError
        If the file is absent, empty, no zip, broken, no GTFS, or lacks a file or column that is needed.
    """
    files = _read_folder(path) if path.is_dir() else _read_zip(path)
    missing = [f"{name}.txt" for name in NEEDED if name not in files]
    if not any(name in files for name in CALENDARS):
        missing.append("calendar.txt or calendar_dates.txt")
    if missing:
        has = ", ".join(sorted(f"{name}.txt" for name in files)) or "no .txt file at all"
        raise CityError(f"{path}: no GTFS feed: {', '.join(missing)} absent (it holds {has}); {SEE}")
    tables = {name: _parse(path, name, data) for name, data in files.items()}
    for name in NEEDED:
        if tables[name].is_empty():
            raise CityError(f"{path}: {name}.txt has a header and no rows; ask the publisher for a whole feed")
    return tables


def _read_folder(path: Path) -> dict[str, bytes]:
    return {file.stem: file.read_bytes() for file in sorted(path.glob("*.txt"))}


def _read_zip(path: Path) -> dict[str, bytes]:
    if not path.is_file():
        raise CityError(f"{path}: there is no such file; give the path of a GTFS zip")
    if path.stat().st_size == 0:
        raise CityError(f"{path}: the file is empty; download it again")
    try:
        with zipfile.ZipFile(path) as feed:
            found: dict[str, bytes] = {}
            for info in sorted(feed.infolist(), key=lambda info: info.filename.count("/")):
                name = info.filename.rpartition("/")[2]
                if not name.endswith(".txt") or name.startswith("."):
                    continue
                if info.file_size > LARGEST_FILE_BYTES:
                    raise CityError(
                        f"{path}: {name} would unpack to {info.file_size >> 20} MiB; that is no city's feed"
                    )
                found.setdefault(name.removesuffix(".txt"), feed.read(info))
            return found
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError, OSError) as error:
        raise CityError(f"{path}: cannot be read as a zip ({error}); download it again, {SEE}") from error
    except Exception as error:
        # zlib raises its own error type for a damaged member.
        if type(error).__module__ == "zlib":
            raise CityError(f"{path}: a file inside is damaged ({error}); download it again") from error
        raise


def _parse(path: Path, name: str, data: bytes) -> pl.DataFrame:
    if not data.strip():
        if name in NEEDED:
            raise CityError(f"{path}: {name}.txt is empty; ask the publisher for a whole feed")
        return pl.DataFrame()
    try:
        table = pl.read_csv(io.BytesIO(data), infer_schema=False, encoding="utf8-lossy", truncate_ragged_lines=True)
    except pl.exceptions.PolarsError as error:
        first = str(error).splitlines()[0]
        raise CityError(f"{path}: {name}.txt cannot be read as CSV ({first}); open it and mend the line") from error
    table = table.rename(lambda column: column.strip().lstrip("\ufeff"))
    lacking = [column for column in NEEDED.get(name, KEYS.get(name, ())) if column not in table.columns]
    if lacking:
        raise CityError(f"{path}: {name}.txt has no column {', '.join(lacking)}; it has {', '.join(table.columns)}")
    table = table.filter(~pl.all_horizontal(pl.all().is_null()))  # empty lines
    return table.with_columns(pl.all().cast(pl.String).str.strip_chars().fill_null(""))


def write_tables(path: Path, tables: Mapping[str, pl.DataFrame]) -> None:
    """Write a feed; the same tables give the same bytes.

    Parameters
    ----------
    path : Path
        The zip to write; replaced.
    tables : mapping of str to DataFrame
        By file name without ``.txt``; empty ones are left out.
    """
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=5) as feed:
        for name in sorted(tables):
            if tables[name].width and tables[name].height:
                info = zipfile.ZipInfo(f"{name}.txt", date_time=(2020, 1, 1, 0, 0, 0))
                info.compress_type = zipfile.ZIP_DEFLATED
                info.external_attr = 0o644 << 16
                feed.writestr(info, tables[name].write_csv())


def column(table: pl.DataFrame, name: str) -> pl.Expr:
    """Return a column of a table, or empty text where the feed does not have it."""
    return pl.col(name) if name in table.columns else pl.lit("")


def seconds(text: pl.Expr) -> pl.Expr:
    """Return seconds of the service day from ``H:MM:SS``, null where it is no time."""
    parts = text.str.extract_groups(r"^(\d{1,3}):(\d{2}):(\d{2})$")
    return (
        parts.struct.field("1").cast(pl.Int64) * 3600
        + parts.struct.field("2").cast(pl.Int64) * 60
        + parts.struct.field("3").cast(pl.Int64)
    )
