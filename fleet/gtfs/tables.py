"""Read the text tables of a GTFS feed, from a zip or a folder, as they are: every value a trimmed text."""

import io
import zipfile
from collections.abc import Sequence
from pathlib import Path

import polars as pl

from fleet.gtfs.errors import GtfsError

NEEDED = ("agency.txt", "stops.txt", "routes.txt", "trips.txt", "stop_times.txt")


class Tables:
    """The files of one feed.

    Parameters
    ----------
    path : Path
        A GTFS zip (its files at the top or in one folder), or a folder.
    needed : sequence of str, optional
        Files without which the feed is refused, and then one of the calendars too.

    Raises
    ------
    GtfsError
        If there is nothing to read or a needed file is absent.
    """

    def __init__(self, path: Path, needed: Sequence[str] = NEEDED) -> None:
        self.path = path
        self._zip: zipfile.ZipFile | None = None
        if path.is_dir():
            self._names = {file.name: file.name for file in path.iterdir() if file.is_file()}
        else:
            self._zip = self._open_zip(path)
            self._names = {name.rpartition("/")[2]: name for name in self._zip.namelist() if not name.endswith("/")}
        absent = [name for name in needed if name not in self._names]
        if absent:
            raise GtfsError(str(path), f"{', '.join(absent)} absent", "give a GTFS feed with these files")
        if needed and not {"calendar.txt", "calendar_dates.txt"} & self._names.keys():
            raise GtfsError(str(path), "neither calendar.txt nor calendar_dates.txt", "add one of them")

    @staticmethod
    def _open_zip(path: Path) -> zipfile.ZipFile:
        try:
            return zipfile.ZipFile(path)
        except FileNotFoundError:
            raise GtfsError(str(path), "absent", "give the path of a GTFS zip or folder") from None
        except (zipfile.BadZipFile, OSError) as error:
            raise GtfsError(str(path), f"not a zip ({error})", "give a GTFS zip or folder") from error

    def has(self, name: str) -> bool:
        """Return whether the feed has a file."""
        return name in self._names

    def names(self) -> list[str]:
        """Return the names of its text files, sorted."""
        return sorted(name for name in self._names if name.endswith(".txt"))

    def header(self, name: str) -> list[str]:
        """Return the columns of a file; raises ``GtfsError`` where it is no table."""
        return self._parse(name, rows=0).columns

    def read(self, name: str, needed: Sequence[str], optional: Sequence[str] = ()) -> pl.DataFrame:
        """Return one table with the wanted columns, an absent optional one filled with nulls.

        Parameters
        ----------
        name : str
            For instance ``"trips.txt"``.
        needed, optional : sequence of str
            Columns to return.

        Returns
        -------
        polars.DataFrame
            Trimmed texts, empty ones null, and ``line``: the number of the line in the file.

        Raises
        ------
        GtfsError
            If the table cannot be read or lacks a needed column.
        """
        table = self._parse(name)
        where = f"{self.path.name}/{name}"
        absent = [column for column in needed if column not in table.columns]
        if absent:
            raise GtfsError(where, f"no column {', '.join(absent)}", "add it, or check the header line")
        columns = [
            pl.col(c).str.strip_chars().replace("", None) if c in table.columns else pl.lit(None, pl.String).alias(c)
            for c in (*needed, *optional)
        ]
        # Lines are counted before empty ones, which many editors leave at the end, are dropped.
        table = table.with_row_index("line", offset=2).filter(~pl.all_horizontal(pl.exclude("line").is_null()))
        # Not `select` alone: of absent columns only it would make one row.
        return table.with_columns(columns).select("line", *needed, *optional)

    def _parse(self, name: str, rows: int | None = None) -> pl.DataFrame:
        data = self.bytes_of(name)
        try:
            table = pl.read_csv(
                io.BytesIO(data.removeprefix(b"\xef\xbb\xbf")),
                infer_schema=False,
                n_rows=rows,
                encoding="utf8-lossy",
                truncate_ragged_lines=True,
            )
        except (pl.exceptions.PolarsError, ValueError) as error:
            raise GtfsError(
                f"{self.path.name}/{name}", f"not a CSV ({str(error).splitlines()[0]})", "mend the file"
            ) from error
        return table.rename({column: column.strip() for column in table.columns})

    def bytes_of(self, name: str) -> bytes:
        """Return a file as it is; raises ``GtfsError`` where it cannot be read."""
        if self._zip is None:
            return (self.path / name).read_bytes()
        try:
            return self._zip.read(self._names[name])
        except (zipfile.BadZipFile, RuntimeError, OSError) as error:
            raise GtfsError(f"{self.path.name}/{name}", f"damaged ({error})", "fetch the feed again") from error


def seconds_of(column: str) -> pl.Expr:
    """Return an expression that reads ``H:MM:SS`` as seconds, null where that is not possible."""
    parts = pl.col(column).str.extract_groups(r"^(\d{1,3}):([0-5]\d):([0-5]\d)$")
    hour, minute, second = (parts.struct.field(n).cast(pl.Int64) for n in ("1", "2", "3"))
    return hour * 3600 + minute * 60 + second


def require(table: pl.DataFrame, bad: pl.Expr, where: str, column: str, mend: str) -> None:
    """Raise a ``GtfsError`` that names the first line where ``bad`` holds.

    Parameters
    ----------
    table : polars.DataFrame
        A table of ``Tables.read``.
    bad : polars.Expr
        True where a row cannot be used.
    where : str
        The file.
    column : str
        The field that is wrong.
    mend : str
        What its owner can do.
    """
    rows = table.filter(bad)
    if rows.height:
        line, value = rows["line"][0], rows[column][0]
        more = f" (and {rows.height - 1} more)" if rows.height > 1 else ""
        raise GtfsError(f"{where}, line {line}", f"{column} is {value!r}{more}", mend)
