"""A feed as it lies there, faults and all."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import cached_property
from pathlib import Path

import polars as pl

from fleet.gtfs.errors import GtfsError
from fleet.gtfs.faults.hops import hops_of
from fleet.gtfs.faults.unreadable import find_cause
from fleet.gtfs.tables import CALENDARS, NEEDED, Tables, columns_of, seconds_of
from schemas.text import Text

NEAR_ZERO_DEG = 1.0
READ = (*NEEDED, *CALENDARS, "shapes.txt", "frequencies.txt", "feed_info.txt")
MEND = Text(vi="Xuất lại tệp từ nguồn.", en="Export the file again.")


class RawFeed:
    """Tables of texts, each read once; what is absent or no table (``broken``: why, how to mend it) is empty.

    Parameters
    ----------
    path : Path
        A zip or a folder.
    today : date
        The present: whether a calendar has ended depends on it.
    near : tuple of float, optional
        Longitude and latitude of the city it should be of.
    timezone : str, optional
        Of the city it should be of.

    Raises
    ------
    GtfsError
        If there is nothing to read.
    """

    def __init__(
        self, path: Path, today: date, near: tuple[float, float] | None = None, timezone: str | None = None
    ) -> None:
        self.tables = Tables(path, needed=())
        self.today = today
        self.near = near
        self.timezone = timezone
        self._rows: dict[str, pl.DataFrame] = {}
        self._headers: dict[str, pl.DataFrame] = {}
        self.broken = self._read()

    def _read(self) -> dict[str, tuple[Text, Text]]:
        """Read all tables; return those that are none, with the reason and how to mend it."""
        broken: dict[str, tuple[Text, Text]] = {}
        for name in filter(self.tables.has, READ):
            try:
                cause = find_cause(self.tables.files.bytes_of(name))
                rows = self.tables.whole(name) if cause is None else None
            except GtfsError as error:
                cause = Text(vi=error.problem, en=error.problem), MEND
            if cause is not None:
                broken[name] = cause
            else:
                assert rows is not None
                column = rows.columns[1]
                again = (pl.col(column) == column).fill_null(value=False)
                self._headers[name], self._rows[name] = rows.filter(again).select("line"), rows.filter(~again)
        return broken

    @property
    def read_names(self) -> Sequence[str]:
        """The files that are tables."""
        return list(self._rows)

    def has(self, name: str) -> bool:
        """Return whether the feed has a file, and it is a table."""
        return name in self._rows or (name not in READ and self.tables.has(name))

    def header(self, name: str) -> list[str]:
        """Return the columns of a file, none where it is absent or no table."""
        return self._rows[name].columns[1:] if name in self._rows else []

    def repeated_header(self, name: str) -> pl.DataFrame:
        """Return the lines of a file on which its header stands again; they are no rows."""
        return self._headers[name]

    def table(self, name: str, *columns: str) -> pl.DataFrame:
        """Return columns of a file as texts, with ``line``; absent columns are null, an absent file has no rows."""
        if name not in self._rows:
            return pl.DataFrame(schema={"line": pl.UInt32} | dict.fromkeys(columns, pl.String))
        return columns_of(self._rows[name], columns)

    @cached_property
    def places(self) -> pl.DataFrame:
        """Stops that lie somewhere on Earth, as of `spots`."""
        return self.spots.filter(~is_nowhere(pl.col("lat"), pl.col("lon")))

    @cached_property
    def spots(self) -> pl.DataFrame:
        """Stops with two numbers for a place: ``line``, ``stop_id``, ``lat``, ``lon``."""
        stops = self.table("stops.txt", "stop_id", "stop_lat", "stop_lon")
        return stops.select(
            "line",
            "stop_id",
            pl.col("stop_lat").cast(pl.Float64, strict=False).alias("lat"),
            pl.col("stop_lon").cast(pl.Float64, strict=False).alias("lon"),
        ).filter(pl.col("lat").is_finite() & pl.col("lon").is_finite())

    @cached_property
    def calls(self) -> pl.DataFrame:
        """Stop times along their trips: ``line``, ``trip_id``, ``stop_id``, ``sequence``, ``arrive_s``, ``leave_s``."""
        columns = ("trip_id", "stop_id", "stop_sequence", "arrival_time", "departure_time")
        return (
            self.table("stop_times.txt", *columns)
            .select(
                "line",
                "trip_id",
                "stop_id",
                pl.col("stop_sequence").cast(pl.Int64, strict=False).alias("sequence"),
                seconds_of("arrival_time").alias("arrive_s"),
                seconds_of("departure_time").alias("leave_s"),
            )
            .filter(pl.col("sequence").is_not_null())
            .sort("trip_id", "sequence", maintain_order=True)
        )

    @cached_property
    def hops(self) -> pl.DataFrame:
        """From each timed stop to its trip's next: ``line``, ``trip_id``, ``from``, ``to``, ``took_s``, ``metres``."""
        return hops_of(self.calls, self.places).sort("line")

    @cached_property
    def running(self) -> dict[str, frozenset[date]]:
        """Service id → the days it runs, as far as its dates can be read; at most two years around today."""
        from fleet.gtfs.faults.days import days_of_services

        return days_of_services(self)

    def columns_of(self, names: Mapping[str, tuple[str, ...]]) -> Iterator[tuple[str, str, pl.DataFrame]]:
        """Yield (file, column, table of that column) for the columns that are there."""
        for name, columns in names.items():
            for column in columns:
                if column in self.header(name):
                    yield name, column, self.table(name, column)


def is_nowhere(lat: pl.Expr, lon: pl.Expr) -> pl.Expr:
    """Return an expression: no degrees, or 0° 0°, where receivers and empty cells put things."""
    lost = ~lat.is_finite().fill_null(value=False) | ~lon.is_finite().fill_null(value=False)
    wrong = lost | (lat.abs() > 90) | (lon.abs() > 180)
    return wrong | ((lat.abs() < NEAR_ZERO_DEG) & (lon.abs() < NEAR_ZERO_DEG))
