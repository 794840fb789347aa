"""A feed as it lies there, faults and all."""

from collections.abc import Iterator, Mapping
from datetime import date
from functools import cached_property
from pathlib import Path

import polars as pl

from fleet.gtfs.errors import GtfsError
from fleet.gtfs.tables import Tables, seconds_of

EARTH_M = 6_371_000.0


class RawFeed:
    """Tables of texts, each read once; what is absent is empty.

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
        self._read: dict[tuple[str, tuple[str, ...]], pl.DataFrame] = {}

    def has(self, name: str) -> bool:
        """Return whether the feed has a file."""
        return self.tables.has(name)

    def header(self, name: str) -> list[str]:
        """Return the columns of a file, none where it is absent or no table."""
        try:
            return self.tables.header(name) if self.has(name) else []
        except GtfsError:
            return []

    def table(self, name: str, *columns: str) -> pl.DataFrame:
        """Return columns of a file as texts, with ``line``; absent columns are null, an absent file has no rows."""
        if (name, columns) not in self._read:
            self._read[name, columns] = self._take(name, columns)
        return self._read[name, columns]

    def _take(self, name: str, columns: tuple[str, ...]) -> pl.DataFrame:
        empty = pl.DataFrame(schema={"line": pl.UInt32} | dict.fromkeys(columns, pl.String))
        if not self.has(name):
            return empty
        try:
            return self.tables.read(name, (), columns)
        except GtfsError:
            return empty

    @cached_property
    def places(self) -> pl.DataFrame:
        """Stops that can be placed: ``line``, ``stop_id``, ``lat``, ``lon``."""
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
            .sort("trip_id", "sequence", maintain_order=True)
        )

    @cached_property
    def hops(self) -> pl.DataFrame:
        """From each timed stop to its trip's next: ``line``, ``trip_id``, ``from``, ``to``, ``took_s``, ``metres``."""
        before = {"from": "stop_id", "left_s": "leave_s"}
        timed = self.calls.filter(pl.col("arrive_s").is_not_null() | pl.col("leave_s").is_not_null()).with_columns(
            arrive_s=pl.coalesce("arrive_s", "leave_s"), leave_s=pl.coalesce("leave_s", "arrive_s")
        )
        pairs = timed.with_columns(**{n: pl.col(c).shift(1).over("trip_id") for n, c in before.items()})
        pairs = pairs.filter(pl.col("from").is_not_null()).rename({"stop_id": "to"})
        spots = self.places.unique("stop_id", keep="first").select("stop_id", "lat", "lon")
        pairs = pairs.join(spots.rename({"lat": "lat0", "lon": "lon0"}), left_on="from", right_on="stop_id", how="left")
        pairs = pairs.join(spots, left_on="to", right_on="stop_id", how="left")
        return pairs.select(
            "line", "trip_id", "from", "to", (pl.col("arrive_s") - pl.col("left_s")).alias("took_s"), metres()
        ).sort("line")

    @cached_property
    def running(self) -> dict[str, frozenset[date]]:
        """Service id → the days it runs, as far as its dates can be read; at most two years from its first."""
        from fleet.gtfs.faults.days import days_of_services

        return days_of_services(self)

    def columns_of(self, names: Mapping[str, tuple[str, ...]]) -> Iterator[tuple[str, str, pl.DataFrame]]:
        """Yield (file, column, table of that column) for the columns that are there."""
        for name, columns in names.items():
            for column in columns:
                if column in self.header(name):
                    yield name, column, self.table(name, column)


def metres() -> pl.Expr:
    """Return an expression: metres between ``lat0, lon0`` and ``lat, lon`` on a sphere, equirectangular."""
    north = (pl.col("lat") - pl.col("lat0")).radians()
    east = (pl.col("lon") - pl.col("lon0")).radians() * ((pl.col("lat") + pl.col("lat0")) / 2).radians().cos()
    return ((north.pow(2) + east.pow(2)).sqrt() * EARTH_M).alias("metres")
