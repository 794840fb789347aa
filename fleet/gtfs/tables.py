"""Read the text tables of a GTFS feed, from a zip or a folder, as they are: every value a trimmed text."""

import io
from collections.abc import Sequence
from pathlib import Path

import polars as pl

from fleet.gtfs.errors import GtfsError
from fleet.gtfs.files import FeedFiles

NEEDED = ("agency.txt", "stops.txt", "routes.txt", "trips.txt", "stop_times.txt")
CALENDARS = ("calendar.txt", "calendar_dates.txt")
SEE = "a GTFS feed is a zip of text files, see gtfs.org"
SECOND = "_duplicated_"  # as polars calls the second column of a name


class Tables:
    """The tables of one feed.

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
        self.files = FeedFiles(path)
        absent = [name for name in needed if not self.has(name)]
        if needed and not any(self.has(name) for name in CALENDARS):
            absent.append(" or ".join(CALENDARS))
        if absent:
            has = ", ".join(self.files.names()) or "no .txt file at all"
            raise GtfsError(str(path), f"no GTFS feed: {', '.join(absent)} absent (it holds {has})", SEE)

    def has(self, name: str) -> bool:
        """Return whether the feed has a file."""
        return self.files.has(name)

    def header(self, name: str) -> list[str]:
        """Return the columns of a file; raises ``GtfsError`` where it is no table."""
        return self._parse(name, self.files.bytes_of(name), rows=0).columns

    def whole(self, name: str) -> pl.DataFrame:
        """Return one table with all its columns.

        Parameters
        ----------
        name : str
            For instance ``"trips.txt"``.

        Returns
        -------
        polars.DataFrame
            Trimmed texts, empty ones null, and ``line``: the number of the line in the file where a row begins.

        Raises
        ------
        GtfsError
            If it is no table.
        """
        return _trimmed(self._rows(name))

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
            As of `whole`, ``line`` first.

        Raises
        ------
        GtfsError
            If the table cannot be read or lacks a needed column.
        """
        table = self._rows(name)
        absent = [column for column in needed if column not in table.columns]
        if absent:
            problem = f"no column {', '.join(absent)} (it has {', '.join(table.columns[1:])})"
            raise GtfsError(f"{self.path.name}/{name}", problem, "add it, or check the header line")
        return _trimmed(columns_of(table, (*needed, *optional)))

    def _rows(self, name: str) -> pl.DataFrame:
        """Return the rows that are not empty, ``line`` first: counted before empty ones at the end are dropped."""
        data = self.files.bytes_of(name)
        table = self._parse(name, data)
        line = pl.int_range(2, pl.len() + 2, dtype=pl.UInt32)
        if b'"' in data:  # values in quotes may hold ends of lines
            ends = pl.sum_horizontal(pl.all().str.count_matches("\n", literal=True)).fill_null(0)
            line += ends.cum_sum().shift(1, fill_value=0).cast(pl.UInt32)
        empty = pl.all_horizontal(pl.exclude("line").is_null())
        return table.select(line.alias("line"), pl.exclude("line")).filter(~empty)

    def _parse(self, name: str, data: bytes, rows: int | None = None) -> pl.DataFrame:
        try:
            table = pl.read_csv(
                io.BytesIO(data.removeprefix(b"\xef\xbb\xbf")),
                infer_schema=False,
                n_rows=rows,
                encoding="utf8-lossy",
                truncate_ragged_lines=True,
            )
        except (pl.exceptions.PolarsError, ValueError) as error:
            what = "it is empty" if not data.strip() else f"no table ({str(error).splitlines()[0]})"
            raise GtfsError(f"{self.path.name}/{name}", what, "mend the file, or ask for a whole feed") from error
        return table.rename(_clean_names(table.columns))


def _clean_names(columns: Sequence[str]) -> dict[str, str]:
    """Return names without blanks around them; the second of a name keeps what tells it from the first."""
    clean: dict[str, str] = {}
    for column in columns:
        name = column.strip()
        clean[column] = name if name not in clean.values() else f"{name}{SECOND}{len(clean)}"
    return clean


def _trimmed(table: pl.DataFrame) -> pl.DataFrame:
    return table.with_columns(pl.exclude("line").str.strip_chars().replace("", None))


def columns_of(table: pl.DataFrame, columns: Sequence[str]) -> pl.DataFrame:
    """Return ``line`` and columns of a table, an absent one filled with nulls."""
    # Not `select` alone: of absent columns only it would make one row.
    absent = [pl.lit(None, pl.String).alias(c) for c in columns if c not in table.columns]
    return table.with_columns(absent).select("line", *dict.fromkeys(columns))


def seconds_of(time: str | pl.Expr) -> pl.Expr:
    """Return an expression that reads ``H:MM:SS`` of a column as seconds, null where that is not possible."""
    column = pl.col(time) if isinstance(time, str) else time
    parts = column.str.extract_groups(r"^(\d{1,3}):([0-5]\d):([0-5]\d)$")
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
