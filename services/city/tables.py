"""The files of a GTFS feed as tables of text: read with clear errors, written the same bytes each time."""

import zipfile
from collections.abc import Mapping
from pathlib import Path

import polars as pl

from fleet.gtfs import GtfsError
from fleet.gtfs.tables import Tables as GtfsTables
from services.city.folder import CityError

Tables = dict[str, pl.DataFrame]

NEEDED = {
    "agency": ("agency_timezone",),
    "stops": ("stop_id", "stop_lat", "stop_lon"),
    "routes": ("route_id", "route_type"),
    "trips": ("route_id", "service_id", "trip_id"),
    "stop_times": ("trip_id", "arrival_time", "departure_time", "stop_id", "stop_sequence"),
}
KEYS = NEEDED | {
    "calendar": ("service_id", "start_date", "end_date"),
    "calendar_dates": ("service_id", "date", "exception_type"),
    "shapes": ("shape_id", "shape_pt_lat", "shape_pt_lon", "shape_pt_sequence"),
}


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
    try:
        source = GtfsTables(path)
        return {file.removesuffix(".txt"): _read(source, file) for file in source.files.names()}
    except GtfsError as error:
        raise CityError(str(error)) from error


def _read(source: GtfsTables, file: str) -> pl.DataFrame:
    name, where = file.removesuffix(".txt"), f"{source.path}: {file}"
    if name not in NEEDED and not source.files.bytes_of(file).strip():
        return pl.DataFrame()
    table = source.whole(file).drop("line")
    lacking = [column for column in KEYS.get(name, ()) if column not in table.columns]
    if lacking:
        raise CityError(f"{where} has no column {', '.join(lacking)}; it has {', '.join(table.columns)}")
    if name in NEEDED and table.is_empty():
        raise CityError(f"{where} has a header and no rows; ask the publisher for a whole feed")
    return table.with_columns(pl.all().fill_null(""))


def write_tables(path: Path, tables: Mapping[str, pl.DataFrame]) -> None:
    """Write a feed; the same tables give the same bytes.

    Parameters
    ----------
    path : Path
        The zip to write; replaced.
    tables : mapping of str to DataFrame
        By file name without ``.txt``; empty ones are left out.
    """
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as feed:
        for name in sorted(tables):
            if tables[name].width and tables[name].height:
                info = zipfile.ZipInfo(f"{name}.txt", date_time=(2020, 1, 1, 0, 0, 0))
                info.compress_type = zipfile.ZIP_DEFLATED
                info.external_attr = 0o644 << 16
                feed.writestr(info, tables[name].write_csv())


def unpack_tables(folder: Path, tables: Mapping[str, pl.DataFrame]) -> None:
    """Write a feed as a folder of text files; as in a zip empty ones are left out."""
    folder.mkdir()
    for name, table in tables.items():
        if table.width and table.height:
            table.write_csv(folder / f"{name}.txt")


def list_calls(tables: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Return the stop times of a feed along their trips, ``stop_sequence`` as a number.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        The feed, mended: every sequence is a number.

    Returns
    -------
    DataFrame
        All columns.
    """
    return tables["stop_times"].with_columns(pl.col("stop_sequence").cast(pl.Int64)).sort("trip_id", "stop_sequence")


def column(table: pl.DataFrame, name: str) -> pl.Expr:
    """Return a column of a table, or empty text where the feed does not have it."""
    return pl.col(name) if name in table.columns else pl.lit("")
